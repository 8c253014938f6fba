import { openBundle, type BundleHolder } from '@alur/bundle';
import {
  countUndelivered,
  createIntake,
  createReadReceipts,
  createReadyReader,
  createTierQueues,
  createTurns,
  oldestTimer,
  oldestUndelivered,
  openStore,
  readInboxBacklog,
  shardOf,
  type ReadReceipts,
  type Store,
} from '@alur/store';
import {
  createMetrics,
  processName,
  readinessOf,
  sharedReading,
  startOps,
  type Logger,
  type Metrics,
  type Readiness,
  type RunningService,
} from '@alur/telemetry';
import { runFeeder } from './broadcasts/run-feeder.ts';
import { runClock } from './clock.ts';
import type { Config } from './config.ts';
import { createFlowChecker } from './flows/check-off-thread.ts';
import { createFlowArchive } from './flows/flow-archive.ts';
import { createTeamFlows, type TeamFlows } from './flows/team-flows.ts';
import { measureBroadcasts } from './measure-broadcasts.ts';
import { createRunnerMetrics, type RunnerMetrics } from './metrics.ts';
import { startLoops } from './run-loops.ts';
import { startSubscribers } from './subscribers/run-subscribers.ts';
import { createTierRoom } from './tier-room.ts';
import { createWebCaller, type WebCaller } from './web/web-caller.ts';
import { workConversation } from './work-conversation.ts';

// Calls under way when the runner is told to stop have this long to end; the rest is made again by whoever goes on.
const WEB_GRACE_MS = 3_000;

/** Puts the flow-runner together. */
export async function startFlowRunner(config: Config, logger: Logger): Promise<RunningService> {
  const registry = createMetrics('flow-runner');
  const metrics = createRunnerMetrics(registry);
  const { REDIS_URL: url, REDIS_CLUSTER_NODES: clusterNodes, SHARDS: shards } = config;
  const store = await openStore({ url, clusterNodes, shards });
  const check = createFlowChecker();
  const archive = createFlowArchive({ client: store.client, shards, check });
  const flows = createTeamFlows({ archive, check, logger, metrics });
  const bundle = await openBundle(config.BUNDLE_DIR, {
    graphBaseUrl: config.GRAPH_BASE_URL,
    onChange: flows.load,
  }).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const queues = createTierQueues(store.bull('queue'));
  const { client } = store;
  const readReceipts = createReadReceipts({ client, bull: store.bull('queue'), shards });
  const web = createWebCaller();
  const loops = startAllLoops({ config, store, bundle, flows, queues, readReceipts, web, metrics, logger });
  measureBacklog(registry, store);
  measureSubscribers(registry, store, bundle);
  measureBroadcasts(registry, store);
  const readiness = () => readinessOfRunner(store, bundle, flows);
  const ops = await startOps({ host: config.OPS_HOST, port: config.OPS_PORT, metrics: registry, readiness });
  logger.info({ opsPort: ops.port }, 'flow-runner.listening');
  return {
    reload: bundle.reload,
    stop: async () => {
      await loops.stop();
      bundle.close();
      await Promise.all([queues.close(), readReceipts.close()]);
      await store.close();
      await ops.close();
    },
  };
}

interface Parts {
  config: Config;
  store: Store;
  bundle: BundleHolder;
  flows: TeamFlows;
  queues: ReturnType<typeof createTierQueues>;
  readReceipts: ReadReceipts;
  web: WebCaller;
  metrics: RunnerMetrics;
  logger: Logger;
}

