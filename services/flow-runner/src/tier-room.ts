import type { BusinessNumber } from '@alur/bundle';
import { readNumberLimits, shardOf, type RedisClient } from '@alur/store';

/** What a flow may know of its number's budget (`limits.remaining`): right to within a second, which saves a round trip a turn. */
export interface TierRoom {
  /** Contacts that the tier has room for; undefined: no end. */
  of(number: BusinessNumber): Promise<number | undefined>;
}

const KEEP_MS = 1_000;

export function createTierRoom({ client, shards }: { client: RedisClient; shards: number }): TierRoom {
  const known = new Map<string, { atMs: number; room: Promise<number | undefined> }>();
  return {
    of: (number) => {
      const last = known.get(number.id);
      if (last !== undefined && performance.now() - last.atMs < KEEP_MS) return last.room;
      const room = read(client, shardOf(number.tenant, shards), number);
      known.set(number.id, { atMs: performance.now(), room });
      // A failure is the caller's, and the next one's to try again.
      room.catch(() => known.delete(number.id));
      return room;
    },
  };
}

async function read(client: RedisClient, shard: number, number: BusinessNumber): Promise<number | undefined> {
  const { tierLimit, tierUsed } = await readNumberLimits(client, shard, number);
  return tierLimit < 0 ? undefined : Math.max(0, tierLimit - tierUsed);
}
