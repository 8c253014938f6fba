import { type Json, TIERS, TIER_NAMES, type Tier } from '@alur/types';

// TIER_50 is below our ladder, and (TIER_)NOT_SET says nothing: neither is a tier.
const TIER_WORDS: ReadonlyMap<unknown, Tier> = new Map<unknown, Tier>([
  ['TIER_250', '250'],
  ['TIER_1K', '1'],
  ['TIER_2K', '2k'],
  ['TIER_10K', '2'],
  ['TIER_100K', '3'],
  ['TIER_UNLIMITED', 'unlimited'],
]);
const UNLIMITED = -1;
// The names come in no order: keys that are numbers sort before others.
const LADDER = TIER_NAMES.toSorted((a, b) => TIERS[a].contactsPerDay - TIERS[b].contactsPerDay);
const NUMBER = /^(-1|[0-9]{1,12})$/;

/** Meta's name of a tier, or its number of contacts a day, which is taken for the highest tier that it allows. */
export function readTier(value: Json | undefined): Tier | undefined {
  const word = TIER_WORDS.get(value);
  if (word !== undefined) return word;
  const contacts = typeof value === 'string' && NUMBER.test(value) ? Number(value) : value;
  if (typeof contacts !== 'number') return undefined;
  if (contacts === UNLIMITED) return 'unlimited';
  return LADDER.findLast((name) => TIERS[name].contactsPerDay <= contacts);
}
