import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { tmpdir } from 'node:os';
import type { Bundle } from '@alur/bundle';
import { createTierQueues, openStore, type Store, type TierQueues } from '@alur/store';
import { createLogger, createMetrics } from '@alur/telemetry';
import { plainIntake } from '../../../../test/support/events.ts';
import { startRedis, type TestRedis } from '../../../../test/support/redis.ts';
import { createApi } from '../api/create-api.ts';
import { createMediaDownloads } from '../api/media-downloads.ts';
import type { ApiDeps } from '../api/route.ts';
import { createIngressMetrics } from '../metrics.ts';
import { openPublicServer, type PublicServer } from '../public-server.ts';

export interface ApiReply {
  status: number;
  headers: Headers;
  text: string;
  /** What `text` is as JSON; undefined where it is none. */
  json: unknown;
}

interface Running {
  redis: TestRedis;
  store: Store;
  queues: TierQueues;
  server?: PublicServer;
}

/** The API over real HTTP and a real Redis that is emptied before each test. `deps` may change what the handlers get. */
export function useApi(bundle: () => Bundle, deps: () => Partial<ApiDeps> = () => ({})) {
  let running: Running;
  const lines: string[] = [];
  beforeAll(async () => {
    const redis = await startRedis();
    const store = await openStore({ url: redis.url, shards: 1 });
    running = { redis, store, queues: createTierQueues(store.bull('queue')) };
  });
  beforeEach(async () => {
    await running.store.client.flushall();
    lines.length = 0;
    const app = createApi({ ...plainDeps(running, bundle, lines), ...deps() });
    running.server = await openPublicServer(app, {
      host: '127.0.0.1',
      port: 0,
      name: 'API_PORT',
      timesBodies: true,
    });
  });
  afterEach(() => running.server?.close(0));
  afterAll(async () => {
    await running.queues.close();
    await running.store.close();
    await running.redis.stop();
  });
  return {
    call: (path: string, init: ApiInit = {}) => callApi(running.server?.port ?? 0, path, init),
    lines,
    get port() {
      return running.server?.port ?? 0;
    },
    get redis() {
      return running.redis;
    },
    get store() {
      return running.store;
    },
  };
}

function plainDeps({ store, queues }: Running, bundle: () => Bundle, lines: string[]): ApiDeps {
  return {
    bundle,
    hasRoom: () => true,
    client: store.client,
    shards: 1,
    intake: plainIntake(store),
    queues,
    downloads: createMediaDownloads({ graphBaseUrl: undefined, dir: tmpdir() }),
    metrics: createIngressMetrics(createMetrics('test')),
    logger: createLogger({
      service: 'test',
      level: 'info',
      destination: { write: (line) => void lines.push(line) },
    }),
    now: Date.now,
  };
}

type ApiInit = Omit<RequestInit, 'headers'> & {
  key?: string;
  json?: unknown;
  headers?: Record<string, string>;
};

/** `path` is under /v1/. What is given as `json` is POSTed unless a method is named. */
async function callApi(port: number, path: string, init: ApiInit): Promise<ApiReply> {
  const { key, json, headers, ...rest } = init;
  const response = await fetch(`http://127.0.0.1:${port}/v1/${path}`, {
    ...(json !== undefined && { method: 'POST', body: JSON.stringify(json) }),
    ...rest,
    headers: { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...headers },
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
