import { z } from 'zod';
import { JsonObject, MediaType } from '@alur/types';

const Id = z.string().min(1);
const Title = z.string().min(1);

/** What a message of any type may bear. */
const Common = {
  /** wamid of the message that it answers. */
  replyTo: z.string().optional(),
  /** `often`: more than five times. */
  forwarded: z.enum(['once', 'often']).optional(),
  /** The product of a catalog that it asks about. */
  product: z.strictObject({ catalogId: Id, retailerId: Id }).optional(),
  /** Meta's object for the ad or post that it came from. */
  referral: JsonObject.optional(),
  groupId: Id.optional(),
};

const Text = z.strictObject({ ...Common, type: z.literal('text'), text: z.string().min(1) });

const Media = z.strictObject({
  ...Common,
  type: MediaType,
  /** Of a file that is there already; without it and `data` the file is a small one of the type. */
  id: Id.optional(),
  /** The file itself; it can be fetched like any other. */
  data: z.base64().optional(),
  mimeType: z.string().optional(),
  caption: z.string().optional(),
  filename: z.string().optional(),
  voice: z.boolean().optional(),
  animated: z.boolean().optional(),
});

const Choices = [
  z.strictObject({ ...Common, type: z.literal('button_reply'), id: Id, title: Title }),
  z.strictObject({
    ...Common,
    type: z.literal('list_reply'),
    id: Id,
    title: Title,
    description: z.string().optional(),
  }),
  /** A tap on a template's quick reply. */
  z.strictObject({ ...Common, type: z.enum(['quick_reply', 'button']), payload: z.string(), text: Title }),
  /** The end of a WhatsApp Flow, or an address. `response` is written as JSON; a string is taken as it is. */
  z.strictObject({
    ...Common,
    type: z.literal('nfm_reply'),
    name: z.enum(['flow', 'address_message']).default('flow'),
    body: z.string().default('Sent'),
    response: z.union([JsonObject, z.string()]),
  }),
] as const;

const Contents = [
  z.strictObject({
    ...Common,
    type: z.literal('location'),
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    name: z.string().optional(),
    address: z.string().optional(),
    url: z.string().optional(),
  }),
  z.strictObject({ ...Common, type: z.literal('contacts'), contacts: z.array(JsonObject).min(1) }),
  z.strictObject({
    ...Common,
    type: z.literal('order'),
    catalogId: Id,
    text: z.string().default(''),
    items: z
      .array(
        z.strictObject({
          retailerId: Id,
          quantity: z.number().int().min(1).default(1),
          price: z.number().nonnegative(),
          currency: z.string().length(3),
        }),
      )
      .min(1),
  }),
  /** Without `emoji`, or with an empty one, the reaction is taken back. */
  z.strictObject({ ...Common, type: z.literal('reaction'), wamid: Id, emoji: z.string().optional() }),
] as const;

/** What WhatsApp says by itself, and what it cannot pass on. */
const Signals = [
  /** The contact has another number from now on, and another user id. */
  z.strictObject({ type: z.literal('user_changed_number'), waId: z.string().regex(/^[0-9]{7,15}$/) }),
  z.strictObject({ type: z.literal('user_changed_user_id'), userId: Id.optional() }),
  z.strictObject({
    ...Common,
    type: z.literal('unsupported'),
    /** What it was: `poll`, `edit`, `view_once`, … */
    what: z.string().default('poll'),
    code: z.number().int().default(131_051),
  }),
  /** Of a number that is also used in the WhatsApp Business app. */
  z.strictObject({
    type: z.literal('edit'),
    original: Id,
    message: z.discriminatedUnion('type', [Text, Media]),
  }),
  z.strictObject({ type: z.literal('revoke'), original: Id }),
] as const;

const TypedMessage = z.discriminatedUnion('type', [Text, Media, ...Choices, ...Contents, ...Signals]);
export type TypedMessage = z.infer<typeof TypedMessage>;
export type MediaInbound = z.infer<typeof Media>;

/** The types that have a request of their own, as the documentation lists them. */
export const INBOUND_TYPES = TypedMessage.options.flatMap(({ shape }) => {
  const { type } = shape;
  return 'options' in type ? type.options : [...type.values];
});

/** A message object as Meta would send it; `from`, `id` and `timestamp` are filled in where it has none. */
const RawInbound = z.strictObject({ raw: JsonObject });

/** Who writes: by number, by user id, or by both. */
export const Sender = z
  .strictObject({
    waId: z
      .string()
      .regex(/^[0-9]{7,15}$/)
      .optional(),
    userId: Id.optional(),
    name: Title.optional(),
    /** As it is shown; webhooks have it without `@`. */
    username: Id.optional(),
    /** Webhooks name this contact by user id alone. */
    hidesNumber: z.boolean().optional(),
  })
  .refine((from) => from.waId !== undefined || from.userId !== undefined, {
    error: 'give waId, userId or both',
  });
export type Sender = z.infer<typeof Sender>;

/** What a contact sends to a number of the emulator. */
export const InboundRequest = z.strictObject({
  number: Id,
  from: Sender,
  message: z.union([TypedMessage, RawInbound]),
  /** How many times more the very same message comes: as a webhook of its own, or again in the same batch. */
  duplicate: z.number().int().min(0).max(100).default(0),
  /** Unix seconds; now when left out. */
  timestamp: z.number().int().nonnegative().optional(),
  /** Some send it as a number. */
  timestampAs: z.enum(['string', 'integer']).default('string'),
  /** Meta's objects for `value.errors`, beside the message. */
  errors: z.array(JsonObject).min(1).optional(),
  /** Whether `value.contacts` names the sender. */
  withContacts: z.boolean().default(true),
});
export type InboundRequest = z.infer<typeof InboundRequest>;

/** Several messages in one webhook, of any contacts to any numbers. */
export const InboundBatchRequest = z.strictObject({
  messages: z.array(InboundRequest).min(1).max(1_000),
  /** In another order than they have here; which one repeats with the seed. */
  shuffle: z.boolean().default(false),
});
export type InboundBatchRequest = z.infer<typeof InboundBatchRequest>;
