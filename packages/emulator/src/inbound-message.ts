import { z } from 'zod';
import { JsonObject, MediaType } from '@alur/types';

const Common = { replyTo: z.string().optional() };
const Title = z.string().min(1);

const TypedMessage = z.discriminatedUnion('type', [
  z.strictObject({ ...Common, type: z.literal('text'), text: z.string().min(1) }),
  z.strictObject({ ...Common, type: z.literal('button_reply'), id: z.string().min(1), title: Title }),
  z.strictObject({
    ...Common,
    type: z.literal('list_reply'),
    id: z.string().min(1),
    title: Title,
    description: z.string().optional(),
  }),
  z.strictObject({ ...Common, type: z.literal('quick_reply'), payload: z.string(), text: Title }),
  z.strictObject({
    ...Common,
    type: MediaType,
    id: z.string().min(1).optional(),
    mimeType: z.string().optional(),
    caption: z.string().optional(),
    filename: z.string().optional(),
    voice: z.boolean().optional(),
  }),
  z.strictObject({
    ...Common,
    type: z.literal('location'),
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    name: z.string().optional(),
    address: z.string().optional(),
  }),
  z.strictObject({ ...Common, type: z.literal('contacts'), contacts: z.array(JsonObject).min(1) }),
  z.strictObject({
    ...Common,
    type: z.literal('reaction'),
    wamid: z.string().min(1),
    emoji: z.string().optional(),
  }),
]);

/** A message object as Meta would send it; `from`, `id` and `timestamp` are filled in where it has none. */
const RawInbound = z.strictObject({ raw: JsonObject });

/** What a contact sends to a number of the emulator. */
export const InboundRequest = z.strictObject({
  number: z.string().min(1),
  from: z
    .strictObject({
      waId: z
        .string()
        .regex(/^[0-9]{7,15}$/)
        .optional(),
      userId: z.string().min(1).optional(),
      name: z.string().min(1).optional(),
    })
    .refine((from) => from.waId !== undefined || from.userId !== undefined, {
      error: 'give waId, userId or both',
    }),
  message: z.union([TypedMessage, RawInbound]),
  /** How many times more the very same webhook is posted. */
  duplicate: z.number().int().min(0).max(100).default(0),
  /** Unix seconds; now when left out. */
  timestamp: z.number().int().nonnegative().optional(),
});
export type InboundRequest = z.infer<typeof InboundRequest>;
type TypedMessage = z.infer<typeof TypedMessage>;

/** What the emulator adds: the id, the time, and the business number that a reply quotes. */
export interface InboundFrame {
  wamid: string;
  atSeconds: number;
  businessNumber: string;
}

/** Meta's `messages[]` element for a request, and the id that it ended up with. */
export function toMetaMessage(
  request: InboundRequest,
  frame: InboundFrame,
): { wamid: string; message: JsonObject } {
  const { from, message } = request;
  const common = defined({
    from: from.waId,
    from_user_id: from.userId,
    id: frame.wamid,
    timestamp: String(frame.atSeconds),
  });
  if ('raw' in message) {
    const id = message.raw['id'];
    return { wamid: typeof id === 'string' ? id : frame.wamid, message: { ...common, ...message.raw } };
  }
  const context = message.replyTo && { from: frame.businessNumber, id: message.replyTo };
  return {
    wamid: frame.wamid,
    message: { ...defined({ context }), ...common, ...toMetaContent(message, frame.wamid) },
  };
}

/** Meta's `contacts[]` element for the sender. */
export function toMetaContact({ name, waId, userId }: InboundRequest['from']): JsonObject {
  return defined({ profile: name === undefined ? undefined : { name }, wa_id: waId, user_id: userId });
}

function toMetaContent(message: TypedMessage, wamid: string): JsonObject {
  const { type } = message;
  switch (type) {
    case 'text':
      return { type, text: { body: message.text } };
    case 'button_reply':
      return { type: 'interactive', interactive: { type, button_reply: pick(message, 'id', 'title') } };
    case 'list_reply':
      return {
        type: 'interactive',
        interactive: { type, list_reply: pick(message, 'id', 'title', 'description') },
      };
    case 'quick_reply':
      return { type: 'button', button: pick(message, 'payload', 'text') };
    case 'location':
      return { type, location: pick(message, 'latitude', 'longitude', 'name', 'address') };
    case 'contacts':
      return { type, contacts: message.contacts };
    case 'reaction':
      return { type, reaction: defined({ message_id: message.wamid, emoji: message.emoji }) };
    default:
      return { type, [type]: mediaObject(message, wamid) };
  }
}

const MIME_TYPES = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/ogg; codecs=opus',
  document: 'application/pdf',
  sticker: 'image/webp',
} as const;

type MediaInbound = Extract<TypedMessage, { type: MediaType }>;

// The emulator keeps no files: the hash is that of nothing, and the id says which message it came with.
const EMPTY_SHA256 = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

function mediaObject(message: MediaInbound, wamid: string): JsonObject {
  return {
    ...pick(message, 'caption', 'filename'),
    mime_type: message.mimeType ?? MIME_TYPES[message.type],
    sha256: EMPTY_SHA256,
    id: message.id ?? digits(wamid),
    ...(message.type === 'audio' ? { voice: message.voice ?? false } : {}),
    ...(message.type === 'sticker' ? { animated: false } : {}),
  };
}

function digits(wamid: string): string {
  return String(Buffer.from(wamid).reduce((sum, byte) => (sum * 31 + byte) % 1_000_000_007, 7) + 1e15);
}

/** The named members that have a value. */
function pick<T extends Record<string, unknown>>(object: T, ...keys: (keyof T & string)[]): JsonObject {
  return defined(Object.fromEntries(keys.map((key) => [key, object[key]])));
}

/** The members that have a value, as the JSON that they will be. */
function defined(object: Record<string, unknown>): JsonObject {
  return JsonObject.parse(
    Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)),
  );
}
