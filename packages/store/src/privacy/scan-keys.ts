import { Cluster } from 'ioredis';
import type { RedisClient } from '../connection.ts';

const PAGE = 1_000;

/**
 * Walks all keys of a shard that begin so (`msg:`), or all of them, a page at a time. Costs a look at every key of Redis, so only for what
 * is asked seldom. A key that is there from the first page to the last comes at least once.
 */
export async function* scanKeys(
  client: RedisClient,
  shard: number,
  prefix = '',
): AsyncGenerator<{ key: string; name: string }[]> {
  const tag = `{s${shard}}:`;
  const nodes = client instanceof Cluster ? client.nodes('master') : [client];
  for (const node of nodes) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', `${tag}${prefix}*`, 'COUNT', PAGE);
      if (keys.length > 0) yield keys.map((key) => ({ key, name: key.slice(tag.length) }));
      cursor = next;
    } while (cursor !== '0');
  }
}
