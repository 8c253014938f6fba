import { z } from 'zod';
import { limitRows } from '../limit.ts';

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

export const TTL_LIMITS = { ttlS: 30 * DAY_S, ttlMinS: 30 } as const;
export const TTL_ROWS = limitRows('template', 'Meta, "Send message templates, time-to-live"', TTL_LIMITS, {
  ttlS: 'seconds that Meta tries to deliver; -1 stands for them',
  ttlMinS: 'seconds that Meta tries to deliver, at least',
});

/** How long Meta tries to deliver a template, in seconds; -1 is 30 days. */
export const TtlS = z
  .number()
  .int()
  .min(-1)
  .max(TTL_LIMITS.ttlS)
  .refine((ttlS) => ttlS === -1 || ttlS >= TTL_LIMITS.ttlMinS, {
    error: `give seconds from ${TTL_LIMITS.ttlMinS} to ${TTL_LIMITS.ttlS}, or -1 for 30 days`,
  });

interface TtlRange {
  readonly minS: number;
  readonly maxS: number;
}

/**
 * What each category allows beside -1. A marketing template takes a time to live through Meta's Marketing Messages API,
 * from 12 hours on; less is refused.
 */
const TTL_RANGES: ReadonlyMap<string, TtlRange> = new Map([
  ['AUTHENTICATION', { minS: 30, maxS: 900 }],
  ['UTILITY', { minS: 30, maxS: 12 * HOUR_S }],
  ['MARKETING', { minS: 12 * HOUR_S, maxS: 30 * DAY_S }],
]);

/**
 * Why a template of `category` (as Meta writes it) cannot have this time to live; undefined when it can, or when the
 * category is not known.
 */
export function ttlProblem(category: string, ttlS: number): string | undefined {
  const range = TTL_RANGES.get(category.toUpperCase());
  if (range === undefined || ttlS === -1 || (ttlS >= range.minS && ttlS <= range.maxS)) return undefined;
  return `a ${category.toLowerCase()} template lives ${range.minS} to ${range.maxS} seconds, or 30 days with -1`;
}
