import { describe, expect, test } from '@jest/globals';
import { messageId, hash, type JsonObject } from '@alur/types';
import { loadFlows } from './index.ts';
import {
  anEvent,
  answer,
  aSnapshot,
  AT,
  fixture,
  flowOf,
  loaded,
  messagesOf,
  sendsOf,
  tap,
  takeTurn,
  textEvent,
} from './testing/conversation.ts';

const reply = (id: string, text: string, more = '') =>
  `- {id: ${id}, type: reply, ${more} config: {message: "${text}"}}\n`;
const run = (nodes: string, state: JsonObject = {}, event = textEvent('hi'), extra = '') =>
  takeTurn(loaded([flowOf(nodes, extra)]), aSnapshot(state), event);

describe('turn()', () => {
  test('makes ids from event, flow text, step and index', () => {
    const source = flowOf(reply('a', 'one', 'next: b,') + reply('b', 'two'));
    const event = textEvent('hi');
    const result = takeTurn(loaded([source]), aSnapshot(), event);
    expect(sendsOf(result).map(({ mid }) => mid)).toEqual([
      messageId(event.evt, hash(source.text), 0, 0),
      messageId(event.evt, hash(source.text), 1, 0),
    ]);
    expect(result).toEqual(takeTurn(loaded([source]), aSnapshot(), event));
    expect(result.trace).toEqual([
      { flow: 'test', node: 'a', type: 'reply' },
      { flow: 'test', node: 'b', type: 'reply' },
    ]);
  });

  test('sends with class, flags and quote', () => {
    const result = run(
      '- {id: a, type: reply, config: {message: x, retry_on_429: true, reply_to: "{{message.id}}"}}',
      {},
      textEvent('hi'),
      'config: {retry_policy: {max_retries: 5, backoff: exponential}}\n',
    );
    expect(result.effects).toMatchObject([
      { kind: 'message', class: 'reply', retryOnRateLimit: true, maxRetries: 5, replyTo: 'wamid.IN' },
    ]);
  });

  test('sends without the flags that a flow does not set, and with no retry where it says 0', () => {
    const [plain] = sendsOf(run(reply('a', 'x')));
    expect(plain).toMatchObject({ retryOnRateLimit: false });
    expect(plain).not.toHaveProperty('maxRetries');
    expect(plain).not.toHaveProperty('outsideWindow');
    const never = run(reply('a', 'x'), {}, textEvent('hi'), 'config: {retry_policy: {max_retries: 0}}\n');
    expect(sendsOf(never)).toMatchObject([{ maxRetries: 0 }]);
  });

  test.each<[string, unknown]>([
    ['skip', 'skip'],
    ['fail', undefined],
    [
      '{template: {name: come_back, language: id, components: [{type: body, parameters: [{type: text, text: "{{contact.name}}"}]}]}}',
      {
        kind: 'template',
        template: {
          name: 'come_back',
          language: { code: 'id' },
          components: [{ type: 'body', parameters: [{ type: 'text', text: 'Sari' }] }],
        },
      },
    ],
  ])('says what becomes of a message outside the window: %s', (written, outsideWindow) => {
    const result = run(`- {id: a, type: reply, config: {message: x, outside_window: ${written}}}`);
    expect(sendsOf(result).map((effect) => effect.outsideWindow)).toEqual([outsideWindow]);
    expect(messagesOf(result)).toEqual([{ kind: 'text', text: 'x' }]);
  });

  test('sends one template for all the parts of a long text outside the window', () => {
    const config = '{message: "{{message}}", outside_window: {template: {name: come_back, language: id}}}';
    const result = run(`- {id: a, type: reply, config: ${config}}`, {}, textEvent('word '.repeat(1200)));
    expect(sendsOf(result).map((effect) => effect.outsideWindow)).toEqual([
      expect.objectContaining({ kind: 'template' }),
      'skip',
    ]);
  });

  test('fails a computed template for outside the window that WhatsApp would refuse, and notes what has no value', () => {
    const outside = (name: string, text: string) =>
      `- {id: a, type: reply, config: {message: x, outside_window: {template: {name: "${name}", language: id, components: [{type: body, parameters: [{type: text, text: "${text}"}]}]}}}}`;
    const bad = run(outside('{{message}}', 'x'), {}, textEvent('Not A Name'));
    expect(bad).toMatchObject({ outcome: 'failed', effects: [], failure: { code: 'invalid_message' } });
    expect(bad.failure?.message).toContain('(at outside_window.template.name)');
    expect(bad.failure?.message).not.toContain('Not A Name');
    expect(run(outside('ok', 'in {{contact.language}}')).trace).toMatchObject([
      { note: 'no value: contact.language' },
    ]);
  });

  test('writes nothing for the remaining messages of a tier without a limit', () => {
    const flows = loaded([flowOf(reply('a', '[{{limits.remaining}}]'))]);
    const result = takeTurn(flows, aSnapshot({}, { limits: { tier: 'unlimited' } }), textEvent('hi'));
    expect(messagesOf(result)).toEqual([{ kind: 'text', text: '[]' }]);
    expect(result.trace).toMatchObject([{ note: 'no value: limits.remaining' }]);
  });

  test.each<[string, JsonObject, string]>([
    ['limits.remaining', {}, '1000'],
    ['limits.remaining == null', { limits: { tier: 'unlimited' } }, 'true'],
    ['limits.remaining > 0', { limits: { tier: 'unlimited' } }, 'false'],
    ['limits.remaining == 0', { limits: { tier: '1', remaining: 0 } }, 'true'],
    ['limits.tier', { limits: { tier: '2' } }, '2'],
    ['window.open', {}, 'true'],
    ['window.open', { lastMessageTime: AT - 86_399 }, 'true'],
    ['window.open', { lastMessageTime: AT - 86_400 }, 'false'],
    ['window.open', { lastMessageTime: 0 }, 'false'],
    ['window.expires_at', {}, String(AT + 86_400)],
    ['window.expires_at - now', { lastMessageTime: AT - 100 }, '86300'],
    ['contact.opted_out', {}, 'false'],
    ['contact.opted_out', { contact: { tags: [], optedOut: true } }, 'true'],
  ])('reads %s of %j as %j, in a text and in a condition', (expression, more, expected) => {
    const flows = loaded([
      flowOf(
        `- {id: a, type: branch, default: c, config: {conditions: [{expression: "string(${expression}) == '${expected}'", next: b}]}}\n` +
          reply('b', `[{{${expression}}}]`) +
          reply('c', 'no'),
      ),
    ]);
    expect(messagesOf(takeTurn(flows, aSnapshot({}, more), textEvent('hi')))).toEqual([
      { kind: 'text', text: `[${expected}]` },
    ]);
  });

  test.each<[string, string, unknown]>([
    ['message', '{message: "Hi {{contact.name}}"}', { kind: 'text', text: 'Hi Sari' }],
    ['message of a number', '{message: "{{now}}"}', { kind: 'text', text: String(AT) }],
    [
      'template',
      '{template: {name: a, language: {code: id}, components: [{type: body, parameters: [{type: text, text: "{{now}}"}]}]}}',
      {
        kind: 'template',
        template: {
          name: 'a',
          language: { code: 'id' },
          components: [{ type: 'body', parameters: [{ type: 'text', text: String(AT) }] }],
        },
      },
    ],
    [
      'media',
      '{message: cap, media: {type: image, id: "1"}}',
      { kind: 'media', media: { type: 'image', id: '1', caption: 'cap' } },
    ],
    [
      'location',
      '{location: {latitude: "{{state.lat}}", longitude: "{{state.lng}}"}}',
      { kind: 'location', location: { latitude: -6.2, longitude: 106.8 } },
    ],
    [
      'contacts',
      '{contacts: [{name: {formatted_name: "{{contact.name}}", first_name: "{{contact.name}}"}, phones: [{phone: "+62"}]}]}',
      {
        kind: 'contacts',
        contacts: [{ name: { formatted_name: 'Sari', first_name: 'Sari' }, phones: [{ phone: '+62' }] }],
      },
    ],
    [
      'reaction',
      '{reaction: {emoji: "👍"}}',
      { kind: 'reaction', reaction: { messageId: 'wamid.IN', emoji: '👍' } },
    ],
    [
      'reaction to another',
      '{reaction: {emoji: "", message_id: "wamid.X"}}',
      { kind: 'reaction', reaction: { messageId: 'wamid.X', emoji: '' } },
    ],
    [
      'raw',
      '{raw: {type: text, text: {body: "{{message}}"}}}',
      { kind: 'raw', raw: { type: 'text', text: { body: 'hi' } } },
    ],
    [
      'buttons',
      '{message: Pick, buttons: [{id: y, title: "Yes"}, {title: "No"}]}',
      {
        kind: 'interactive',
        interactive: {
          type: 'button',
          body: { text: 'Pick' },
          action: {
            buttons: [
              { type: 'reply', reply: { id: 'y', title: 'Yes' } },
              { type: 'reply', reply: { id: 'No', title: 'No' } },
            ],
          },
        },
      },
    ],
    [
      'many buttons',
      '{message: Pick, buttons: [{title: A}, {title: B}, {title: C}, {title: D}]}',
      {
        kind: 'interactive',
        interactive: {
          type: 'list',
          body: { text: 'Pick' },
          action: {
            button: 'Menu',
            sections: [{ rows: ['A', 'B', 'C', 'D'].map((title) => ({ id: title, title })) }],
          },
        },
      },
    ],
    [
      'interactive of another type',
      '{interactive: {type: location_request_message, body: {text: Where}, action: {name: send_location}}}',
      {
        kind: 'interactive',
        interactive: {
          type: 'location_request_message',
          body: { text: 'Where' },
          action: { name: 'send_location' },
        },
      },
    ],
  ])('sends a %s', (_, config, message) => {
    const keep = '- {id: a, type: template, next: b, config: {template: x}}\n';
    const set = '- {id: unused, type: state, next: a, config: {action: set, key: "{{message}}", value: 1}}\n';
    const result = run(`${set}${keep}- {id: b, type: reply, config: ${config}}`, { lat: -6.2, lng: '106.8' });
    expect(result.failure).toBeUndefined();
    expect(messagesOf(result)).toEqual([message]);
  });

  test('splits a computed text over 4096 characters, each part with its own id', () => {
    const result = run(reply('a', 'Hi {{message}}'), {}, textEvent('word '.repeat(2000)));
    expect(
      messagesOf(result).map((message) => message.kind === 'text' && message.text.length <= 4096),
    ).toEqual([true, true, true]);
    expect(new Set(sendsOf(result).map(({ mid }) => mid)).size).toBe(3);
  });

  test('fails a computed message over its limit, naming the limit and not the words', () => {
    const result = run(
      '- {id: a, type: reply, config: {message: x, buttons: [{id: b, title: "{{message}}"}]}}',
      {},
      textEvent('secret '.repeat(5)),
    );
    expect(result).toMatchObject({
      outcome: 'failed',
      effects: [],
      failure: { code: 'invalid_message', flow: 'test', node: 'a' },
    });
    expect(result.failure?.message).toContain('at most 20 characters (at buttons.0.title)');
    expect(JSON.stringify([result.failure, result.trace])).not.toContain('secret');
  });

  test.each([
    ['an empty text', '{message: "{{order_id}}"}'],
    ['a location without a place', '{location: {latitude: "{{order_id}}", longitude: 1}}'],
  ])('fails %s', (_, config) => {
    expect(run(`- {id: a, type: reply, config: ${config}}`).failure?.code).toBe('invalid_message');
  });

  test('goes to on_error when a node fails', () => {
    const nodes =
      '- {id: a, type: reply, on_error: b, config: {message: "{{1 / int(message)}}"}}\n' +
      reply('b', 'sorry');
    const result = run(nodes);
    expect(result).toMatchObject({
      outcome: 'completed',
      trace: [{ note: 'failed: expression' }, { node: 'b' }],
    });
    expect(messagesOf(result)).toEqual([{ kind: 'text', text: 'sorry' }]);
  });

  test('says the fallback message when a run fails, and keeps what was decided before', () => {
    const flows = loaded([flowOf(reply('a', 'first', 'next: b,') + reply('b', '{{int(message)}}'))]);
    const result = takeTurn(flows, aSnapshot(), textEvent('hi'), { fallbackMessage: 'Sorry' });
    expect(result).toMatchObject({ outcome: 'failed', failure: { code: 'expression', node: 'b' } });
    expect(messagesOf(result)).toEqual([
      { kind: 'text', text: 'first' },
      { kind: 'text', text: 'Sorry' },
    ]);
    expect(new Set(sendsOf(result).map(({ mid }) => mid)).size).toBe(2);
  });

  test('ends with missing_target where the set is not strict', () => {
    const flows = loaded([fixture('on_button.ygtc')], { strict: false });
    expect(takeTurn(flows, aSnapshot(), tap('human'))).toMatchObject({
      outcome: 'failed',
      failure: { code: 'missing_target', node: 'route_button' },
    });
    expect(messagesOf(takeTurn(flows, aSnapshot(), tap('help')))).toEqual([
      { kind: 'text', text: "Here's how I can help..." },
    ]);
  });

  test('stops after 200 visits and after 50 messages', () => {
    const chain = (count: number, node: (id: string, next: string) => string) =>
      Array.from({ length: count }, (_, index) =>
        node(`n${index}`, index < count - 1 ? `next: n${index + 1},` : ''),
      ).join('');
    const visits = run(
      chain(201, (id, next) => `- {id: ${id}, type: template, ${next} config: {template: x}}\n`),
    );
    expect(visits.failure).toMatchObject({ code: 'budget', message: expect.stringContaining('200 nodes') });
    expect(
      run(chain(200, (id, next) => `- {id: ${id}, type: template, ${next} config: {template: x}}\n`)).outcome,
    ).toBe('completed');
    const messages = run(chain(51, (id, next) => reply(id, 'x', next)));
    expect(messages.failure).toMatchObject({
      code: 'budget',
      message: expect.stringContaining('50 messages'),
    });
    expect(messages.effects).toHaveLength(50);
  });

  test('stops before the session outgrows 256 KiB, and keeps what was there', () => {
    const nodes = Array.from(
      { length: 5 },
      (_, n) =>
        `- {id: n${n}, type: state, config: {action: set, key: k${n}, value: "{{state.big}}"}, next: n${n + 1}}\n`,
    );
    const result = run(
      `${nodes.join('')}${reply('n5', 'x')}- {id: z, type: state, config: {action: set, key: big, value: 1}}`,
      {
        big: 'x'.repeat(60_000),
      },
    );
    expect(result).toMatchObject({ failure: { code: 'budget', node: 'n3' } });
    expect(JSON.stringify(result.session).length).toBeLessThan(256 * 1024);
  });

  test('keeps, reads and removes state', () => {
    const nodes = `
- {id: a, type: state, next: b, config: {action: set, key: "k_{{message}}", value: {n: "{{now}}", t: "{{message}}"}}}
- {id: b, type: state, next: c, config: {action: get, key: k_hi, output: got}}
- {id: c, type: state, next: d, config: {action: delete, key: old}}
- {id: d, type: reply, config: {message: "{{got.t}} {{prev}} {{state.old}}"}}`;
    const result = run(nodes, { old: 1, other: 2 });
    expect(result.session.state).toEqual({ other: 2, k_hi: { n: AT, t: 'hi' } });
    expect(messagesOf(result)).toEqual([{ kind: 'text', text: 'hi  ' }]);
  });

  test('gives outputs, prev and variables to later nodes', () => {
    const nodes = `
- {id: a, type: template, output: x, next: b, config: {template: "T{{1 + 1}}"}}
- {id: b, type: reply, config: {message: "{{x}} {{prev}} {{flow.currency}} {{currency}}"}}`;
    expect(messagesOf(run(nodes, {}, textEvent('hi'), 'variables: {currency: IDR}\n'))).toEqual([
      { kind: 'text', text: 'T2 T2 IDR IDR' },
    ]);
  });

  test('takes the default of a branch from config or node, and ends without one', () => {
    const branch = (rest: string) =>
      `- {id: a, type: branch, ${rest}}\n${reply('b', 'yes')}${reply('c', 'no')}`;
    const conditions = `conditions: [{expression: "message == 'y'", next: b}]`;
    const flows = loaded([flowOf(branch(`default: c, config: {${conditions}}`))]);
    expect(answer(flows, 'y')).toEqual(['yes']);
    expect(answer(flows, 'n')).toEqual(['no']);
    expect(answer(loaded([flowOf(branch(`config: {${conditions}, default: c}`))]), 'n')).toEqual(['no']);
    expect(answer(loaded([flowOf(branch(`config: {${conditions}}`))]), 'n')).toEqual([]);
  });

  test('never reads what a contact wrote as a template, a pattern or an expression', () => {
    const nodes = `
- {id: a, type: state, next: b, config: {action: set, key: said, value: "{{message}}"}}
- {id: b, type: reply, config: {message: "{{state.said}}"}}`;
    for (const text of ['{{7*7}}', '{{state}}', '{{{{7*7}}}}', '${7*7}', '.*', "'"]) {
      expect(answer(loaded([flowOf(nodes)]), text)).toEqual([text]);
    }
  });

  test('sends nothing and says so when no trigger matches', () => {
    const flows = loaded([flowOf(reply('a', 'x'))]);
    const event = anEvent({ kind: 'reaction', reaction: { wamid: 'x' } });
    expect(takeTurn(flows, aSnapshot({ kept: 1 }), event)).toEqual({
      kind: 'done',
      outcome: 'unmatched',
      session: { state: { kept: 1 }, epoch: 0 },
      effects: [],
      trace: [],
    });
  });
});

