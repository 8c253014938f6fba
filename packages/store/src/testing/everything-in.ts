import type { Redis } from 'ioredis';
import type { RedisClient } from '../connection.ts';

/** All that a Redis holds, jobs of queues included: for each key what it is called and what it holds, with names of fields and members. */
export async function everythingIn(client: RedisClient | Redis): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const key of await client.keys('*'))
    found.set(key, JSON.stringify([key, await contentOf(client, key)]));
  return found;
}

async function contentOf(client: RedisClient | Redis, key: string): Promise<unknown> {
  const type = await client.type(key);
  if (type === 'hash') return client.hgetall(key);
  if (type === 'list') return client.lrange(key, 0, -1);
  if (type === 'set') return client.smembers(key);
  if (type === 'zset') return client.zrange(key, '0', '-1', 'WITHSCORES');
  return type === 'stream' ? client.xrange(key, '-', '+') : client.get(key);
}

/** The keys that hold one of the secrets: as it is, or in base64, at whichever place of a longer text it stands there. */
export function keysWith(everything: ReadonlyMap<string, string>, secrets: readonly string[]): string[] {
  const forms = secrets.flatMap((secret) => [
    secret,
    ...[0, 1, 2].flatMap((shift) => codedForms(secret, shift)),
  ]);
  return [...everything]
    .filter(([, text]) => forms.some((form) => text.includes(form)))
    .map(([key, text]) => `${key}: ${forms.filter((form) => text.includes(form)).join()}`);
}

/** What base64 makes of the secret behind `shift` other bytes, without the digits that other bytes have a part in. */
function codedForms(secret: string, shift: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
  const coded = whole.toString('base64').slice(shift === 0 ? 0 : 4);
  return [coded, coded.replaceAll('+', '-').replaceAll('/', '_')].filter((form) => form.length >= 8);
}
