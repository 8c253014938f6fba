import { type Json, type JsonObject, NumberId } from '@alur/types';
import { accountItem } from './account.ts';
import { isObject, readDisplayNumber, readTimestamp } from './fields.ts';
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
  if (!isObject(json) || json['object'] !== 'whatsapp_business_account') {
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

interface Source {
  receivedAtMs: number;
  wabaId?: string;
  at?: number;
  /** Where items are put; nothing more is read once there are too many. */
  items: WebhookItem[];
}

function readEntry(entry: Json, { receivedAtMs, items }: Source): void {
  if (items.length > ITEMS_MAX) return;
  if (!isObject(entry)) return reject('not_an_object', entry, { items });
  const source = { receivedAtMs, items, wabaId: readWabaId(entry['id']), at: readTimestamp(entry['time']) };
  const changes = entry['changes'];
  if (!Array.isArray(changes)) return reject('bad_list', entry, source);
  for (const change of changes) readChange(change, source);
}

function readChange(change: Json, source: Source): void {
  const { items, ...from } = source;
  if (items.length > ITEMS_MAX) return;
  if (!isObject(change)) return reject('not_an_object', change, source);
  const { field, value = null } = change;
  if (typeof field !== 'string' || field === '') return reject('no_field', change, source);
  if (field === 'messages') return readMessagesValue(value, source);
  items.push(accountItem(field, value, { ...from, number: readNumber(value) }));
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
  return NumberId.safeParse(readMetadata(value)?.['phone_number_id']).data;
}

function readMetadata(value: Json | undefined): JsonObject | undefined {
  const metadata = isObject(value) ? value['metadata'] : undefined;
  return isObject(metadata) ? metadata : undefined;
}

function readWabaId(id: Json | undefined): string | undefined {
  if (typeof id === 'number' && Number.isSafeInteger(id)) return String(id);
  return typeof id === 'string' && /^[0-9]{1,32}$/.test(id) ? id : undefined;
}
