import type { RedisClient } from '../connection.ts';
import { ledgerKey, shardKeys } from '../keys.ts';
import { TIER_DAY_MS } from '../message-ref.ts';
import { readNumberLimits } from '../numbers.ts';
import type { SendingNumber } from '../sending-number.ts';

/** How much of a number's tier is free, and when more will be. */
export interface TierRooms {
  /** Contacts in 24 hours; -1 is none. */
  limit: number;
  used: number;
  /** Unix ms when the n-th more contact may be written to, for n from 1: now or later, by who was written to until now. */
  roomAtMs: (n: number) => Promise<number>;
}

/** Reads it. After as many as the limit allows it begins again a day later. */
export async function readTierRooms(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
  nowMs: number,
): Promise<TierRooms> {
  const { tierLimit: limit, tierUsed: used } = await readNumberLimits(client, shard, number);
  const free = Math.max(0, limit - used);
  const ledger = ledgerKey(shardKeys(shard), number);
  const within = async (n: number): Promise<number> => {
    if (n <= free) return nowMs;
    const range = await client.zrange(
      ledger,
      `(${nowMs - TIER_DAY_MS}`,
      '+inf',
      'BYSCORE',
      'LIMIT',
      Math.max(0, used - limit) + n - free - 1,
      1,
      'WITHSCORES',
    );
    return Number(range[1] ?? nowMs) + TIER_DAY_MS;
  };
  return {
    limit,
    used,
    roomAtMs: async (n) => {
      if (limit < 0 || n <= 0) return nowMs;
      if (limit === 0) return Infinity;
      return (await within(((n - 1) % limit) + 1)) + Math.floor((n - 1) / limit) * TIER_DAY_MS;
    },
  };
}
