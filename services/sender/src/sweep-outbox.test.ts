import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDemoBundle, readBundle } from '@alur/bundle';
import { createTierQueues, openStore, type Store } from '@alur/store';
import { createLogger, createMetrics } from '@alur/telemetry';
import { hash } from '@alur/types';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { createSenderMetrics } from './metrics.ts';
import { sweepOutbox } from './sweep-outbox.ts';

let redis: TestRedis;
let store: Store;
let dir: string;

beforeEach(async () => {
  redis = await startRedis();
  store = await openStore({ url: redis.url, shards: 1 });
  dir = await mkdtemp(join(tmpdir(), 'alur-sweep-'));
});
afterEach(async () => {
  await store.close();
  await redis.stop();
  await rm(dir, { recursive: true });
});

describe('sweepOutbox()', () => {
  test('adds a job for a message that waits in a lane with nothing of its number in flight', async () => {
    const url = 'http://127.0.0.1:1';
    await makeDemoBundle({
      dir,
      publicBaseUrl: url,
      graphBaseUrl: url,
      flows: [],
      random: (bytes) => 'ab'.repeat(bytes),
    });
    const bundle = await readBundle(dir);
    const number = bundle.tenants[0]?.teams[0]?.numbers[0];
    const mid = hash('m');
    await store.client.rpush(`{s0}:lane:${number?.id}:reply`, mid + hash('c'));
    const queues = createTierQueues(store.bull('queue'));
    await sweepOutbox({
      client: store.client,
      queues,
      shards: 1,
      bundle: () => bundle,
      policy: { graceMs: 1, floorMs: 1, onUnknown: 'park' },
      metrics: createSenderMetrics(createMetrics('test')),
      logger: createLogger({ service: 'test', level: 'silent' }),
    });
    await queues.close();
    expect(await store.client.exists(`{q-1}:tier-1:m-${mid}-1`)).toBe(1);
  });
});
