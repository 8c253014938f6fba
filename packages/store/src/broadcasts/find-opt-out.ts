import type { RedisClient } from '../connection.ts';
import { contactHashes, shardKeys } from '../keys.ts';
import type { Recipient } from './recipient.ts';

/**
 * Which of the recipients want no message of a kind, by what is known of their ids now; `claim` decides, by all ids of a contact. Marketing
 * is what is neither UTILITY nor AUTHENTICATION.
 */
export async function findOptOut(
  client: RedisClient,
  { shard, tenant }: { shard: number; tenant: string },
  recipients: readonly Recipient[],
  category: string | undefined,
): Promise<boolean[]> {
  const isMarketing = category !== 'UTILITY' && category !== 'AUTHENTICATION';
  const hashes = recipients.map((recipient) => contactHashes(tenant, recipient));
  const fields = hashes.flat().flatMap((each) => [each, `m:${each}`]);
  if (fields.length === 0) return [];
  const wishes = await client.hmget(shardKeys(shard).optOuts(tenant), ...fields);
  let at = 0;
  return hashes.map((own) => {
    const said = wishes.slice(at, (at += 2 * own.length));
    return own.some((_, place) => isOut(said[2 * place], said[2 * place + 1], isMarketing));
  });
}

function isOut(
  all: string | null | undefined,
  marketing: string | null | undefined,
  isMarketing: boolean,
): boolean {
  const everything = wishOf(all);
  if (everything.out) return true;
  const some = wishOf(marketing);
  // Whoever came back to everything came back to marketing too.
  return isMarketing && some.out && some.at >= everything.at;
}

function wishOf(wish: string | null | undefined): { out: boolean; at: number } {
  const [change, at] = (wish ?? 'in:-1').split(':');
  return { out: change === 'out', at: Number(at) };
}
