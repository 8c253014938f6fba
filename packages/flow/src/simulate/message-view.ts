import { Json, JsonObject, type Interactive, type OutboundMessage } from '@alur/types';
import { type Delivery } from './deliver.ts';

/** What became of a message, as a test names it. */
export function deliveryView({ kind, message, insteadOf, reason, effect }: Delivery): JsonObject {
  return {
    ...messageView(message),
    ...(effect.replyTo !== undefined && { quotes: effect.replyTo }),
    ...(insteadOf && { instead_of: wordsOf(insteadOf) }),
    ...(kind === 'refused' && { refused: reason ?? 'opted_out' }),
    ...(kind === 'skipped' && { skipped: true }),
  };
}

/** A message's own words, or what kind of message it is. */
function wordsOf(message: OutboundMessage): string {
  const { text, caption } = messageView(message);
  return typeof text === 'string' ? text : typeof caption === 'string' ? caption : message.kind;
}

/** A message in the words of a test. */
function messageView(message: OutboundMessage): JsonObject {
  switch (message.kind) {
    case 'text':
      return withoutGaps({ text: message.text, preview_url: message.previewUrl });
    case 'media': {
      const { type, link, id, file, caption, filename, voice } = message.media;
      return withoutGaps({ [type]: link ?? id ?? file, caption, filename, voice });
    }
    case 'location':
      return { location: withoutGaps(message.location) };
    case 'contacts':
      return { contacts: message.contacts.map((contact) => JsonObject.parse(contact)) };
    case 'reaction':
      return { reaction: message.reaction.emoji, to: message.reaction.messageId };
    case 'template':
      return withoutGaps({ ...templateView(message.template), ttl: message.ttlS });
    case 'interactive':
      return interactiveView(message.interactive);
    case 'raw':
      return { raw: message.raw };
  }
}

type Template = Extract<OutboundMessage, { kind: 'template' }>['template'];

function templateView({ name, language, components }: Template): JsonObject {
  const code = typeof language === 'string' ? language : language.code;
  const plain = Json.parse(components ?? []);
  const parameters = (components ?? []).flatMap(({ type, parameters: given = [] }) =>
    type.toLowerCase() === 'body' ? given.map(parameterView) : [],
  );
  return {
    template: name,
    language: code,
    ...(parameters.length > 0 && { parameters }),
    ...(components && { components: plain }),
  };
}

function parameterView(parameter: { type: string; text?: unknown }): Json {
  return typeof parameter.text === 'string' ? parameter.text : Json.parse(parameter);
}

function interactiveView(interactive: Interactive): JsonObject {
  switch (interactive.type) {
    case 'button':
      return framed(interactive, { buttons: interactive.action.buttons.map(({ reply }) => reply) });
    case 'list': {
      const { button, sections } = interactive.action;
      const rows = sections.flatMap(({ title: section, rows: own }) =>
        own.map((row) => withoutGaps({ ...row, section })),
      );
      return framed(interactive, { list_button: button, list: rows });
    }
    case 'cta_url': {
      const { display_text: text, url } = interactive.action.parameters;
      return framed(interactive, { link: { text, url } });
    }
    case 'location_request_message':
      return framed(interactive, { asks_location: true });
    default:
      return { interactive: JsonObject.parse(interactive) };
  }
}

interface Frame {
  header?: { type: string; text?: unknown } | undefined;
  body: { text: string };
  footer?: { text: string } | undefined;
}

function framed({ header, body, footer }: Frame, rest: JsonObject): JsonObject {
  return {
    ...(header && { header: typeof header.text === 'string' ? header.text : Json.parse(header) }),
    text: body.text,
    ...(footer && { footer: footer.text }),
    ...rest,
  };
}

function withoutGaps(values: Readonly<Record<string, Json | undefined>>): JsonObject {
  const given = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return Object.fromEntries(given);
}
