import { type JsonObject, type MessageKind, type OutboundMessage } from '@alur/types';
import { RENDERERS } from './index.ts';
import { withMediaIds } from './media-files.ts';
import { RenderError } from './render-error.ts';
import { type MessageOf } from './renderer.ts';

/** Who a message goes to. With both ids the phone number is used, as Meta does; with none there is nobody to send to. */
export interface Recipient {
  waId?: string;
  userId?: string;
}

// Meta's page says 512 characters, its older text 256.
const OPAQUE_MAX = 256;

const NO_IDS: ReadonlyMap<string, string> = new Map();

/**
 * The body of `POST /{version}/{number}/messages`. `opaque` comes back in every status of the message; `replyTo` is the
 * wamid to quote (a reaction cannot quote). Throws `RenderError` when `to` has neither id, when `opaque` is too long, or
 * when a file of the message has not been replaced by its id (`withMediaIds`). Source: Meta, "Cloud API: messages".
 */
export function renderMessage(
  message: OutboundMessage,
  to: Recipient,
  options: { opaque: string; replyTo?: string },
): JsonObject {
  const ready = withMediaIds(message, NO_IDS);
  const { opaque, replyTo } = options;
  if (opaque.length > OPAQUE_MAX) {
    const problem = `the data for its statuses has more than ${OPAQUE_MAX} characters`;
    throw new RenderError('opaque_too_long', `Cannot render message: ${problem}`);
  }
  const quotes = replyTo !== undefined && ready.kind !== 'reaction';
  return {
    ...renderPart(ready.kind, ready),
    // After the part, so that a raw message cannot change who gets it or how it is accounted for.
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...renderRecipient(to),
    ...(quotes && { context: { message_id: replyTo } }),
    biz_opaque_callback_data: opaque,
  };
}

function renderPart<Kind extends MessageKind>(kind: Kind, message: MessageOf<Kind>): JsonObject {
  return RENDERERS[kind](message);
}

function renderRecipient({ waId, userId }: Recipient): JsonObject {
  const phone = waId?.replace(/\D/g, '') ?? '';
  if (phone !== '') return { to: phone };
  if (userId !== undefined) return { recipient: userId };
  throw new RenderError(
    'no_recipient',
    'Cannot render message: the contact has neither a phone number nor a user id; pass one of them',
  );
}
