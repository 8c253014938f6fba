import { ConversationId, EMPTY_SESSION, type NumberId, Session } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { aliasesOf, shardKeys } from './keys.ts';

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
  contact: { waId?: string | undefined; userId?: string | undefined },
): Promise<ConversationId | undefined> {
  const owners = await Promise.all(
    aliasesOf(number, contact).map((alias) => client.get(shardKeys(shard).alias(alias))),
  );
  return ConversationId.optional().parse(owners.find((owner) => owner !== null) ?? undefined);
}

/** A conversation as its last turn left it; undefined before the first turn, and after 90 idle days. */
export async function readConversation(
  client: RedisClient,
  shard: number,
  cid: ConversationId,
): Promise<Conversation | undefined> {
  const fields = ['session', 'contact', 'last'] as const;
  const [session, contact, last] = await client.hmget(shardKeys(shard).conversation(cid), ...fields);
  if (session === undefined || session === null) return undefined;
  return {
    session: parseSession(session),
    contact: parseContact(contact ?? ''),
    lastMessageTime: Number(last ?? 0),
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

/** Reads a stored contact; '' is one that nothing is known of yet. */
export function parseContact(json: string): StoredContact {
  return StoredContact.parse(json === '' ? {} : JSON.parse(json));
}
