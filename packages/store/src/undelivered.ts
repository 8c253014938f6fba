import { readAs } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { EMITTED_MAX, type Emitted, isAbout, parseEmitted } from './emitted.ts';
import { shardKeys } from './keys.ts';
import { loadScript } from './script.ts';

// The dead letters of subscribers: events that one of them did not take in its time. At most 10,000 a shard are kept, for 8 days.

const PAGE = 100;

/** An event that a subscriber was tried to be told for a day. */
export interface Undelivered {
  /** Of this event at this subscriber. */
  id: string;
  subscriber: string;
  event: Emitted;
  tries: number;
  /** Unix ms of the first failure, and of when it was given up. */
  sinceMs: number;
  atMs: number;
  /** What came back last: a status, or the reason why nothing did. */
  answer: string;
}

const Kept = z.object({
  subscriber: z.string(),
  tries: z.number(),
  since: z.number(),
  at: z.number(),
  answer: z.string(),
  fields: z.array(z.string()),
});
const redeliverScript = loadScript('redeliver');

/** The undelivered events of a shard, the newest first, a page at a time, so that payloads need little memory. */
export async function* readUndelivered(client: RedisClient, shard: number): AsyncGenerator<Undelivered> {
  const keys = shardKeys(shard);
  for (let from = 0; ; from += PAGE) {
    const ids = await client.zrevrange(keys.undelivered, from, from + PAGE - 1);
    if (ids.length === 0) return;
    const texts = await client.hmget(keys.undeliveredEvents, ...ids);
    yield* ids.flatMap((id, index) => parseUndelivered(id, texts[index] ?? '') ?? []);
  }
}

/** undefined for what went meanwhile, or a newer version wrote. */
function parseUndelivered(id: string, text: string): Undelivered | undefined {
  if (text === '') return undefined;
  const { data } = readAs(Kept, JSON.parse(text));
  if (!data) return undefined;
  const { subscriber, tries, since, at, answer, fields } = data;
  return { id, subscriber, event: parseEmitted('', fields), tries, sinceMs: since, atMs: at, answer };
}

/** How many there are. */
export async function countUndelivered(client: RedisClient, shard: number): Promise<number> {
  return client.zcard(shardKeys(shard).undelivered);
}

/** Puts them into the stream again, each for its subscriber alone and with its id; the tries begin anew. Returns how many there were. */
export async function redeliver(client: RedisClient, shard: number, ids: readonly string[]): Promise<number> {
  const { emitted, undelivered, undeliveredEvents } = shardKeys(shard);
  let found = 0;
  for (let start = 0; start < ids.length; start += PAGE) {
    const args = [EMITTED_MAX, ...ids.slice(start, start + PAGE)];
    found += z
      .number()
      .parse(await redeliverScript.run(client, [emitted, undelivered, undeliveredEvents], args));
  }
  return found;
}

/** Gives them up for good. Returns how many there were. */
export async function dropUndelivered(
  client: RedisClient,
  shard: number,
  ids: readonly string[],
): Promise<number> {
  const { undelivered, undeliveredEvents } = shardKeys(shard);
  let found = 0;
  for (let start = 0; start < ids.length; start += PAGE) {
    const page = ids.slice(start, start + PAGE);
    const results = await client
      .multi()
      .hdel(undeliveredEvents, ...page)
      .zrem(undelivered, ...page)
      .exec();
    for (const [error] of results ?? []) if (error) throw error;
    found += Number(results?.[0]?.[1] ?? 0);
  }
  return found;
}

/**
 * Takes what is about these conversations out of the undelivered, and what is about these contacts (`contactHashes`) where no
 * conversation names them. Returns how many there were.
 */
export async function eraseUndelivered(
  client: RedisClient,
  shard: number,
  cids: readonly string[],
  contacts: readonly string[] = [],
): Promise<number> {
  const about = { cids: new Set(cids), contacts: new Set(contacts) };
  const ids: string[] = [];
  for await (const { id, event } of readUndelivered(client, shard)) if (isAbout(event, about)) ids.push(id);
  return dropUndelivered(client, shard, ids);
}
