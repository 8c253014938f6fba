import type { NumberId } from '@alur/types';
import type { RedisClient } from './connection.ts';
import { laneKeys, shardKeys } from './keys.ts';

/** What waits of one number before admission. */
export interface LaneBacklog {
  waiting: number;
  /** Age of the oldest lane head in seconds; 0 when nothing waits. */
  oldestAgeS: number;
}

/** Counts what waits in a number's lanes. One round trip for the lists, one for the heads. */
export async function readLaneBacklog(
  client: RedisClient,
  shard: number,
  number: NumberId,
  nowMs: number,
): Promise<LaneBacklog> {
  const keys = shardKeys(shard);
  const lanes = laneKeys(keys, number);
  const lengths = await Promise.all(lanes.map((lane) => client.llen(lane)));
  const heads = await Promise.all(lanes.map((lane) => client.lindex(lane, 0)));
  const created = await Promise.all(
    heads.flatMap((head) => (head === null ? [] : [client.hget(keys.message(head.slice(0, 32)), 'created')])),
  );
  const ages = created.map((at) => (at === null ? 0 : Math.max(0, nowMs - Number(at)) / 1000));
  return { waiting: lengths.reduce((sum, length) => sum + length, 0), oldestAgeS: Math.max(0, ...ages) };
}

/** Conversations with something to do, and how many of them a runner has in hand. */
export async function readInboxBacklog(
  client: RedisClient,
  shard: number,
): Promise<{ ready: number; oldestAgeS: number }> {
  const key = shardKeys(shard).ready;
  const ready = await client.xlen(key);
  const first = await client.xrange(key, '-', '+', 'COUNT', 1);
  const bornMs = Number(first[0]?.[0].split('-')[0] ?? Number.NaN);
  return { ready, oldestAgeS: Number.isNaN(bornMs) ? 0 : Math.max(0, Date.now() - bornMs) / 1000 };
}
