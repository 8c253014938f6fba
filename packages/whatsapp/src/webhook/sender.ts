import { type Json, type JsonObject, type Sender } from '@alur/types';
import { readUserId, readWaId } from './contact-ids.ts';
import { isObject, wellFormed } from './fields.ts';
import { type ContactEntry } from './item.ts';

/** `Sender.name` counts UTF-16 units. */
const NAME_UNITS_MAX = 256;
const USERNAME_UNITS_MAX = 64;
const KEY_HASH = /^[!-~]{1,256}$/;
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
  const waId = readWaId(from);
  // Some integrations put the user id where the phone number used to be.
  const userId = readUserId(message['from_user_id']) ?? readUserId(from);
  if (waId === undefined && userId === undefined) return undefined;
  const contact = contacts.get(userId ?? '') ?? contacts.get(waId ?? '');
  return {
    ...contact,
    waId: waId ?? contact?.waId,
    userId: userId ?? contact?.userId,
    parentUserId: readUserId(message['from_parent_user_id']) ?? contact?.parentUserId,
  };
}

function readContact(raw: JsonObject): ContactEntry {
  const profile = isObject(raw['profile']) ? raw['profile'] : {};
  const keyHash = raw['identity_key_hash'];
  return {
    waId: readWaId(raw['wa_id']),
    userId: readUserId(raw['user_id']),
    parentUserId: readUserId(raw['parent_user_id']),
    name: readName(profile['name'], NAME_UNITS_MAX),
    username: readUsername(profile['username']),
    identityKeyHash: typeof keyHash === 'string' && KEY_HASH.test(keyHash) ? keyHash : undefined,
  };
}

// Meta's examples have it with the `@` and without.
function readUsername(value: Json | undefined): string | undefined {
  return readName(typeof value === 'string' ? value.replace(/^@/, '') : value, USERNAME_UNITS_MAX);
}

function readName(value: Json | undefined, unitsMax: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const printable = wellFormed(value.slice(0, NAME_READ_MAX).replace(UNPRINTABLE, '')).trim();
  return cutToUnits(printable, unitsMax) || undefined;
}

function cutToUnits(text: string, unitsMax: number): string {
  if (text.length <= unitsMax) return text;
  const head = text.slice(0, unitsMax);
  const splitsPair = /[\uD800-\uDBFF]$/.test(head);
  return splitsPair ? head.slice(0, -1) : head;
}
