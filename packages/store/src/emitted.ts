import { ConversationId, Json, NumberId, Slug } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { shardKeys } from './keys.ts';

/** About so many emitted events are kept in a shard; the oldest go. */
export const EMITTED_MAX = 100_000;

/** What a flow emitted for subscribers. */
const Emitted = z.object({
  /** Its place in the stream: what to read on from. */
  entry: z.string(),
  /** The same when the turn is repeated; a turn is committed once, so it is there once. */
  id: z.string(),
  tenant: Slug,
  team: Slug,
  number: NumberId,
  cid: ConversationId,
  type: z.string(),
  /** Unix seconds of the event that caused it. */
  at: z.coerce.number(),
  payload: Json,
});
export type Emitted = z.infer<typeof Emitted>;

/** Reads at most `count` emitted events of a shard after the entry `after`; '' reads from the oldest that is kept. */
export async function readEmitted(
  client: RedisClient,
  shard: number,
  after: string,
  count: number,
): Promise<Emitted[]> {
  const from = after === '' ? '-' : `(${after}`;
  const rows = await client.xrange(shardKeys(shard).emitted, from, '+', 'COUNT', count);
  return rows.map(([entry, flat]) => parseEmitted(entry, flat));
}

/** An entry of the stream, with its fields: names and values in turn. */
export function parseEmitted(entry: string, flat: readonly string[]): Emitted {
  const fields: Record<string, string> = {};
  for (let index = 0; index < flat.length; index += 2) fields[flat[index] ?? ''] = flat[index + 1] ?? '';
  const payload: unknown = JSON.parse(fields['payload'] ?? 'null');
  return Emitted.parse({ ...fields, entry, payload });
}
