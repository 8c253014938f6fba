import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Arrival } from '../arrival-clock.ts';
import { createSlidingCount } from './sliding-count.ts';

const WINDOW_MS = 1_000;
const at = (arrivedMs: number, blurMs = 0): Arrival => ({ arrivedMs, earliestMs: arrivedMs - blurMs });

/** The largest set that `event` belongs to and that certainly fits into one window: by trying every beginning. */
function naive(past: readonly Arrival[], event: Arrival): number {
  const all = [...past, event];
  const sizes = all.map(({ earliestMs: begin }) => {
    const inside = all.filter(
      ({ earliestMs, arrivedMs }) => earliestMs >= begin && arrivedMs - begin < WINDOW_MS,
    );
    return inside.includes(event) ? inside.length : 1;
  });
  return Math.max(...sizes);
}

/** As the clock gives them: the later a request is noticed, the later is the earliest time that it may have come at. */
const arrivals = fc
  .array(
    fc.record({ stepMs: fc.integer({ min: 0, max: 600 }), restPercent: fc.integer({ min: 0, max: 100 }) }),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .map((steps) => {
    let [arrivedMs, earliestMs] = [5_000, 5_000];
    return steps.map(({ stepMs, restPercent }): Arrival => {
      arrivedMs += stepMs;
      earliestMs += Math.round(((arrivedMs - earliestMs) * restPercent) / 100);
      return { arrivedMs, earliestMs };
    });
  });

describe('createSlidingCount()', () => {
  test('counts as a naive model does, whatever order the events come in', () => {
    const shuffled = arrivals.chain((events) =>
      fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
    );
    fc.assert(
      fc.property(fc.oneof(arrivals, shuffled), (events) => {
        const count = createSlidingCount(WINDOW_MS);
        const past: Arrival[] = [];
        for (const event of events) {
          expect(count.countWith(event)).toBe(naive(past, event));
          count.add(event);
          past.push(event);
        }
      }),
    );
  });

  test('keeps its order when one of two that came at one time may have come earlier', () => {
    const count = createSlidingCount(WINDOW_MS);
    const events: Arrival[] = [5_377, 5_848, 5_684].map((arrivedMs) => ({ arrivedMs, earliestMs: 5_004 }));
    events.push({ arrivedMs: 5_377, earliestMs: 5_000 }, { arrivedMs: 5_000, earliestMs: 5_000 });
    events.push({ arrivedMs: 5_744, earliestMs: 5_004 });
    for (const event of events) count.add(event);
    expect(count.countWith({ arrivedMs: 6_000, earliestMs: 5_004 })).toBe(5);
  });

  test('counts one that took a whole window to come by itself', () => {
    const count = createSlidingCount(WINDOW_MS);
    count.add({ arrivedMs: 6_000, earliestMs: 5_010 });
    expect(count.countWith(at(6_000, 990))).toBe(2);
    expect(count.countWith(at(6_000, 1_000))).toBe(1);
  });

  test('has two events that are exactly a window apart in no window together', () => {
    const count = createSlidingCount(WINDOW_MS);
    count.add(at(0));
    expect(count.countWith(at(999.9))).toBe(2);
    expect(count.countWith(at(1_000))).toBe(1);
  });

  test('sees a burst on both sides of a full second, which a fixed window would miss', () => {
    const count = createSlidingCount(WINDOW_MS);
    for (let n = 0; n < 80; n += 1) count.add(at(999));
    expect(count.countWith(at(1_001))).toBe(81);
  });

  test('counts only what certainly came within one window', () => {
    const count = createSlidingCount(WINDOW_MS);
    for (let n = 0; n < 80; n += 1) count.add(at(10_000, 300));
    expect(count.countWith(at(10_699, 300))).toBe(81);
    expect(count.countWith(at(10_700, 300))).toBe(1);
  });

  test('forgets what is long over, and nothing else', () => {
    const count = createSlidingCount(WINDOW_MS);
    for (let n = 0; n < 20_000; n += 1) {
      expect(count.countWith(at(n * 10))).toBe(Math.min(n + 1, 100));
      count.add(at(n * 10));
    }
  });
});
