import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { shardKeys } from './keys.ts';
import { loadScript } from './script.ts';

const TIMERS_PER_CALL = 100;
// Fired later than this, the event is of the second in which it fires: its flow's `now` is not hours ago.
const LATE_MS = 5_000;

const FireReply = z.tuple([z.number(), z.number()]).rest(z.string());
const fireScript = loadScript('fire');

/** What `fire` did. `lateMs`: how late the latest of them was. */
export interface Fired {
  fired: number;
  lateMs: number;
}

/** Brings timers that are due into their conversations' inboxes, the longest due first, at most `limit`. Any number of runners may. */
export async function fire(client: RedisClient, shard: number, limit: number): Promise<Fired> {
  let left = limit;
  let fired = 0;
  let lateMs = 0;
  let { due } = await fireOnce(client, shard, { due: [], most: Math.min(left, TIMERS_PER_CALL) });
  // What was named counts, since another runner may be faster each time.
  while (due.length > 0) {
    left -= due.length;
    const called = await fireOnce(client, shard, { due, most: Math.min(left, TIMERS_PER_CALL) });
    fired += called.fired;
    lateMs = Math.max(lateMs, called.lateMs);
    due = called.due;
  }
  return { fired, lateMs };
}

/** One call: fires what is due of those named, and names at most `most` that are due next. */
export async function fireOnce(
  client: RedisClient,
  shard: number,
  { due, most }: { due: readonly string[]; most: number },
): Promise<Fired & { due: string[] }> {
  const keys = shardKeys(shard);
  const keyList = [
    keys.timers,
    keys.ready,
    ...due.flatMap((cid) => [keys.inbox(cid), keys.conversation(cid)]),
  ];
  const [fired, lateMs, ...next] = FireReply.parse(
    await fireScript.run(client, keyList, [most, LATE_MS, ...due]),
  );
  return { fired, lateMs, due: next };
}

/** How late the oldest timer is that has not fired, in ms; 0 when none is due. For a gauge. */
export async function oldestTimer(client: RedisClient, shard: number): Promise<number> {
  const [, due] = await client.zrange(shardKeys(shard).timers, '0', '0', 'WITHSCORES');
  return due === undefined ? 0 : Math.max(0, Date.now() - Number(due));
}
