import { error, fails, flow, passes, warning } from './example.ts';

const TWO = `
  - { id: start, type: reply, config: { message: "Hello" } }
  - { id: menu, type: reply, config: { message: "Menu" } }
`;
const CHOICE = `
  - id: start
    type: reply
    config:
      message: "Which size?"
      buttons: [{ id: s, title: Small }, { id: l, title: Large }]
`;

const HELLO = '- { id: start, type: reply, config: { template: { name: weekly_news, language: en } } }';
const timer = (cron: string, zone: string) =>
  `- { type: timer, cron: "${cron}", timezone: ${zone}, audience: { tag: weekly }, target: start }`;

/** What starts a run. */
export const TRIGGER_FINDINGS = {
  E114: error({
    title: 'bad pattern',
    explanation:
      'The pattern of a trigger is no regular expression of the RE2 kind, which needs no more time for a long text than its length. Look-around and back references are not in it.',
    fails: [
      fails(
        flow(TWO, {
          triggers: `
            - { type: message, pattern: "menu(?!s)", target: menu }
            - { type: message, target: start }
          `,
        }),
        [7, '"menu(?!s)"'],
      ),
    ],
    passes: [
      passes(
        flow(TWO, {
          triggers: `
            - { type: message, pattern: "\\\\bmenu\\\\b", target: menu }
            - { type: message, target: start }
          `,
        }),
      ),
    ],
  }),
  E115: error({
    title: 'bad schedule',
    explanation:
      'The cron expression or the time zone of a timer cannot be read. It has five fields: minute, hour, day of the month, month, day of the week; the zone has a name such as Asia/Jakarta.',
    fails: [fails(flow(HELLO, { triggers: timer('0 25 * * 1', 'Asia/Jakarta') }), [6, '"0 25 * * 1"'])],
    passes: [passes(flow(HELLO, { triggers: timer('0 9 * * 1', 'Asia/Jakarta') }))],
  }),
  W112: warning({
    title: 'trigger never fires',
    explanation: 'An earlier trigger takes everything that this one could take.',
    fails: [
      fails(
        flow(TWO, {
          triggers: `
            - { type: message, target: start }
            - { type: message, target: menu }
          `,
        }),
        [8, '{ type: message, target: menu }'],
      ),
    ],
    passes: [
      passes(
        flow(TWO, {
          triggers: `
            - { type: message, target: start }
            - { type: keyword, words: [menu], target: menu }
          `,
        }),
      ),
    ],
  }),
  W118: warning({
    title: 'choice that nothing takes',
    explanation:
      'A contact can tap this button or row, and nothing happens: no file has a trigger of type `interactive`, none for messages takes its title, and no node waits.',
    fails: [
      fails(flow(CHOICE, { triggers: '- { type: keyword, words: [order], target: start }' }), [8, 'Small']),
    ],
    passes: [
      passes(
        flow(
          `${CHOICE.trimEnd()}\n  - { id: chosen, type: reply, config: { message: "{{button.title}}, fine" } }\n`,
          {
            triggers: `
            - { type: keyword, words: [order], target: start }
            - { type: interactive, target: chosen }
          `,
          },
        ),
      ),
    ],
  }),
  W122: warning({
    title: 'pattern takes everything',
    explanation:
      'The pattern is found in the empty text, so it is found in every text: often for a `|` too many at an end, or a `*` that should be a `+`. Triggers after it never fire.',
    fails: [
      fails(
        flow(TWO, {
          triggers: `
            - { type: message, pattern: "menu|", target: menu }
            - { type: message, target: start }
          `,
        }),
        [7, '"menu|"'],
      ),
    ],
    passes: [
      passes(
        flow(TWO, {
          triggers: `
            - { type: message, pattern: "menu|drinks", target: menu }
            - { type: message, target: start }
          `,
        }),
      ),
    ],
  }),
} as const;
