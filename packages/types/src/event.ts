import { z } from 'zod';
import { EventId, NumberId, Slug } from './ids.ts';
import { Json, JsonObject } from './json.ts';

/** Who wrote. Either id may be missing: a contact with a username has no `waId`, an old webhook no `userId`. */
export const Sender = z.object({
  waId: z.string().optional(),
  userId: z.string().optional(),
  name: z.string().max(256).optional(),
  /** To show, without the `@`. Never a key: people change it, and another may take it. */
  username: z.string().max(64).optional(),
  /** The same person in all portfolios of the business's parent; only where the parent's ids are switched on. */
  parentUserId: z.string().optional(),
  /** Changes with the person's device keys; only where the number checks identities. */
  identityKeyHash: z.string().max(256).optional(),
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

/** What a message answers, was forwarded from or asks about. */
const MessageContext = z.object({
  /** The message that this one answers: one that the business may never have stored. */
  wamid: z.string().optional(),
  /** Whether the business's own number wrote that message. */
  fromMe: z.boolean().optional(),
  /** Sent on from another chat; `frequentlyForwarded` when it was more than five times. */
  forwarded: z.boolean().optional(),
  frequentlyForwarded: z.boolean().optional(),
  /** The product of a catalogue that the contact wrote from. */
  product: z.object({ catalogId: z.string().optional(), retailerId: z.string().optional() }).optional(),
});

const common = {
  ...anyEvent,
  /** WhatsApp's id of the message; what a quoted reply names. */
  wamid: z.string(),
  context: MessageContext.optional(),
  /** The click-to-WhatsApp advertisement that the contact came through, as Meta sends it. */
  referral: JsonObject.optional(),
  /** Its words are a wish to opt out, or in again, that was another before. Noted when it is accepted. */
  changesWish: z.boolean().optional(),
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
    /** Of the file, in hexadecimal. */
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

/** A form that a contact filled in. `source` is Meta's name of it: `flow`, `address_message`. */
export const FormEvent = z.object({
  ...common,
  kind: z.literal('form'),
  form: JsonObject,
  source: z.string().optional(),
});

/** What Alur stores but has no closer kind for; `type` is Meta's word for it. */
export const UnsupportedEvent = z.object({
  ...common,
  kind: z.literal('unsupported'),
  type: z.string(),
  /** Why Meta did not pass it on whole. */
  code: z.number().int().optional(),
  /** What was written, where Meta gave it all the same. */
  text: z.string().optional(),
  /** The part of the message that bears the type's name, as Meta sends it. */
  content: Json.optional(),
});

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
