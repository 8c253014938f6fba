import { hash } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { shardKeys } from './keys.ts';
import { loadScript } from './script.ts';

/** Who calls the API: a key, by its name, for a team. */
export interface ApiCaller {
  tenant: string;
  team: string;
  key: string;
}

export interface CallLimit {
  perSecond: number;
  /** The most at once. */
  burst: number;
}

export interface SpentCall {
  /** Whether there was a call to spend. */
  spent: boolean;
  left: number;
  /** Until there is one; 0 when there is. */
  waitMs: number;
  /** Until the whole burst is there again. */
  fullMs: number;
}

const spendScript = loadScript('spend-call');
const Reply = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** Spends one call of a caller, by Redis's clock, so that all processes count together. One round trip. */
export async function spendCall(
  client: RedisClient,
  shard: number,
  { tenant, team, key }: ApiCaller,
  { perSecond, burst }: CallLimit,
): Promise<SpentCall> {
  const bucket = shardKeys(shard).calls(hash('calls', tenant, team, key));
  const [spent, left, waitMs, fullMs] = Reply.parse(
    await spendScript.run(client, [bucket], [perSecond, burst]),
  );
  return { spent: spent === 1, left, waitMs, fullMs };
}
