import { z } from 'zod';
import { MediaType } from './event.ts';
import { Json, JsonObject } from './json.ts';

/**
 * Meta's limits on what may be sent, in characters unless said otherwise. Lengths are `string.length`: UTF-16
 * units are never fewer than code points, so what passes here passes whichever of the two Meta counts.
 * Sources: Meta's Cloud API pages for messages; where they disagree, the stricter figure.
 */
export const LIMITS = {
  text: 4096,
  caption: 1024,
  interactiveBody: 1024,
  headerText: 60,
  footerText: 60,
  buttons: 3,
  buttonTitle: 20,
  buttonId: 256,
  listButton: 20,
  sections: 10,
  rows: 10,
  sectionTitle: 24,
  rowId: 200,
  rowTitle: 24,
  rowDescription: 72,
  ctaText: 20,
  url: 2000,
  templateName: 512,
  contacts: 257,
  rawBytes: 32_768,
} as const;

const text = (max: number) => z.string().min(1).max(max);
const link = z
  .string()
  .regex(/^https?:\/\/\S+$/, 'use an http or https address')
  .max(LIMITS.url);
const coordinate = (max: number) => z.coerce.number().min(-max).max(max);

/** `link` or `id`, exactly one. */
const oneSource = (media: { link?: string | undefined; id?: string | undefined }) =>
  (media.link === undefined) !== (media.id === undefined);
const ONE_SOURCE = { error: 'give exactly one of `link` and `id`' };

export const TextMessage = z.strictObject({
  kind: z.literal('text'),
  text: text(LIMITS.text),
  previewUrl: z.boolean().optional(),
});

export const MediaMessage = z.strictObject({
  kind: z.literal('media'),
  media: z
    .strictObject({
      type: MediaType,
      link: link.optional(),
      id: text(256).optional(),
      caption: text(LIMITS.caption).optional(),
      filename: text(240).optional(),
    })
    .refine(oneSource, ONE_SOURCE)
    .refine((media) => media.caption === undefined || (media.type !== 'audio' && media.type !== 'sticker'), {
      error: 'audio and stickers have no caption',
      path: ['caption'],
    })
    .refine((media) => media.filename === undefined || media.type === 'document', {
      error: 'only a document has a file name',
      path: ['filename'],
    }),
});

export const LocationMessage = z.strictObject({
  kind: z.literal('location'),
  location: z.strictObject({
    latitude: coordinate(90),
    longitude: coordinate(180),
    name: text(1000).optional(),
    address: text(1000).optional(),
  }),
});

const TemplateComponent = z.looseObject({
  type: z.string().min(1),
  parameters: z.array(z.looseObject({ type: z.string().min(1) })).optional(),
});

/** The Graph API's own object; `language: "en"` is accepted beside `{code: "en"}`. */
export const TemplateMessage = z.strictObject({
  kind: z.literal('template'),
  template: z.looseObject({
    name: z
      .string()
      .regex(/^[a-z0-9_]+$/, 'use lower-case letters, digits and underscores')
      .max(LIMITS.templateName),
    language: z.union([
      z
        .string()
        .min(2)
        .transform((code) => ({ code })),
      z.looseObject({ code: z.string().min(2) }),
    ]),
    components: z.array(TemplateComponent).optional(),
  }),
});

const MediaObject = z
  .looseObject({ link: link.optional(), id: text(256).optional() })
  .refine(oneSource, ONE_SOURCE);
const TextHeader = z.strictObject({ type: z.literal('text'), text: text(LIMITS.headerText) });
const Header = z.discriminatedUnion('type', [
  TextHeader,
  z.strictObject({ type: z.literal('image'), image: MediaObject }),
  z.strictObject({ type: z.literal('video'), video: MediaObject }),
  z.strictObject({ type: z.literal('document'), document: MediaObject }),
]);
const Body = z.strictObject({ text: text(LIMITS.interactiveBody) });
const Footer = z.strictObject({ text: text(LIMITS.footerText) });

const unique = <T>(items: readonly T[], key: (item: T) => string) =>
  new Set(items.map(key)).size === items.length;

const ReplyButton = z.strictObject({
  type: z.literal('reply'),
  reply: z.strictObject({
    id: text(LIMITS.buttonId).regex(/^\S(.*\S)?$/s, 'no space at either end'),
    title: text(LIMITS.buttonTitle),
  }),
});

