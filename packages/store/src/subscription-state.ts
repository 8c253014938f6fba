import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { shardKeys } from './keys.ts';
import { subscriptionKey, type SubscriptionRef } from './subscriptions.ts';

/** Where a subscriber stands, for people who ask. Times are Unix ms. */
export interface SubscriptionState {
  /** Events of the shard that it has not come to, whoever they are for; undefined where Redis does not count them (before 7.0). */
  behind: number | undefined;
  /** When the oldest of them was emitted. */
  waitingSinceMs: number | undefined;
  /** Failures of the event that it stands at, since when, and when it is tried again. */
  tries: number;
  failingSinceMs: number | undefined;
  nextMs: number | undefined;
  /** It said 410, and hears no more until the bundle is read again. */
  endedMs: number | undefined;
  /** The newest failure there was: a status or a reason. */
  last: { answer: string; atMs: number } | undefined;
}

const Info = z.array(z.unknown());

/** undefined: no runner has begun with it. */
export async function readSubscription(
  client: RedisClient,
  shard: number,
  ref: SubscriptionRef,
): Promise<SubscriptionState | undefined> {
  const keys = shardKeys(shard);
  const stands = await client.hgetall(subscriptionKey(keys, ref));
  const cursor = stands['cursor'];
  if (cursor === undefined) return undefined;
  const [next] = await client.xrange(keys.emitted, `(${cursor}`, '+', 'COUNT', 1);
  const time = (field: string) => (stands[field] === undefined ? undefined : Number(stands[field]));
  const [atMs, nextMs] = [time('failed'), time('next')];
  return {
    behind: next === undefined ? 0 : await countBehind(client, keys.emitted, Number(stands['count'])),
    waitingSinceMs: next && Number(next[0].split('-')[0]),
    tries: Number(stands['tries'] ?? 0),
    failingSinceMs: time('since'),
    nextMs,
    endedMs: time('ended'),
    last: atMs === undefined ? undefined : { answer: stands['answer'] ?? '', atMs },
  };
}

async function countBehind(client: RedisClient, emitted: string, count: number): Promise<number | undefined> {
  const info = Info.parse(await client.xinfo('STREAM', emitted));
  const added = info[info.indexOf('entries-added') + 1];
  return info.includes('entries-added') ? Math.max(0, Number(added) - count) : undefined;
}
