import { z } from 'zod';
import { EventId, NumberId, Slug } from './ids.ts';
import { Json, JsonObject } from './json.ts';

/** Who wrote. Either id may be missing: a contact with a username has no `waId`, an old webhook no `userId`. */
export const Sender = z.object({
  waId: z.string().optional(),
  userId: z.string().optional(),
  name: z.string().max(256).optional(),
});
export type Sender = z.infer<typeof Sender>;

export const MediaType = z.enum(['image', 'document', 'audio', 'video', 'sticker']);
export type MediaType = z.infer<typeof MediaType>;

const anyEvent = {
  evt: EventId,
  tenant: Slug,
  team: Slug,
  number: NumberId,
  /** Unix seconds: Meta's word for a message, the time due for a timer; the engine's `now`. */
  at: z.number().int().nonnegative(),
  /** Unix milliseconds when ingress had the whole body; for latencies only, never for decisions. */
  receivedAtMs: z.number(),
  /** The contact. */
  from: Sender,
};

const common = {
  ...anyEvent,
  /** WhatsApp's id of the message; what a quoted reply names. */
  wamid: z.string(),
  /** The message that this one answers or forwards. */
  context: z.object({ wamid: z.string().optional(), forwarded: z.boolean().optional() }).optional(),
  /** The click-to-WhatsApp advertisement that the contact came through, as Meta sends it. */
  referral: JsonObject.optional(),
};

export const TextEvent = z.object({ ...common, kind: z.literal('text'), text: z.string() });

/** A tapped button, chosen list row, or template quick reply: what the author called `id` comes back unchanged. */
export const InteractiveEvent = z.object({
  ...common,
  kind: z.literal('interactive'),
  source: z.enum(['button', 'list', 'template']),
  id: z.string(),
  title: z.string(),
  description: z.string().optional(),
});

export const MediaEvent = z.object({
  ...common,
  kind: z.literal('media'),
  media: z.object({
    type: MediaType,
    id: z.string(),
    mimeType: z.string().optional(),
    sha256: z.string().optional(),
    caption: z.string().optional(),
    filename: z.string().optional(),
    voice: z.boolean().optional(),
    animated: z.boolean().optional(),
  }),
});

export const LocationEvent = z.object({
  ...common,
  kind: z.literal('location'),
  location: z.object({
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    name: z.string().optional(),
    address: z.string().optional(),
    url: z.string().optional(),
  }),
});

export const ContactsEvent = z.object({ ...common, kind: z.literal('contacts'), contacts: z.array(Json) });
export const OrderEvent = z.object({ ...common, kind: z.literal('order'), order: JsonObject });
export const ReactionEvent = z.object({
  ...common,
  kind: z.literal('reaction'),
  /** `emoji` is missing when the reaction was taken back. */
  reaction: z.object({ wamid: z.string(), emoji: z.string().optional() }),
});
export const FormEvent = z.object({ ...common, kind: z.literal('form'), form: JsonObject });

/** What Alur stores but has no closer kind for; `type` is Meta's word for it. */
export const UnsupportedEvent = z.object({ ...common, kind: z.literal('unsupported'), type: z.string() });

/** A contact changed a message of theirs. `wamid` is of the change, `edit.wamid` of the message. */
export const EditEvent = z.object({
  ...common,
  kind: z.literal('edit'),
  edit: z.object({ wamid: z.string(), text: z.string().optional() }),
});

/** A contact took a message of theirs back. */
export const RevokeEvent = z.object({
  ...common,
  kind: z.literal('revoke'),
  revoke: z.object({ wamid: z.string() }),
});

/** The time of a waiting run is up. Of an older wait than the one that stands now, it does nothing. */
export const TimerEvent = z.object({
  ...anyEvent,
  kind: z.literal('timer'),
  epoch: z.number().int().positive(),
});

/** People give a conversation back (`handoff`). */
export const ReleaseEvent = z.object({ ...anyEvent, kind: z.literal('release') });

/** Something that another system tells about a contact, through the HTTP API; starts `event` triggers. */
export const ApiEvent = z.object({
  ...anyEvent,
  kind: z.literal('event'),
  eventType: z.string().min(1).max(200),
  input: JsonObject,
});

/** The turn of one contact in a `timer` trigger's audience. `schedule` names the trigger. */
export const ScheduleEvent = z.object({ ...anyEvent, kind: z.literal('schedule'), schedule: z.string() });

/** What became of a message: a receipt of Meta's, or the end as a dead letter. */
export const StatusEvent = z.object({
  ...anyEvent,
  kind: z.literal('status'),
  status: z.object({
    state: z.enum(['sent', 'delivered', 'read', 'failed', 'dead']),
    wamid: z.string().optional(),
    /** Graph's code of a failure. */
    code: z.number().optional(),
    /** Our word for it, or for the end of a message that was never sent. */
    reason: z.string().optional(),
  }),
});

/** One inbound thing, normalised: a contact's message, or what the system itself puts into an inbox. */
export const InboundEvent = z.discriminatedUnion('kind', [
  TextEvent,
  InteractiveEvent,
  MediaEvent,
  LocationEvent,
  ContactsEvent,
  OrderEvent,
  ReactionEvent,
  FormEvent,
  UnsupportedEvent,
  EditEvent,
  RevokeEvent,
  TimerEvent,
  ReleaseEvent,
  ApiEvent,
  ScheduleEvent,
  StatusEvent,
]);
export type InboundEvent = z.infer<typeof InboundEvent>;
export type EventKind = InboundEvent['kind'];

/** What a contact did, as opposed to what the system tells about a conversation. */
export type ContactEvent = Extract<InboundEvent, { wamid: string }>;

/** Whether a contact did it. */
export function isFromContact(event: InboundEvent): event is ContactEvent {
  return 'wamid' in event;
}

/** Whether a contact said something: it opens the 24-hour window and answers a question. Reactions and corrections do not. */
export function isMessage(event: InboundEvent): event is ContactEvent {
  return (
    isFromContact(event) && event.kind !== 'reaction' && event.kind !== 'edit' && event.kind !== 'revoke'
  );
}