describe('turn() starts the right flow', () => {
  const targets = [
    'interactive',
    'media',
    'location',
    'contacts',
    'order',
    'reaction',
    'referral',
    'unsupported',
    'default',
  ];
  const text = `name: t
version: "1.0"
nodes:
${['keyword', 'pattern', 'message', ...targets].map((id) => `  - {id: ${id}, type: reply, config: {message: ${id}}}`).join('\n')}
triggers:
  - {type: default, target: default}
  - {type: message, target: message}
  - {type: message, pattern: "hel+o|menu", target: pattern}
  - {type: keyword, words: [Menu], target: keyword}
${targets
  .slice(0, -1)
  .map((type) => `  - {type: ${type}, target: ${type}}`)
  .join('\n')}
`;
  const flows = loaded([{ path: 't', text }]);
  const without = loadFlows([
    { path: 't', text: text.replace('  - {type: interactive, target: interactive}\n', '') },
  ]).flows;

  test.each<[string, JsonObject]>([
    ['keyword', { kind: 'text', text: '  mENU ' }],
    ['pattern', { kind: 'text', text: 'the menu, please' }],
    ['pattern', { kind: 'text', text: 'HELLO' }],
    ['message', { kind: 'text', text: 'bye' }],
    ['referral', { kind: 'text', text: 'menu', referral: { source_id: '1' } }],
    ['interactive', { kind: 'interactive', source: 'list', id: 'x', title: 'menu' }],
    ['interactive', { kind: 'form', form: {} }],
    ['media', { kind: 'media', media: { type: 'image', id: '1', caption: 'menu' } }],
    ['location', { kind: 'location', location: { latitude: 1, longitude: 1 } }],
    ['contacts', { kind: 'contacts', contacts: [] }],
    ['order', { kind: 'order', order: {} }],
    ['reaction', { kind: 'reaction', reaction: { wamid: 'x', emoji: '👍' } }],
    ['unsupported', { kind: 'unsupported', type: 'poll' }],
  ])('%s', (expected, event) => {
    expect(messagesOf(takeTurn(flows, aSnapshot(), anEvent(event)))).toEqual([
      { kind: 'text', text: expected },
    ]);
  });

  test('counts a tap that no interactive trigger takes as a message with its title', () => {
    if (!without) throw new Error('unreachable');
    expect(messagesOf(takeTurn(without, aSnapshot(), tap('x', 'Menu')))).toEqual([
      { kind: 'text', text: 'keyword' },
    ]);
  });
});
