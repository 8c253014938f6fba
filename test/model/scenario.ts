import {
  ConversationId,
  EMPTY_SESSION,
  EventId,
  hash,
  MessageId,
  NumberId,
  type MessageClass,
} from '@alur/types';
import type { Commit, MessageRef, NewMessage, SendingNumber } from '@alur/store';

// What the model is about: one number, one conversation with two messages in a chain, and, where a configuration wants it, a
// second conversation with one. Everything has a short name, so that a trace can be read.

export type Name = 'm1' | 'm2' | 'm3';
export type Conversation = 'c1' | 'c2';

/** The instant that is always now: the clock stands, and everything else moves into the past. */
export const NOW = 1_800_000_000_000;
export const SHARD = 0;

export const CONVERSATION_OF: Record<Name, Conversation> = { m1: 'c1', m2: 'c1', m3: 'c2' };
/** What has to be over before a message may go. */
export const BEFORE: Record<Name, Name | undefined> = { m1: undefined, m2: 'm1', m3: undefined };
export const NAMES: readonly Name[] = ['m1', 'm2', 'm3'];

/** Three messages of other conversations, by whose statuses the status path proves itself alive. */
export const TRAFFIC = ['t1', 't2', 't3'].map((name) => MessageId.parse(hash('message', name)));

const TENANT = 'tenant';
const TEAM = 'team';
const CONTACT = { waId: '15550100' };
const CLASS: MessageClass = 'reply';

export const cidOf = (name: Conversation) => ConversationId.parse(hash('conversation', name));
export const midOf = (name: Name) => MessageId.parse(hash('message', name));
export const eventOf = (name: string) => EventId.parse(hash('event', name));
/** Ids and how a trace names them. */
export function shortNames(): [id: string, name: string][] {
  const conversations: Conversation[] = ['c1', 'c2'];
  return [
    ...NAMES.map((name): [string, string] => [midOf(name), `<${name}>`]),
    ...conversations.map((name): [string, string] => [cidOf(name), `<${name}>`]),
    ...TRAFFIC.map((mid, index): [string, string] => [mid, `<t${index + 1}>`]),
  ];
}

const MIDS = new Map<string, Name>(NAMES.map((name) => [midOf(name), name]));

export function nameOf(mid: string): Name {
  const name = MIDS.get(mid);
  if (name === undefined) throw new Error(`no message has the id ${mid}`);
  return name;
}

export interface Limits {
  /** Messages a second. */
  throughput: number;
  tierCounts: SendingNumber['tierCounts'];
}

export function numberWith({ throughput, tierCounts }: Limits): SendingNumber {
  return {
    id: NumberId.parse('100200300'),
    tenant: TENANT,
    throughput,
    tier: 'unlimited',
    tierCounts,
    tierScope: 'number',
  };
}

export function refOf(name: Name, number: SendingNumber): MessageRef {
  return { mid: midOf(name), cid: cidOf(CONVERSATION_OF[name]), class: CLASS, shard: SHARD, number };
}

export const WISHER = { tenant: TENANT, contact: CONTACT };

/** One turn of a conversation, as a flow-runner commits it. `version` is how many went before. */
export function turnOf(
  names: readonly Name[],
  { version, number, mayWait }: { version: number; number: SendingNumber; mayWait: boolean },
): Commit {
  const conversation = CONVERSATION_OF[names[0] ?? 'm1'];
  return {
    entry: { id: '0-1', cid: cidOf(conversation), shard: SHARD, recovered: false },
    evt: eventOf(names.join()),
    version,
    session: EMPTY_SESSION,
    contact: { ...CONTACT, tags: [] },
    lastMessageTime: NOW / 1000,
    number,
    at: NOW / 1000,
    wishes: [],
    messages: names.map((name) => messageOf(name, number, mayWait)),
  };
}

export function messageOf(name: Name, number: SendingNumber, mayWait: boolean): NewMessage {
  const { mid, cid } = refOf(name, number);
  return {
    data: { mid, cid, class: CLASS, tenant: TENANT, team: TEAM, number: number.id },
    body: { to: CONTACT, message: { kind: 'text', text: name } },
    retryOnRateLimit: mayWait,
  };
}
