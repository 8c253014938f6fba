import { type JsonObject, type MessageKind, type OutboundMessage } from '@alur/types';
import { RENDERERS } from './index.ts';
import { RenderError } from './render-error.ts';
import { type MessageOf } from './renderer.ts';

/** Who a message goes to. With both ids the phone number is used, as Meta does; with none there is nobody to send to. */
export interface Recipient {
  waId?: string;
  userId?: string;
}

/**
 * The body of `POST /{version}/{number}/messages`. `opaque` comes back in every status of the message; `replyTo` is the
 * wamid to quote (a reaction cannot quote). Throws `RenderError` when `to` has neither id.
 * Source: Meta, "Cloud API: messages".
 */
export function renderMessage(
  message: OutboundMessage,
  to: Recipient,
  options: { opaque: string; replyTo?: string },
): JsonObject {
  const quotes = options.replyTo !== undefined && message.kind !== 'reaction';
  return {
    ...renderPart(message.kind, message),
    // After the part, so that a raw message cannot change who gets it or how it is accounted for.
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...renderRecipient(to),
    ...(quotes ? { context: { message_id: options.replyTo ?? '' } } : {}),
    biz_opaque_callback_data: options.opaque,
  };
}

function renderPart<Kind extends MessageKind>(kind: Kind, message: MessageOf<Kind>): JsonObject {
  return RENDERERS[kind](message);
}

function renderRecipient({ waId, userId }: Recipient): JsonObject {
  if (waId !== undefined) return { to: waId };
  if (userId !== undefined) return { recipient: userId };
  throw new RenderError(
    'no_recipient',
    'Cannot render message: the contact has neither a phone number nor a user id; pass one of them',
  );
}
