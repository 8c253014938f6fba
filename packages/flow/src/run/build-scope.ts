import {
  isFromContact,
  type ContactEvent,
  type InboundEvent,
  type Json,
  type JsonObject,
  type Snapshot,
} from '@alur/types';
import { withTotal } from './order-total.ts';

const WINDOW_SECONDS = 86_400;

/** The engine's own names for one turn. Always complete: what the event does not have is null, field by field. */
export function buildRoots(snapshot: Snapshot, event: InboundEvent): JsonObject {
  const { limits, lastMessageTime, tenant, team, number } = snapshot;
  const expiresAt = lastMessageTime + WINDOW_SECONDS;
  const parts = partsOf(event);
  return {
    message: messageOf(event),
    ...parts,
    list: parts['button'] ?? null,
    ...contactParts(isFromContact(event) ? event : undefined),
    contact: contactOf(snapshot, event),
    last_message_time: lastMessageTime,
    now: event.at,
    window: { open: lastMessageTime > 0 && expiresAt > event.at, expires_at: expiresAt },
    limits: { tier: limits.tier, remaining: limits.remaining ?? null },
    tenant,
    team,
    number,
    prev: null,
  };
}

function messageOf(event: InboundEvent): JsonObject {
  return {
    text: textOf(event),
    id: isFromContact(event) ? event.wamid : null,
    type: event.kind,
    subtype: subtypeOf(event),
    timestamp: event.at,
  };
}

/** What a contact sent, by the names that flows have for it; what it does not have is left out. For those who are told of it. */
export function messageParts(event: ContactEvent): JsonObject {
  const { context, referral } = contactParts(event);
  const parts = {
    message: messageOf(event),
    ...partOf(event),
    ...(event.context && { context: context ?? null }),
    referral: referral ?? null,
  };
  const filled = Object.entries(parts).flatMap(([key, part]) =>
    part === null ? [] : [[key, withoutGaps(part)] as const],
  );
  return Object.fromEntries(filled);
}

function withoutGaps(part: Json): Json {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== null));
}

function contactOf({ contact }: Snapshot, { from }: InboundEvent): JsonObject {
  return {
    name: contact.name ?? from.name ?? null,
    wa_id: contact.waId ?? from.waId ?? null,
    user_id: contact.userId ?? from.userId ?? null,
    username: from.username ?? null,
    language: contact.language ?? null,
    tags: contact.tags,
    opted_out: contact.optedOut,
  };
}

function contactParts(event: ContactEvent | undefined): JsonObject {
  const { wamid, fromMe, forwarded, frequentlyForwarded, product } = event?.context ?? {};
  return {
    context: {
      message_id: wamid ?? null,
      from_me: fromMe ?? null,
      forwarded: forwarded ?? false,
      frequently_forwarded: frequentlyForwarded ?? false,
      product: product
        ? defined({ catalog_id: product.catalogId, product_retailer_id: product.retailerId })
        : null,
    },
    referral: event?.referral ?? null,
  };
}

/** What kind of its type a message is: the narrowest word that there is for it. */
function subtypeOf(event: InboundEvent): string | null {
  switch (event.kind) {
    case 'interactive':
      return event.source;
    case 'media':
      return event.media.type;
    case 'form':
      return event.source ?? null;
    case 'unsupported':
      return event.type;
    default:
      return null;
  }
}

const NO_PARTS: JsonObject = {
  button: null,
  media: null,
  location: null,
  reaction: null,
  contacts: null,
  order: null,
  form: null,
  edit: null,
  revoke: null,
  unsupported: null,
  status: null,
  event: null,
};

function partsOf(event: InboundEvent): JsonObject {
  return { ...NO_PARTS, ...partOf(event) };
}

function partOf(event: InboundEvent): JsonObject {
  switch (event.kind) {
    case 'interactive':
      return { button: { id: event.id, title: event.title, description: event.description ?? null } };
    case 'media': {
      const { mimeType, ...rest } = event.media;
      return { media: { ...defined(rest), mime_type: mimeType ?? null } };
    }
    case 'location':
      return { location: defined(event.location) };
    case 'reaction':
      return { reaction: { message_id: event.reaction.wamid, emoji: event.reaction.emoji ?? null } };
    case 'contacts':
      return { contacts: event.contacts };
    case 'order':
      return { order: withTotal(event.order) };
    case 'form':
      return { form: event.form };
    case 'edit':
      return { edit: { message_id: event.edit.wamid, text: event.edit.text ?? null } };
    case 'revoke':
      return { revoke: { message_id: event.revoke.wamid } };
    case 'unsupported': {
      const { type, code, content } = event;
      return { unsupported: { type, code: code ?? null, content: content ?? null } };
    }
    case 'event':
      return { event: { type: event.eventType, id: event.evt } };
    case 'status': {
      const { state, wamid, code, reason } = event.status;
      return { status: defined({ state, message_id: wamid, code, reason }) };
    }
    default:
      return {};
  }
}

function textOf(event: InboundEvent): string | null {
  switch (event.kind) {
    case 'text':
      return event.text;
    case 'interactive':
      return event.title;
    case 'media':
      return event.media.caption ?? null;
    case 'edit':
      return event.edit.text ?? null;
    case 'unsupported':
      return event.text ?? null;
    default:
      return null;
  }
}

function defined(values: Readonly<Record<string, string | number | boolean | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value ?? null]));
}
