import {
  connect,
  createTierQueues,
  readRedisVitals,
  readShardCount,
  waitUntilReady,
  type RedisClient,
  type RedisVitals,
  type TierQueues,
} from '@alur/store';
import type { Io } from '../../io.ts';
import { addressOf, readRedisConfig, type PlaceFlags } from '../../place.ts';
import { once } from './check.ts';

/** A Redis that may be away or wrong: everything is asked when it is wanted. */
export interface RedisVisit {
  client: RedisClient;
  /** Without user and password. */
  address: string;
  /** `undefined` when it is there, or why it is not. */
  reach: () => Promise<string | undefined>;
  vitals: () => Promise<RedisVitals[]>;
  /** What SHARDS says; undefined when it says nothing. */
  shardsWanted: number | undefined;
  /** What Redis holds, else what SHARDS says, else 1. */
  shards: () => Promise<number>;
  queues: () => Promise<TierQueues>;
  close: () => Promise<void>;
}

const FIRST_CONTACT_MS = 3_000;

/** Begins to connect. Throws `CliError` for an address that is none. Writes nothing. */
export function openRedisVisit(flags: PlaceFlags, io: Io): RedisVisit {
  const { REDIS_URL: url, REDIS_CLUSTER_NODES: clusterNodes, SHARDS } = readRedisConfig(flags, io);
  const connections = connect({ url, clusterNodes });
  const { client } = connections;
  let why = 'no answer';
  client.on('error', (error: Error) => {
    why = error.message === '' ? why : error.message;
  });
  let queues: TierQueues | undefined;
  return {
    client,
    address: addressOf(url, clusterNodes),
    shardsWanted: SHARDS,
    reach: once(async () => {
      if (!(await waitUntilReady(client, FIRST_CONTACT_MS))) return why;
      return client.exists('alur:meta').then(
        () => undefined,
        (error: unknown) => refusalOf(error),
      );
    }),
    vitals: once(() => readRedisVitals(client)),
    shards: once(async () => (await readShardCount(client)) ?? SHARDS ?? 1),
    queues: once(async () => {
      const own = connections.bull('queue');
      await waitUntilReady(own, FIRST_CONTACT_MS);
      queues = createTierQueues(own);
      return queues;
    }),
    close: async () => {
      await queues?.close().catch(() => undefined);
      await connections.close();
    },
  };
}

/** A cluster with a hole is there: `redis.cluster` tells of it. */
function refusalOf(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : 'it refuses commands';
  return message.startsWith('CLUSTERDOWN') ? undefined : message;
}
