import { findNumber, openBundle, type BundleHolder } from '@alur/bundle';
import {
  createIntake,
  createStatusTeller,
  createTierQueues,
  openStore,
  startReadReceiptWorker,
  startTierWorker,
  type JobOutcome,
  type Reminder,
  type Store,
} from '@alur/store';
import { createMetrics, readinessOf, startOps, type Logger, type RunningService } from '@alur/telemetry';
import { Tier } from '@alur/types';
import type { Config } from './config.ts';
import { deliverMessage, type DeliverDeps } from './deliver-message.ts';
import { createGraphClients } from './graph-clients.ts';
import { createHand } from './hand.ts';
import { createMediaDesk } from './media-desk.ts';
import { createMediaUploads } from './media-uploads.ts';
import { measureNumbers } from './measure-numbers.ts';
import { measureQueues } from './measure-queues.ts';
import { createSenderMetrics } from './metrics.ts';
import { createReport } from './report.ts';
import { sendReadReceipt } from './send-read-receipt.ts';
import { startSweeper } from './start-sweeper.ts';
import { sweepOutbox, wakeNumbers, wakeOne } from './sweep-outbox.ts';
import { createWaker } from './waker.ts';

// A receipt is one small POST, and none waits for another's sake.
const READS_AT_ONCE = 10;

/** Puts the sender together: a worker on each tier's queue, the hand, the waker and the sweeper. */
export async function startSender(config: Config, logger: Logger): Promise<RunningService> {
  const registry = createMetrics('sender');
  const report = createReport(createSenderMetrics(registry), logger);
  const { REDIS_URL: url, REDIS_CLUSTER_NODES: clusterNodes, SHARDS: shards } = config;
  const bundle = await openBundle(config.BUNDLE_DIR, { graphBaseUrl: config.GRAPH_BASE_URL });
  const store = await openStore({ url, clusterNodes, shards });
  const graph = createGraphClients(config);
  const sending = startSending({
    config,
    store,
    bundle,
    graph: (current) => graph.of(current),
    report,
    logger,
  });
  measureQueues({ registry, store, queues: sending.queues, bundle: bundle.current });
  measureNumbers({ registry, store, bundle: bundle.current });
  const readiness = () =>
    readinessOf(
      { redis: store.problem(), bundle: bundle.missing() },
      { bundle: bundle.warning(), redis: store.warning() },
    );
  const ops = await startOps({ host: config.OPS_HOST, port: config.OPS_PORT, metrics: registry, readiness });
  logger.info({ opsPort: ops.port }, 'sender.listening');
  return {
    reload: async () => {
      await bundle.reload();
      // What waited for another token, tier or throughput may go now.
      await sending.lookAtAll();
    },
    stop: async () => {
      await sending.stop();
      bundle.close();
      // Uploads can take minutes: they break off here, and are begun again elsewhere.
      const uploaded = sending.uploads.stop();
      graph.close();
      await uploaded;
      await store.close();
      await ops.close();
    },
  };
}

interface Parts extends Pick<DeliverDeps, 'graph' | 'report' | 'logger'> {
  config: Config;
  store: Store;
  bundle: BundleHolder;
}

function startSending(parts: Parts) {
  const { config, store, graph, report, logger } = parts;
  const { client, shards } = store;
  const bundle = parts.bundle.current;
  const queues = createTierQueues(store.bull('queue'));
  const onError = (err: unknown) => logger.warn({ err }, 'sender.work_failed');
  const waker = createWaker({ wake: (number) => wakeOne(number, { client, queues, shards }), onError });
  const hand = createHand({
    deliver: async (reminder) => void (await deliver(reminder)),
    giveBack: (reminder) => giveBack(reminder, { bundle, queues }),
    onError,
  });
  const { SEND_TIMEOUT_MS: sendTimeoutMs, UNKNOWN_GRACE_MS: graceMs, UNKNOWN_FLOOR_MS: floorMs } = config;
  const intake = createIntake({ client, shards, wishOf: () => undefined });
  const teller = createStatusTeller({ client, shards, intake });
  const shared = { client, queues, bundle, waker, report, graceMs, teller, logger };
  const uploads = createMediaUploads({ client, report: report.uploaded, onError });
  const desk = createMediaDesk(client, uploads);
  const delivery = { ...shared, graph, desk, hand, sendTimeoutMs, random: Math.random };
  const deliver = (reminder: Reminder) => deliverMessage(reminder, delivery);
  const workers = [...startWorkers(deliver, parts), startReading(parts)];
  const sweeper = startSweeper({
    task: () => sweepOutbox({ ...shared, shards, floorMs }),
    canWork: () => store.problem() === undefined,
    logger,
  });
  return {
    queues,
    lookAtAll: () => wakeNumbers({ client, queues, bundle, shards }),
    stop: async () => {
      await Promise.all([...workers.map((worker) => worker.close()), sweeper.stop()]);
      await hand.stop();
      await waker.stop();
      await queues.close();
    },
    uploads,
  };
}

function startWorkers(
  process: (reminder: Reminder) => Promise<JobOutcome>,
  { config, store, logger }: Parts,
) {
  return Tier.options.map((tier) =>
    startTierWorker({
      tier,
      concurrency: config.SENDER_CONCURRENCY,
      client: store.bull('worker'),
      process,
      onError: (err) => logger.warn({ err, tier }, 'queue.worker_error'),
    }),
  );
}

function startReading({ store, bundle, graph, report, logger }: Parts) {
  const deps = { bundle: bundle.current, graph, count: report.readReceipt };
  return startReadReceiptWorker({
    client: store.client,
    bull: store.bull('worker'),
    concurrency: READS_AT_ONCE,
    send: (receipt) => sendReadReceipt(receipt, deps),
    onError: (err) => logger.warn({ err }, 'read_receipt.failed'),
  });
}

/** A message that waited here becomes a job again, for whoever takes it. */
async function giveBack(
  reminder: Reminder,
  { bundle, queues }: Pick<DeliverDeps, 'bundle' | 'queues'>,
): Promise<void> {
  const current = bundle();
  const number = current && findNumber(current, reminder.number);
  if (number) await queues.add(number.tier, { shard: reminder.shard, number: number.id }, [reminder]);
}
