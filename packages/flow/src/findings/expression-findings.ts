import { error, fails, flow, passes, warning } from './example.ts';

const branch = (expression: string) =>
  flow(`
    - id: start
      type: branch
      config:
        conditions:
          - expression: "${expression}"
            next: menu
        default: hello
    - { id: menu, type: reply, config: { message: "Menu" } }
    - { id: hello, type: reply, config: { message: "Hello" } }
  `);
const reply = (message: string) => flow(`- { id: start, type: reply, config: { message: "${message}" } }`);

/** What stands in `expression` and in `{{ }}`. */
export const EXPRESSION_FINDINGS = {
  E201: error({
    title: 'expression not readable',
    explanation: 'The expression is not CEL. Common slips are named with the right form.',
    fails: [fails(branch("message = 'menu'"), [8, '='])],
    passes: [passes(branch("message == 'menu'"))],
  }),
  E202: error({
    title: 'unknown name',
    explanation:
      'Nothing declares the name that a condition reads. Names are declared by state nodes that set them, by `output`, and by `variables` and `input` of the file.',
    fails: [fails(branch("buton.id == 'menu'"), [8, 'buton.id'])],
    passes: [passes(branch("button.id == 'menu'"))],
  }),
  E203: error({
    title: 'unknown function',
    explanation: 'The expression calls a function that does not exist or is refused.',
    fails: [fails(reply('{{uper(message)}}'), [4, 'uper(message)'])],
    passes: [passes(reply('{{upper(message)}}'))],
  }),
  E204: error({
    title: 'wrong type in expression',
    explanation: 'Types in the expression do not fit, such as a text that is added to a number.',
    fails: [fails(reply("{{1 + 'a'}}"), [4, "1 + 'a'"])],
    passes: [passes(reply("{{string(1) + 'a'}}"))],
  }),
  E205: error({
    title: 'expression too large',
    explanation:
      'Length, depth or nesting of an expression is over its limit: 4,096 characters, and no list function inside another. Split it over several conditions or state nodes.',
    fails: [
      fails(reply('{{contacts.map(a, contacts.map(b, b))}}'), [4, 'contacts.map(a, contacts.map(b, b))']),
    ],
    passes: [passes(reply('{{contacts.map(a, a.name)}}'))],
  }),
  E206: error({
    title: 'open braces',
    explanation: 'A `{{` has no `}}`.',
    fails: [fails(reply('Hello {{contact.name'), [4, '{{contact.name'])],
    passes: [passes(reply('Hello {{contact.name}}'))],
  }),
  E207: error({
    title: 'secret out of place',
    explanation: 'Secrets are named in http nodes only, each alone in its braces.',
    fails: [fails(reply('Your code is {{secrets.TOKEN}}'), [4, 'secrets.TOKEN'])],
    passes: [passes(reply('Your code is {{contact.name}}'))],
  }),
  W201: warning({
    title: 'unknown name in a text',
    explanation: 'Nothing declares the name, so the text will have nothing in its place.',
    fails: [fails(reply('Your order {{order_id}}'), [4, 'order_id'])],
    passes: [passes(reply('Your order {{order_id}}').replace('nodes:', 'input: [order_id]\nnodes:'))],
  }),
} as const;
