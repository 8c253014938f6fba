import { describe, expect, test } from '@jest/globals';
import { type InboundEvent, type JsonObject } from '@alur/types';
import { loadFlows } from './index.ts';
import {
  anEvent,
  answer,
  aSnapshot,
  AT,
  exampleFlows,
  loaded,
  messagesOf,
  sendsOf,
  tap,
  takeTurn,
  textEvent,
} from './testing/conversation.ts';

const seed = exampleFlows('seed');

function seedFlow(name: string) {
  return loaded(seed.filter(({ path }) => path === `flows/seed/${name}.ygtc`));
}

const text = (body: string) => ({ kind: 'text', text: body });
const button = (id: string, title: string) => ({ type: 'reply', reply: { id, title } });
const hi = textEvent('hi');

/** file, event, what it sends, snapshot fields */
const SENDS: [string, InboundEvent, unknown, JsonObject?][] = [
  ['hello', hi, text('Hello! How can I help you today?')],
  [
    'order_confirmation',
    hi,
    {
      kind: 'template',
      template: {
        name: 'order_confirmation',
        language: { code: 'en' },
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'A-17' },
              { type: 'text', text: 'Sari' },
            ],
          },
        ],
      },
    },
    { session: { state: { order_id: 'A-17', customer_name: 'Sari' } } },
  ],
  [
    'ask_action',
    hi,
    {
      kind: 'interactive',
      interactive: {
        type: 'button',
        body: { text: 'What would you like to do?' },
        action: {
          buttons: [
            button('help', 'Get Help'),
            button('status', 'Check Status'),
            button('human', 'Talk to Human'),
          ],
        },
      },
    },
  ],
  [
    'show_menu',
    hi,
    {
      kind: 'interactive',
      interactive: {
        type: 'list',
        header: { type: 'text', text: 'Support Menu' },
        body: { text: 'Please select an option:' },
        action: {
          button: 'View Options',
          sections: [
            {
              title: 'Support',
              rows: [
                { id: 'technical', title: 'Technical Support', description: 'Hardware and software issues' },
                { id: 'billing', title: 'Billing', description: 'Payment and invoices' },
              ],
            },
            {
              title: 'Sales',
              rows: [{ id: 'pricing', title: 'Pricing', description: 'Product pricing information' }],
            },
          ],
        },
      },
    },
  ],
  [
    'send_image',
    hi,
    {
      kind: 'media',
      media: { type: 'image', link: 'https://example.com/product.jpg', caption: "Here's the product image" },
    },
  ],
  [
    'send_document',
    hi,
    {
      kind: 'media',
      media: {
        type: 'document',
        link: 'https://example.com/invoice.pdf',
        filename: 'invoice.pdf',
        caption: 'Your invoice is attached',
      },
    },
  ],
  [
    'send_location',
    hi,
    {
      kind: 'location',
      location: {
        latitude: 37.7749,
        longitude: -122.4194,
        name: 'Our Office',
        address: '123 Main St, San Francisco, CA',
      },
    },
  ],
  ['on_button', tap('help'), text("Here's how I can help...")],
  ['on_button', tap('status'), text('Everything is running.')],
  ['on_button', tap('human'), text('A colleague will write to you here.')],
  ['on_button', tap('else'), text('I do not know that button.')],
  [
    'appointment_reminder',
    hi,
    {
      kind: 'template',
      template: {
        name: 'appointment_reminder',
        language: { code: 'en' },
        components: [
          {
            type: 'header',
            parameters: [{ type: 'image', image: { link: 'https://example.com/logo.png' } }],
          },
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'Sari' },
              { type: 'text', text: '9:00' },
            ],
          },
          {
            type: 'button',
            sub_type: 'quick_reply',
            index: 0,
            parameters: [{ type: 'payload', payload: 'confirm' }],
          },
        ],
      },
    },
    { session: { state: { customer_name: 'Sari', appointment_time: '9:00' } } },
  ],
  ['check_window', hi, text('Thanks for your message!')],
  ['check_window', hi, text('Thanks for your message!'), { lastMessageTime: AT - 86_399 }],
  [
    'check_window',
    hi,
    { kind: 'template', template: { name: 'follow_up', language: { code: 'en' } } },
    { lastMessageTime: AT - 86_400 },
  ],
  [
    'check_window',
    hi,
    { kind: 'template', template: { name: 'follow_up', language: { code: 'en' } } },
    { lastMessageTime: 0 },
  ],
  ['rate_limit', hi, text('Response')],
];

