import { ConversationId, EventId, type Journal, type Session, readAs } from '@alur/types';
import { z } from 'zod';
import { type Commit, commitTurn, type CommitResult } from './commit.ts';
import type { RedisClient } from './connection.ts';
import { IDLE_CONVERSATION_S, parseContact, parseSession, type StoredContact } from './conversation.ts';
import { drainMerged } from './names/drain-merged.ts';
import { type InboxItem, renameSender, splitItem } from './inbox-item.ts';
import { type Answer, parseJournal, recordAnswer, type Recorded } from './journal.ts';
import { shardKeys } from './keys.ts';
import { parseMoved } from './names/moved-ids.ts';
import { QUARANTINE_MAX, QUARANTINE_MS } from './quarantine.ts';
import { RUNNERS, type ReadyEntry } from './ready.ts';
import { formatTrace } from './life/trace-entry.ts';
import { loadScript } from './script.ts';

/** What a turn starts from. */
export interface Loaded {
  item: InboxItem;
  version: number;
  session: Session;
  contact: StoredContact;
  /** Unix seconds of the newest inbound message before this one; 0 when there was none. */
  lastMessageTime: number;
  /** How many owners were lost while they had this very event. */
  lost: number;
  /** What the contact wants no more of. */
  optedOut: 'all' | 'marketing' | undefined;
  /** Answers that turns of this very event asked for. */
  journal: Journal;
}

export interface Turns {
  /** undefined when there is nothing to do for the entry: it is gone, or goes with this. */
  load(entry: ReadyEntry): Promise<Loaded | undefined>;
  commit(commit: Commit): Promise<CommitResult>;
  /** Keeps the answer that a turn asked for, before the turn may see it. The first one of a key stands. */
  recordAnswer(entry: ReadyEntry, answer: Answer): Promise<Recorded>;
  /** Sets the head of the inbox aside, so that the conversation can go on; false when it is not the head any more. */
  quarantine(entry: ReadyEntry, evt: string, reason: string, detail: string): Promise<boolean>;
  /** Owners that gave the event up for a while were not lost: starts the count again. */
  forgiveLost(entry: ReadyEntry): Promise<void>;
}

const IntoReply = z.tuple([z.string(), ConversationId]);
const LoadReply = z.tuple([
  z.string(),
  z.coerce.number(),
  z.string(),
  z.string(),
  z.coerce.number(),
  z.coerce.number(),
  z.enum(['all', 'marketing', '']),
  z.string(),
  z.string(),
]);
const loadScriptFile = loadScript('load');
const quarantineScript = loadScript('quarantine-event');

export function createTurns(client: RedisClient): Turns {
  return {
    load: (entry) => load(client, entry),
    commit: (commit) => commitTurn(client, commit),
    recordAnswer: (entry, answer) => recordAnswer(client, entry, answer),
    quarantine: async (entry, evt, reason, detail) => {
      const keys = shardKeys(entry.shard);
      const { cid } = entry;
      const own = [keys.inbox(cid), keys.conversation(cid)];
      const keyList = [keys.ready, ...own, keys.quarantine, keys.trace(cid)];
      const kept = [QUARANTINE_MAX, QUARANTINE_MS, IDLE_CONVERSATION_S];
      const args = [RUNNERS, entry.id, evt, reason, detail, ...kept, setAsideLine(evt, reason)];
      return (await quarantineScript.run(client, keyList, args)) === 1;
    },
    forgiveLost: async (entry) => {
      await client.hdel(shardKeys(entry.shard).conversation(entry.cid), 'lost_evt', 'lost');
    },
  };
}

// Of an event that nobody could read no more is known.
function setAsideLine(evt: string, reason: string): string {
  const none = { nodes: [], messages: [], emitted: [] };
  return formatTrace({
    evt: EventId.parse(evt),
    kind: 'unread',
    outcome: 'set_aside',
    failure: reason,
    ...none,
  });
}

async function load(client: RedisClient, entry: ReadyEntry): Promise<Loaded | undefined> {
  const keys = shardKeys(entry.shard);
  const reply = await loadScriptFile.run(
    client,
    [keys.ready, keys.inbox(entry.cid), keys.conversation(entry.cid)],
    [RUNNERS, entry.id, entry.recovered ? '1' : '0'],
  );
  if (Array.isArray(reply) && reply.length === 0) return undefined;
  const into = readAs(IntoReply, reply).data;
  if (into) {
    await drainMerged(client, entry, { into: into[1], head: splitItem(into[0]) });
    return undefined;
  }
  const [item, version, session, contact, lastMessageTime, lost, wish, journal, moved] =
    LoadReply.parse(reply);
  const ended = parseMoved(moved);
  return {
    item: renameSender(splitItem(item), ended),
    version,
    session: parseSession(session),
    contact: parseContact(contact, ended),
    lastMessageTime,
    lost,
    optedOut: wish === '' ? undefined : wish,
    journal: parseJournal(journal),
  };
}
