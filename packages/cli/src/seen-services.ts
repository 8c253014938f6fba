import { countReading, readRunners, type RedisClient, type TierQueues } from '@alur/store';
import { TIER_NAMES } from '@alur/types';

/** Flow-runners that Redis has seen in the last minute. */
export interface SeenRunners {
  runners: number;
  /** Conversations in their hands. */
  inHand: number;
  /** Since any of them was seen, in milliseconds; undefined: none ever was. */
  idleMs: number | undefined;
}

interface Where {
  client: RedisClient;
  /** How many there are in all. */
  shards: number;
  /** Those to look at. */
  own: readonly number[];
}

const SEEN_MS = 60_000;

/** Looks for flow-runners by what they took of these shards, and by the connections on which they wait for more. */
export async function seenRunners({ client, shards, own }: Where): Promise<SeenRunners> {
  const all = (await Promise.all(own.map((shard) => readRunners(client, shard)))).flat();
  const alive = all.filter(({ idleMs }) => idleMs < SEEN_MS);
  const byWork = new Set(alive.map(({ name }) => name)).size;
  const byWaiting = Math.ceil(((await countReading(client)) ?? 0) / shards);
  return {
    runners: Math.max(byWork, byWaiting),
    inHand: alive.reduce((sum, { pending }) => sum + pending, 0),
    idleMs: all.length === 0 ? undefined : Math.min(...all.map(({ idleMs }) => idleMs)),
  };
}

/** Senders that are connected to every tier's queue; undefined where Redis does not tell. */
export async function seenSenders(queues: TierQueues): Promise<number | undefined> {
  const counts = await Promise.all(TIER_NAMES.map((tier) => queues.senders(tier)));
  return counts.includes(undefined) ? undefined : Math.min(...counts.map((amount) => amount ?? 0));
}
