import {
  ConversationId,
  EventId,
  isTemplate,
  MessageClass,
  MessageId,
  NumberId,
  type OutboundMessage,
  Slug,
  type TemplateMessage,
  readAs,
} from '@alur/types';
import { z } from 'zod';
import { contactHashes, entryOf } from './keys.ts';

// Checked against every limit before it was queued; here only that it is one.
const QueuedMessage = z.custom<OutboundMessage>(
  (value) => typeof value === 'object' && value !== null && 'kind' in value,
);
const QueuedTemplate = z.custom<z.infer<typeof TemplateMessage>>(
  (value) => typeof value === 'object' && value !== null && 'template' in value,
);

/** What a message record keeps for as long as it is there: whose the message is and what it came from. */
export const MessageData = z.object({
  mid: MessageId,
  cid: ConversationId,
  class: MessageClass,
  tenant: Slug,
  team: Slug,
  number: NumberId,
  kind: z.string(),
  maxRetries: z.number().int().nonnegative().optional(),
  evt: EventId.optional(),
  /** Unix ms when the webhook that caused it was received; for the reply time only. */
  receivedAtMs: z.number().optional(),
  /** A status has caused it, so its own statuses start nothing. */
  quiet: z.boolean().optional(),
  /** The broadcast that it is of, for whoever is told of it. */
  broadcast: z.string().optional(),
  /** Which call of the API it came from, and a hash of all that it asked for. */
  call: z.object({ id: z.string(), fingerprint: z.string() }).optional(),
});
export type MessageData = z.infer<typeof MessageData>;

/** What goes when the message is final: to whom, and what. */
export const MessageBody = z.object({
  to: z.object({ waId: z.string().optional(), userId: z.string().optional() }),
  message: QueuedMessage,
  replyTo: z.string().optional(),
  /** Sent instead when the window is closed. */
  outsideWindow: z.union([z.literal('skip'), QueuedTemplate]).optional(),
});
export type MessageBody = z.infer<typeof MessageBody>;

/** A message as a turn decided it. */
export interface NewMessage {
  data: Omit<MessageData, 'kind'>;
  body: MessageBody;
  /** Whether it may wait for a limit longer than a minute. */
  retryOnRateLimit: boolean;
  confirmsOptOut?: boolean | undefined;
  /** What Meta has its template as, and the one for a closed window; marketing where that is not known. */
  category?: string | undefined;
  outsideCategory?: string | undefined;
}

/** The fields of a new record, as the scripts read them. */
export function recordOf(said: NewMessage): string[] {
  const { data, body, retryOnRateLimit, confirmsOptOut, category, outsideCategory } = said;
  const { message, outsideWindow: outside } = body;
  const written = JSON.stringify(body);
  // What `claim` asks about a message, so that it need not look into Meta's own objects.
  const facts = {
    entry: entryOf(data),
    class: data.class,
    who: contactHashes(data.tenant, body.to),
    ...(isTemplate(message) && { template: templateOf(message), category }),
    ...(outside !== undefined && { outside: outside === 'skip' ? outside : templateOf(outside) }),
    ...(outside !== undefined && outside !== 'skip' && { outside_category: outsideCategory }),
    ...(data.maxRetries !== undefined && { tries: data.maxRetries }),
    ...(retryOnRateLimit && { long: true }),
    ...(confirmsOptOut === true && { exempt: true }),
    // A file of the bundle, wherever Meta's object has it; in what somebody wrote the quotes are escaped.
    ...(written.includes('"file":"media/') && { files: true }),
  };
  return [JSON.stringify({ ...data, kind: message.kind }), written, JSON.stringify(facts)];
}

const RawTemplate = z.object({ name: z.string(), language: z.object({ code: z.string() }) });

/** A template by the name that pauses go by: name:language. */
export function templateOf(message: OutboundMessage): string {
  if (message.kind === 'template') return `${message.template.name}:${message.template.language.code}`;
  const raw = message.kind === 'raw' ? readAs(RawTemplate, message.raw['template']).data : undefined;
  return raw ? `${raw.name}:${raw.language.code}` : 'unknown:';
}

/** What names a message and the keys of its chain. */
export interface Admitted {
  mid: MessageId;
  cid: ConversationId;
  class: MessageClass;
  /** When its tenant's turn comes in the tier's queue; later ones are higher. */
  turn?: number | undefined;
}

/** Reads the `mid .. cid .. class:turn` entries that scripts return. */
export function parseAdmitted(entries: readonly string[]): Admitted[] {
  return entries.map((entry) => {
    const [messageClass, turn] = entry.slice(64).split(':');
    return {
      mid: MessageId.parse(entry.slice(0, 32)),
      cid: ConversationId.parse(entry.slice(32, 64)),
      class: MessageClass.parse(messageClass),
      turn: Number(turn),
    };
  });
}
