import type { Bundle } from '@alur/bundle';
import { readLaneBacklog, shardOf, type Store, type TierQueues } from '@alur/store';
import { sharedReading, type Metrics } from '@alur/telemetry';
import { Tier } from '@alur/types';

interface MeasureDeps {
  registry: Metrics;
  store: Store;
  queues: TierQueues;
  bundle: () => Bundle | undefined;
}

interface TierDepth {
  queue: string;
  states: { waiting: number; admitted: number; delayed: number; active: number };
  oldestAgeS: number;
}

/** Depth and age of each tier, read at a scrape. Every sender reports the same figures: take `max`, never `sum`. */
export function measureQueues(deps: MeasureDeps): void {
  const read = sharedReading(async () => {
    if (deps.store.problem() !== undefined) return [];
    return Promise.all(Tier.options.map((tier) => readDepth(tier, deps)));
  });
  deps.registry.gauge({
    name: 'alur_queue_oldest_waiting_age_seconds',
    help: 'How long the message that waits longest in a tier has waited',
    labels: ['queue'],
    collect: async (gauge) => {
      for (const { queue, oldestAgeS } of await read()) gauge.set({ queue }, oldestAgeS);
    },
  });
  deps.registry.gauge({
    name: 'alur_queue_jobs',
    help: 'Messages of a tier by where they are: waiting in lanes, admitted to the queue, delayed, active',
    labels: ['queue', 'state'],
    collect: async (gauge) => {
      for (const { queue, states } of await read()) {
        for (const [state, count] of Object.entries(states)) gauge.set({ queue, state }, count);
      }
    },
  });
}

async function readDepth(tier: Tier, { store, queues, bundle }: MeasureDeps): Promise<TierDepth> {
  const now = Date.now();
  const numbers = (bundle()?.tenants ?? [])
    .flatMap((tenant) => tenant.teams)
    .flatMap((team) => team.numbers)
    .filter((number) => number.tier === tier);
  const lanes = await Promise.all(
    numbers.map((number) =>
      readLaneBacklog(store.client, shardOf(number.tenant, store.shards), number.id, now),
    ),
  );
  const queue = await queues.depth(tier, now);
  return {
    queue: `tier-${tier}`,
    states: {
      waiting: lanes.reduce((sum, lane) => sum + lane.waiting, 0),
      admitted: queue.waiting,
      delayed: queue.delayed,
      active: queue.active,
    },
    oldestAgeS: Math.max(queue.oldestAgeS, ...lanes.map((lane) => lane.oldestAgeS)),
  };
}
