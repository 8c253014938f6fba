import type { RedisClient } from './connection.ts';
import { shardKeys, shardOf } from './keys.ts';

export const QUARANTINE_MAX = 10_000;
export const QUARANTINE_MS = 7 * 86_400_000;
const RAW_BYTES_MAX = 65_536;

/** Something that arrived under a good signature and was not understood. */
export interface Quarantined {
  tenant: string;
  team: string;
  reason: string;
  raw: string;
}

/** Keeps items aside for seven days, ten thousand a shard at most, each cut at 64 KiB. */
export async function keepAside(
  client: RedisClient,
  shards: number,
  items: readonly Quarantined[],
): Promise<void> {
  for (const { tenant, team, reason, raw } of items) {
    const key = shardKeys(shardOf(tenant, shards)).quarantine;
    const fields = ['tenant', tenant, 'team', team, 'reason', reason, 'raw', raw.slice(0, RAW_BYTES_MAX)];
    await client.xadd(key, 'MAXLEN', '~', QUARANTINE_MAX, '*', ...fields);
    await client.xtrim(key, 'MINID', '~', Date.now() - QUARANTINE_MS);
  }
}
