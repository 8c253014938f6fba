import { type NumberSettings } from '../options.ts';
import { type LimitName } from './limit-name.ts';
import { type PairBuckets, createPairBuckets } from './pair-buckets.ts';
import { type SlidingCount, createSlidingCount } from './sliding-count.ts';
import { type Tally, createTally } from './tally.ts';
import { type TierCount, createTierCount } from './tier-count.ts';

/** What is counted of one number. Tier and its tally belong to all numbers of a portfolio. */
export interface Meters {
  throughput: SlidingCount;
  pair: PairBuckets;
  tier: TierCount;
  tallies: Record<LimitName, Tally>;
  /** The longest that a request may have waited unseen. */
  blurMs: number;
  /** Messages that took a place of their own in the tier. */
  serial: number;
}

const THROUGHPUT_WINDOW_MS = 1_000;

/** By `phone_number_id`. */
export function createMeters(
  numbers: readonly NumberSettings[],
  tierWindowMs: number,
): ReadonlyMap<string, Meters> {
  const portfolios = new Map<string, Pick<Meters, 'tier'> & { tally: Tally }>();
  return new Map(
    numbers.map(({ id, portfolio = ` ${id}` }) => {
      const shared = portfolios.get(portfolio) ?? {
        tier: createTierCount(tierWindowMs),
        tally: createTally(),
      };
      portfolios.set(portfolio, shared);
      return [id, metersOf(shared.tier, shared.tally)];
    }),
  );
}

function metersOf(tier: TierCount, tierTally: Tally): Meters {
  return {
    throughput: createSlidingCount(THROUGHPUT_WINDOW_MS),
    pair: createPairBuckets(),
    tier,
    tallies: {
      throughput: createTally(),
      pair: createTally(),
      tier: tierTally,
      window: createTally(),
      optOut: createTally(),
    },
    blurMs: 0,
    serial: 0,
  };
}
