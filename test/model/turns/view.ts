import { z } from 'zod';
import { Session } from '@alur/types';
import { shardKeys } from '../../../packages/store/src/keys.ts';
import { sorted, type Contents } from '../contents.ts';
import type { ConversationName } from './configuration.ts';
import {
  CONVERSATIONS,
  cidOf,
  conversationName,
  eventName,
  SHARD,
  START_S,
  type EventName,
} from './scenario.ts';

/** A conversation in Redis, by what rules ask of it. Times are in s from the start. */
export interface ConversationView {
  inbox: readonly { event: EventName; at: number }[];
  /** Its entries in `ready`. */
  entries: readonly string[];
  version: number;
  session: Session;
  timer: EventName | undefined;
  /** When `timers` has it. */
  due: number | undefined;
  isThere: boolean;
  isExpiring: boolean;
}

export type View = Record<ConversationName, ConversationView>;

const keys = shardKeys(SHARD);
const Item = z.object({ at: z.number() });
// What is kept for people who ask, and for messages.
const LEFT_OUT = /:(throughput|trace|contacts):/;

/** Contents as text; what no script of these reads is left out. */
export function keep({ hashes, lists, sets, strings, streams = {}, expiring }: Contents): string {
  const kept = <T>(values: Record<string, T>) =>
    Object.fromEntries(Object.entries(values).filter(([key]) => !LEFT_OUT.test(key)));
  const read = { lists: kept(lists), sets: kept(sets), expiring: kept(expiring) };
  return JSON.stringify(sorted({ hashes, strings, streams, ...read }));
}

export function viewOf(text: string): View {
  const contents: Contents = JSON.parse(text);
  const [c1, c2] = CONVERSATIONS.map((name) => conversationView(name, contents));
  if (!c1 || !c2) throw new Error('there are two conversations');
  return { c1, c2 };
}

function conversationView(name: ConversationName, contents: Contents): ConversationView {
  const cid = cidOf(name);
  const { hashes, lists, sets, expiring } = contents;
  const fields = hashes[keys.conversation(cid)] ?? {};
  const { version = '0', session, timer } = fields;
  const score = sets[keys.timers]?.[cid];
  return {
    inbox: (lists[keys.inbox(cid)] ?? []).map((item) => ({
      event: eventName(item.slice(0, 32)),
      at: Item.parse(JSON.parse(item.slice(32))).at - START_S,
    })),
    entries: entriesOf(contents).flatMap((entry) => (entry.conversation === name ? [entry.id] : [])),
    version: Number(version),
    session: session === undefined ? { state: {}, epoch: 0 } : Session.parse(JSON.parse(session)),
    timer: timer === undefined ? undefined : eventName(timer.slice(0, 32)),
    due: score === undefined ? undefined : Number(score) / 1000 - START_S,
    isThere: hashes[keys.conversation(cid)] !== undefined,
    isExpiring: expiring[keys.conversation(cid)] === true,
  };
}

/** Entries of `ready`, the oldest first. */
function entriesOf({ streams = {} }: Contents): { id: string; conversation: ConversationName }[] {
  const entries = Object.entries(streams[keys.ready]?.entries ?? {});
  return entries
    .map(([id, fields]) => ({ id, conversation: conversationName(fields[1] ?? '') }))
    .sort((a, b) => Number.parseInt(a.id) - Number.parseInt(b.id));
}
