import type { ConversationId, NumberId, Session } from '@alur/types';
import type { RedisClient } from '../connection.ts';
import { parseContact, parseSession, readStored, type StoredContact } from '../conversation.ts';
import { contactsKey, memberOf, shardKeys } from '../keys.ts';
import { WINDOW_MS } from '../message-ref.ts';
import { parseMoved } from '../names/moved-ids.ts';
import { readable } from './readable.ts';
import { parseTrace, type WrittenTrace } from './trace-entry.ts';

/** A conversation as it stands, and the last that happened in it. */
export interface ConversationLife {
  /** Another than was asked for, when that has become part of it. */
  cid: ConversationId;
  /** undefined before the first turn, and where another version wrote it. */
  contact: StoredContact | undefined;
  session: Session | undefined;
  /** Unix s; 0 when there was none. */
  lastMessageTime: number;
  /** Until when free-form messages may go, Unix ms. */
  windowUntilMs: number;
  /** When the run that waits goes on by itself, Unix ms. */
  timerAtMs?: number | undefined;
  /** Events that have come and had no turn yet. */
  inbox: number;
  /** The newest first, a hundred at most. */
  events: readonly WrittenTrace[];
}

/** undefined when nothing is known of it: it never was, or was silent for too long. */
export async function readConversationLife(
  client: RedisClient,
  shard: number,
  asked: ConversationId,
): Promise<ConversationLife | undefined> {
  const keys = shardKeys(shard);
  const stored = await readStored(client, shard, asked);
  const { cid, lastMessageTime, contact, moved, session } = stored;
  const [lines, inbox, timer, closed] = await Promise.all([
    client.lrange(keys.trace(cid), 0, -1),
    client.llen(keys.inbox(cid)),
    client.zscore(keys.timers, cid),
    client.hget(keys.conversation(cid), 'closed'),
  ]);
  if (session === '' && lines.length === 0 && inbox === 0) return undefined;
  // Meta may have said since that the window is closed.
  const isOpen = lastMessageTime > Number(closed ?? -1);
  return {
    cid,
    contact: contact === '' ? undefined : readable(() => parseContact(contact, parseMoved(moved))),
    session: session === '' ? undefined : readable(() => parseSession(session)),
    lastMessageTime,
    windowUntilMs: isOpen ? lastMessageTime * 1_000 + WINDOW_MS : 0,
    ...(timer !== null && { timerAtMs: Number(timer) }),
    inbox,
    events: lines.flatMap((line) => parseTrace(line) ?? []),
  };
}

/** Whether a conversation is one of a team's, with one of these numbers; which. False before its first turn. */
export async function findNumberOf(
  client: RedisClient,
  shard: number,
  { tenant, team, cid, numbers }: { tenant: string; team: string; cid: string; numbers: readonly NumberId[] },
): Promise<NumberId | undefined> {
  const key = contactsKey(shardKeys(shard), tenant, team);
  const scores = await Promise.all(numbers.map((number) => client.zscore(key, memberOf(cid, number))));
  return numbers.find((_number, index) => scores[index] !== null);
}
