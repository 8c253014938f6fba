import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PAIR_CAPACITY, createPairBuckets } from './pair-buckets.ts';

const EVERY_MS = 6_000;

describe('createPairBuckets()', () => {
  test('gives 45 at once, then one every 6 seconds', () => {
    const buckets = createPairBuckets();
    for (let n = 1; n <= PAIR_CAPACITY; n += 1) {
      expect(buckets.levelAfter('a', 0)).toBe(PAIR_CAPACITY - n);
      buckets.take('a', 0);
    }
    expect(buckets.levelAfter('a', 5_999)).toBeLessThan(0);
    expect(buckets.levelAfter('a', 6_000)).toBe(0);
    expect(buckets.levelAfter('b', 0)).toBe(PAIR_CAPACITY - 1);
  });

  test('has the level that a bucket filled step by step would have', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (waits) => {
        const buckets = createPairBuckets();
        let [ms, level] = [0, PAIR_CAPACITY];
        for (const waitMs of waits) {
          ms += waitMs;
          level = Math.min(PAIR_CAPACITY, level + waitMs / EVERY_MS) - 1;
          expect(buckets.levelAfter('a', ms)).toBeCloseTo(level, 5);
          buckets.take('a', ms);
        }
      }),
    );
  });

  test('never runs back: a message that comes late is taken at the latest time', () => {
    const buckets = createPairBuckets();
    for (let n = 0; n < PAIR_CAPACITY; n += 1) buckets.take('a', 10_000);
    expect(buckets.levelAfter('a', 0)).toBe(-1);
  });

  test('forgets buckets that are full again, and keeps the others', () => {
    const buckets = createPairBuckets();
    for (let n = 0; n < 5_000; n += 1) buckets.take(`old ${n}`, 0);
    for (let n = 0; n < 5_000; n += 1) buckets.take(`new ${n}`, 6_000);
    expect(buckets.levelAfter('old 1', 6_000)).toBe(PAIR_CAPACITY - 1);
    expect(buckets.levelAfter('new 1', 6_000)).toBe(PAIR_CAPACITY - 2);
  });
});
