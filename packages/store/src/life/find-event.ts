import { type ConversationId, eventId, type EventId, type EventKind, type NumberId } from '@alur/types';
import type { RedisClient } from '../connection.ts';
import { readStored } from '../conversation.ts';
import { parseItem, splitItem } from '../inbox-item.ts';
import { shardKeys } from '../keys.ts';
import { AHEAD_S, dayOf, HORIZON_S, seenKey } from '../seen.ts';
import { shortId } from '../short-id.ts';
import { parseSeen, parseTrace, type WrittenTrace } from './trace-entry.ts';

/** What became of one event. */
export interface EventLife {
  evt: EventId;
  /** Its conversation, or the one that this has become part of. */
  cid: ConversationId;
  /** What its turn came to; missing while it waits, and when more than a hundred came after it. */
  trace?: WrittenTrace | undefined;
  /** While it is in the inbox. */
  waiting?: WaitingEvent | undefined;
}

interface WaitingEvent {
  /** How many of its conversation come first. */
  ahead: number;
  /** How many runners were lost while they had it. */
  lost: number;
  /** undefined where this version cannot read it. */
  kind?: EventKind | undefined;
  /** Unix s. */
  at?: number | undefined;
  /** Unix ms. */
  receivedAtMs?: number | undefined;
}

const DAY_S = 86_400;

/** The days of which events are known, the newest first. */
function days(): number[] {
  const now = Math.floor(Date.now() / 1_000);
  const first = dayOf(now + AHEAD_S);
  return Array.from({ length: (HORIZON_S + 2 * AHEAD_S) / DAY_S }, (_, index) => first - index);
}

/** undefined when nobody knows it: it came more than eight days ago, or not here. */
export async function findEvent(
  client: RedisClient,
  shard: number,
  evt: EventId,
): Promise<EventLife | undefined> {
  const keys = shardKeys(shard);
  const found = await Promise.all(days().map((day) => client.hget(seenKey(keys, day, evt), shortId(evt))));
  const cid = found.map(parseSeen).find((known) => known !== undefined);
  return cid === undefined ? undefined : readEvent(client, shard, { cid, evt });
}

/** What became of an event of a conversation that is known. */
export async function readEvent(
  client: RedisClient,
  shard: number,
  { cid: first, evt }: Pick<EventLife, 'cid' | 'evt'>,
): Promise<EventLife> {
  const keys = shardKeys(shard);
  const { cid } = await readStored(client, shard, first);
  const [items, lines, lost] = await Promise.all([
    client.lrange(keys.inbox(cid), 0, -1),
    client.lrange(keys.trace(cid), 0, -1),
    client.hmget(keys.conversation(cid), 'lost_evt', 'lost'),
  ]);
  const trace = lines.map(parseTrace).find((line) => line?.evt === evt);
  const ahead = items.findIndex((item) => item.startsWith(evt));
  if (ahead < 0) return { evt, cid, trace };
  const event = parseItem(splitItem(items[ahead] ?? ''));
  const known = event && { kind: event.kind, at: event.at, receivedAtMs: event.receivedAtMs };
  return { evt, cid, trace, waiting: { ahead, lost: lost[0] === evt ? Number(lost[1]) : 0, ...known } };
}

/**
 * Which event a contact's message became. `types`: Meta's words for kinds of messages, since an id holds them. A reaction cannot be
 * found so: it shares its wamid with its removal.
 */
export async function findInbound(
  client: RedisClient,
  shard: number,
  { number, wamid, types }: { number: NumberId; wamid: string; types: readonly string[] },
): Promise<EventLife | undefined> {
  for (const type of types) {
    const found = await findEvent(client, shard, eventId(number, type, wamid));
    if (found) return found;
  }
  return undefined;
}
