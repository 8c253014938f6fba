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

const common = {
  evt: EventId,
  tenant: Slug,
  team: Slug,
  number: NumberId,
  /** WhatsApp's id of the message; what a quoted reply names. */
  wamid: z.string(),
  /** Unix seconds, as Meta's webhook says; the engine's `now`. */
  at: z.number().int().nonnegative(),
  /** Unix milliseconds when ingress had the whole body; for latencies only, never for decisions. */
  receivedAtMs: z.number(),
  from: Sender,
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

/** One inbound message, normalised. */
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
]);
export type InboundEvent = z.infer<typeof InboundEvent>;
export type EventKind = InboundEvent['kind'];
