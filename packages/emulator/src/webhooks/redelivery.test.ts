import { describe, expect, test } from '@jest/globals';
import { createRedelivery } from './redelivery.ts';

const DAY_MS = 86_400_000;

/** All waits of a webhook that is never taken and answered at once. */
function waitsOf(kind: 'meta' | 'fast', most: number): number[] {
  const redelivery = createRedelivery(kind);
  const waits: number[] = [];
  for (let ageMs = 0; waits.length < most;) {
    const waitMs = redelivery(waits.length, ageMs);
    if (waitMs === undefined) break;
    waits.push(waitMs);
    ageMs += waitMs;
  }
  return waits;
}

describe('createRedelivery()', () => {
  test('meta: at once, then less and less often, and no more after 7 days', () => {
    const waits = waitsOf('meta', 1_000);
    expect(waits[0]).toBe(0);
    expect(waits).toEqual([...waits].sort((one, other) => one - other));
    const whole = waits.reduce((sum, ms) => sum + ms, 0);
    expect(whole).toBeLessThanOrEqual(7 * DAY_MS);
    expect(whole).toBeGreaterThan(6 * DAY_MS);
  });

  test('fast: half a second, later every 10 s, for 7 days, too', () => {
    const waits = waitsOf('fast', 100_000);
    expect(waits.slice(0, 7)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    const whole = waits.reduce((sum, ms) => sum + ms, 0);
    expect(whole).toBeLessThanOrEqual(7 * DAY_MS);
    expect(whole).toBeGreaterThan(7 * DAY_MS - 10_001);
  });
});
