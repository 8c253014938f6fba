import type { EventId, InboundEvent, Json, OptOutEffect, Session } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { IDLE_CONVERSATION_S, type StoredContact } from './conversation.ts';
import { EMITTED_MAX } from './emitted.ts';
import { type InboxItem, renameSender, splitItem } from './inbox-item.ts';
import { contactHashes, contactsKey, flightKeys, type Keys, shardKeys, taggedKey } from './keys.ts';
import { formatTrace, type TraceEntry } from './life/trace-entry.ts';
import { parseMoved } from './names/moved-ids.ts';
import { RUNNERS, type ReadyEntry } from './ready.ts';
import { type Admitted, type NewMessage, parseAdmitted, recordOf } from './record.ts';
import { loadScript, type ScriptArgument } from './script.ts';
import { bucketEnd, dayOf, seenKey } from './seen.ts';
import type { SendingNumber } from './sending-number.ts';
import { shortId } from './short-id.ts';

/** What a turn came to. */
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
  wishes: readonly NewWish[];
  messages: readonly NewMessage[];
  /**
   * When the conversation's one timer is due (Unix s), and the event that it brings then. It takes the place of any other;
   * without it there is none. A run that goes on waiting says it again.
   */
  timer?: Timer | undefined;
  /** The contact's tags before the turn, so that the indexes of the team's tags follow; without it they stay as they are. */
  tags?: { team: string; before: readonly string[] } | undefined;
  /** What subscribers are told, in order. */
  emitted?: readonly NewEmitted[] | undefined;
  /** What people who ask later are told of the turn; the contact is listed among the team's. Without it nothing is noted. */
  life?: { team: string; trace: TraceEntry } | undefined;
}

/** The event of a timer. Its `at` and `receivedAtMs` are the time due, whatever they say. */
export interface Timer {
  at: number;
  event: Extract<InboundEvent, { kind: 'timer' }>;
}

/** A wish that a turn decided. `told`: what subscribers hear when it changes something. */
export interface NewWish extends Pick<OptOutEffect, 'change' | 'scope'> {
  told?: Omit<NewEmitted, 'eventType'> | undefined;
}

/** What a turn emits for subscribers; the same `id` when the turn is repeated. */
export interface NewEmitted {
  id: string;
  team: string;
  eventType: string;
  payload: Json;
}

/**
 * `ok`: committed; `next` is the new head of the inbox, if any. `done`: this very turn was committed before.
 * `stale`: somebody else owns the conversation; nothing was changed.
 */
export type CommitResult =
  { kind: 'ok'; next?: InboxItem; admitted: Admitted[] } | { kind: 'done' } | { kind: 'stale' };

const CommitReply = z.array(z.string());
const commitScript = loadScript('commit');

export async function commitTurn(client: RedisClient, commit: Commit): Promise<CommitResult> {
  const { entry, messages, number } = commit;
  const keys = shardKeys(entry.shard);
  const tags = tagChanges(keys, commit);
  const keyList = [
    keys.ready,
    keys.inbox(entry.cid),
    keys.conversation(entry.cid),
    keys.optOuts(number.tenant),
    ...flightKeys(keys, number),
    keys.chain(entry.cid, 'reply'),
    keys.chain(entry.cid, 'notification'),
    keys.chain(entry.cid, 'broadcast'),
    keys.timers,
    keys.emitted,
    ...lifeKeys(keys, commit),
    ...tags.come,
    ...tags.go,
    ...messages.map(({ data }) => keys.message(data.mid)),
  ];
  const reply = await commitScript.run(client, keyList, argumentsOf(commit, tags));
  const [kind, next, moved = '', ...admitted] = CommitReply.parse(reply);
  if (kind === 'done' || kind === 'stale') return { kind };
  const following = next ? { next: renameSender(splitItem(next), parseMoved(moved)) } : {};
  return { kind: 'ok', admitted: parseAdmitted(admitted), ...following };
}

function argumentsOf(commit: Commit, tags: TagChanges): ScriptArgument[] {
  const { entry, messages, number, wishes, contact, timer, emitted = [] } = commit;
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
    contactHashes(number.tenant, contact).join(' '),
    timer === undefined ? 0 : timer.at * 1_000,
    timer === undefined ? '' : itemOf(timer),
    tags.come.length,
    tags.go.length,
    emitted.length,
    EMITTED_MAX,
    wishes.length,
    ...lifeArguments(commit),
  ];
  for (const { id, team, eventType, payload } of emitted)
    args.push(id, number.tenant, team, eventType, commit.at, JSON.stringify(payload));
  for (const { change, scope, told } of wishes) {
    const { id = '', team = '', payload = null } = told ?? {};
    args.push(change, scope, commit.at, id, number.tenant, team, JSON.stringify(payload));
  }
  for (const message of messages) args.push(message.data.mid, message.data.class, ...recordOf(message));
  return args;
}

function lifeKeys(keys: Keys, { entry, evt, at, number, life }: Commit): string[] {
  const contacts = contactsKey(keys, number.tenant, life?.team ?? '');
  return [keys.trace(entry.cid), contacts, seenKey(keys, dayOf(at), evt)];
}

// A timer comes into the inbox past `accept`, which would have kept its conversation.
function lifeArguments({ entry, evt, at, life }: Commit): ScriptArgument[] {
  if (life === undefined) return ['', '', '', 0];
  const isTimer = life.trace.kind === 'timer';
  return [formatTrace(life.trace), isTimer ? shortId(evt) : '', shortId(entry.cid), bucketEnd(dayOf(at))];
}

// `fire` looks for the first "at" where it is late: no text can look like it, since its quotes are escaped.
function itemOf({ at, event }: Timer): string {
  return event.evt + JSON.stringify({ ...event, at, receivedAtMs: at * 1_000 });
}

/** Keys of the indexes that a contact comes into and goes out of. */
interface TagChanges {
  come: string[];
  go: string[];
}

function tagChanges(keys: Keys, { tags, contact, number }: Commit): TagChanges {
  if (tags === undefined) return { come: [], go: [] };
  const keyOf = (tag: string) => taggedKey(keys, number.tenant, tags.team, tag);
  return {
    come: contact.tags.filter((tag) => !tags.before.includes(tag)).map(keyOf),
    go: tags.before.filter((tag) => !contact.tags.includes(tag)).map(keyOf),
  };
}
