import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startRedis } from '../scripts/redis.mjs';
import { startTalking } from './processes.mjs';
import { NUMBERS } from './settings.mjs';

/** The secret that signs the webhooks of the benchmark. */
export const APP_SECRET = 'demo-secret-of-the-benchmark';
export const WEBHOOK_PATH = '/webhook/whatsapp/default/default';
export const PHONE_NUMBERS = Array.from({ length: NUMBERS }, (_, index) =>
  String(100_000_000_000_001 + index),
);

const STOPS = new Set();

/** Ends what is still on stage: for an interrupted run. */
export async function clearStages() {
  await Promise.allSettled([...STOPS].map((stop) => stop()));
}

/**
 * What every run starts from: an empty Redis of its own, with every write on disk before it is answered, a generator,
 * and (with `graph`) a fake Graph API. Nothing is shared between runs.
 */
export async function openStage({ found, graph = false }) {
  const dir = await mkdtemp(join(tmpdir(), 'alur-bench-'));
  const cleanups = [() => rm(dir, { recursive: true, force: true })];
  const close = async () => {
    STOPS.delete(close);
    // Last come, first to go: whoever uses Redis goes before it.
    for (const cleanup of cleanups.reverse()) await cleanup();
  };
  STOPS.add(close);
  const redis = await startRedis(found, { dir: join(dir, 'redis'), port: await freePort() });
  cleanups.push(redis.stop);
  const admin = new Redis(redis.url);
  cleanups.push(async () => admin.disconnect());
  // Room enough that no contender meets the limit, and no rewriting of the log in the middle of a measurement.
  await admin.config('SET', 'maxmemory', '2gb');
  await admin.config('SET', 'auto-aof-rewrite-percentage', '0');
  const pids = [process.pid, redis.child.pid];
  const stage = {
    dir,
    pids,
    redisPid: redis.child.pid,
    redisUrl: redis.url,
    admin,
    freePort,
    close,
    load: undefined,
    graph: undefined,
  };
  stage.keep = (started) => {
    cleanups.push(started.stop);
    pids.push(started.pid);
    return started;
  };
  if (graph) stage.graph = stage.keep(await startTalking('fake-graph.mjs'));
  stage.load = stage.keep(await startTalking('load-process.mjs'));
  return stage;
}

/** What `load` prepares requests for. */
export function targetOf(port) {
  return { port, path: WEBHOOK_PATH, secret: APP_SECRET, numbers: PHONE_NUMBERS };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
