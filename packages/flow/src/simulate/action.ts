import { JsonObject, Json, MediaType } from '@alur/types';
import { z } from 'zod';

/** A map, or a text that stands for one of its keys; anything else is reported under that key. The mark is for the JSON Schema. */
export function short<Map extends z.ZodType>(key: string, map: Map) {
  const isShort = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
  return z.preprocess((value) => (isShort(value) ? { [key]: value } : value), map).meta({ isShort: true });
}

/** What was offered, by its id or title; or, of a message that these flows did not send, both. */
const Chosen = short(
  'offered',
  z
    .strictObject({
      offered: z.string().min(1).optional(),
      id: z.string().min(1).optional(),
      title: z.string().min(1).optional(),
      description: z.string().optional(),
    })
    .refine(
      ({ offered, id, title }) => (offered === undefined ? id !== undefined && title !== undefined : true),
      'name one that was offered, or give `id` and `title`',
    ),
);

const Media = short(
  'caption',
  z.strictObject({
    caption: z.string().optional(),
    id: z.string().min(1).optional(),
    filename: z.string().optional(),
    mime_type: z.string().optional(),
    voice: z.boolean().optional(),
    animated: z.boolean().optional(),
  }),
);

const Unsupported = short(
  'type',
  z.strictObject({
    type: z.string().min(1),
    code: z.int().optional(),
    text: z.string().optional(),
    content: Json.optional(),
  }),
);

/** Everything that may happen, one key each; the other keys say more about it. */
const HAPPENINGS = {
  text: z.string().optional(),
  tap: Chosen.optional(),
  button: Chosen.optional(),
  list: Chosen.optional(),
  quick_reply: Chosen.optional(),
  image: Media.optional(),
  document: Media.optional(),
  audio: Media.optional(),
  video: Media.optional(),
  sticker: Media.optional(),
  location: z
    .strictObject({
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      name: z.string().optional(),
      address: z.string().optional(),
      url: z.string().optional(),
    })
    .optional(),
  contacts: z.array(Json).optional(),
  order: JsonObject.optional(),
  form: JsonObject.optional(),
  reaction: z.string().optional(),
  edit: z.string().optional(),
  revoke: z.literal(true).optional(),
  unsupported: Unsupported.optional(),
  event: z.string().min(1).max(200).optional(),
  schedule: z.string().min(1).optional(),
  status: z.enum(['sent', 'delivered', 'read', 'failed', 'dead']).optional(),
  release: z.literal(true).optional(),
  start: z.string().min(1).optional(),
};
const NAMES = Object.keys(HAPPENINGS);

/**
 * One thing that happens in a conversation: what the contact does, or what the system is told. A text alone is what the
 * contact writes.
 */
export const Action = short(
  'text',
  z
    .strictObject({
      ...HAPPENINGS,
      /** wamid of the message that it is about or quotes; without it a reaction is to the newest message. */
      to: z.string().min(1).optional(),
      /** Whether the business wrote the message that is quoted. */
      from_me: z.boolean().optional(),
      forwarded: z.boolean().optional(),
      frequently_forwarded: z.boolean().optional(),
      product: z
        .strictObject({ catalog_id: z.string().optional(), product_retailer_id: z.string().optional() })
        .optional(),
      /** Meta's name of a `form`. */
      form_name: z.string().min(1).optional(),
      referral: JsonObject.optional(),
      /** Of an `event` or a `start`. */
      input: JsonObject.optional(),
      /** Of a `status`. */
      code: z.int().optional(),
      reason: z.string().optional(),
    })
    .superRefine((action, check) => {
      if (check.issues.length > 0) return;
      const given = Object.keys(action).filter((key) => NAMES.includes(key));
      if (given.length === 1) return;
      const message = given.length === 0 ? `give one of ${NAMES.join(', ')}` : 'give one thing at a time';
      check.addIssue({ code: 'custom', message, path: given.slice(1, 2) });
    }),
);
export type Action = z.infer<typeof Action>;

/** The kind of medium that an action sends, and what is said of it. */
export function mediumIn(
  action: Action,
): { type: MediaType; given: NonNullable<Action['image']> } | undefined {
  for (const type of MediaType.options) {
    const given = action[type];
    if (given) return { type, given };
  }
  return undefined;
}

/** What an action chooses from, and how. */
export function choiceIn(
  action: Action,
): { source: ChoiceSource | undefined; chosen: NonNullable<Action['tap']> } | undefined {
  const { tap, button, list, quick_reply } = action;
  if (tap) return { source: undefined, chosen: tap };
  if (button) return { source: 'button', chosen: button };
  if (list) return { source: 'list', chosen: list };
  return quick_reply && { source: 'template', chosen: quick_reply };
}

export type ChoiceSource = 'button' | 'list' | 'template';
