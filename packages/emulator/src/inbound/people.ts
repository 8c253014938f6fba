import { createHash } from 'node:crypto';
import { type JsonObject } from '@alur/types';
import { type Sender } from './inbound-message.ts';

/** One WhatsApp user of the emulator. */
export interface Person {
  waId?: string | undefined;
  userId?: string | undefined;
  name?: string | undefined;
  username?: string | undefined;
  /** Whether webhooks leave the number out: a user with a username may hide it. */
  hidesNumber: boolean;
}

/** Who the emulator's contacts are, by number and by user id. */
export interface People {
  /** The person, with all that was ever told of it; a new one when neither id is known. */
  meet(given: Sender): Person;
  /** By number or user id. */
  find(id: string): Person | undefined;
  list(): Person[];
  /** Gives the person another number, and with it another user id; the old number is nobody's. */
  moveNumber(person: Person, waId: string): Person;
  moveUserId(person: Person, userId?: string): Person;
}

/** `hasUserIds`: everybody gets a user id, the same for the same number and seed. */
export function createPeople(seed: string, hasUserIds: boolean): People {
  const byId = new Map<string, Person>();
  const all = new Set<Person>();
  let moves = 0;
  const index = (person: Person) => {
    for (const id of [person.waId, person.userId]) if (id !== undefined) byId.set(id, person);
  };
  const forget = (person: Person) => {
    for (const id of [person.waId, person.userId]) if (id !== undefined) byId.delete(id);
  };
  const move = (person: Person, change: Partial<Person>) => {
    forget(person);
    Object.assign(person, change);
    index(person);
    return person;
  };
  const freshUserId = (waId = '') => madeUpUserId(`${seed} ${waId} ${(moves += 1)}`, waId);
  return {
    meet(given) {
      const known = byId.get(given.waId ?? '') ?? byId.get(given.userId ?? '');
      const person = known ?? { hidesNumber: false };
      all.add(person);
      Object.assign(person, told(given));
      if (hasUserIds) person.userId ??= madeUpUserId(`${seed} ${person.waId ?? ''}`, person.waId);
      index(person);
      return person;
    },
    find: (id) => byId.get(id),
    list: () => [...all],
    moveNumber: (person, waId) =>
      move(person, { waId, ...(person.userId === undefined ? {} : { userId: freshUserId(waId) }) }),
    moveUserId: (person, userId = freshUserId(person.waId)) => move(person, { userId }),
  };
}

/** What was given; a username without the sign before it. */
function told({ username, ...given }: Sender): Partial<Person> {
  const shown = username?.replace(/^@/, '');
  return Object.fromEntries(
    Object.entries({ ...given, username: shown }).filter(([, value]) => value !== undefined),
  );
}

const COUNTRIES: readonly [prefix: string, country: string][] = [
  ['1', 'US'],
  ['44', 'GB'],
  ['49', 'DE'],
  ['52', 'MX'],
  ['54', 'AR'],
  ['55', 'BR'],
  ['62', 'ID'],
  ['91', 'IN'],
];

// Meta's form: the country, and up to 128 letters and digits.
function madeUpUserId(of: string, waId = ''): string {
  const country = COUNTRIES.find(([prefix]) => waId.startsWith(prefix))?.[1] ?? 'US';
  const digits = BigInt(`0x${createHash('sha256').update(`user id ${of}`).digest('hex')}`).toString();
  return `${country}.${digits.slice(0, 20)}`;
}

/** Meta's `contacts[]` element for a person. */
export function toMetaContact({ name, username, waId, userId, hidesNumber }: Person): JsonObject {
  const profile = {
    ...(name === undefined ? {} : { name }),
    ...(username === undefined ? {} : { username }),
  };
  return {
    ...(Object.keys(profile).length > 0 ? { profile } : {}),
    ...(waId === undefined || hidesNumber ? {} : { wa_id: waId }),
    ...(userId === undefined ? {} : { user_id: userId }),
  };
}
