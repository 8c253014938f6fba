import type { RedisClient } from '../connection.ts';
import { entryOf, shardKeys } from '../keys.ts';
import type { MessageData } from '../record.ts';

/**
 * Where a queued message waits: behind others of its conversation and class, in its number's lane for a place in the queue, in the
 * tier's queue for a sender, for a time, or for room in the tier. `ahead` is missing where more than a few thousand are before it.
 */
export type MessagePlace =
  | { kind: 'chain' | 'lane' | 'tier'; ahead?: number | undefined }
  | { kind: 'admitted'; sinceMs: number }
  | { kind: 'later'; untilMs: number };

// Lists may be long, and Redis stands still while it looks through one.
const LOOKED_AT_MAX = 5_000;

/** undefined when it is in no place: it has just moved, or was lost. */
export async function findPlace(
  client: RedisClient,
  shard: number,
  data: MessageData,
): Promise<MessagePlace | undefined> {
  const keys = shardKeys(shard);
  const { mid, cid, number } = data;
  const entry = entryOf({ mid, cid });
  const own = entry + data.class;
  const placeIn = (key: string, item: string) => client.lpos(key, item, 'MAXLEN', LOOKED_AT_MAX);
  const [chain, admitted, later, lane, tier] = await Promise.all([
    placeIn(keys.chain(cid, data.class), entry),
    client.zscore(keys.admitted(number), mid),
    client.zscore(keys.later(number), own),
    placeIn(keys.lane(number, data.class), entry),
    placeIn(keys.tierWait(number), own),
  ]);
  if (chain !== null && chain > 0) return { kind: 'chain', ahead: chain };
  if (admitted !== null) return { kind: 'admitted', sinceMs: Number(admitted) };
  if (later !== null) return { kind: 'later', untilMs: Number(later) };
  if (lane !== null) return { kind: 'lane', ahead: lane };
  if (tier !== null) return { kind: 'tier', ahead: tier };
  return chain === null ? undefined : { kind: 'lane' };
}
