import type { Bundle, BusinessNumber } from '@alur/bundle';
import { readNumber, shardOf, type NumberState, type Store } from '@alur/store';
import { sharedReading, type Metrics } from '@alur/telemetry';

interface MeasureDeps {
  registry: Metrics;
  store: Store;
  bundle: () => Bundle | undefined;
}

// A label a number is what an operator needs, up to this many; `alur numbers` shows all.
const NUMBERS_MAX = 200;

type Reading = { number: BusinessNumber; state: NumberState };

/** Use and pauses of each number, read at a scrape. Every sender reports the same figures: take `max`, never `sum`. */
export function measureNumbers({ registry, store, bundle }: MeasureDeps): void {
  const read = sharedReading(async (): Promise<Reading[]> => {
    if (store.problem() !== undefined) return [];
    const teams = bundle()?.tenants.flatMap((tenant) => tenant.teams) ?? [];
    const numbers = teams.flatMap((team) => team.numbers).slice(0, NUMBERS_MAX);
    return Promise.all(
      numbers.map(async (number) => {
        const state = await readNumber(store.client, shardOf(number.tenant, store.shards), number);
        return { number, state };
      }),
    );
  });
  const gauge = (name: `alur_${string}`, help: string, valueOf: (state: NumberState) => number | undefined) =>
    registry.gauge({
      name,
      help,
      labels: ['number'],
      collect: async (metric) => {
        for (const { number, state } of await read()) {
          const value = valueOf(state);
          if (value !== undefined) metric.set({ number: number.id }, value);
        }
      },
    });
  gauge(
    'alur_tier_used_ratio',
    "How much of a number's tier is used, 0 to 1; missing without a limit",
    ({ tierLimit, tierUsed }) => (tierLimit < 0 ? undefined : tierUsed / Math.max(1, tierLimit)),
  );
  gauge('alur_number_paused', 'Whether nothing of a number goes out: 1 while it is paused', (state) =>
    state.pausedUntilMs === undefined ? 0 : 1,
  );
  gauge(
    'alur_number_waiting_messages',
    'Messages of a number that wait for a limit or a time',
    ({ waiting }) => Object.values(waiting).reduce((sum, count) => sum + count, 0),
  );
}
