import { ConversationId, EMPTY_SESSION, type NumberId, Session } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { shardKeys } from './keys.ts';
import { currentIds, parseMoved, type MovedId } from './names/moved-ids.ts';
import { type ContactIds, knownBy, readNames } from './names/names.ts';

/** A conversation without an event for this long is forgotten, and so are the names that lead to it. */
export const IDLE_CONVERSATION_S = 90 * 86_400;

/** What the store knows of a contact. */
export const StoredContact = z.object({
  waId: z.string().optional(),
  userId: z.string().optional(),
  name: z.string().optional(),
  language: z.string().optional(),
  tags: z.array(z.string()).default([]),
});
export type StoredContact = z.infer<typeof StoredContact>;

/** Where a conversation stands after its last turn. */
export interface Conversation {
  session: Session;
  contact: StoredContact;
  /** Unix seconds of the contact's newest message; 0 when there was none. */
  lastMessageTime: number;
}

/** The conversation of a contact with a number; undefined where there is none yet. Makes none, unlike `openConversation`. */
export async function findConversation(
  client: RedisClient,
  shard: number,
  number: NumberId,
  contact: ContactIds,
): Promise<ConversationId | undefined> {
  return knownBy(await readNames(client, { shard, number }, contact))?.cid;
}

/** What is stored of a conversation, or of the one that it has become part of. */
export interface StoredConversation {
  cid: ConversationId;
  /** JSON, or '' when there is none. */
  session: string;
  contact: string;
  moved: string;
  version: string;
  lastMessageTime: number;
}

// A conversation becomes part of another, and that of a third; nobody has that many names.
const HOPS_MAX = 8;

export async function readStored(
  client: RedisClient,
  shard: number,
  cid: ConversationId,
): Promise<StoredConversation> {
  let now = cid;
  for (let hop = 0; ; hop += 1) {
    const fields = ['session', 'contact', 'moved', 'last', 'into', 'version'] as const;
    const [session, contact, moved, last, into, version] = await client.hmget(
      shardKeys(shard).conversation(now),
      ...fields,
    );
    if (!into || hop === HOPS_MAX) {
      const texts = { session: session ?? '', contact: contact ?? '', moved: moved ?? '' };
      const read = { version: version ?? '0', lastMessageTime: Number(last ?? 0) };
      return { cid: now, ...texts, ...read };
    }
    now = ConversationId.parse(into);
  }
}

/** A conversation as its last turn left it; undefined before the first turn, and after 90 idle days. */
export async function readConversation(
  client: RedisClient,
  shard: number,
  cid: ConversationId,
): Promise<Conversation | undefined> {
  const { session, contact, moved, lastMessageTime } = await readStored(client, shard, cid);
  if (session === '') return undefined;
  return {
    session: parseSession(session),
    contact: parseContact(contact, parseMoved(moved)),
    lastMessageTime,
  };
}

/** Whether people have the conversation. */
export async function isHandedOff(client: RedisClient, shard: number, cid: ConversationId): Promise<boolean> {
  const conversation = await readConversation(client, shard, cid);
  return conversation?.session.wait?.for === 'release';
}

/** Reads a stored session; '' is a conversation that has none yet. */
export function parseSession(json: string): Session {
  return json === '' ? EMPTY_SESSION : Session.parse(JSON.parse(json));
}

/** Reads a stored contact; '' is one that nothing is known of yet. Without ids that have ended. */
export function parseContact(json: string, moved: readonly MovedId[] = []): StoredContact {
  return currentIds(StoredContact.parse(json === '' ? {} : JSON.parse(json)), moved);
}
