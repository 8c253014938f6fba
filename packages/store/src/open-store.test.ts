import { afterEach, describe, expect, test } from '@jest/globals';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { openStore, type Store } from './open-store.ts';
import { ShardsError } from './shards.ts';

let redis: TestRedis | undefined;
let store: Store | undefined;
afterEach(async () => {
  await store?.close();
  await redis?.stop();
  store = undefined;
  redis = undefined;
});

describe('openStore()', () => {
  test('refuses a Redis that holds another number of shards', async () => {
    redis = await startRedis();
    store = await openStore({ url: redis.url, shards: 1 });
    expect(store.problem()).toBeUndefined();
    await expect(openStore({ url: redis.url, shards: 4 })).rejects.toThrow(ShardsError);
  });

  test('opens without Redis, says so, and notices when it is there', async () => {
    redis = await startRedis();
    await redis.kill();
    store = await openStore({ url: redis.url, shards: 2 });
    const opened = store;
    expect(opened.problem()).toBe('Redis does not answer');
    await redis.restart();
    await waitFor(() => (opened.problem() === undefined ? true : undefined), 'the store to be well');
    expect(await opened.client.hget('alur:meta', 'shards')).toBe('2');
  });

  test('warns of a Redis that answers before its data is on disk', async () => {
    redis = await startRedis();
    store = await openStore({ url: redis.url, shards: 1 });
    expect([store.problem(), store.warning()]).toEqual([
      undefined,
      expect.stringContaining('appendfsync always'),
    ]);
    await store.close();
    await redis.stop();
    redis = await startRedis({ fsync: 'always' });
    store = await openStore({ url: redis.url, shards: 1 });
    expect(store.warning()).toBeUndefined();
  });

  test('tells that Redis may drop keys', async () => {
    redis = await startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] });
    store = await openStore({ url: redis.url, shards: 1 });
    expect(store.problem()).toContain('noeviction');
  });
});
