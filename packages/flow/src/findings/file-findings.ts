import { error, fails, flow, passes, warning } from './example.ts';

const HELLO = '- { id: start, type: reply, config: { message: "Hello" } }';

// The first level over the limit, and what is in it.
const DEEPEST = `${'['.repeat(6)}${']'.repeat(6)}`;

/** The file itself: its YAML, its size, its frame. */
export const FILE_FINDINGS = {
  E101: error({
    title: 'not YAML',
    explanation:
      'The file is not well-formed YAML 1.2: indentation, tabs, quotes, a key twice, an unknown tag, a second document. A text that begins with `{{` must be in quotes, because YAML reads a brace there as a map.',
    fails: [
      fails(
        flow(`
          - id: start
            type: reply
            config:
              message: {{contact.name}}, hello!
        `),
        [7, '{{contact.name}}, hello!'],
      ),
      fails(
        flow(`
          - id:start
            type: reply
            config: { message: "Hello" }
        `),
        [4, 'id:start'],
      ),
      fails(`name: example\nversion: "1.0"\nnodes:\n\t${HELLO}\n`, [4, '\t']),
    ],
    passes: [
      passes(
        flow(`
          - id: start
            type: reply
            config:
              message: "{{contact.name}}, hello!"
        `),
      ),
    ],
  }),
  E102: error({
    title: 'file too large',
    explanation:
      'A flow file may have 256 KiB and 40 levels of nesting, and may repeat parts by alias 20 times over. Split the flow: a target may name another file as `flow_name` or `flow_name/node_id`.',
    fails: [
      fails(flow(HELLO, { top: `variables: { deep: ${'['.repeat(45)}${']'.repeat(45)} }` }), [3, DEEPEST]),
    ],
    passes: [passes(flow(HELLO, { top: 'variables: { flat: [[["three levels"]]] }' }))],
  }),
  E103: error({
    title: 'indented too far',
    explanation:
      '`default` stands at the dashes of the list before it, where YAML takes no key. It belongs one level out, as far in as `conditions`.',
    fails: [
      fails(
        flow(`
          - id: start
            type: branch
            config:
              conditions:
                - expression: "last_message_time + 86400 > now"
                  next: open
                default: closed
          - { id: open, type: reply, config: { message: "Hello" } }
          - { id: closed, type: reply, config: { template: { name: hello, language: en } } }
        `),
        [10, 'default: closed'],
      ),
    ],
    passes: [
      passes(
        flow(`
          - id: start
            type: branch
            config:
              conditions:
                - expression: "last_message_time + 86400 > now"
                  next: open
              default: closed
          - { id: open, type: reply, config: { message: "Hello" } }
          - { id: closed, type: reply, config: { template: { name: hello, language: en } } }
        `),
      ),
    ],
  }),
  E104: error({
    title: 'wrong value',
    explanation:
      'A value is missing, of the wrong type, or not one of those allowed. A number where a text belongs needs quotes.',
    fails: [
      fails(flow('- { id: start, type: reply, config: { message: 4711 } }'), [4, '4711']),
      fails(`name: example\nnodes:\n  ${HELLO}\ntriggers:\n  - { type: message, target: start }\n`, [
        1,
        'name: example',
      ]),
    ],
    passes: [passes(flow('- { id: start, type: reply, config: { message: "4711" } }'))],
  }),
  E105: error({
    title: 'unknown key',
    explanation: 'The language has no such key here. A misspelt key would do nothing, so it is refused.',
    fails: [
      fails(flow('- { id: start, type: reply, config: { message: "Hello", retry_on_rate_limits: true } }'), [
        4,
        'retry_on_rate_limits',
      ]),
    ],
    passes: [
      passes(flow('- { id: start, type: reply, config: { message: "Hello", retry_on_rate_limit: true } }')),
    ],
  }),
  E109: error({
    title: 'name used twice',
    explanation: 'Node ids are unique in a file, flow names in a bundle.',
    fails: [
      fails(
        flow(`
          - { id: start, type: reply, config: { message: "Hello" } }
          - { id: start, type: reply, config: { message: "Hello again" } }
        `),
        [5, 'start'],
      ),
      fails(
        [
          { path: 'a.ygtc', text: flow(HELLO) },
          {
            path: 'b.ygtc',
            text: flow(HELLO, { triggers: '- { type: keyword, words: [hi], target: start }' }),
          },
        ],
        [1, 'example'],
      ),
    ],
    passes: [
      passes(
        flow(`
          - { id: start, type: reply, config: { message: "Hello" }, next: again }
          - { id: again, type: reply, config: { message: "Hello again" } }
        `),
      ),
    ],
  }),
  E112: error({
    title: 'fragment',
    explanation:
      'A bare list of nodes has no name and no trigger, so nothing could start it. `alur validate` takes one as a file, not in a bundle.',
    fails: [fails(`${HELLO}\n`, [1, '-'])],
    passes: [passes(flow(HELLO))],
  }),
  E113: error({
    title: 'contradiction',
    explanation: 'Two keys say different things of the same matter. One of them has to go.',
    fails: [
      fails(
        flow(`
          - { id: start, type: reply, config: { message: "Hello" }, next: bye, to: more }
          - { id: more, type: reply, config: { message: "More" } }
          - { id: bye, type: reply, config: { message: "Bye" } }
        `),
        [4, 'more'],
        { also: ['W111'] },
      ),
    ],
    passes: [
      passes(
        flow(`
          - { id: start, type: reply, config: { message: "Hello" }, next: bye }
          - { id: bye, type: reply, config: { message: "Bye" } }
        `),
      ),
    ],
  }),
  W113: warning({
    title: 'no effect',
    explanation: 'The key says something that never matters where it stands.',
    fails: [
      fails(
        flow(`
          - id: start
            type: reply
            config:
              template: { name: hello, language: en }
              outside_window: skip
        `),
        [8, 'outside_window'],
      ),
    ],
    passes: [
      passes(
        flow(`
          - id: start
            type: reply
            config:
              message: "Hello"
              outside_window: skip
        `),
      ),
    ],
  }),
  W115: warning({
    title: 'value without quotes',
    explanation:
      'YAML makes a number of the value and something of it is lost: the plus of a telephone number, zeros in front, digits after the fifteenth. In quotes it stays as written.',
    fails: [
      fails(flow(HELLO, { top: 'variables: { hotline: +62811234567 }' }), [3, '+62811234567']),
      fails(flow(HELLO, { top: 'variables: { code: 0812 }' }), [3, '0812']),
      fails(
        flow(`
          - id: start
            type: state
            config: { action: set, key: batch, value: 12e5 }
        `),
        [6, '12e5'],
      ),
    ],
    passes: [
      passes(flow(HELLO, { top: 'variables: { hotline: "+62811234567", code: "0812", price: 35000 }' })),
    ],
  }),
  W119: warning({
    title: 'ids alike',
    explanation:
      'Only case, `-` or `_` tells two ids apart. Whoever writes a target takes one for the other, and no check can notice.',
    fails: [
      fails(
        flow(`
          - { id: start, type: reply, config: { message: "Hello" }, next: show_menu }
          - { id: show_menu, type: reply, config: { message: "Menu" }, next: showMenu }
          - { id: showMenu, type: reply, config: { message: "Drinks" } }
        `),
        [6, 'showMenu'],
      ),
    ],
    passes: [
      passes(
        flow(`
          - { id: start, type: reply, config: { message: "Hello" }, next: show_menu }
          - { id: show_menu, type: reply, config: { message: "Menu" }, next: show_drinks }
          - { id: show_drinks, type: reply, config: { message: "Drinks" } }
        `),
      ),
    ],
  }),
  W120: warning({
    title: 'no version number',
    explanation:
      'Versions are two or three numbers, such as "1.0" or "1.2.3", so that one can be told to be newer.',
    fails: [fails(flow(HELLO).replace('"1.0"', '"latest"'), [2, '"latest"'])],
    passes: [passes(flow(HELLO).replace('"1.0"', '"1.2.3"'))],
  }),
} as const;
