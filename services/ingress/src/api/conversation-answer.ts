import type { Team } from '@alur/bundle';
import {
  findNumberOf,
  furthestOf,
  readConversationLife,
  readMessageLife,
  readOptOut,
  type ConversationLife,
  type MessageLife,
  type StoredContact,
  type WrittenTrace,
} from '@alur/store';
import { OptOutScope, type ConversationId, type NumberId } from '@alur/types';
import { z } from 'zod';
import { timeOf } from './message-answer.ts';
import type { ApiDeps } from './route.ts';

const EVENTS_MAX = 20;
const Time = z.iso.datetime();

export const ContactAnswer = z.object({
  wa_id: z.string().optional(),
  user_id: z.string().optional(),
  name: z.string().optional(),
});

const Event = z.object({
  /** Missing where the API queued messages, and no event. */
  id: z.string().optional(),
  kind: z.string(),
  outcome: z.string(),
  at: Time,
  flow: z.string().optional(),
  nodes: z.array(z.string()),
  failure: z.string().optional(),
  messages: z.array(z.object({ id: z.string(), state: z.string(), status: z.string().optional() })),
});

/** A conversation as it stands, and the last that happened in it. */
export const ConversationAnswer = z.object({
  id: z.string(),
  phone_number_id: z.string(),
  contact: ContactAnswer,
  tags: z.array(z.string()),
  opted_out: OptOutScope.optional(),
  last_message_at: Time.optional(),
  /** Until when free-form messages may go; missing when only templates may. */
  window_until: Time.optional(),
  /** What its run waits for. */
  wait: z
    .object({
      flow: z.string(),
      node: z.string(),
      for: z.enum(['message', 'release']),
      until: Time.optional(),
    })
    .optional(),
  /** Events that have come and had no turn yet. */
  waiting_events: z.number(),
  /** The newest first. */
  events: z.array(Event),
});

interface FoundConversation {
  life: ConversationLife;
  number: NumberId;
}

/** A conversation of the team; undefined for one of another team too. */
export async function findOwn(
  cid: ConversationId,
  team: Team,
  { client, shard }: { client: ApiDeps['client']; shard: number },
): Promise<FoundConversation | undefined> {
  const life = await readConversationLife(client, shard, cid);
  if (!life) return undefined;
  const numbers = team.numbers.map(({ id }) => id);
  const listed = await findNumberOf(client, shard, {
    tenant: team.tenant,
    team: team.id,
    cid: life.cid,
    numbers,
  });
  if (listed !== undefined) return { life, number: listed };
  // Nobody has written in it yet: what was sent tells whose it is.
  const mid = life.events.flatMap(({ messages }) => messages)[0];
  const data = mid && (await readMessageLife(client, shard, mid))?.data;
  const isOwn = data && data.tenant === team.tenant && data.team === team.id;
  return isOwn && numbers.includes(data.number) ? { life, number: data.number } : undefined;
}

export async function shownConversation(
  { life, number }: FoundConversation,
  team: Team,
  { client, shard }: { client: ApiDeps['client']; shard: number },
): Promise<z.infer<typeof ConversationAnswer>> {
  const events = life.events.slice(0, EVENTS_MAX);
  const mids = events.flatMap(({ messages }) => messages);
  const read = await Promise.all(mids.map((mid) => readMessageLife(client, shard, mid)));
  const lives = new Map(read.flatMap((each) => (each ? [[each.mid, each] as const] : [])));
  const { contact, session, lastMessageTime, windowUntilMs, timerAtMs } = life;
  const optedOut = contact && (await readOptOut(client, { shard, tenant: team.tenant }, contact));
  const { wait } = session ?? {};
  return {
    id: life.cid,
    phone_number_id: number,
    contact: shownContact(contact),
    tags: contact?.tags ?? [],
    ...(optedOut !== undefined && { opted_out: optedOut }),
    ...(lastMessageTime > 0 && { last_message_at: timeOf(lastMessageTime * 1_000) }),
    ...(windowUntilMs > Date.now() && { window_until: timeOf(windowUntilMs) }),
    ...(wait && {
      wait: {
        flow: wait.flow,
        node: wait.node,
        for: wait.for,
        ...(timerAtMs !== undefined && { until: timeOf(timerAtMs) }),
      },
    }),
    waiting_events: life.inbox,
    events: events.map((trace) => shownEvent(trace, lives)),
  };
}

export function shownContact(contact: StoredContact | undefined): z.infer<typeof ContactAnswer> {
  const { waId, userId, name } = contact ?? {};
  return {
    ...(waId !== undefined && { wa_id: waId }),
    ...(userId !== undefined && { user_id: userId }),
    ...(name !== undefined && { name }),
  };
}

function shownEvent(trace: WrittenTrace, lives: ReadonlyMap<string, MessageLife>): z.infer<typeof Event> {
  const { evt, kind, outcome, committedAtMs, flow, nodes, failure, messages } = trace;
  return {
    ...(evt !== undefined && { id: evt }),
    kind,
    outcome,
    at: timeOf(committedAtMs),
    ...(flow !== undefined && { flow }),
    nodes: nodes.map(({ node }) => node),
    ...(failure !== undefined && { failure }),
    messages: messages.map((mid) => {
      const life = lives.get(mid);
      // One that ended more than eight days ago.
      if (!life) return { id: mid, state: 'gone' };
      return { id: mid, state: life.state, ...(life.state === 'sent' && { status: furthestOf(life.steps) }) };
    }),
  };
}
