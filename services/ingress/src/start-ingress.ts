import { tmpdir } from 'node:os';
import { findTeam, openBundle, optOutMatcher, type BundleHolder } from '@alur/bundle';
import {
  createIntake,
  createStatusTeller,
  createTierQueues,
  openStore,
  type Intake,
  type Store,
} from '@alur/store';
import { createMetrics, readinessOf, startOps, type Logger, type RunningService } from '@alur/telemetry';
import { createApi } from './api/create-api.ts';
import { createMediaDownloads, removeLeftDownloads } from './api/media-downloads.ts';
import { ROUTES } from './api/routes/index.ts';
import { createDisplayNumbers } from './apply-news.ts';
import type { Config } from './config.ts';
import { createApp } from './create-app.ts';
import { createIngressMetrics, type IngressMetrics } from './metrics.ts';
import { openPublicServer } from './public-server.ts';
import { receiveWebhook } from './receive-webhook.ts';

const STORE_TIMEOUT_MS = 2_000;
const DRAIN_MS = 10_000;

/** Puts ingress together and opens its ports. */
export async function startIngress(config: Config, logger: Logger): Promise<RunningService> {
  const registry = createMetrics('ingress');
  const store = await openStore({
    url: config.REDIS_URL,
    clusterNodes: config.REDIS_CLUSTER_NODES,
    shards: config.SHARDS,
    commandTimeoutMs: STORE_TIMEOUT_MS,
  });
  const bundle = await openBundle(config.BUNDLE_DIR, { graphBaseUrl: config.GRAPH_BASE_URL });
  const redisProblem = () => store.problem() ?? fullProblem(store, config.REDIS_FULL_PERCENT);
  const metrics = createIngressMetrics(registry, ROUTES);
  const { GRAPH_BASE_URL: graphBaseUrl } = config;
  await removeLeftDownloads(tmpdir(), Date.now());
  const face = openFace({ bundle, store, redisProblem, logger, metrics, graphBaseUrl });
  const ops = await startOps({
    host: config.OPS_HOST,
    port: config.OPS_PORT,
    metrics: registry,
    readiness: () =>
      readinessOf(
        { redis: redisProblem(), bundle: bundle.missing() },
        { bundle: bundle.warning(), redis: store.warning() },
      ),
  });
  const { server, api } = await openPorts(face, config);
  logger.info({ port: server.port, apiPort: api.port, opsPort: ops.port }, 'ingress.listening');
  return {
    reload: bundle.reload,
    stop: async () => {
      await Promise.all([server.close(DRAIN_MS), api.close(DRAIN_MS)]);
      bundle.close();
      await face.queues.close();
      await store.close();
      await ops.close();
    },
  };
}

async function openPorts(
  { app, api }: Pick<ReturnType<typeof openFace>, 'app' | 'api'>,
  { HOST, PORT, API_HOST, API_PORT }: Config,
) {
  const server = await openPublicServer(app, { host: HOST, port: PORT, name: 'PORT' });
  const options = { host: API_HOST, port: API_PORT, name: 'API_PORT', timesBodies: true } as const;
  return { server, api: await openPublicServer(api, options) };
}

interface FaceDeps {
  bundle: BundleHolder;
  store: Store;
  redisProblem: () => string | undefined;
  metrics: IngressMetrics;
  logger: Logger;
  graphBaseUrl: string | undefined;
}

function openFace({ bundle, store, redisProblem, metrics, logger, graphBaseUrl }: FaceDeps) {
  const { client, shards } = store;
  const queues = createTierQueues(store.bull('queue'));
  const intake = openIntake(store, bundle);
  const deps = {
    bundle: bundle.current,
    hasRoom: () => redisProblem() === undefined,
    client,
    intake,
    teller: createStatusTeller({ client, shards, intake }),
    displayNumbers: createDisplayNumbers({ client, shards, logger }),
    queues,
    shards,
    metrics,
    logger,
  };
  const app = createApp({
    bundle: bundle.current,
    receive: (request) => receiveWebhook(request, deps),
    metrics,
  });
  const api = createApi({
    ...deps,
    downloads: createMediaDownloads({ graphBaseUrl, dir: tmpdir() }),
    now: Date.now,
  });
  return { app, api, queues };
}

/** A stop counts before any flow runs. */
function openIntake({ client, shards }: Store, bundle: BundleHolder): Intake {
  return createIntake({
    client,
    shards,
    wishOf: (event) => {
      const current = bundle.current();
      const team = current && findTeam(current, event.tenant, event.team);
      return team && optOutMatcher(team.optOut)(event);
    },
  });
}

// A webhook taken into a Redis that is nearly full could leave no room for the work that empties it.
function fullProblem(store: Store, percent: number): string | undefined {
  const full = store.health().full * 100;
  return full < percent
    ? undefined
    : `Redis is ${Math.round(full)} % full; webhooks wait until it is below ${percent} %`;
}
