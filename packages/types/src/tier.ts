import { z } from 'zod';

/** A number's messaging limit: how many contacts it may write to first in any 24 hours. */
export const Tier = z.enum(['250', '1', '2k', '2', '3', 'unlimited']);
export type Tier = z.infer<typeof Tier>;

// Meta's ladder until October 2025 was 1,000 / 10,000 / 100,000 (tiers 1, 2 and 3); today it starts at
// 250 and goes on to 2,000. Source: Meta, "Messaging limits".
// `jobsPerSecond` is what one tier's queue may start in a second: well above any one number's throughput.
export const TIERS: Record<Tier, { contactsPerDay: number; jobsPerSecond: number }> = {
  '250': { contactsPerDay: 250, jobsPerSecond: 2_000 },
  '1': { contactsPerDay: 1_000, jobsPerSecond: 2_000 },
  '2k': { contactsPerDay: 2_000, jobsPerSecond: 2_000 },
  '2': { contactsPerDay: 10_000, jobsPerSecond: 4_000 },
  '3': { contactsPerDay: 100_000, jobsPerSecond: 4_000 },
  unlimited: { contactsPerDay: Infinity, jobsPerSecond: 8_000 },
};

export const TIER_NAMES = Tier.options;

/** Messages a second, in and out together, that Meta lets a number do unless it says otherwise. */
export const THROUGHPUT_DEFAULT = 80;
export const THROUGHPUT_MAX = 1_000;
