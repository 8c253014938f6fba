import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';

// Ids carry no personal data: they are hashes or random, so they may stand in keys, jobs and logs.
// Everything that must be the same when a turn runs twice is a hash of its causes.

const hex128 = z.string().regex(/^[0-9a-f]{32}$/);

/** Route part that names a tenant or a team: lower case, digits and dashes, at most 63 characters. */
export const Slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and dashes (63 at most)');

/** A business phone number, by Meta's `phone_number_id` (digits). */
export const NumberId = z
  .string()
  .regex(/^[0-9]{1,32}$/)
  .brand<'NumberId'>();
export type NumberId = z.infer<typeof NumberId>;

/** One inbound thing. */
export const EventId = hex128.brand<'EventId'>();
export type EventId = z.infer<typeof EventId>;

/** One outbound thing. */
export const MessageId = hex128.brand<'MessageId'>();
export type MessageId = z.infer<typeof MessageId>;

/** One number with one contact. Minted at random, so that a recycled number cannot find its previous owner's. */
export const ConversationId = hex128.brand<'ConversationId'>();
export type ConversationId = z.infer<typeof ConversationId>;

/**
 * SHA-256 of the parts, 128 bits, hex. Parts are length-prefixed, so ('ab','c') and ('a','bc') differ.
 */
export function hash(...parts: readonly (string | number)[]): string {
  const text = parts.map((part) => `${Buffer.byteLength(String(part))}:${part}`).join('');
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Id of an inbound message. A reaction shares its wamid with its removal, so emoji and time come in as `extra`. */
export function eventId(
  number: string,
  type: string,
  wamid: string,
  ...extra: readonly (string | number)[]
): EventId {
  return EventId.parse(hash('evt', number, type, wamid, ...extra));
}

/** Id of what a wait's timer puts into the inbox: one for each wait. */
export function timerEventId(cid: ConversationId, node: string, epoch: number): EventId {
  return EventId.parse(hash('timer', cid, node, epoch));
}

/** Id of a message that a turn decides: the same turn run twice makes the same ids. */
export function messageId(evt: EventId, flowHash: string, step: number, index: number): MessageId {
  return MessageId.parse(hash('mid', evt, flowHash, step, index));
}

export function mintConversationId(): ConversationId {
  // A random UUID: Node draws the randomness for many at once.
  return ConversationId.parse(randomUUID().replaceAll('-', ''));
}

/** Names a contact in an alias key without showing the phone number. */
export function aliasHash(number: string, kind: 'wa_id' | 'user_id', id: string): string {
  return hash('alias', number, kind, id);
}

// What Meta echoes in every status of an attempt. Any app of the WABA can read it: ids only.
const OPAQUE = /^a1\.([0-9a-f]{32})\.([1-9][0-9]{0,5})$/;

/** `biz_opaque_callback_data` of one attempt: which message, and the how-manieth POST of it. */
export function attemptTag(mid: MessageId, attempt: number): string {
  return `a1.${mid}.${attempt}`;
}

/** Reads `attemptTag` back; undefined when another sender of the WABA wrote it. */
export function parseAttemptTag(tag: string): { mid: MessageId; attempt: number } | undefined {
  const match = OPAQUE.exec(tag);
  return match ? { mid: MessageId.parse(match[1]), attempt: Number(match[2]) } : undefined;
}
