import { z } from 'zod';
import { MessageId, NumberId, Slug } from './ids.ts';
import { JsonObject } from './json.ts';
import { OutboundMessage, TemplateMessage } from './message.ts';
import { OptOutScope } from './opt-out.ts';
import { Tier } from './tier.ts';

/** Where a conversation stands. `state` lives as long as the conversation; its version is the store's. */
export const Session = z.object({ state: JsonObject });
export type Session = z.infer<typeof Session>;

export const EMPTY_SESSION: Session = { state: {} };

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

/** What a turn decides. Performed by the runner's commit, all or nothing. */
export const Effect = z.discriminatedUnion('kind', [MessageEffect, OptOutEffect]);
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
  code: 'missing_target' | 'invalid_message' | 'expression' | 'budget' | 'error_node';
  flow: string;
  node: string;
  message: string;
}

/** `unmatched`: no trigger took the event, nothing is sent. `failed`: the run stopped; messages before it still go. */
export interface TurnResult {
  kind: 'done';
  outcome: 'completed' | 'unmatched' | 'failed';
  session: Session;
  effects: Effect[];
  trace: TraceStep[];
  flow?: string;
  failure?: RunFailure;
}
