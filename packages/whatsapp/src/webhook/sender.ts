import { type Json, type JsonObject, type Sender } from '@alur/types';
import { USER_ID, WA_ID, isObject, wellFormed } from './fields.ts';
import { type ContactEntry } from './item.ts';

/** `Sender.name` counts UTF-16 units. */
const NAME_UNITS_MAX = 256;
/** How much of a name is looked at; what a hostile 100 KB name costs ends here. */
const NAME_READ_MAX = 4 * NAME_UNITS_MAX;
// Controls could forge log lines, bidi marks could turn a line of the console around.
const UNPRINTABLE = /[\p{Control}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** Contact entries by each id that they bear: their order says nothing about the messages'. */
export function indexContacts(contacts: Json | undefined): ReadonlyMap<string, ContactEntry> {
  const index = new Map<string, ContactEntry>();
  if (!Array.isArray(contacts)) return index;
  for (const raw of contacts) {
    if (!isObject(raw)) continue;
    const entry = readContact(raw);
    if (entry.waId !== undefined) index.set(entry.waId, entry);
    if (entry.userId !== undefined) index.set(entry.userId, entry);
  }
  return index;
}

/** Who wrote a message, or undefined when it bears neither kind of id. */
export function readSender(
  message: JsonObject,
  contacts: ReadonlyMap<string, ContactEntry>,
): Sender | undefined {
  const from = message['from'];
  const waId = matching(WA_ID, from);
  // Some integrations put the user id where the phone number used to be.
  const userId = matching(USER_ID, message['from_user_id']) ?? matching(USER_ID, from);
  if (waId === undefined && userId === undefined) return undefined;
  const contact = contacts.get(userId ?? '') ?? contacts.get(waId ?? '');
  return { waId: waId ?? contact?.waId, userId: userId ?? contact?.userId, name: contact?.name };
}

function readContact(raw: JsonObject): ContactEntry {
  const profile = raw['profile'];
  return {
    waId: matching(WA_ID, raw['wa_id']),
    userId: matching(USER_ID, raw['user_id']),
    name: isObject(profile) ? readName(profile['name']) : undefined,
  };
}

function matching(pattern: RegExp, value: Json | undefined): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}

function readName(value: Json | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  const printable = wellFormed(value.slice(0, NAME_READ_MAX).replace(UNPRINTABLE, '')).trim();
  return cutToUnits(printable, NAME_UNITS_MAX) || undefined;
}

function cutToUnits(text: string, unitsMax: number): string {
  if (text.length <= unitsMax) return text;
  const head = text.slice(0, unitsMax);
  const splitsPair = /[\uD800-\uDBFF]$/.test(head);
  return splitsPair ? head.slice(0, -1) : head;
}
