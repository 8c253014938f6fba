import type { ReadyEntry, ReadyReader } from '@alur/store';
import type { Logger } from '@alur/telemetry';
import { Hands, type Outside } from './hands.ts';
import type { RunnerMetrics } from './metrics.ts';

const BLOCK_MS = 1_000;
const HOUSEKEEPING_MS = 2_000;
const FORGET_CONSUMERS_MS = 3_600_000;
const REST_MS = 500;

export interface LoopDeps {
  reader: ReadyReader;
  /** Takes all events of a conversation; throws on I/O trouble. */
  work: (entry: ReadyEntry, outside: Outside) => Promise<void>;
  concurrency: number;
  leaseMs: number;
  stopping: () => boolean;
  /** Whether the store and the bundle are there; nothing is read before. */
  canWork: () => boolean;
  metrics: RunnerMetrics;
  logger: Logger;
}

export interface Loops {
  /** After `stopping` turned true: waits for the events in hand and gives back what is left. */
  stopped(): Promise<void>;
}

/**
 * Keeps up to `concurrency` conversations in hand: reads new ones as places become free, takes over those of lost
 * runners, and renews the lease of the ones it has.
 */
export function startLoops(deps: LoopDeps): Loops {
  const hands = new Hands(deps);
  const reading = readLoop(hands, deps);
  const keeping = keepLoop(hands, deps);
  return {
    stopped: async () => {
      hands.wake();
      await Promise.all([reading, keeping]);
      await hands.empty();
    },
  };
}

async function readLoop(hands: Hands, deps: LoopDeps): Promise<void> {
  while (!deps.stopping()) {
    try {
      if (!deps.canWork()) await rest();
      else if (hands.free === 0) await hands.place();
      else for (const entry of await deps.reader.read(hands.free, BLOCK_MS)) hands.take(entry);
    } catch (err) {
      deps.logger.warn({ err }, 'ready.read_failed');
      await rest();
    }
  }
}

/** Leases and lost owners, four times a lease or every two seconds; looks up more often, so that a stop need not wait. */
async function keepLoop(hands: Hands, deps: LoopDeps): Promise<void> {
  const everyMs = Math.min(HOUSEKEEPING_MS, deps.leaseMs / 4);
  let due = Date.now() + everyMs;
  while (!deps.stopping()) {
    await rest(Math.min(REST_MS, everyMs));
    if (Date.now() < due || !deps.canWork()) continue;
    due = Date.now() + everyMs;
    await keep(hands, deps).catch((err: unknown) => deps.logger.warn({ err }, 'housekeeping.failed'));
  }
}

async function keep(hands: Hands, { reader, leaseMs, metrics }: LoopDeps): Promise<void> {
  for (const id of hands.idsOlderThan(leaseMs / 4)) await reader.renew(id);
  if (hands.free > 0) {
    const lost = await reader.recover(hands.free, leaseMs);
    metrics.recovered.inc(lost.length);
    for (const entry of lost) hands.take(entry);
  }
  await reader.forgetConsumers(FORGET_CONSUMERS_MS);
}

function rest(ms = REST_MS): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
