import { MessageId, type NumberId } from '@alur/types';
import type { RedisClient } from '../connection.ts';
import { shortWamid, wamidsKeysOf } from '../wamids.ts';

/** Which message, and which attempt of it, WhatsApp calls so; undefined when it is not one of this number's last eight days. */
export async function findOutbound(
  client: RedisClient,
  shard: number,
  { number, wamid }: { number: NumberId; wamid: string },
): Promise<{ mid: MessageId; attempt: number } | undefined> {
  const field = shortWamid(number, wamid);
  const found = await Promise.all(
    wamidsKeysOf(shard, number, wamid).map((bucket) => client.hget(bucket, field)),
  );
  const owner = found.find((each) => each !== null);
  if (owner === undefined || owner === null) return undefined;
  return { mid: MessageId.parse(owner.slice(0, 32)), attempt: Number(owner.slice(32)) };
}
