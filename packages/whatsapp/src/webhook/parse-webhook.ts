import { type Json, type JsonObject, NumberId, readAs } from '@alur/types';
import { accountItem } from './account.ts';
import { isObject, readDisplayNumber, readTimestamp } from './fields.ts';
import { readIdentityField } from './identity.ts';
import { type ChangeContext, type RejectReason, type WebhookItem } from './item.ts';
import { parseMessage } from './message.ts';
import { readJson } from './read-json.ts';
import { indexContacts } from './sender.ts';
import { parseStatus } from './status.ts';

/**
 * `unreadable` means that the body as a whole says nothing to us: no JSON, deeper than 64, an object other than
 * `whatsapp_business_account`, `entry` no list, or more than 2,000 items.
 */
export type ParsedWebhook =
  | { kind: 'items'; items: WebhookItem[] }
  | {
      kind: 'unreadable';
      reason: 'not_json' | 'too_deep' | 'not_whatsapp' | 'no_entries' | 'too_many_items';
    };

/** Twice what Meta puts into one body at most. */
export const ITEMS_MAX = 2_000;

/**
 * Splits a body whose signature holds into what it reports. Never throws: entries, changes, values and lists may be
 * anything, a bad one becomes `rejected`, and its siblings go on. How old an event may be is not decided here.
 * Source: Meta, "WhatsApp Cloud API webhooks".
 */
export function parseWebhook(body: Buffer, context: { receivedAtMs: number }): ParsedWebhook {
  const read = readJson(body);
  if (!read.ok) return { kind: 'unreadable', reason: read.reason };
  const { json } = read;
  if (!isObject(json) || readObjectWord(json) !== 'whatsapp_business_account') {
    return { kind: 'unreadable', reason: 'not_whatsapp' };
  }
  const entries = json['entry'];
  if (!Array.isArray(entries)) return { kind: 'unreadable', reason: 'no_entries' };
  const items: WebhookItem[] = [];
  for (const entry of entries) readEntry(entry, { receivedAtMs: context.receivedAtMs, items });
  return items.length > ITEMS_MAX
    ? { kind: 'unreadable', reason: 'too_many_items' }
    : { kind: 'items', items };
}

/** The product that a body is of: at the top, or, as in two of Meta's examples, in the first entry or its first change. */
function readObjectWord(json: JsonObject): Json | undefined {
  if (json['object'] !== undefined) return json['object'];
  const entry = firstObject(json['entry']);
  return entry?.['object'] ?? firstObject(entry?.['changes'])?.['object'];
}

function firstObject(list: Json | undefined): JsonObject | undefined {
  const first = Array.isArray(list) ? list[0] : undefined;
  return isObject(first) ? first : undefined;
}

interface Source {
  receivedAtMs: number;
  wabaId?: string;
  at?: number;
  /** What the entry says that its changes are about, which is not where Meta's reference has it. */
  field?: Json;
  /** Where items are put; nothing more is read once there are too many. */
  items: WebhookItem[];
}

function readEntry(entry: Json, { receivedAtMs, items }: Source): void {
  if (items.length > ITEMS_MAX) return;
  if (!isObject(entry)) return reject('not_an_object', entry, { items });
  const { id, time, field, changes } = entry;
  const source = { receivedAtMs, items, wabaId: readWabaId(id), at: readTimestamp(time), field };
  if (!Array.isArray(changes)) return reject('bad_list', entry, source);
  for (const change of changes) readChange(change, source);
}

function readChange(change: Json, source: Source): void {
  if (source.items.length > ITEMS_MAX) return;
  if (!isObject(change)) return reject('not_an_object', change, source);
  const { value = null } = change;
  const field = readField(change, source.field);
  if (field === undefined) return reject('no_field', change, source);
  if (field === 'messages') return readMessagesValue(value, source);
  readAccountValue(field, value, source);
}

// Two of Meta's examples have it inside of the value or beside the changes.
function readField(change: JsonObject, ofEntry: Json | undefined): string | undefined {
  const { value } = change;
  const places = [change['field'], isObject(value) ? value['field'] : undefined, ofEntry];
  return places.find((word): word is string => typeof word === 'string' && word !== '');
}

function readAccountValue(field: string, value: Json, { items, wabaId, at, receivedAtMs }: Source): void {
  const number = readNumber(value);
  const atS = at ?? Math.floor(receivedAtMs / 1_000);
  const isIdentity = field === 'user_id_update' && number !== undefined;
  const changes = isIdentity ? readIdentityField(value, { number, atS }) : undefined;
  if (!changes || number === undefined) {
    items.push(accountItem(field, value, { wabaId, number, at, receivedAtMs }));
    return;
  }
  const displayNumber = readDisplayNumber(readMetadata(value)?.['display_phone_number']);
  for (const change of changes) {
    items.push({ kind: 'identity', field: 'user_id_update', number, displayNumber, wabaId, change });
  }
}

function readMessagesValue(value: Json, source: Source): void {
  const { items, wabaId, receivedAtMs } = source;
  if (!isObject(value)) return reject('not_an_object', value, source);
  const number = readNumber(value);
  if (number === undefined) return reject('no_number', value, source);
  const { messages, statuses, errors } = value;
  const displayNumber = readDisplayNumber(readMetadata(value)?.['display_phone_number']);
  const contacts = indexContacts(value['contacts']);
  const change: ChangeContext = { number, displayNumber, wabaId, receivedAtMs, contacts };
  if (messages !== undefined) readList(messages, { change, items, parse: parseMessage });
  if (statuses !== undefined) readList(statuses, { change, items, parse: parseStatus });
  if (errors !== undefined) items.push(parseErrors(errors, change));
  if (messages === undefined && statuses === undefined && errors === undefined) {
    reject('empty_change', value, { items, number, wabaId });
  }
}

function readList(
  list: Json,
  read: {
    change: ChangeContext;
    items: WebhookItem[];
    parse: (raw: Json, change: ChangeContext) => WebhookItem;
  },
): void {
  const { change, items, parse } = read;
  if (!Array.isArray(list)) return reject('bad_list', list, { ...change, items });
  for (const raw of list) {
    if (items.length > ITEMS_MAX) return;
    items.push(parse(raw, change));
  }
}

// The list is one piece of news about the number; its elements have no ids.
function parseErrors(raw: Json, { number, wabaId, receivedAtMs }: ChangeContext): WebhookItem {
  if (!Array.isArray(raw)) return { kind: 'rejected', reason: 'bad_list', wabaId, number, raw };
  return accountItem('errors', raw, { wabaId, number, receivedAtMs });
}

function reject(
  reason: RejectReason,
  raw: Json,
  { wabaId, number, items }: { wabaId?: string; number?: NumberId; items: WebhookItem[] },
): void {
  items.push({ kind: 'rejected', reason, wabaId, number, raw });
}

function readNumber(value: Json | undefined): NumberId | undefined {
  const id = readMetadata(value)?.['phone_number_id'];
  return readAs(NumberId, typeof id === 'number' ? String(id) : id).data;
}

function readMetadata(value: Json | undefined): JsonObject | undefined {
  const metadata = isObject(value) ? value['metadata'] : undefined;
  return isObject(metadata) ? metadata : undefined;
}

function readWabaId(id: Json | undefined): string | undefined {
  if (typeof id === 'number' && Number.isSafeInteger(id)) return String(id);
  return typeof id === 'string' && /^[0-9]{1,32}$/.test(id) ? id : undefined;
}
