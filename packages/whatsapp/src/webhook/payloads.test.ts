import { InboundEvent, type Json, type JsonObject, eventId } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { AT, CONTACT, NUMBER, WABA, messageFrame, messagesValue, webhookOf } from '../testing/frame.ts';
import { ACCOUNT_PAYLOADS, INBOUND_PAYLOADS } from '../testing/payloads.ts';
import { STATUS_PAYLOADS } from '../testing/status-payloads.ts';
import { SYSTEM_PAYLOADS } from '../testing/system-payloads.ts';
import { IdentityChange } from './identity.ts';
import { completeEvent } from './message.ts';
import { ACCOUNT_EVENTS } from './news/account-update.ts';
import { parseWebhook } from './parse-webhook.ts';
import { WEBHOOK_FIELDS } from './webhook-fields.ts';

const parse = (body: Json | string) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const parsed = parseWebhook(Buffer.from(text), { receivedAtMs: 5 });
  if (parsed.kind !== 'items') throw new Error(parsed.reason);
  return parsed.items;
};
const messages = (...list: JsonObject[]) =>
  parse(webhookOf({ field: 'messages', value: messagesValue({ messages: list }) }));
const labelled = <T extends { label: string }>(list: readonly T[]) =>
  list.map((each): [string, T] => [each.label, each]);
/** As it is stored: what is undefined is not there. */
const stored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('parseWebhook() reads from Meta', () => {
  test.each(labelled(INBOUND_PAYLOADS))('%s', (_label, { message, becomes }) => {
    const [item] = messages({ ...messageFrame('wamid.1'), ...message });
    if (item?.kind !== 'message') throw new Error(`not a message: ${item?.kind}`);
    const event = completeEvent(item.message, { tenant: 'acme', team: 'sales' });
    expect(InboundEvent.parse(event)).toEqual(event);
    const frame = {
      tenant: 'acme',
      team: 'sales',
      number: NUMBER,
      wamid: 'wamid.1',
      at: AT,
      receivedAtMs: 5,
    };
    const { evt, context, referral } = event;
    const around = { evt, context, referral };
    expect(stored(event)).toStrictEqual(stored({ ...frame, ...around, from: CONTACT, ...becomes }));
  });

  test('messages of one wamid and several types as several, and each again as itself', () => {
    const evts = (payloads: typeof INBOUND_PAYLOADS) =>
      messages(...payloads.map(({ message }) => ({ ...messageFrame('wamid.1'), ...message }))).map((item) =>
        item.kind === 'message' ? item.message.evt : item.kind,
      );
    const types = INBOUND_PAYLOADS.map(({ message }) => message['type']);
    const ofEach = INBOUND_PAYLOADS.filter(({ message }, index) => types.indexOf(message['type']) === index);
    expect(new Set(evts(ofEach)).size).toBe(ofEach.length);
    expect(evts(ofEach)).toEqual(evts(ofEach));
  });

  test('every kind that a contact may send', () => {
    const kinds = new Set(INBOUND_PAYLOADS.map(({ becomes }) => becomes.kind));
    const all = InboundEvent.options
      .filter(({ shape }) => 'wamid' in shape)
      .map(({ shape }) => shape.kind.value);
    expect([...kinds].sort()).toEqual([...all].sort());
  });

  test.each(labelled(SYSTEM_PAYLOADS))('%s, which is no message', (_label, { message, moves }) => {
    const raw = { id: 'wamid.s', timestamp: String(AT), ...message };
    const [item, ...others] = parse(
      webhookOf({ field: 'messages', value: messagesValue({ contacts: null, messages: [raw] }) }),
    );
    expect(others).toEqual([]);
    const evt = eventId(NUMBER, 'system', 'wamid.s');
    const about = { number: NUMBER, wabaId: WABA };
    if (!moves) {
      expect(stored(item)).toEqual({
        kind: 'account',
        field: 'system',
        evt,
        ...about,
        at: AT,
        news: [],
        raw,
      });
      return;
    }
    if (item?.kind !== 'identity') throw new Error(`not a change: ${item?.kind}`);
    expect(stored(item)).toMatchObject({ ...about, change: { evt, at: AT, ...moves } });
    expect(stored(item.change)).toStrictEqual({ evt, at: AT, ...moves });
    expect(IdentityChange.parse(item.change)).toEqual(item.change);
  });

  test.each(labelled(STATUS_PAYLOADS))('a receipt: %s', (_label, { status, becomes }) => {
    const value = messagesValue({ statuses: [status] });
    const [item] = parse(webhookOf({ field: 'messages', value }));
    if (typeof becomes === 'string')
      expect(item).toMatchObject({ kind: 'rejected', reason: becomes, raw: status });
    else expect(item).toMatchObject({ kind: 'status', status: { number: NUMBER, ...becomes } });
  });

  test.each(ACCOUNT_PAYLOADS.map((each, index): [string, number] => [each.label, index]))(
    'the field %s (%i)',
    (_label, index) => {
      const {
        field,
        isOf = field,
        value,
        news,
        alert,
      } = ACCOUNT_PAYLOADS[index] ?? { field: '', value: null };
      const [item, ...others] = parse(webhookOf({ field, value }));
      expect(others).toEqual([]);
      expect(item).toMatchObject({ kind: 'account', field: isOf, wabaId: WABA, at: AT, raw: value });
      if (item?.kind !== 'account') return;
      if (news) expect(stored(item.news)).toEqual(news);
      expect(item.alert).toBe(alert);
    },
  );

  test('every field and every event of the account that it knows', () => {
    const fields = new Set(ACCOUNT_PAYLOADS.map(({ field }) => field));
    const unseen = [...WEBHOOK_FIELDS.keys()].filter((field) => !fields.has(field));
    expect(unseen).toEqual(['messages', 'errors', 'system', 'user_id_update']);
    const seen = new Set(ACCOUNT_PAYLOADS.map(({ value }) => Reflect.get(Object(value), 'event')));
    expect([...ACCOUNT_EVENTS.keys()].filter((event) => !seen.has(event))).toEqual(['REINSTATE']);
  });
});

