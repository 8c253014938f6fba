import { graphBaseUrl, openBundle, type Bundle } from '@alur/bundle';
import {
  createTierQueues,
  openStore,
  startTierWorker,
  type Store,
  type SweepPolicy,
  type TierWorker,
} from '@alur/store';
import { createMetrics, readinessOf, startOps, type Logger, type RunningService } from '@alur/telemetry';
import { Tier } from '@alur/types';
import { createGraphClient, type GraphClient } from '@alur/whatsapp';
import type { Config } from './config.ts';
import { deliverMessage, type DeliverDeps } from './deliver-message.ts';
import { measureQueues } from './measure-queues.ts';
import { createSenderMetrics } from './metrics.ts';
import { sweepOutbox } from './sweep-outbox.ts';

const SWEEP_EVERY_MS = 2_000;

/** Puts the sender together: a worker on each tier's queue, and the sweeper. */
export async function startSender(config: Config, logger: Logger): Promise<RunningService> {
  const registry = createMetrics('sender');
  const metrics = createSenderMetrics(registry);
  const { REDIS_URL: url, REDIS_CLUSTER_NODES: clusterNodes, SHARDS: shards } = config;
  const bundle = await openBundle(config.BUNDLE_DIR, { graphBaseUrl: config.GRAPH_BASE_URL });
  const store = await openStore({ url, clusterNodes, shards });
  const { client } = store;
  const queues = createTierQueues(store.bull('queue'));
  const graph = createGraphClients(config);
  const deps = { client, queues, shards, bundle: bundle.current, metrics, logger };
  const delivery = {
    sendTimeoutMs: config.SEND_TIMEOUT_MS,
    graceMs: config.UNKNOWN_GRACE_MS,
    random: Math.random,
  };
  const workers = startWorkers(config, store, { ...deps, ...delivery, graph: graph.of });
  const sweeper = startSweeper(() => sweepOutbox({ ...deps, policy: sweepPolicy(config) }), store, logger);
  measureQueues({ registry, store, queues, bundle: bundle.current });
  const readiness = () =>
    readinessOf(
      { redis: store.problem(), bundle: bundle.missing() },
      { bundle: bundle.problem(), redis: store.warning() },
    );
  const ops = await startOps({ host: config.OPS_HOST, port: config.OPS_PORT, metrics: registry, readiness });
  logger.info({ opsPort: ops.port }, 'sender.listening');
  return {
    reload: bundle.reload,
    stop: async () => {
      await Promise.all([...workers.map((worker) => worker.close()), sweeper.stop()]);
      bundle.close();
      graph.close();
      await queues.close();
      await store.close();
      await ops.close();
    },
  };
}

function sweepPolicy(config: Config): SweepPolicy {
  return { graceMs: config.UNKNOWN_GRACE_MS, floorMs: config.UNKNOWN_FLOOR_MS, onUnknown: config.ON_UNKNOWN };
}

function startWorkers(config: Config, store: Store, deps: DeliverDeps): TierWorker[] {
  return Tier.options.map((tier) =>
    startTierWorker({
      tier,
      concurrency: config.SENDER_CONCURRENCY,
      client: store.bull('worker'),
      process: (reminder) => deliverMessage(reminder, deps),
      onError: (err) => deps.logger.warn({ err, tier }, 'queue.worker_error'),
    }),
  );
}

/** One client for each address that bundles have named, with its kept-alive connections. */
function createGraphClients(config: Config): { of: (bundle: Bundle) => GraphClient; close: () => void } {
  const clients = new Map<string, GraphClient>();
  return {
    of: (bundle) => {
      const baseUrl = graphBaseUrl(bundle, config.GRAPH_BASE_URL);
      const known = clients.get(baseUrl);
      if (known) return known;
      // Only made-up tokens may travel without encryption.
      const made = createGraphClient({ baseUrl, timeoutMs: config.SEND_TIMEOUT_MS, allowHttp: bundle.demo });
      clients.set(baseUrl, made);
      return made;
    },
    close: () => {
      for (const client of clients.values()) client.close();
    },
  };
}

function startSweeper(task: () => Promise<void>, store: Store, logger: Logger): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const tick = (): void => {
    const work = store.problem() === undefined ? task() : Promise.resolve();
    running = work
      .catch((err: unknown) => logger.warn({ err }, 'outbox.sweep_failed'))
      .finally(() => {
        if (!stopped) timer = setTimeout(tick, SWEEP_EVERY_MS);
      });
  };
  timer = setTimeout(tick, SWEEP_EVERY_MS);
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
