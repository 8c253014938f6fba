import { type Arrival } from '../arrival-clock.ts';

/** Counts events in every window of one length, wherever it begins. */
export interface SlidingCount {
  /** The largest count of any window that one more event certainly falls into, that event included. */
  countWith(event: Arrival): number;
  add(event: Arrival): void;
}

// Events reach us in nearly the order of their times: a body that was slow to come may be this late.
const LATE_MS = 10_000;
const PRUNE_MIN = 1_024;

/**
 * Events share a window when they are less than `windowMs` apart, and certainly do when the latest time of the last is less
 * than that behind the earliest time of the first. Earliest times are in the order of the latest ones, as
 * `createArrivalClock` gives them. Costs O(log n) for events in order.
 */
export function createSlidingCount(windowMs: number): SlidingCount {
  let latest: number[] = [];
  let earliest: number[] = [];
  let pruneAt = PRUNE_MIN;
  const prune = () => {
    const gone = firstAfter(latest, (latest.at(-1) ?? 0) - windowMs - LATE_MS);
    latest = latest.slice(gone);
    earliest = earliest.slice(gone);
    pruneAt = Math.max(PRUNE_MIN, 2 * latest.length);
  };
  return {
    countWith({ arrivedMs, earliestMs }) {
      // So slow that it may have come before or after any window.
      if (arrivedMs - earliestMs >= windowMs) return 1;
      const place = firstAfter(latest, arrivedMs);
      let largest = place - Math.min(place, firstAfter(earliest, arrivedMs - windowMs)) + 1;
      // Windows that end with an event later than this one: there are any only when this one comes out of order.
      for (let end = place; end < latest.length; end += 1) {
        const endMs = latest[end] ?? Infinity;
        if (endMs - earliestMs >= windowMs) break;
        largest = Math.max(largest, end - firstAfter(earliest, endMs - windowMs) + 2);
      }
      return largest;
    },
    add({ arrivedMs, earliestMs }) {
      // Each in its own order: of two that came at one time, the one that may have come earlier can be the later to be told.
      insert(latest, firstAfter(latest, arrivedMs), arrivedMs);
      insert(earliest, firstAfter(earliest, earliestMs), earliestMs);
      if (latest.length >= pruneAt) prune();
    },
  };
}

function insert(times: number[], place: number, ms: number): void {
  if (place === times.length) times.push(ms);
  else times.splice(place, 0, ms);
}

/** Index of the first time later than `ms`, in a sorted list. */
function firstAfter(times: readonly number[], ms: number): number {
  let low = 0;
  let high = times.length;
  if ((times.at(-1) ?? -Infinity) <= ms) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Infinity) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
