import { aliasHash, ConversationId, mintConversationId, type NumberId } from '@alur/types';
import type { RedisClient } from '../connection.ts';
import { shardKeys } from '../keys.ts';

/** The ids that a contact is known by; either may be missing. */
export interface ContactIds {
  waId?: string | undefined;
  userId?: string | undefined;
}

/** A conversation. `born`: when it was made, in Unix s. */
export interface Party {
  cid: ConversationId;
  born: number;
}

/** Which of a business's numbers a contact is known to, and whose it is. */
export interface Place {
  shard: number;
  tenant: string;
  team: string;
  number: NumberId;
}

/** Whose a name is, or was until `ended`; times in Unix s. `since`: when it is first known to be. Without `cid` nobody's who was heard. */
export interface Period {
  cid?: ConversationId | undefined;
  /** When the conversation was made. */
  born: number;
  since: number;
  ended?: number | undefined;
}

/** An alias as it is stored (lua/lib/names.lua). `seen` is the value itself; `periods` has one at least, the newest first. */
export interface Name {
  key: string;
  seen: string;
  periods: readonly Period[];
}

export type IdKind = 'user_id' | 'wa_id';
export type Names = Partial<Record<IdKind, Name>>;

/** Reads the aliases of a contact in one go. */
export async function readNames(
  client: RedisClient,
  place: Pick<Place, 'shard' | 'number'>,
  ids: ContactIds,
): Promise<Names> {
  const keys = nameKeys(place, ids);
  if (keys.length === 0) return {};
  const values = await client.mget(keys.map(([, key]) => key));
  return Object.fromEntries(keys.map(([kind, key], index) => [kind, parseName(key, values[index] ?? '')]));
}

/** The aliases of several ids of a contact, in one go. */
export async function readEach(
  client: RedisClient,
  place: Pick<Place, 'shard' | 'number'>,
  all: readonly ContactIds[],
): Promise<Name[]> {
  const keys = [...new Set(all.flatMap((ids) => nameKeys(place, ids).map(([, key]) => key)))];
  if (keys.length === 0) return [];
  const values = await client.mget(keys);
  return keys.map((key, index) => parseName(key, values[index] ?? ''));
}

function nameKeys(
  { shard, number }: Pick<Place, 'shard' | 'number'>,
  { userId, waId }: ContactIds,
): [IdKind, string][] {
  const keyOf = (kind: IdKind, id: string) => shardKeys(shard).alias(aliasHash(number, kind, id));
  return [
    ...(userId === undefined ? [] : [['user_id', keyOf('user_id', userId)] satisfies [IdKind, string]]),
    ...(waId === undefined ? [] : [['wa_id', keyOf('wa_id', waId)] satisfies [IdKind, string]]),
  ];
}

/** Reads the value of an alias. */
export function parseName(key: string, seen: string): Name {
  return { key, seen, periods: seen.split('|').map(parsePeriod) };
}

function parsePeriod(text: string): Period {
  const [cid, born, since, ended] = text.split(':');
  const bornS = timeOf(born) ?? 0;
  return {
    cid: cid === '' ? undefined : ConversationId.parse(cid),
    born: bornS,
    since: timeOf(since) ?? bornS,
    ended: timeOf(ended),
  };
}

export function formatPeriods(periods: readonly Period[]): string {
  return periods.map(formatPeriod).join('|');
}

function formatPeriod({ cid, born, since, ended }: Period): string {
  const start = `${cid ?? ''}:${born.toString(16)}`;
  if (ended !== undefined) return `${start}:${since.toString(16)}:${ended.toString(16)}`;
  return since === born ? start : `${start}:${since.toString(16)}`;
}

function timeOf(hex: string | undefined): number | undefined {
  return hex === undefined || hex === '' ? undefined : Number.parseInt(hex, 16);
}

const NOBODY: Period = { born: 0, since: 0 };

/** Whose a name was at a time. */
export function periodAt({ periods }: Name, at: number): Period {
  const past = periods.findLast(({ ended }) => ended !== undefined && at <= ended);
  return past ?? periods[0] ?? NOBODY;
}

/** Whom the business knows by a name: as `read_name` of lua/lib/names.lua has it for what is not from a contact. */
export function ownerNow({ periods }: Name): Party | undefined {
  return partyOf(periods.find(({ cid }) => cid !== undefined));
}

export function ownerAt(name: Name, at: number): Party | undefined {
  return partyOf(periodAt(name, at));
}

function partyOf({ cid, born }: Period = NOBODY): Party | undefined {
  return cid && { cid, born };
}

/** Whom the business knows by a contact's names, the surest first. */
export function knownBy(names: Names): Party | undefined {
  return [names.user_id, names.wa_id].flatMap((name) => (name && ownerNow(name)) ?? [])[0];
}

// More than a number can have owners in the time that a name is remembered for; what is older is forgotten.
const PERIODS_MAX = 8;

function replaced({ periods }: Name, period: Period, by: readonly Period[]): Period[] {
  const index = periods.indexOf(period);
  return [...periods.slice(0, Math.max(0, index)), ...by, ...periods.slice(index + 1)].slice(0, PERIODS_MAX);
}

// No number has another owner within a day: who was first heard under it so shortly before is the same person, by another clock.
const SAME_PERSON_S = 86_400;

/** Whose a new name was already when it became the contact's at `at`: a former owner's, or the contact's own by an early message. */
export function isFormerAt(name: Name, at: number): boolean {
  const { cid, since } = periodAt(name, at);
  return cid !== undefined && since < at - SAME_PERSON_S;
}

/** The name is the conversation's from `at` on: whoever had it before keeps it for what was said before. */
export function given(name: Name, { cid, born }: Party, at: number): Period[] {
  const period = periodAt(name, at);
  if (period.cid === cid) return replaced(name, period, [{ ...period, since: Math.min(period.since, at) }]);
  const until = period.cid === undefined ? at - SAME_PERSON_S : at;
  return replaced(name, period, [
    { cid, born, since: at, ended: period.ended },
    { ...period, ended: until - 1 },
  ]);
}

/** The name was the conversation's until `at`: whoever is known by it since keeps it. */
export function ended(name: Name, { cid, born }: Party, at: number): Period[] {
  const period = periodAt(name, at);
  const until = { cid, born, since: period.cid === cid ? Math.min(period.since, at) : at, ended: at };
  if (period.ended === at) return replaced(name, period, [{ ...period, cid, born }]);
  if (period.cid !== undefined && period.since > at) return replaced(name, period, [period, until]);
  return replaced(name, period, [{ born: 0, since: at, ended: period.ended }, until]);
}

/** The name leads to the conversation whenever something is said, but for what is known of its past. */
export function led({ periods }: Name, { cid, born }: Party, at: number): Period[] {
  const [now = NOBODY, ...past] = periods;
  return [{ cid, born, since: now.cid === cid ? Math.min(now.since, at) : at }, ...past];
}

/** A conversation that nobody has named yet. */
export function newConversation(at: number): Party {
  return { cid: mintConversationId(), born: at };
}
