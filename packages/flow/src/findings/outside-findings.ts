import { error, fails, flow, passes, warning } from './example.ts';

const ask = (url: string) =>
  flow(`
    - id: start
      type: http
      config:
        method: GET
        url: "${url}"
      output: found
      next: tell
    - { id: tell, type: reply, config: { message: "{{found.body.text}}" } }
  `);
const remind = (more: string) =>
  flow(
    `
    - id: start
      type: reply
      config:
        message: "Your table is ready"${more}
    `,
    { triggers: '- { type: event, event_type: table.ready, target: start }' },
  );

/** What a flow has to do with the world outside: web services, and the window that WhatsApp closes. */
export const OUTSIDE_FINDINGS = {
  E116: error({
    title: 'http request refused',
    explanation:
      'The request can never be made, or not safely: the address must begin with https:// and a host that is written out, so that no contact can choose where the call goes; some headers are the runner’s own.',
    fails: [
      fails(ask('https://{{message}}/stock'), [8, '"https://{{message}}/stock"']),
      fails(ask('shop.example.com/stock'), [8, '"shop.example.com/stock"']),
    ],
    passes: [passes(ask('https://shop.example.com/stock?item={{message}}'))],
  }),
  W114: warning({
    title: 'may meet a closed window',
    explanation:
      'A free-form reply can come more than 24 hours after the contact wrote, when WhatsApp takes templates only, and nothing says what goes then. Add `outside_window`, or a branch that asks for `window.open`.',
    fails: [fails(remind(''), [4, 'start'])],
    passes: [
      passes(remind('\n        outside_window: { template: { name: table_ready, language: en } }')),
      passes(remind('\n        outside_window: skip')),
    ],
  }),
} as const;
