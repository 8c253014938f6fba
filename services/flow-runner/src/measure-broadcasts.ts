import { countOutcomes, dueBroadcasts, noOutcomes, type OutcomeState, type Store } from '@alur/store';
import { sharedReading, type Metrics } from '@alur/telemetry';

/** More are not read: the figure is a sum, and every one of them is a byte a recipient. */
const BROADCASTS_MAX = 100;

/** Gauges of the broadcasts that run, read when somebody asks. Each runner tells the same. */
export function measureBroadcasts(registry: Metrics, store: Store): void {
  const read = sharedReading(() => readRunning(store));
  registry.gauge({
    name: 'alur_broadcasts_running',
    help: 'Broadcasts that run',
    collect: async (gauge) => gauge.set((await read()).running),
  });
  registry.gauge({
    name: 'alur_broadcast_recipients',
    help: 'Recipients of the broadcasts that run, by what has become of them',
    labels: ['outcome'],
    collect: async (gauge) => {
      for (const [outcome, count] of Object.entries((await read()).recipients)) gauge.set({ outcome }, count);
    },
  });
}

interface Running {
  running: number;
  recipients: Record<OutcomeState, number>;
}

async function readRunning(store: Store): Promise<Running> {
  const result: Running = { running: 0, recipients: noOutcomes() };
  if (store.problem() !== undefined) return result;
  for (let shard = 0; shard < store.shards; shard += 1) {
    const all = await dueBroadcasts(store.client, shard, Infinity, BROADCASTS_MAX);
    for (const broadcast of all.filter(({ state }) => state === 'running')) {
      result.running += 1;
      const { states } = await countOutcomes(store.client, { shard, ...broadcast }, broadcast.total);
      for (const [outcome, count] of Object.entries(states)) addTo(result.recipients, outcome, count);
    }
  }
  return result;
}

function addTo(recipients: Record<string, number>, outcome: string, count: number): void {
  recipients[outcome] = (recipients[outcome] ?? 0) + count;
}
