import { type InboundEvent, type JsonObject, type Snapshot } from '@alur/types';

const WINDOW_SECONDS = 86_400;

/** The engine's own names for one turn. Always complete: what the event does not have is null, field by field. */
export function buildRoots(snapshot: Snapshot, event: InboundEvent): JsonObject {
  const { contact, limits, lastMessageTime, tenant, team, number } = snapshot;
  const button = buttonOf(event);
  const expiresAt = lastMessageTime + WINDOW_SECONDS;
  return {
    message: { text: textOf(event), id: event.wamid, type: event.kind, timestamp: event.at },
    button,
    list: button,
    media: mediaOf(event),
    location: event.kind === 'location' ? defined(event.location) : null,
    reaction: reactionOf(event),
    context: { message_id: event.context?.wamid ?? null, forwarded: event.context?.forwarded ?? false },
    contacts: event.kind === 'contacts' ? event.contacts : null,
    order: event.kind === 'order' ? event.order : null,
    referral: event.referral ?? null,
    form: event.kind === 'form' ? event.form : null,
    contact: {
      name: contact.name ?? event.from.name ?? null,
      wa_id: contact.waId ?? event.from.waId ?? null,
      user_id: contact.userId ?? event.from.userId ?? null,
      language: contact.language ?? null,
      tags: contact.tags,
      opted_out: contact.optedOut,
    },
    last_message_time: lastMessageTime,
    now: event.at,
    window: { open: lastMessageTime > 0 && expiresAt > event.at, expires_at: expiresAt },
    limits: { tier: limits.tier, remaining: limits.remaining ?? null },
    tenant,
    team,
    number,
  };
}

function textOf(event: InboundEvent): string | null {
  switch (event.kind) {
    case 'text':
      return event.text;
    case 'interactive':
      return event.title;
    case 'media':
      return event.media.caption ?? null;
    default:
      return null;
  }
}

function buttonOf(event: InboundEvent): JsonObject | null {
  if (event.kind !== 'interactive') return null;
  return { id: event.id, title: event.title, description: event.description ?? null };
}

function mediaOf(event: InboundEvent): JsonObject | null {
  if (event.kind !== 'media') return null;
  const { mimeType, ...rest } = event.media;
  return { ...defined(rest), mime_type: mimeType ?? null };
}

function reactionOf(event: InboundEvent): JsonObject | null {
  if (event.kind !== 'reaction') return null;
  return { message_id: event.reaction.wamid, emoji: event.reaction.emoji ?? null };
}

function defined(values: Readonly<Record<string, string | number | boolean | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value ?? null]));
}
