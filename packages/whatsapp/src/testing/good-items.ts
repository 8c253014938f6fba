import { type Json, type JsonObject, type NumberId, eventId } from '@alur/types';
import { AT } from './frame.ts';

/** Something in a body that nothing beside it may spoil. */
export interface GoodItem {
  /** In which list of a `messages` value it stands, or that it is a change of its own. */
  place: 'messages' | 'statuses' | 'changes';
  /** As Meta sends it. */
  raw: JsonObject;
  /** Its entry in `contacts`. */
  contact?: JsonObject;
  /** Finds it again: the wamid, or the mark of a change. */
  id: string;
  /** The whole item that it must become, without what is undefined and without `receivedAtMs`. */
  becomes: Json;
}

/** Whose webhooks are made. */
export interface Account {
  number: NumberId;
  wabaId: string;
  displayNumber: string;
  /** When all of it happens, in Unix seconds; long ago when left out. */
  at?: number;
}

/** The next good item; no two of one account are of the same contact or message. `count` goes up by one. */
export function goodItem(count: number, account: Account): GoodItem {
  const kinds = [text, tap, image, reaction, receipt, move, capability] as const;
  const make = kinds[count % kinds.length] ?? text;
  return make(count, account);
}

function personOf(count: number) {
  const waId = String(491_000_000_000 + count);
  const userId = `DE.${waId}`;
  const contact = { profile: { name: `Bo ${count}`, username: `bo.${count}` }, wa_id: waId, user_id: userId };
  return { waId, userId, contact, from: { waId, userId, name: `Bo ${count}`, username: `bo.${count}` } };
}

function message(
  { count, account, extra = [] }: { count: number; account: Account; extra?: (string | number)[] },
  part: JsonObject & { type: string },
  content: JsonObject,
): GoodItem {
  const { number, wabaId, displayNumber, at = AT } = account;
  const { waId, userId, contact, from } = personOf(count);
  const id = `wamid.good.${count}`;
  const event = {
    evt: eventId(number, part.type, id, ...extra),
    number,
    wamid: id,
    at,
    from,
    ...content,
  };
  return {
    place: 'messages',
    raw: { from: waId, from_user_id: userId, id, timestamp: String(at), ...part },
    contact,
    id,
    becomes: { kind: 'message', number, displayNumber, wabaId, message: event },
  };
}

function text(count: number, account: Account): GoodItem {
  return message(
    { count, account },
    { type: 'text', text: { body: `Hi ${count}` } },
    { kind: 'text', text: `Hi ${count}` },
  );
}

function tap(count: number, account: Account): GoodItem {
  const reply = { id: `row-${count}`, title: 'Row' };
  return message(
    { count, account },
    { type: 'interactive', interactive: { type: 'list_reply', list_reply: reply } },
    { kind: 'interactive', source: 'list', ...reply },
  );
}

function image(count: number, account: Account): GoodItem {
  return message(
    { count, account },
    { type: 'image', image: { id: `10${count}`, mime_type: 'image/png', caption: 'Look' } },
    { kind: 'media', media: { type: 'image', id: `10${count}`, mimeType: 'image/png', caption: 'Look' } },
  );
}

function reaction(count: number, account: Account): GoodItem {
  return message(
    { count, account, extra: ['👍', account.at ?? AT] },
    { type: 'reaction', reaction: { message_id: 'wamid.a', emoji: '👍' } },
    { kind: 'reaction', reaction: { wamid: 'wamid.a', emoji: '👍' } },
  );
}

function receipt(count: number, { number, wabaId, displayNumber, at = AT }: Account): GoodItem {
  const id = `wamid.good.${count}`;
  const status = { number, wamid: id, status: 'failed', at, errorCode: 131_026 };
  return {
    place: 'statuses',
    raw: { id, status: 'failed', timestamp: at, errors: [{ code: 131_026, title: 'x' }] },
    id,
    becomes: { kind: 'status', number, displayNumber, wabaId, status },
  };
}

function move(count: number, { number, wabaId, displayNumber, at = AT }: Account): GoodItem {
  const { waId } = personOf(count);
  const id = `wamid.good.${count}`;
  const now = String(331_000_000_000 + count);
  const change = { evt: eventId(number, 'system', id), at, was: { waId }, is: { waId: now } };
  return {
    place: 'messages',
    raw: {
      ...{ from: waId, id, timestamp: String(at), type: 'system' },
      system: { body: 'x', wa_id: now, type: 'user_changed_number' },
    },
    id,
    becomes: { kind: 'identity', field: 'system', number, displayNumber, wabaId, change },
  };
}

function capability(count: number, { wabaId, at = AT }: Account): GoodItem {
  const id = `mark.${count}`;
  const value = { mark: id, max_daily_conversations_per_business: 2_000 };
  return {
    place: 'changes',
    raw: { field: 'business_capability_update', value },
    id,
    becomes: {
      ...{ kind: 'account', field: 'business_capability_update', wabaId, at },
      news: [{ kind: 'tier', scope: 'portfolio', tier: '2k' }],
      raw: value,
    },
  };
}
