import { Redis } from 'ioredis';
import { marksIn } from './parties.ts';

/** Keys that hold marks of more than one team, where one key is of one team. Streams and lists of a shard are read entry by entry. */
export async function readMixed(url: string): Promise<string[]> {
  const client = new Redis(url);
  const mixed: string[] = [];
  try {
    for await (const keys of client.scanStream({ count: 1_000 })) {
      for (const key of namesOf(keys)) {
        for (const { place, text } of await unitsOf(client, key)) {
          const marks = new Set(marksIn(text));
          if (marks.size > 1) mixed.push(`${place}: ${[...marks].join(', ')}`);
        }
      }
    }
  } finally {
    client.disconnect();
  }
  return mixed;
}

function namesOf(keys: unknown): string[] {
  return Array.isArray(keys) ? keys.map(String) : [];
}

/** What has to be one team's: an entry of a stream or of a set, else the whole key. */
async function unitsOf(client: Redis, key: string): Promise<{ place: string; text: string }[]> {
  switch (await client.type(key)) {
    case 'string':
      return [{ place: key, text: (await client.get(key)) ?? '' }];
    case 'hash':
      return [{ place: key, text: JSON.stringify(await client.hgetall(key)) }];
    case 'list':
      return [{ place: key, text: JSON.stringify(await client.lrange(key, 0, -1)) }];
    case 'zset':
      return (await client.zrange(key, '0', '-1', 'WITHSCORES')).map((text) => ({ place: key, text }));
    case 'set':
      return (await client.smembers(key)).map((text) => ({ place: key, text }));
    case 'stream':
      return (await client.xrange(key, '-', '+')).map(([id, fields]) => ({
        place: `${key} ${id}`,
        text: fields.join(' '),
      }));
    default:
      return [];
  }
}
