import { ConversationId, eventId, hash, timerEventId, type InboundEvent } from '@alur/types';
import { NOW, numberWith } from '../scenario.ts';
import type { ConversationName } from './configuration.ts';

// Conversations, what comes into them, and how a trace names it all.

export const START_S = NOW / 1000;
export const SHARD = 0;
export const number = numberWith({ throughput: 80, tierCounts: 'business_initiated' });

/** `m1`, `m2`, ...: a message by its place in the configuration. `c1.t1`, ...: the timer of a conversation's first wait. */
export type EventName = `m${number}` | `${ConversationName}.t${number}`;

export const CONVERSATIONS: readonly ConversationName[] = ['c1', 'c2'];
const EPOCHS_MOST = 9;
const MESSAGES_MOST = 9;
const NODE = 'ask';
const CONTACTS = { c1: { waId: '15550101' }, c2: { waId: '15550102' } } as const;

export const cidOf = (name: ConversationName) => ConversationId.parse(hash('conversation', name));
export const contactOf = (name: ConversationName) => CONTACTS[name];

const own = { tenant: number.tenant, team: 'team', number: number.id };

export function messageOf(index: number, conversation: ConversationName, at: number): InboundEvent {
  return {
    ...own,
    kind: 'text',
    evt: eventId(number.id, 'text', `m${index + 1}`),
    wamid: `m${index + 1}`,
    at,
    receivedAtMs: 0,
    from: contactOf(conversation),
    text: 'hi',
  };
}

export function timerOf(conversation: ConversationName, epoch: number, at: number) {
  const evt = timerEventId(cidOf(conversation), NODE, epoch);
  const event = { ...own, kind: 'timer', evt, epoch, at, receivedAtMs: 0 } as const;
  return { at, event: { ...event, from: contactOf(conversation) } };
}

/** The wait of a session. */
export function waitUntil(until: number) {
  const place = { flows: 'flows', flow: 'flow', node: NODE };
  return { for: 'message' as const, ...place, until, input: {}, outputs: {}, callers: [], tries: {} };
}

const EVENTS = new Map<string, EventName>([
  ...Array.from({ length: MESSAGES_MOST }, (_, index): [string, EventName] => [
    messageOf(index, 'c1', 0).evt,
    `m${index + 1}`,
  ]),
  ...CONVERSATIONS.flatMap((conversation) =>
    Array.from({ length: EPOCHS_MOST }, (_, index): [string, EventName] => [
      timerOf(conversation, index + 1, 0).event.evt,
      timerName(conversation, index + 1),
    ]),
  ),
]);
const NAMES = new Map<string, string>([
  ...EVENTS,
  ...CONVERSATIONS.map((name): [string, string] => [cidOf(name), name]),
]);

export function timerName(conversation: ConversationName, epoch: number): EventName {
  return `${conversation}.t${epoch}`;
}

export function eventName(evt: string): EventName {
  const name = EVENTS.get(evt);
  if (name === undefined) throw new Error(`no event has the id ${evt}`);
  return name;
}

export function conversationName(cid: string): ConversationName {
  const name = CONVERSATIONS.find((each) => cidOf(each) === cid);
  if (name === undefined) throw new Error(`no conversation has the id ${cid}`);
  return name;
}

/** Ids by their names. */
export function shortened(text: string): string {
  return text.replace(/[0-9a-f]{32}/g, (id) => NAMES.get(id) ?? id);
}