/** One reader a shard: in a cluster each shard is on a node of its own. */
function startAllLoops(parts: Parts): { stop(): Promise<void> } {
  const { config, store, bundle, web } = parts;
  const { client, shards } = store;
  const consumer = processName();
  let stop = false;
  const stopping = () => stop;
  const work = {
    ...parts,
    client,
    shards,
    turns: createTurns(client),
    tierRoom: createTierRoom({ client, shards }),
    bundle: bundle.current,
    stopping,
    canWork: () => store.problem() === undefined && bundle.current() !== undefined,
  };
  const clock = runClock({ ...work, intake: createIntake({ client, shards, wishOf: () => undefined }) });
  const feeder = runFeeder({ ...work, owner: consumer, now: Date.now });
  const subscribers = startSubscribers({ ...work, owner: consumer });
  const loops = Array.from({ length: shards }, (_, shard) => {
    const reader = createReadyReader({ client, blocking: store.blocking(), shard, consumer });
    return startLoops({
      ...work,
      reader,
      work: (entry, outside) =>
        workConversation(entry, { ...work, outside, release: ({ id }) => reader.release(id) }),
      concurrency: Math.max(1, Math.floor(config.RUNNER_CONCURRENCY / shards)),
      leaseMs: config.RUNNER_LEASE_MS,
    });
  });
  return {
    stop: async () => {
      stop = true;
      const late = setTimeout(() => web.close(), WEB_GRACE_MS);
      await Promise.all([clock, feeder, subscribers.stop(), ...loops.map((loop) => loop.stopped())]);
      clearTimeout(late);
      web.close();
    },
  };
}

/** One team without flows is not ready alone; the runner is not ready when no team is. */
function readinessOfRunner(store: Store, bundle: BundleHolder, flows: TeamFlows): Readiness {
  const state = readinessOf(
    { redis: store.problem(), bundle: bundle.missing() },
    { bundle: bundle.warning(), redis: store.warning() },
  );
  let ready = 0;
  for (const team of bundle.current()?.tenants.flatMap((tenant) => tenant.teams) ?? []) {
    const ok = flows.get(team.tenant, team.id) !== undefined;
    const detail = flows.problems().get(`${team.tenant}/${team.id}`);
    state.checks[`flows ${team.tenant}/${team.id}`] = { ok, ...(detail !== undefined && { detail }) };
    if (ok) ready += 1;
  }
  return { ...state, ready: state.ready && ready > 0 };
}

function measureBacklog(registry: Metrics, store: Store): void {
  const shards = Array.from({ length: store.shards }, (_, shard) => shard);
  const read = sharedReading(async () => {
    if (store.problem() !== undefined) return [];
    return Promise.all(shards.map((shard) => readInboxBacklog(store.client, shard)));
  });
  const readLateness = sharedReading(async () => {
    if (store.problem() !== undefined) return [];
    return Promise.all(shards.map((shard) => oldestTimer(store.client, shard)));
  });
  registry.gauge({
    name: 'alur_inbound_oldest_age_seconds',
    help: 'How long the conversation that waits longest has been ready',
    collect: async (gauge) => gauge.set(Math.max(0, ...(await read()).map(({ oldestAgeS }) => oldestAgeS))),
  });
  registry.gauge({
    name: 'alur_timers_oldest_late_seconds',
    help: 'How late the timer is that has been due longest',
    collect: async (gauge) => gauge.set(Math.max(0, ...(await readLateness())) / 1000),
  });
  registry.gauge({
    name: 'alur_inbound_ready_conversations',
    help: 'Conversations with events that are not handled yet',
    collect: async (gauge) => gauge.set((await read()).reduce((sum, { ready }) => sum + ready, 0)),
  });
}

function measureSubscribers(registry: Metrics, store: Store, bundle: BundleHolder): void {
  const read = sharedReading(async () => {
    if (store.problem() !== undefined) return [];
    const teams = bundle.current()?.tenants.flatMap((tenant) => tenant.teams) ?? [];
    const all = teams.flatMap(({ tenant, id: team, subscribers }) =>
      subscribers.map(({ id: subscriber }) => ({ tenant, team, subscriber })),
    );
    return Promise.all(
      all.map((ref) => oldestUndelivered(store.client, shardOf(ref.tenant, store.shards), ref, Date.now())),
    );
  });
  registry.gauge({
    name: 'alur_subscribers_oldest_age_seconds',
    help: 'How long the event has waited that a subscriber should have been told longest ago',
    collect: async (gauge) => gauge.set(Math.max(0, ...(await read()))),
  });
  registry.gauge({
    name: 'alur_subscribers_undelivered_events',
    help: 'Events that subscribers did not take for a day, kept for operators',
    collect: async (gauge) => {
      if (store.problem() !== undefined) return;
      const shards = [...Array(store.shards).keys()];
      const counts = await Promise.all(shards.map((shard) => countUndelivered(store.client, shard)));
      gauge.set(counts.reduce((sum, count) => sum + count, 0));
    },
  });
}
