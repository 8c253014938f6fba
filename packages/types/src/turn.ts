import { z } from 'zod';
import { type HttpRequest } from './http-call.ts';
import { MessageId, NumberId, Slug } from './ids.ts';
import { Json, JsonObject } from './json.ts';
import { OutboundMessage } from './message/outbound-message.ts';
import { TemplateMessage } from './message/template/template.ts';
import { OptOutScope } from './opt-out.ts';
import { Tier } from './tier.ts';

/** A flow that called another one, and waits for its end. */
export const Caller = z.object({
  flow: z.string(),
  node: z.string(),
  input: JsonObject,
  outputs: JsonObject,
});
export type Caller = z.infer<typeof Caller>;

/** A run that stands still at a node, with all that it needs to go on. */
export const WaitingRun = z.object({
  /** Goes on with the contact's next message, or when people release the conversation. */
  for: z.enum(['message', 'release']),
  /** Hash of the set of flows that the run began in and ends in. */
  flows: z.string(),
  flow: z.string(),
  node: z.string(),
  /** Unix seconds after which it goes on by itself. */
  until: z.number().int().optional(),
  input: JsonObject,
  outputs: JsonObject,
  /** Innermost last. */
  callers: z.array(Caller),
  /** Wrong answers so far, by flow/node. */
  tries: z.record(z.string(), z.number().int()),
});
export type WaitingRun = z.infer<typeof WaitingRun>;

/** Where a conversation stands. `state` lives as long as the conversation; its version is the store's. */
export const Session = z.object({
  state: JsonObject,
  /** How many runs have waited: names a wait, so that the timer of an older one is known as stale. */
  epoch: z.number().int().nonnegative().default(0),
  wait: WaitingRun.optional(),
});
export type Session = z.infer<typeof Session>;

export const EMPTY_SESSION: Session = { state: {}, epoch: 0 };

/** A word that flows sort contacts by. */
export const Tag = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}_.:-]{0,63}$/u, 'use letters, digits, `_ . : -` (64 at most)');

/** All that a turn may see beside its event. */
export const Snapshot = z.object({
  tenant: Slug,
  team: Slug,
  number: NumberId,
  contact: z.object({
    waId: z.string().optional(),
    userId: z.string().optional(),
    name: z.string().optional(),
    language: z.string().optional(),
    tags: z.array(z.string()),
    optedOut: z.boolean(),
  }),
  /** Unix seconds of the contact's newest inbound message before or at this event; 0 when there is none. */
  lastMessageTime: z.number(),
  /** `remaining` is undefined where no ledger counts: an unlimited tier. */
  limits: z.object({ tier: Tier, remaining: z.number().optional() }),
  session: Session,
});
export type Snapshot = z.infer<typeof Snapshot>;

/** Decides who goes first when a number has more to say than it may: replies, then notifications, then broadcasts. */
export const MessageClass = z.enum(['reply', 'notification', 'broadcast']);
export type MessageClass = z.infer<typeof MessageClass>;

export const MessageEffect = z.object({
  kind: z.literal('message'),
  mid: MessageId,
  class: MessageClass,
  message: OutboundMessage,
  /** wamid of the message to quote. */
  replyTo: z.string().optional(),
  /** Whether it may wait for a limit longer than a minute (`retry_on_rate_limit`). */
  retryOnRateLimit: z.boolean(),
  /** How often a refused attempt may be repeated; from the flow's `retry_policy`. */
  maxRetries: z.number().int().nonnegative().optional(),
  /** What becomes of a free-form message whose window is closed when it would go: without it, it is dead. */
  outsideWindow: z.union([z.literal('skip'), TemplateMessage]).optional(),
  /** The answer to a STOP: the only message that still goes to a contact who opted out. */
  confirmsOptOut: z.boolean().optional(),
});
export type MessageEffect = z.infer<typeof MessageEffect>;

/** A contact's wish, for the whole tenant: no more messages, or welcome again. */
export const OptOutEffect = z.object({
  kind: z.literal('opt_out'),
  change: z.enum(['out', 'in']),
  scope: OptOutScope,
});
export type OptOutEffect = z.infer<typeof OptOutEffect>;

/** What is known of a contact changes: words that a flow sorts its contacts by. */
export const TagEffect = z.object({
  kind: z.literal('tag'),
  add: z.array(Tag),
  remove: z.array(Tag),
});
export type TagEffect = z.infer<typeof TagEffect>;

/** Something for the bundle's subscribers. `id` is the same when the turn is repeated. */
export const EmitEffect = z.object({
  kind: z.literal('event'),
  id: z.string(),
  eventType: z.string(),
  payload: Json,
});
export type EmitEffect = z.infer<typeof EmitEffect>;

/** A line for the log; without personal data. */
export const LogEffect = z.object({
  kind: z.literal('log'),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  flow: z.string(),
  node: z.string(),
  message: z.string(),
});
export type LogEffect = z.infer<typeof LogEffect>;

/** What a turn decides. Performed by the runner's commit, all or nothing. */
export const Effect = z.discriminatedUnion('kind', [
  MessageEffect,
  OptOutEffect,
  TagEffect,
  EmitEffect,
  LogEffect,
]);
export type Effect = z.infer<typeof Effect>;

/** One node visit of a run: what happened and why, without the contact's own words. */
export interface TraceStep {
  flow: string;
  node: string;
  type: string;
  /** Which way a branch went, which limit a message broke, which name had no value. */
  note?: string;
}

/** Why a run stopped before its end. `code` is stable; `message` names flow, node and fix, never the contact's words. */
export interface RunFailure {
  code:
    'missing_target' | 'invalid_message' | 'expression' | 'budget' | 'error_node' | 'http' | 'invalid_answer';
  flow: string;
  node: string;
  message: string;
}

/**
 * `waiting`: the run stands at a node until the contact answers. `unmatched`: no trigger took the event, nothing is sent.
 * `failed`: the run stopped; messages before it still go. `silent`: people have the conversation. `stale`: a timer or
 * release of a wait that is over.
 */
export type TurnOutcome = 'completed' | 'waiting' | 'unmatched' | 'failed' | 'silent' | 'stale';

export interface TurnDone {
  kind: 'done';
  outcome: TurnOutcome;
  session: Session;
  effects: Effect[];
  trace: TraceStep[];
  flow?: string;
  failure?: RunFailure;
}

/** The turn cannot go on without the answer of a web service: perform it, record it in the journal, and take the turn again. */
export interface TurnNeeds {
  kind: 'needs';
  request: HttpRequest;
}

export type TurnResult = TurnDone | TurnNeeds;
