import { describe, expect, test } from '@jest/globals';
import { type Json, InboundEvent, StatusUpdate } from '@alur/types';
import fc from 'fast-check';
import { REJECT_REASONS, type WebhookItem } from './item.ts';
import { completeEvent } from './message.ts';
import { parseWebhook } from './parse-webhook.ts';

const RUNS = 3_000;
const KEYS = [
  ...[
    'id',
    'type',
    'from',
    'from_user_id',
    'timestamp',
    'text',
    'body',
    'interactive',
    'list_reply',
    'image',
  ],
  ...[
    'reaction',
    'location',
    'latitude',
    'contacts',
    'profile',
    'name',
    'order',
    'context',
    'referral',
    'errors',
  ],
  ...['code', 'status', 'messages', 'statuses', 'metadata', 'field', 'value', 'changes', 'entry', 'group_id'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'],
];

const scalar = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    0,
    -1,
    1e21,
    '',
    'text',
    'interactive',
    '1739321024',
    1739321024,
    'US.1',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.double({ noNaN: true }),
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('json'), { maxKeys: 5 }),
  ),
}));

const good = (id: string) => ({
  from: '16505551234',
  id,
  timestamp: '1739321024',
  type: 'text',
  text: { body: id },
});
const goodStatus = { id: 'wamid.s', status: 'sent', timestamp: '1739321024' };
const metadata = { phone_number_id: '106540352242922' };

/** A good message with some members replaced or removed, which keeps it near the edge of what is understood. */
const bentMessage = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...KEYS), json, { maxKeys: 4 }),
    fc.constantFrom('text', 'interactive', 'image', 'location', 'order', 'reaction', 'contacts', 'button'),
    json,
  )
  .map(([bent, type, part]): unknown => ({ ...good('wamid.bent'), type, [type]: part, ...bent }));

const document = fc
  .record({
    messages: fc.array(fc.oneof(bentMessage, json), { maxLength: 4 }),
    statuses: fc.array(
      fc.oneof(
        json.map((bent) => ({ ...goodStatus, bent })),
        json,
      ),
      { maxLength: 3 },
    ),
    contacts: json,
    changes: fc.array(json, { maxLength: 3 }),
    entries: fc.array(json, { maxLength: 3 }),
  })
  .map(({ messages, statuses, contacts, changes, entries }) => {
    const value = { metadata, contacts, messages: [good('wamid.1'), ...messages, good('wamid.2')], statuses };
    const change = { field: 'messages', value: { ...value, statuses: [...statuses, goodStatus] } };
    const entry = { id: '1', changes: [...changes, change] };
    return { object: 'whatsapp_business_account', entry: [...entries, entry] };
  });

/** Whatever came in: what goes out is whole, by the shared schemas. */
function checkItem(item: WebhookItem): void {
  if (item.kind === 'message') InboundEvent.parse(completeEvent(item.message, { tenant: 't', team: 't' }));
  if (item.kind === 'status') StatusUpdate.parse(item.status);
  if (item.kind === 'rejected') expect(REJECT_REASONS).toContain(item.reason);
}

describe('parseWebhook()', () => {
  test('keeps the good siblings of anything, and lets out only whole events', () => {
    fc.assert(
      fc.property(document, (bent) => {
        const parsed = parseWebhook(Buffer.from(JSON.stringify(bent)), { receivedAtMs: 0 });
        if (parsed.kind !== 'items') throw new Error(parsed.reason);
        parsed.items.forEach(checkItem);
        const wamids = parsed.items.map((item) => (item.kind === 'message' ? item.message.wamid : item.kind));
        expect(wamids).toEqual(expect.arrayContaining(['wamid.1', 'wamid.2', 'status']));
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  test('never throws, whatever the bytes', () => {
    const text = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ changes: [{ value: {} }] }],
    });
    const mangled = fc
      .tuple(fc.nat(text.length), fc.nat(text.length), fc.uint8Array({ maxLength: 12 }))
      .map(([from, to, bytes]) =>
        Buffer.concat([Buffer.from(text.slice(0, from)), Buffer.from(bytes), Buffer.from(text.slice(to))]),
      );
    const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(mangled, any), (body) => {
        expect(['items', 'unreadable']).toContain(parseWebhook(body, { receivedAtMs: 0 }).kind);
      }),
      { numRuns: RUNS },
    );
  });
});
