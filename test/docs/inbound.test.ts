import { type InboundEvent, type JsonObject } from '@alur/types';
import { completeEvent, parseWebhook, WEBHOOK_FIELDS } from '@alur/whatsapp';
import { describe, expect, test } from '@jest/globals';
import { ROOTS } from '../../packages/flow/src/expression/names.ts';
import { aSnapshot, loaded, messagesOf, takeTurn } from '../../packages/flow/src/testing/conversation.ts';
import { buildRoots } from '../../packages/flow/src/run/build-scope.ts';
import { messageFrame, messagesValue, webhookOf } from '../../packages/whatsapp/src/testing/frame.ts';
import { INBOUND_PAYLOADS } from '../../packages/whatsapp/src/testing/payloads.ts';
import { INBOUND_TYPES } from '../../packages/whatsapp/src/webhook/index.ts';
import { REJECT_REASONS } from '../../packages/whatsapp/src/webhook/item.ts';
import { ACCOUNT_EVENTS } from '../../packages/whatsapp/src/webhook/news/account-update.ts';
import { NEWS_FIELDS } from '../../packages/whatsapp/src/webhook/news/index.ts';
import { read, tableOf } from './markdown.ts';

const DOCUMENT = 'docs/inbound.md';
const code = (text: string) => `\`${text}\``;
const table = (name: string) => tableOf(read(DOCUMENT), name);
const firstCells = (name: string) => table(name).map(([cell = '']) => cell);

function eventOf(message: JsonObject): InboundEvent {
  const value = messagesValue({ messages: [{ ...messageFrame('wamid.1'), ...message }] });
  const parsed = parseWebhook(Buffer.from(JSON.stringify(webhookOf({ field: 'messages', value }))), {
    receivedAtMs: 0,
  });
  const [item] = parsed.kind === 'items' ? parsed.items : [];
  if (item?.kind !== 'message') throw new Error('no message');
  return completeEvent(item.message, { tenant: 'acme', team: 'sales' });
}

/** Meta's word for a message, with that of its sub-type. */
function typeOf(message: JsonObject): string {
  const word = (value: unknown) => (typeof value === 'string' ? code(value) : '');
  const inner: unknown = Reflect.get(Object(message['interactive']), 'type');
  return [message['type'], inner].map(word).join(' ').trim();
}

const PARTS = [
  'button',
  'media',
  'location',
  'contacts',
  'order',
  'form',
  'reaction',
  'edit',
  'revoke',
  'unsupported',
];

/** Names that hold something, other than those that every message has. */
function namesOf(event: InboundEvent): string[] {
  const roots = buildRoots(aSnapshot(), event);
  const { text, subtype } = Object(roots['message']);
  return [
    ...(text === null ? [] : ['message.text']),
    ...(subtype === null ? [] : ['message.subtype']),
    ...PARTS.filter((part) => roots[part] !== null),
  ].map(code);
}

const TRIGGERS = ['interactive', 'message', 'default', ...PARTS.slice(1)].filter((type) => type !== 'form');
const NODES = TRIGGERS.map((type) => `  - {id: ${type}, type: reply, config: {message: ${type}}}`);
const flows = loaded([
  {
    path: 'every-trigger.ygtc',
    text: [
      ...['name: every', 'version: "1.0"', 'nodes:', ...NODES, 'triggers:'],
      ...TRIGGERS.map((type) => `  - {type: ${type}, target: ${type}}`),
    ].join('\n'),
  },
]);

/** The trigger that takes an event, where there is one of each kind. */
function triggerOf(event: InboundEvent): string {
  const [sent] = messagesOf(takeTurn(flows, aSnapshot(), event));
  return sent?.kind === 'text' ? code(sent.text) : '';
}

/** The events that the payloads of each type come to; where one came to be what it is, those that could not be read are left out. */
function eventsByType(): [string, InboundEvent[]][] {
  const byType = new Map(
    INBOUND_PAYLOADS.map(({ message }): [string, typeof INBOUND_PAYLOADS] => [
      typeOf(message),
      INBOUND_PAYLOADS.filter((other) => typeOf(other.message) === typeOf(message)),
    ]),
  );
  return [...byType].map(([type, payloads]) => {
    const events = payloads.map(({ message }) => eventOf(message));
    const understood = events.filter(({ kind }) => kind !== 'unsupported');
    return [type, understood.length > 0 ? understood : events];
  });
}

describe(DOCUMENT, () => {
  test('lists every type of message with the event, the trigger and the names that it comes to', () => {
    const listed = (words: readonly string[]) => [...new Set(words)].join(', ');
    const expected = eventsByType().map(([type, events]) => [
      type,
      listed(events.map(({ kind }) => code(kind))),
      listed(events.map(triggerOf)),
      listed(events.flatMap(namesOf)),
    ]);
    expect(table('kinds')).toEqual(expected);
  });

  test('and none is missing', () => {
    const types = new Set(INBOUND_PAYLOADS.map(({ message }) => message['type']));
    expect([...INBOUND_TYPES.keys()].filter((type) => !types.has(type))).toEqual([]);
  });

  const cases = INBOUND_PAYLOADS.map(({ label, message, variables }): [string, JsonObject, object] => [
    label,
    message,
    variables,
  ]);
  test.each(cases)('flows have the names of %s', (_label, message, variables) => {
    const event = eventOf(message);
    const roots = buildRoots(aSnapshot(), event);
    for (const [path, expected] of Object.entries(variables)) {
      const value = path.split('.').reduce<unknown>((part, key) => Reflect.get(Object(part), key), roots);
      expect([path, value]).toEqual([path, expected]);
      const [root = '', field = ''] = path.split('.');
      const known = ROOTS[root];
      expect(typeof known === 'string' || Object.hasOwn(Object(known), field)).toBe(true);
    }
  });

  test('lists every field, what is acted on and what is warned of', () => {
    const acting = new Set([...NEWS_FIELDS.keys(), 'messages', 'system', 'user_id_update']);
    const expected = [...WEBHOOK_FIELDS.values()].map(({ field, alert }) => [
      code(field),
      acting.has(field),
      alert !== undefined,
    ]);
    const rows = table('fields').map(([field, acted, alert]) => [field, acted !== '', alert !== '']);
    expect(rows).toEqual(expected);
  });

  test('lists every event of account_update, and what it does', () => {
    const effects = { restriction: 'held', reinstated: 'let go' };
    const infos = {
      restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING' }],
      ban_info: { waba_ban_state: 'DISABLE' },
    };
    const expected = [...ACCOUNT_EVENTS].map(([event, readEvent]) => {
      const [kind = ''] = readEvent(infos).map((news) => news.kind);
      return [code(typeof event === 'string' ? event : ''), Reflect.get(effects, kind) ?? ''];
    });
    const rows = table('account-events').map(([event, effect = '']) => [event, effect.replace(/[:,].*/, '')]);
    expect(rows).toEqual(expected);
  });

  test('lists every reason for keeping something aside', () => {
    expect(firstCells('reasons')).toEqual(REJECT_REASONS.map(code));
  });
});
