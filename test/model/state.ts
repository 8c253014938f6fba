import type { Name } from './scenario.ts';

/** One POST of a message by its tag: which message, and the how-manieth attempt. */
export type Tag = `${Name}.${number}`;
export type ReceiptKind = 'sent' | 'delivered' | 'failed';

/** A receipt, on its way or merged. */
export interface Receipt {
  name: Name;
  attempt: number;
  kind: ReceiptKind;
}

export type Answer = 'sent' | 'unknown' | 'refused' | 'rejected' | 'limited' | 'too late';

/**
 * What a sender that is at work has in hand; `ageMs` since it claimed, `writtenMs` from there to its first byte, -1 when it
 * wrote none. An idle one has nothing, so it is not listed.
 */
export type Sender =
  | { phase: 'claimed'; name: Name; attempt: number; ageMs: number; jobs: readonly Name[] }
  | { phase: 'posted'; name: Name; attempt: number; ageMs: number; writtenMs: number }
  | { phase: 'answered'; name: Name; attempt: number; ageMs: number; writtenMs: number; answer: Answer }
  | { phase: 'ending'; name: Name; jobs: readonly Name[]; early: readonly Receipt[] };

/** The whole world at one moment. Lists are sorted, so that equal states are equal as text. */
export interface State {
  /** Number of what Redis holds, in the book of contents. */
  contents: number;
  /** How many turns are committed. */
  turns: number;
  senders: readonly Sender[];
  /** Reminders in the tier queue. */
  jobs: readonly Name[];
  /** What senders keep in memory until there is room, and for how long yet. */
  hand: readonly { name: Name; ms: number }[];
  /** How long ago POSTs were written, where the pace is looked at: those of the last second. */
  wrote: readonly number[];
  /** POSTs that were written and that Graph has not looked at. */
  posts: readonly Tag[];
  /** All POSTs ever written; those that Graph took; and of these, those that it reports as failed. */
  posted: readonly Tag[];
  accepted: readonly Tag[];
  failed: readonly Tag[];
  /** On their way to the ingress, and merged. */
  receipts: readonly Receipt[];
  merged: readonly Receipt[];
  /** What the ingress has merged and still has to settle. */
  settles: readonly Receipt[];
  /** Receipts without a tag that came before anybody knew their wamid: kept in Redis, and got back with another one. */
  kept: readonly Receipt[];
  gotBack: readonly { receipt: Receipt; by: Receipt }[];
  /** Messages that were final once. */
  past: readonly Name[];
  /** Messages that were taken off the books, and not queued again. */
  withdrawn: readonly Name[];
  /** How much went wrong so far. */
  mishaps: number;
  hadTraffic: boolean;
}

export function startState(contents: number): State {
  const lists = {
    senders: [],
    jobs: [],
    hand: [],
    wrote: [],
    posts: [],
    posted: [],
    accepted: [],
    failed: [],
    receipts: [],
  };
  return {
    contents,
    turns: 0,
    ...lists,
    merged: [],
    settles: [],
    kept: [],
    gotBack: [],
    past: [],
    withdrawn: [],
    mishaps: 0,
    hadTraffic: false,
  };
}

/** The list with more, each in its place. */
export function plus<T>(list: readonly T[], ...items: readonly T[]): readonly T[] {
  return [...list, ...items].sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
}

/** The list with one less: the first that is equal. */
export function minus<T>(list: readonly T[], item: T): readonly T[] {
  const at = placeOf(list, item);
  return list.filter((_, index) => index !== at);
}

/** The set with one more. */
export function union<T>(list: readonly T[], item: T): readonly T[] {
  return placeOf(list, item) < 0 ? plus(list, item) : list;
}

export function placeOf<T>(list: readonly T[], item: T): number {
  const text = textOf(item);
  return list.findIndex((held) => textOf(held) === text);
}

const texts = new WeakMap<object, string>();

function textOf(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item);
  const text = texts.get(item) ?? JSON.stringify(item);
  texts.set(item, text);
  return text;
}

export function tagOf({ name, attempt }: { name: Name; attempt: number }): Tag {
  return `${name}.${attempt}`;
}

export function partsOf(tag: Tag): { name: Name; attempt: number } {
  const [name, attempt] = tag.split('.');
  if (name !== 'm1' && name !== 'm2' && name !== 'm3') throw new Error(`not a tag: ${tag}`);
  return { name, attempt: Number(attempt) };
}

export function countOf(tags: readonly Tag[], name: Name): number {
  return tags.filter((tag) => partsOf(tag).name === name).length;
}
