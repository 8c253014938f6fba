import type { OptOutScope } from '@alur/types';
import type { RedisClient } from '../connection.ts';
import { contactHashes } from '../keys.ts';
import { readWishes } from '../privacy/read-wishes.ts';

/** What a contact wants no more of from a tenant; undefined: nothing. */
export async function readOptOut(
  client: RedisClient,
  place: { shard: number; tenant: string },
  contact: { waId?: string | undefined; userId?: string | undefined },
): Promise<OptOutScope | undefined> {
  const { all, marketing } = await readWishes(client, place, contactHashes(place.tenant, contact));
  if (all.change === 'out') return 'all';
  return marketing.change === 'out' ? 'marketing' : undefined;
}
