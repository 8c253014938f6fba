/** Messages that one contact may get from one number at once. Source: Meta, "Throughput", pair rate limits. */
export const PAIR_CAPACITY = 45;
const REFILL_MS = 6_000;

/** One bucket per contact of a number: it holds 45 messages and gains one every 6 seconds. */
export interface PairBuckets {
  /** Messages left after one more at `ms`; below 0 when the bucket does not hold it. */
  levelAfter(contact: string, ms: number): number;
  take(contact: string, ms: number): void;
}

interface Bucket {
  fullAtMs: number;
  takenMs: number;
}

const SWEEP_MIN = 1_024;
const ROUND = 1e6;

export function createPairBuckets(): PairBuckets {
  const buckets = new Map<string, Bucket>();
  let sweepAt = SWEEP_MIN;
  // A bucket is the time at which it is full again; it never goes back, so neither does the time of a taking.
  const after = (contact: string, ms: number): Bucket => {
    const bucket = buckets.get(contact) ?? { fullAtMs: ms, takenMs: ms };
    const takenMs = Math.max(ms, bucket.takenMs);
    return { takenMs, fullAtMs: Math.max(bucket.fullAtMs, takenMs) + REFILL_MS };
  };
  const sweep = (ms: number) => {
    for (const [contact, { fullAtMs }] of buckets) if (fullAtMs <= ms) buckets.delete(contact);
    sweepAt = Math.max(SWEEP_MIN, 2 * buckets.size);
  };
  return {
    levelAfter(contact, ms) {
      const { fullAtMs, takenMs } = after(contact, ms);
      const level = PAIR_CAPACITY - (fullAtMs - takenMs) / REFILL_MS;
      // The clock resolves no finer, and a bucket that is empty to the point must not read as -1e-12.
      return Math.round(level * ROUND) / ROUND + 0;
    },
    take(contact, ms) {
      buckets.set(contact, after(contact, ms));
      if (buckets.size >= sweepAt) sweep(ms);
    },
  };
}
