import { type EventId, InboundEvent, type OptOutEffect, Session, EMPTY_SESSION } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { contactHashes, flightKeys, shardKeys } from './keys.ts';
import { RUNNERS, type ReadyEntry } from './ready.ts';
import { type Admitted, type NewMessage, parseAdmitted, recordOf } from './record.ts';
import { loadScript, type ScriptArgument } from './script.ts';
import type { SendingNumber } from './sending-number.ts';

/** What the store knows of a contact. */
export const StoredContact = z.object({
  waId: z.string().optional(),
  userId: z.string().optional(),
  name: z.string().optional(),
  language: z.string().optional(),
  tags: z.array(z.string()).default([]),
});
export type StoredContact = z.infer<typeof StoredContact>;

/** The head of an inbox, as stored: its id, and JSON that may not be what we expect. */
export interface InboxItem {
  evt: string;
  json: string;
}

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
}

export interface Commit {
  entry: ReadyEntry;
  evt: EventId;
  version: number;
  session: Session;
  contact: StoredContact;
  lastMessageTime: number;
  number: SendingNumber;
  /** Unix seconds of the event: when its wishes were made. */
  at: number;
  wishes: readonly Pick<OptOutEffect, 'change' | 'scope'>[];
  messages: readonly NewMessage[];
}

/**
 * `ok`: committed; `next` is the new head of the inbox, if any. `done`: this very turn was committed before.
 * `stale`: somebody else owns the conversation; nothing was changed.
 */
export type CommitResult =
  { kind: 'ok'; next?: InboxItem; admitted: Admitted[] } | { kind: 'done' } | { kind: 'stale' };

export interface Turns {
  /** undefined when the inbox is empty: the entry is gone. */
  load(entry: ReadyEntry): Promise<Loaded | undefined>;
  commit(commit: Commit): Promise<CommitResult>;
  /** Sets the head of the inbox aside, so that the conversation can go on; false when it is not the head any more. */
  quarantine(entry: ReadyEntry, evt: string, reason: string, detail: string): Promise<boolean>;
  /** Owners that gave the event up for a while were not lost: starts the count again. */
  forgiveLost(entry: ReadyEntry): Promise<void>;
}

const LoadReply = z.tuple([
  z.string(),
  z.coerce.number(),
  z.string(),
  z.string(),
  z.coerce.number(),
  z.coerce.number(),
  z.enum(['all', 'marketing', '']),
]);
const CommitReply = z.array(z.string());
const loadScriptFile = loadScript('load');
const commitScript = loadScript('commit');
const quarantineScript = loadScript('quarantine-event');

/** A conversation without an event for this long is forgotten, and so are the names that lead to it. */
export const IDLE_CONVERSATION_S = 90 * 86_400;

export const QUARANTINE_MAX = 10_000;
export const QUARANTINE_MS = 7 * 86_400_000;

export function createTurns(client: RedisClient): Turns {
  return {
    load: (entry) => load(client, entry),
    commit: (commit) => commitTurn(client, commit),
    quarantine: async (entry, evt, reason, detail) => {
      const keys = shardKeys(entry.shard);
      const keyList = [keys.ready, keys.inbox(entry.cid), keys.conversation(entry.cid), keys.quarantine];
      const args = [RUNNERS, entry.id, evt, reason, detail, QUARANTINE_MAX, QUARANTINE_MS];
      return (await quarantineScript.run(client, keyList, args)) === 1;
    },
    forgiveLost: async (entry) => {
      await client.hdel(shardKeys(entry.shard).conversation(entry.cid), 'lost_evt', 'lost');
    },
  };
}

async function load(client: RedisClient, entry: ReadyEntry): Promise<Loaded | undefined> {
  const keys = shardKeys(entry.shard);
  const reply = await loadScriptFile.run(
    client,
    [keys.ready, keys.inbox(entry.cid), keys.conversation(entry.cid)],
    [RUNNERS, entry.id, entry.recovered ? '1' : '0'],
  );
  if (Array.isArray(reply) && reply.length === 0) return undefined;
  const [item, version, session, contact, lastMessageTime, lost, wish] = LoadReply.parse(reply);
  return {
    item: splitItem(item),
    version,
    session: session === '' ? EMPTY_SESSION : Session.parse(JSON.parse(session)),
    contact: StoredContact.parse(contact === '' ? {} : JSON.parse(contact)),
    lastMessageTime,
    lost,
    optedOut: wish === '' ? undefined : wish,
  };
}

async function commitTurn(client: RedisClient, commit: Commit): Promise<CommitResult> {
  const { entry, messages, number, wishes, contact } = commit;
  const keys = shardKeys(entry.shard);
  const keyList = [
    keys.ready,
    keys.inbox(entry.cid),
    keys.conversation(entry.cid),
    keys.optOuts(number.tenant),
    ...flightKeys(keys, number),
    keys.chain(entry.cid, 'reply'),
    keys.chain(entry.cid, 'notification'),
    keys.chain(entry.cid, 'broadcast'),
    ...messages.map(({ data }) => keys.message(data.mid)),
  ];
  const args: ScriptArgument[] = [
    RUNNERS,
    entry.id,
    commit.evt,
    commit.version,
    JSON.stringify(commit.session),
    JSON.stringify(contact),
    commit.lastMessageTime,
    entry.cid,
    number.id,
    number.throughput,
    IDLE_CONVERSATION_S,
    wishes.length > 0 ? contactHashes(number.tenant, contact).join(' ') : '',
    wishes.length,
    ...wishes.flatMap(({ change, scope }) => [change, scope, commit.at]),
  ];
  for (const message of messages) args.push(message.data.mid, message.data.class, ...recordOf(message));
  const [kind, next, ...admitted] = CommitReply.parse(await commitScript.run(client, keyList, args));
  if (kind === 'done' || kind === 'stale') return { kind };
  return { kind: 'ok', admitted: parseAdmitted(admitted), ...(next ? { next: splitItem(next) } : {}) };
}

/** The event of an inbox item, or undefined when it is not one that this version understands. */
export function parseItem(item: InboxItem): InboundEvent | undefined {
  try {
    return InboundEvent.safeParse(JSON.parse(item.json)).data;
  } catch {
    return undefined;
  }
}

function splitItem(item: string): InboxItem {
  return { evt: item.slice(0, 32), json: item.slice(32) };
}
