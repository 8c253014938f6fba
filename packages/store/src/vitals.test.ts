import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { startRedisCluster } from '../../../test/support/redis-cluster.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { connect, waitUntilReady, type Connections } from './connection.ts';
import { keepAside } from './quarantine.ts';
import { createReadyReader } from './ready.ts';
import {
  countReading,
  lastEventAt,
  readClusterState,
  readRedisVitals,
  readRunners,
  readShardCount,
  tallyAside,
} from './vitals.ts';

let redis: TestRedis;
let connections: Connections;
beforeAll(async () => {
  redis = await startRedis({ fsync: 'always' });
  connections = connect({ url: redis.url });
  await waitUntilReady(connections.client, 5_000);
});
afterAll(async () => {
  await connections.close();
  await redis.stop();
});
beforeEach(() => connections.client.flushall());

describe('readRedisVitals()', () => {
  test('tells version, memory, persistence, latency and clock of a single Redis', async () => {
    const [vitals, ...others] = await readRedisVitals(connections.client);
    expect(others).toEqual([]);
    expect(vitals).toMatchObject({
      node: '',
      maxBytes: 0,
      policy: 'noeviction',
      appendOnly: 'yes',
      appendFsync: 'always',
      isAofWell: true,
    });
    expect(vitals?.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Math.abs(vitals?.skewMs ?? Infinity)).toBeLessThan(1_000);
    expect(vitals?.latencyMs).toBeLessThan(1_000);
  });

  test('tells of every master of a cluster, by its address', async () => {
    const cluster = await startRedisCluster();
    const own = connect({ url: '', clusterNodes: cluster.nodes });
    const { client } = own;
    try {
      await waitUntilReady(client, 5_000);
      const all = await readRedisVitals(client);
      expect(all.map(({ node }) => node).sort()).toEqual(cluster.nodes.split(',').sort());
      expect(await readClusterState(client)).toBe('ok');
      expect(await countReading(client)).toBe(0);
    } finally {
      await own.close();
      await cluster.stop();
    }
  });
});

describe('what Redis has seen', () => {
  test('is nothing in a new one', async () => {
    const { client } = connections;
    expect(await readShardCount(client)).toBeUndefined();
    expect(await readRunners(client, 0)).toEqual([]);
    expect(await lastEventAt(client, 0)).toBeUndefined();
    expect(await readClusterState(client)).toBeUndefined();
  });

  test('is a runner that waits, and what it took', async () => {
    const { client } = connections;
    const reader = createReadyReader({ client, blocking: connections.blocking(), shard: 0, consumer: 'r1' });
    await waitFor(async () => {
      const [reading] = await Promise.all([countReading(client), reader.read(1, 300)]);
      return reading === 1 ? true : undefined;
    }, 'a runner that waits');
    await client.xadd('{s0}:ready', '*', 'cid', 'c'.repeat(32));
    await reader.read(1, 300);
    expect(await readRunners(client, 0)).toMatchObject([{ name: 'r1', pending: 1 }]);
    expect(Date.now() - ((await lastEventAt(client, 0)) ?? 0)).toBeLessThan(60_000);
  });
});

describe('tallyAside()', () => {
  test('counts by reason what is young enough, over pages, and a thousand at most', async () => {
    const { client } = connections;
    await client.xadd('{s0}:quarantine', '1-0', 'reason', 'old', 'raw', '');
    const some = (reason: string, amount: number) =>
      keepAside(
        client,
        1,
        Array.from({ length: amount }, () => ({ tenant: 't', team: 'd', reason, raw: '{}' })),
      );
    await some('not_an_object', 120);
    const sinceMs = Date.now() - 60_000;
    await client.xadd('{s0}:quarantine', '*', 'reason', 'old_number', 'raw', '');
    const first = await tallyAside(client, 0, sinceMs);
    expect([...first.counts].sort()).toEqual([
      ['not_an_object', 120],
      ['old_number', 1],
    ]);
    expect(first.isCut).toBe(false);
    await some('old', 1_000);
    const second = await tallyAside(client, 0, sinceMs);
    expect([second.counts.get('old'), second.isCut]).toEqual([1_000, true]);
  });
});
