import {
  ContactsMessage,
  InteractiveMessage,
  LocationMessage,
  MediaMessage,
  MessageClass,
  NumberId,
  RawMessage,
  ReactionMessage,
  TemplateMessage,
  TextMessage,
} from '@alur/types';
import { z } from 'zod';
import { IdempotencyKey, To } from './contact-body.ts';

// What flows say, in their own words: only a few members go by another name inside.

const Text = TextMessage.omit({ previewUrl: true })
  .extend({ preview_url: TextMessage.shape.previewUrl })
  .transform(({ preview_url: previewUrl, ...text }) => ({
    ...text,
    ...(previewUrl !== undefined && { previewUrl }),
  }));

const { reaction } = ReactionMessage.shape;
const Reaction = ReactionMessage.omit({ reaction: true })
  .extend({
    reaction: reaction.omit({ messageId: true }).extend({ message_id: reaction.shape.messageId }),
  })
  .transform(({ kind, reaction: { message_id: messageId, ...rest } }) => ({
    kind,
    reaction: { messageId, ...rest },
  }));

const TtlS = TemplateMessage.shape.ttlS;
const Template = TemplateMessage.omit({ ttlS: true })
  .extend({ ttl: TtlS })
  .transform(({ ttl: ttlS, ...template }) => ({ ...template, ...(ttlS !== undefined && { ttlS }) }));

/** By `kind`. */
export const MESSAGE_KINDS = {
  text: Text,
  media: MediaMessage,
  location: LocationMessage,
  template: Template,
  interactive: InteractiveMessage,
  contacts: ContactsMessage,
  reaction: Reaction,
  raw: RawMessage,
} as const;

/** A message as the API takes it. */
export const Message = z.discriminatedUnion(
  'kind',
  [Text, MediaMessage, LocationMessage, Template, InteractiveMessage, ContactsMessage, Reaction, RawMessage],
  {
    error: ({ code }) =>
      code === 'invalid_union'
        ? `\`kind\` must be one of ${Object.keys(MESSAGE_KINDS).join(', ')}`
        : undefined,
  },
);

/** What goes in place of a free-form message when the window is closed. */
const OutsideWindow = z.union(
  [
    z.literal('skip'),
    z
      .strictObject({ template: TemplateMessage.shape.template, ttl: TtlS })
      .transform(({ template, ttl }) => ({
        kind: 'template' as const,
        template,
        ...(ttl !== undefined && { ttlS: ttl }),
      })),
  ],
  { error: ({ code }) => (code === 'invalid_union' ? 'write `skip`, or `{ "template": … }`' : undefined) },
);

export const MessageBodyInput = z.strictObject({
  to: To,
  phone_number_id: NumberId.optional().describe("The team's number; needed where it has more than one"),
  message: Message,
  class: MessageClass.default('notification').describe('Replies go first, broadcasts last'),
  reply_to: z.string().min(1).max(512).optional().describe('The wamid of the message to quote'),
  outside_window: OutsideWindow.optional().describe('What goes when the window is closed'),
  retry_on_rate_limit: z
    .boolean()
    .default(true)
    .describe('Whether it may wait for a limit longer than a minute'),
  idempotency_key: IdempotencyKey.optional(),
});
export type MessageBodyInput = z.infer<typeof MessageBodyInput>;
