import { error, fails, flow, passes, warning } from './example.ts';

const HELLO = '- { id: start, type: reply, config: { message: "Hello" } }';
const HELLO_AND_BYE = `
  - { id: start, type: reply, config: { message: "Hello" }, next: bye }
  - { id: bye, type: reply, config: { message: "Bye" } }
`;
const call = (input: string) =>
  flow(`
    - id: start
      type: flow2flow
      config:
        target_flow: track
        input: ${input}
  `);
const TRACK = flow('- { id: start, type: reply, config: { message: "Order {{order_id}} is on its way" } }', {
  top: 'input: [order_id]',
  triggers: '- { type: keyword, words: [track], target: start }',
}).replace('name: example', 'name: track');

/** Nodes, and the ways between them. */
export const NODE_FINDINGS = {
  E106: error({
    title: 'unknown node type',
    explanation: 'No node of this type exists.',
    fails: [fails(flow('- { id: start, type: repley, config: { message: "Hello" } }'), [4, 'repley'])],
    passes: [passes(flow(HELLO))],
  }),
  E107: error({
    title: 'node type not supported',
    explanation: 'The type belongs to other products; the message names what to use instead.',
    fails: [fails(flow('- { id: start, type: adaptive-card, config: {} }'), [4, 'adaptive-card'])],
    passes: [
      passes(
        flow(
          '- { id: start, type: reply, config: { message: "Which size?", buttons: [{ title: Small }, { title: Large }] } }',
        ),
      ),
    ],
  }),
  E110: error({
    title: 'target missing',
    explanation:
      'A node or trigger points to something that does not exist. A target is the id of a node in the same file, the name of another flow, or `flow_name/node_id`.',
    fails: [
      fails(flow(HELLO_AND_BYE.replace('next: bye', 'next: bey')), [4, 'bey'], { also: ['W111'] }),
      fails(flow(HELLO, { triggers: '- { type: message, target: strat }' }), [6, 'strat'], {
        also: ['W111'],
      }),
    ],
    passes: [passes(flow(HELLO_AND_BYE))],
  }),
  W110: warning({
    title: 'target missing',
    explanation: 'As E110, in a bundle with `strict: false`: a run that gets there ends as failed.',
    fails: [
      fails(flow(HELLO_AND_BYE.replace('next: bye', 'next: bey')), [4, 'bey'], {
        also: ['W111'],
        strict: false,
      }),
    ],
    passes: [passes(flow(HELLO_AND_BYE), { strict: false })],
  }),
  E111: error({
    title: 'endless cycle',
    explanation:
      'Nodes lead back to themselves, and nothing in between waits for the contact: the run would never end. Let it end and start again with a trigger.',
    fails: [
      fails(
        flow(`
          - { id: start, type: reply, config: { message: "Which colour?" }, next: again }
          - { id: again, type: reply, config: { message: "Say it again" }, next: start }
        `),
        [5, 'again'],
      ),
    ],
    passes: [
      passes(
        flow(`
          - { id: start, type: reply, config: { message: "Which colour?" }, next: again }
          - { id: again, type: reply, config: { message: "I am listening" } }
        `),
      ),
    ],
  }),
  W111: warning({
    title: 'node not reachable',
    explanation: 'No trigger and no other node leads there: it never runs. Point to it, or remove it.',
    fails: [fails(flow(HELLO_AND_BYE.replace(', next: bye', '')), [5, 'bye'])],
    passes: [passes(flow(HELLO_AND_BYE))],
  }),
  W116: warning({
    title: 'condition never true',
    explanation:
      'A branch goes to the first condition that is true. This one is the same as an earlier one, stands behind one that is always true, or is `false`.',
    fails: [
      fails(
        flow(`
          - id: start
            type: branch
            config:
              conditions:
                - { expression: "button.id == 'yes'", next: agreed }
                - { expression: "button.id == 'yes'", next: refused }
              default: refused
          - { id: agreed, type: reply, config: { message: "Fine!" } }
          - { id: refused, type: reply, config: { message: "Another time." } }
        `),
        [9, '"button.id == \'yes\'"'],
      ),
    ],
    passes: [
      passes(
        flow(`
          - id: start
            type: branch
            config:
              conditions:
                - { expression: "button.id == 'yes'", next: agreed }
                - { expression: "button.id == 'no'", next: refused }
              default: refused
          - { id: agreed, type: reply, config: { message: "Fine!" } }
          - { id: refused, type: reply, config: { message: "Another time." } }
        `),
      ),
    ],
  }),
  W117: warning({
    title: 'no answer',
    explanation:
      'A contact wrote or tapped, and when no condition is true the run ends without a word. Say with `default` where the rest goes. A branch that other nodes lead to may end so.',
    fails: [
      fails(
        flow(`
          - id: start
            type: branch
            config:
              conditions:
                - { expression: "message == 'menu'", next: menu }
          - { id: menu, type: reply, config: { message: "Coffee, tea" } }
        `),
        [4, 'start'],
      ),
    ],
    passes: [
      passes(
        flow(`
          - id: start
            type: branch
            config:
              conditions:
                - { expression: "message == 'menu'", next: menu }
              default: help
          - { id: menu, type: reply, config: { message: "Coffee, tea" } }
          - { id: help, type: reply, config: { message: "Write menu" } }
        `),
      ),
    ],
  }),
  W121: warning({
    title: 'hidden result',
    explanation:
      'The result of the node is kept under a name that the engine uses itself, such as `message`, `contact` or `now`. Expressions read the engine’s value, so the result is never read.',
    fails: [
      fails(
        flow(`
          - { id: start, type: template, config: { template: "Dear friend", output: contact }, next: greet }
          - { id: greet, type: reply, config: { message: "{{contact.name}}" } }
        `),
        [4, 'contact'],
      ),
    ],
    passes: [
      passes(
        flow(`
          - { id: start, type: template, config: { template: "Dear friend", output: salutation }, next: greet }
          - { id: greet, type: reply, config: { message: "{{salutation}}" } }
        `),
      ),
    ],
  }),
  W123: warning({
    title: 'input does not match',
    explanation:
      'A flow is called with input that it does not declare, or without some that it does: what it does not get reads as null.',
    fails: [
      fails(
        [
          { path: 'order.ygtc', text: call('{ order: "{{message}}" }') },
          { path: 'track.ygtc', text: TRACK },
        ],
        [7, 'track'],
        { also: ['W123'] },
      ),
    ],
    passes: [
      passes([
        { path: 'order.ygtc', text: call('{ order_id: "{{message}}" }') },
        { path: 'track.ygtc', text: TRACK },
      ]),
    ],
  }),
  W124: warning({
    title: 'single braces',
    explanation:
      'A text holds a known name in single braces, such as `{contact.name}`. It goes out as it is: only `{{contact.name}}` is filled in.',
    fails: [
      fails(flow('- { id: start, type: reply, config: { message: "Hello {contact.name}" } }'), [
        4,
        '{contact.name}',
      ]),
    ],
    passes: [
      passes(flow('- { id: start, type: reply, config: { message: "Hello {{contact.name}}" } }')),
      passes(flow('- { id: start, type: reply, config: { message: "Hello {friend}" } }')),
    ],
  }),
} as const;
