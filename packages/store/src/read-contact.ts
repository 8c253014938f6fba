import type { ConversationId } from '@alur/types';
import type { RedisClient } from './connection.ts';
import { parseContact, readStored, type StoredContact } from './conversation.ts';
import { parseMoved } from './names/moved-ids.ts';

/** What a conversation's last turn knew of its contact; undefined before the first turn, after 90 idle days, and where it cannot be read. */
export async function readContact(
  client: RedisClient,
  shard: number,
  cid: ConversationId,
): Promise<StoredContact | undefined> {
  // Without the session, which another version may have written.
  const { contact, moved } = await readStored(client, shard, cid);
  try {
    return contact === '' ? undefined : parseContact(contact, parseMoved(moved));
  } catch {
    // Written by another version: whoever asks goes on without it.
    return undefined;
  }
}
