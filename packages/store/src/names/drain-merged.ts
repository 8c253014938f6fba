import { type ConversationId, NumberId, Sender, readAs } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from '../connection.ts';
import { readStored } from '../conversation.ts';
import type { InboxItem } from '../inbox-item.ts';
import { mergeOnce } from './merge-conversations.ts';
import type { ReadyEntry } from '../ready.ts';

const TRIES_MAX = 3;

const Head = z.object({
  tenant: z.string(),
  team: z.string(),
  number: NumberId,
  from: Sender.pick({ waId: true, userId: true }),
});
const NOBODY = { tenant: '', team: '', number: NumberId.parse('0'), from: {} };

/**
 * What came by a name that nobody knew of into a conversation that had become part of another goes on there, and the name leads there
 * from now on. Where it changes all the time meanwhile, the entry comes back.
 */
export async function drainMerged(
  client: RedisClient,
  { id, cid, shard }: ReadyEntry,
  { into, head }: { into: ConversationId; head: InboxItem },
): Promise<void> {
  // Of an event that this version cannot read nothing is needed: what has to be joined was joined before.
  const { from, ...place } = parseHead(head.json) ?? NOBODY;
  const goes = { cid, session: '', contact: '', moved: '', version: '0', lastMessageTime: 0 };
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const stays = await readStored(client, shard, into);
    if (await mergeOnce(client, { shard, ...place }, { stays, goes, ids: from, born: Infinity, drain: id }))
      return;
  }
}

function parseHead(json: string): z.infer<typeof Head> | undefined {
  try {
    return readAs(Head, JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
