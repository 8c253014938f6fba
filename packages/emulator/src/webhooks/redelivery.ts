/** How long a webhook that was not answered with 200 waits for its next attempt; undefined when there is none any more. */
export type Redelivery = (attempt: number, ageMs: number) => number | undefined;

const S = 1_000;
const MIN = 60 * S;
const HOUR = 60 * MIN;
const DAY = 24 * HOUR;

// Meta says: at once, then less and less often, for up to 7 days. The steps between are nowhere documented.
const META_WAITS_MS = [
  0,
  15 * S,
  MIN,
  5 * MIN,
  15 * MIN,
  30 * MIN,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  16 * HOUR,
  DAY,
];
const FAST_FIRST_MS = 500;
const FAST_MAX_MS = 10 * S;
const GIVE_UP_MS = 7 * DAY;

/** `meta`: falling frequency over 7 days. `fast`: after half a second, later every 10 s, and over 7 days, too. */
export function createRedelivery(kind: 'meta' | 'fast'): Redelivery {
  const waitMs = kind === 'meta' ? metaWait : fastWait;
  return (attempt, ageMs) => {
    const next = waitMs(attempt);
    return ageMs + next > GIVE_UP_MS ? undefined : next;
  };
}

function metaWait(attempt: number): number {
  return META_WAITS_MS[attempt] ?? DAY;
}

function fastWait(attempt: number): number {
  return Math.min(FAST_MAX_MS, FAST_FIRST_MS * 2 ** attempt);
}
