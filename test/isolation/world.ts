import { callApi, type Answer, type Call } from './api-client.ts';
import type { Book, Contact } from './book.ts';
import type { Chance } from './chance.ts';
import { checkMarks, type Sent } from './outside.ts';
import type { Party } from './parties.ts';

export interface World {
  parties: readonly [Party, ...Party[]];
  contacts: readonly [Contact, ...Contact[]];
  chance: Chance;
  book: Book;
  webhookUrl: string;
  apiUrl: string;
  /** The newest messages of each party. */
  sent: ReadonlyMap<Party, readonly Sent[]>;
  routes: readonly [ApiRoute, ...ApiRoute[]];
  /** Ids that the API gave to each party, by kind. */
  ids: ReadonlyMap<Party, Map<IdKind, string[]>>;
  onCrossing: (what: string) => void;
  /** Counts one operation. */
  did: (kind: string) => void;
  /** The next of a name, from 1: of two names the same counts come, so what is made of them collides. */
  next: (name: string) => number;
  /** Contacts of tenants that an operation has in hand. */
  busy: Set<string>;
}

export type IdKind = 'mid' | 'cid' | 'bid';

/** A path of the API, as its description names it: `GET /messages/{mid}`. */
export interface ApiRoute {
  name: string;
  method: Call['method'];
  path: string;
  contentType: string | undefined;
}

const IDS_KEPT = 300;

/** Keeps an id that the API gave to a party. */
export function keepId({ ids }: Pick<World, 'ids'>, party: Party, kind: IdKind, id: string): void {
  const byKind = ids.get(party);
  const list = byKind?.get(kind) ?? [];
  byKind?.set(kind, list);
  list.push(id);
  if (list.length > IDS_KEPT) list.shift();
}

export function anId({ ids, chance }: World, party: Party, kind: IdKind): string | undefined {
  return chance.of(ids.get(party)?.get(kind) ?? []);
}

/** Of no party. */
export function madeUpId({ chance }: World): string {
  return Array.from({ length: 32 }, () => chance.below(16).toString(16)).join('');
}

/** A call of a team with its own key: nothing in its answer is of another. */
export async function callOwn(world: World, party: Party, call: Call): Promise<Answer> {
  const answer = await callApi(world.apiUrl, party, party.apiKey, call);
  checkMarks(world, answer.body, party, `the answer to ${call.path}`);
  return answer;
}

export function compare(world: World, what: string, got: Answer, unknown: Answer, status?: number): void {
  const isSame = got.status === unknown.status && got.body === unknown.body;
  if (isSame && got.status >= 400 && (status === undefined || got.status === status)) return;
  world.onCrossing(
    `${what}: ${got.status} ${got.body}, for what nobody has ${unknown.status} ${unknown.body}`,
  );
}

/** A contact that no other operation of the tenant has in hand; `used` gives it back. */
export function takeContact(
  { chance, contacts, busy }: World,
  { tenant }: Party,
  used: (() => void)[],
): Contact | undefined {
  for (let tries = 0; tries < 5; tries += 1) {
    const contact = chance.pick(contacts);
    const key = `${tenant} ${contact.index}`;
    if (busy.has(key)) continue;
    busy.add(key);
    used.push(() => busy.delete(key));
    return contact;
  }
  return undefined;
}

/** Each contact is odd in one tenant and plain in the others. */
export function isPlainFor({ tenant }: Party, { index }: Contact): boolean {
  return ['alpha', 'beta', 'gamma'].indexOf(tenant) !== index % 3;
}

export function numberOf({ numbers }: Party, chance: Chance): string {
  return chance.of(numbers) ?? '';
}

export function otherThan(party: Party, parties: World['parties'], chance: Chance): Party {
  return chance.of(parties.filter((each) => each !== party)) ?? party;
}

/** Each number counts for itself, so that all hear the same ids. */
export function nextWamid({ next }: World, number: string): string {
  return `wamid.IN.${next(number)}`;
}

/** A phone number that nobody had before. */
export function freshWaId({ next }: World): string {
  return `6289${String(next('moves')).padStart(8, '0')}`;
}
