import { z } from 'zod';
import type { RedisClient } from '../connection.ts';
import { shardKeys } from '../keys.ts';

const PAGE = 1_000;
const Page = z.array(z.tuple([z.string(), z.array(z.string())]));

/**
 * The entry of a conversation in `ready`, the newest first; undefined when there is none. Looks through the stream, so only for what
 * is rare: a list of entries by conversation would be written with every event.
 */
export async function findReady(
  client: RedisClient,
  shard: number,
  cid: string,
): Promise<string | undefined> {
  let end = '+';
  for (;;) {
    const page = Page.parse(await client.xrevrange(shardKeys(shard).ready, end, '-', 'COUNT', PAGE));
    const found = page.find(([, fields]) => fields[1] === cid);
    if (found) return found[0];
    const last = page.at(-1);
    if (page.length < PAGE || !last) return undefined;
    end = `(${last[0]}`;
  }
}
