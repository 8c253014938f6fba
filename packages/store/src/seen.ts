import type { Keys } from './keys.ts';

// Which events were accepted, and in which conversation: hashes by the day of the event's own time and a prefix of its id.

/** How long an event's id is remembered, counted from the event's own time: longer than Meta repeats (7 days). */
export const HORIZON_S = 8 * 86_400;
/** Clocks differ; what claims to come from further ahead than this was not made by Meta. */
export const AHEAD_S = 86_400;
// 16,384 small hashes a day keep Redis's compact form up to about two million events a day.
const PREFIX_BITS = 14;

/** The bucket of an event of a day. */
export function seenKey(keys: Keys, day: number, evt: string): string {
  return keys.seen(day, Number.parseInt(evt.slice(0, 4), 16) >> (16 - PREFIX_BITS));
}

/** The day of a time in Unix s. */
export function dayOf(atS: number): number {
  return Math.floor(atS / 86_400);
}

/** When the buckets of a day go, in Unix s. */
export function bucketEnd(day: number): number {
  return (day + 1) * 86_400 + HORIZON_S + AHEAD_S;
}
