import { describe, expect, test } from '@jest/globals';
import { nextOccurrence } from './schedule.ts';

const seconds = (date: string) => Date.parse(date) / 1000;

describe('nextOccurrence()', () => {
  test.each([
    ['0 9 * * 1', 'UTC', '2026-11-27T12:00:00Z', '2026-11-30T09:00:00.000Z'],
    ['0 9 * * 1', 'Asia/Jakarta', '2026-11-27T12:00:00Z', '2026-11-30T02:00:00.000Z'],
    ['0 9 * * *', 'UTC', '2026-11-27T09:00:00Z', '2026-11-28T09:00:00.000Z'],
    ['0 9 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-29T07:00:00.000Z'],
    ['0 9 * * *', 'Europe/Berlin', '2026-03-27T12:00:00Z', '2026-03-28T08:00:00.000Z'],
    ['0 0 29 2 *', 'UTC', '2026-11-27T12:00:00Z', '2028-02-29T00:00:00.000Z'],
  ])('%s in %s after %s', (cron, timezone, after, next) => {
    const found = nextOccurrence({ cron, timezone }, seconds(after));
    expect(new Date((found ?? 0) * 1000).toISOString()).toBe(next);
  });

  test('is undefined where no time ever comes', () => {
    expect(
      nextOccurrence({ cron: '0 9 31 2 *', timezone: 'UTC' }, seconds('2026-11-27T12:00:00Z')),
    ).toBeUndefined();
  });
});