const ButtonInteractive = z.strictObject({
  type: z.literal('button'),
  header: Header.optional(),
  body: Body,
  footer: Footer.optional(),
  action: z.strictObject({
    buttons: z
      .array(ReplyButton)
      .min(1)
      .max(LIMITS.buttons)
      .refine((buttons) => unique(buttons, (button) => button.reply.id), { error: 'button ids must differ' })
      .refine((buttons) => unique(buttons, (button) => button.reply.title), {
        error: 'button titles must differ',
      }),
  }),
});

const Row = z.strictObject({
  id: text(LIMITS.rowId),
  title: text(LIMITS.rowTitle),
  description: text(LIMITS.rowDescription).optional(),
});
const Section = z.strictObject({ title: text(LIMITS.sectionTitle).optional(), rows: z.array(Row).min(1) });

const ListInteractive = z.strictObject({
  type: z.literal('list'),
  header: TextHeader.optional(),
  body: Body,
  footer: Footer.optional(),
  action: z.strictObject({
    button: text(LIMITS.listButton),
    sections: z
      .array(Section)
      .min(1)
      .max(LIMITS.sections)
      .refine((sections) => sections.flatMap((section) => section.rows).length <= LIMITS.rows, {
        error: `at most ${LIMITS.rows} rows over all sections`,
      })
      .refine(
        (sections) =>
          unique(
            sections.flatMap((section) => section.rows),
            (row) => row.id,
          ),
        {
          error: 'row ids must differ',
        },
      )
      .refine(
        (sections) => sections.length === 1 || sections.every((section) => section.title !== undefined),
        {
          error: 'every section needs a title when there is more than one',
        },
      ),
  }),
});

const CtaUrlInteractive = z.strictObject({
  type: z.literal('cta_url'),
  header: Header.optional(),
  body: Body,
  footer: Footer.optional(),
  action: z.strictObject({
    name: z.literal('cta_url'),
    parameters: z.strictObject({ display_text: text(LIMITS.ctaText), url: link }),
  }),
});

const LocationRequestInteractive = z.strictObject({
  type: z.literal('location_request_message'),
  body: Body,
  action: z.strictObject({ name: z.literal('send_location') }),
});

/** Kinds whose inside is Meta's alone: the frame is checked, the action goes out as written. */
const OtherInteractive = z.looseObject({
  type: z.enum([
    'flow',
    'product',
    'product_list',
    'catalog_message',
    'address_message',
    'carousel',
    'request_contact_info',
  ]),
  action: JsonObject,
});

export const Interactive = z.discriminatedUnion('type', [
  ButtonInteractive,
  ListInteractive,
  CtaUrlInteractive,
  LocationRequestInteractive,
  OtherInteractive,
]);
export type Interactive = z.infer<typeof Interactive>;

export const InteractiveMessage = z.strictObject({
  kind: z.literal('interactive'),
  interactive: Interactive,
});

export const ContactsMessage = z.strictObject({
  kind: z.literal('contacts'),
  contacts: z
    .array(z.looseObject({ name: z.looseObject({ formatted_name: z.string().min(1) }) }))
    .min(1)
    .max(LIMITS.contacts),
});

export const ReactionMessage = z.strictObject({
  kind: z.literal('reaction'),
  reaction: z.strictObject({ messageId: text(512), emoji: z.string().max(32) }),
});

/** A Graph message object as it is; only `type` and its size are checked. */
export const RawMessage = z.strictObject({
  kind: z.literal('raw'),
  raw: z
    .record(z.string(), Json)
    .refine((raw) => typeof raw['type'] === 'string', { error: 'a raw message needs `type`' })
    .refine((raw) => JSON.stringify(raw).length <= LIMITS.rawBytes, {
      error: `at most ${LIMITS.rawBytes} bytes`,
    }),
});

/** What a flow can say, provider-neutral in its frame, with Meta's limits. */
export const OutboundMessage = z.discriminatedUnion('kind', [
  TextMessage,
  MediaMessage,
  LocationMessage,
  TemplateMessage,
  InteractiveMessage,
  ContactsMessage,
  ReactionMessage,
  RawMessage,
]);
export type OutboundMessage = z.infer<typeof OutboundMessage>;
export type MessageKind = OutboundMessage['kind'];

/** Whether the message may be sent while the 24-hour window is closed. */
export function isTemplate(message: OutboundMessage): boolean {
  return message.kind === 'template' || (message.kind === 'raw' && message.raw['type'] === 'template');
}
