import { readAs } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from '../connection.ts';
import { shardKeys } from '../keys.ts';
import { MessageData } from '../record.ts';
import type { FoundContact } from './find-contact.ts';
import { scanKeys } from './scan-keys.ts';

/** A message record that is a contact's. */
export interface ContactMessage {
  data: MessageData;
  fields: Record<string, string>;
}

const Facts = z.object({ who: z.array(z.string()) });

/**
 * All records of messages to a contact, in no order: those of its conversations, and those that name it in a conversation that is there no
 * more. Looks at every message of the shard.
 */
export async function* contactMessages(
  client: RedisClient,
  shard: number,
  tenant: string,
  found: Pick<FoundContact, 'cids' | 'hashes'>,
): AsyncGenerator<ContactMessage> {
  const about = { cids: new Set<string>(found.cids), hashes: new Set(found.hashes) };
  for await (const page of scanKeys(client, shard, 'msg:')) {
    const read = page.map(async ({ key }): Promise<ContactMessage[]> => {
      const [json, facts] = await client.hmget(key, 'data', 'facts');
      const data = parsed(MessageData, json);
      if (data?.tenant !== tenant) return [];
      const isOurs =
        about.cids.has(data.cid) || (await isOrphan(client, shard, data.cid, facts, about.hashes));
      return isOurs ? [{ data, fields: await client.hgetall(key) }] : [];
    });
    yield* (await Promise.all(read)).flat();
  }
}

/** A number may have had another owner when the message was written; that one's conversation tells. */
async function isOrphan(
  client: RedisClient,
  shard: number,
  cid: string,
  facts: string | null | undefined,
  hashes: ReadonlySet<string>,
): Promise<boolean> {
  const who = parsed(Facts, facts)?.who ?? [];
  if (!who.some((each) => hashes.has(each))) return false;
  return (await client.exists(shardKeys(shard).conversation(cid))) === 0;
}

function parsed<T>(schema: z.ZodType<T>, json: string | null | undefined): T | undefined {
  try {
    return json ? readAs(schema, JSON.parse(json)).data : undefined;
  } catch {
    return undefined;
  }
}