describe('flows/seed', () => {
  test.each(SENDS)('%s sends what the page says (%#)', (name, event, message, more = {}) => {
    const result = takeTurn(seedFlow(name), aSnapshot({}, more), event);
    expect(messagesOf(result)).toEqual([message]);
    expect(result.outcome).toBe('completed');
    expect(sendsOf(result).map(({ retryOnRateLimit }) => retryOnRateLimit)).toEqual([name === 'rate_limit']);
  });

  test('has a case for every file', () => {
    const covered = new Set(SENDS.map(([name]) => `flows/seed/${name}.ygtc`));
    expect(seed.map(({ path }) => path).filter((path) => !covered.has(path))).toEqual([]);
  });

  test('sends no template whose text would be empty, and notes which names have no value', () => {
    const result = takeTurn(seedFlow('order_confirmation'), aSnapshot(), hi);
    expect(messagesOf(result)).toEqual([]);
    expect(result.failure?.message).toContain(
      'must not be empty (at template.components.0.parameters.0.text)',
    );
    expect(result.trace).toMatchObject([
      { note: 'failed: invalid_message; no value: order_id, customer_name' },
    ]);
  });
});

describe('flows/demo', () => {
  const { flows, findings } = loadFlows(exampleFlows('demo'));
  if (!flows) throw new Error(JSON.stringify(findings));

  test('loads without any finding', () => {
    expect(findings).toEqual([]);
  });

  test('greets by name, remembers, and forgets', () => {
    const talk: [string, InboundEvent | string, RegExp[]][] = [
      ['greets', 'hello', [/Hello Sari, welcome to Kopi Alur/, /What would you like/]],
      ['does not know', 'who am i', [/do not know you/]],
      ['takes a name', 'Hey, my name is {{7*7}}', [/Nice to meet you, \{\{7\*7\}\}!/]],
      ['takes another', 'MY NAME IS  Budi ', [/Nice to meet you, Budi!/]],
      ['asks again', 'my name is ', [/did not catch/]],
      ['takes it again', 'my name is Budi', [/Budi/]],
      ['knows', 'Who am I?', [/You are Budi\./]],
      ['shows drinks', tap('see_drinks'), [/Our drinks/]],
      ['keeps a drink', tap('drink_tea', 'Jasmine tea'), [/Jasmine tea, a good choice/]],
      ['knows both', tap('who_am_i'), [/You are Budi, and you like Jasmine tea/]],
      ['greets again', 'good morning', [/Good to see you again, Budi/, /What would/]],
      ['shows an image', tap('see_place'), [/https:\/\/example\.com\//]],
      ['shows a location', tap('find_us'), [/37\.7749/]],
      [
        'takes a location',
        anEvent({ kind: 'location', location: { latitude: -6.2, longitude: 106.8 } }),
        [/-6\.2, 106\.8/, /37\.7749/],
      ],
      [
        'takes a photo',
        anEvent({ kind: 'media', media: { type: 'image', id: '1' } }),
        [/Thanks for the image/, /❤️/],
      ],
      [
        'takes a reaction',
        anEvent({ kind: 'reaction', reaction: { wamid: 'x', emoji: '👍' } }),
        [/👍 right back/],
      ],
      ['lets a removal be', anEvent({ kind: 'reaction', reaction: { wamid: 'x' } }), []],
      ['helps', anEvent({ kind: 'unsupported', type: 'poll' }), [/Things to try/]],
      ['forgets', 'forget me', [/forgotten/]],
      ['greets anew', 'hello', [/Hello Sari/, /What would/]],
    ];
    let session = aSnapshot().session;
    for (const [what, said, expected] of talk) {
      const event = typeof said === 'string' ? textEvent(said) : said;
      const result = takeTurn(flows, { ...aSnapshot(), session }, event);
      session = result.session;
      const sent = messagesOf(result).map((message) => JSON.stringify(message));
      expect([what, result.outcome, sent.length]).toEqual([what, 'completed', expected.length]);
      expected.forEach((pattern, index) => expect(sent[index]).toMatch(pattern));
    }
    expect(session.state).toEqual({});
  });

  test('asks again where a name cannot be cut out', () => {
    expect(answer(flows, `${'İ'.repeat(30)} my name is`)).toEqual([expect.stringContaining('did not catch')]);
  });
});