describe('parseWebhook() reads user_id_update', () => {
  const was = { userId: CONTACT.userId };
  const is = { waId: CONTACT.waId, userId: 'US.2' };
  const update = { wa_id: is.waId, detail: 'x', user_id: { previous: was.userId, current: is.userId } };
  const read = (list: Json, at: Json = '1750030073') => {
    const dated = Array.isArray(list) ? list.map((each) => ({ timestamp: at, ...Object(each) })) : list;
    return parse(webhookOf({ field: 'user_id_update', value: messagesValue({ user_id_update: dated }) }));
  };

  test('as the changes that it lists', () => {
    const changes = read([update, { user_id: { previous: 'US.2', current: 'US.3' } }]);
    expect(stored(changes)).toMatchObject([
      {
        kind: 'identity',
        field: 'user_id_update',
        number: NUMBER,
        wabaId: WABA,
        change: { at: 1_750_030_073, was, is },
      },
      { kind: 'identity', change: { was: { userId: 'US.2' }, is: { userId: 'US.3' } } },
    ]);
    expect(read([update])).toEqual(read([update], 1_750_030_073));
    expect(read([update])).not.toEqual(read([update], 1_750_030_074));
  });

  test.each<[string, Json]>([
    ['no list', {}],
    ['nothing in it', []],
    ['one that says nothing', [update, {}]],
    ['the same id twice', [{ user_id: { previous: 'US.2', current: 'US.2' } }]],
    ['rubbish', [{ user_id: { previous: 'x y', current: 'US.2' } }]],
  ])('as something to keep, where there is %s', (_label, list) => {
    expect(read(list)).toMatchObject([{ kind: 'account', field: 'user_id_update', news: [] }]);
  });
});

describe("parseWebhook() bears with slips of Meta's documents", () => {
  const value = { event: 'PARTNER_ADDED' };
  const kept = [{ kind: 'account', field: 'account_update', wabaId: WABA, raw: value }];
  const object = 'whatsapp_business_account';

  test('the field beside the changes, or in the value', () => {
    expect(
      parse({ object, entry: [{ id: WABA, field: 'account_update', changes: [{ value }] }] }),
    ).toMatchObject(kept);
    const inside = { ...value, field: 'account_update' };
    expect(parse({ object, entry: [{ id: WABA, changes: [{ value: inside }] }] })).toMatchObject([
      { ...kept[0], raw: inside },
    ]);
  });

  test('the object in the entry, or in its change', () => {
    const change = { field: 'account_update', value };
    expect(parse({ entry: [{ id: WABA, object, changes: [change] }] })).toMatchObject(kept);
    expect(parse({ entry: [{ id: WABA, changes: [{ ...change, object }] }] })).toMatchObject(kept);
  });

  test('ids that are numbers, of which none loses a digit', () => {
    const message = {
      from: 16505551234,
      id: 'wamid.1',
      timestamp: AT,
      type: 'text',
      text: { body: '":12345678901234567' },
    };
    const change = {
      field: 'messages',
      value: { metadata: { phone_number_id: Number(NUMBER) }, messages: [message] },
    };
    expect(parse({ object, entry: [{ id: Number(WABA), changes: [change] }] })).toMatchObject([
      {
        number: NUMBER,
        wabaId: WABA,
        message: { from: { waId: '16505551234' }, text: '":12345678901234567' },
      },
    ]);
    const big = JSON.stringify(webhookOf({ field: 'flows', value: { a: ['BIG', -1], b: 'BIG' } }));
    const [item] = parse(big.replaceAll('"BIG"', ' 12345678901234567'));
    expect(item).toMatchObject({ raw: { a: ['12345678901234567', -1], b: '12345678901234567' } });
    const small = JSON.stringify(webhookOf({ field: 'flows', value: { a: 'IDS' } }));
    const [exact] = parse(
      small.replace('"IDS"', '[1689556908129835,1234567890123456.5,1e20,-12345678901234567]'),
    );
    expect(exact).toMatchObject({
      raw: { a: [1689556908129835, 1234567890123456.5, 1e20, '-12345678901234567'] },
    });
  });
});
