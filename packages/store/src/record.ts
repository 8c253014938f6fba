import {
  ConversationId,
  EventId,
  MessageClass,
  MessageId,
  NumberId,
  type OutboundMessage,
  Slug,
} from '@alur/types';
import { z } from 'zod';

// Checked against every limit before it was queued; here only that it is one.
const QueuedMessage = z.custom<OutboundMessage>(
  (value) => typeof value === 'object' && value !== null && 'kind' in value,
);

/** The part of a message record that never changes: what to send, to whom, for whom. */
export const MessageData = z.object({
  mid: MessageId,
  cid: ConversationId,
  class: MessageClass,
  tenant: Slug,
  team: Slug,
  number: NumberId,
  to: z.object({ waId: z.string().optional(), userId: z.string().optional() }),
  message: QueuedMessage,
  replyTo: z.string().optional(),
  retryOnRateLimit: z.boolean(),
  maxRetries: z.number().int().nonnegative().optional(),
  evt: EventId.optional(),
  /** Unix ms when the webhook that caused it was received; for the reply time only. */
  receivedAtMs: z.number().optional(),
});
export type MessageData = z.infer<typeof MessageData>;

/** How many messages of a number may be on their way at once. */
export interface FlightCaps {
  /** In the tier queue, not yet claimed. */
  ahead: number;
  /** In the tier queue and between claim and finish together. */
  flying: number;
}

// Fifty messages a second's worth of look-ahead keeps the queue fed without a crowd that waits for tokens;
// half a second's worth in flight reaches the full rate while the Graph API answers within 500 ms.
const AHEAD_SHARE = 0.02;
const FLYING_SHARE = 0.5;
const FLYING_MIN = 8;

/** What a number's rate, in messages a second, needs in flight. */
export function flightCaps(throughput: number): FlightCaps {
  return {
    ahead: Math.max(2, Math.ceil(throughput * AHEAD_SHARE)),
    flying: Math.max(FLYING_MIN, Math.ceil(throughput * FLYING_SHARE)),
  };
}

/** A message that has just been given a place in its tier's queue: a job must be added for it. */
export interface Admitted {
  mid: MessageId;
  cid: ConversationId;
  class: MessageClass;
}

/** Reads the `mid .. cid .. class` entries that scripts return. */
export function parseAdmitted(entries: readonly string[]): Admitted[] {
  return entries.map((entry) => ({
    mid: MessageId.parse(entry.slice(0, 32)),
    cid: ConversationId.parse(entry.slice(32, 64)),
    class: MessageClass.parse(entry.slice(64)),
  }));
}
