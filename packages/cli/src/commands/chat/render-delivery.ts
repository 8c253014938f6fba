import type { Choice, Delivery } from '@alur/flow';
import { readAs, type OutboundMessage } from '@alur/types';
import { z } from 'zod';
import type { Colors } from '../../io.ts';
import { printable } from '../../printable.ts';
import { renderText } from './render-text.ts';

/** Numbers what the contact may tap, over all messages of a turn. */
export type NumberOf = (choice: Pick<Choice, 'id'>) => number | undefined;

/** What became of a message, as the contact would see it. */
export function renderDelivery(
  { kind, message, insteadOf, reason, effect }: Delivery,
  numberOf: NumberOf,
  colors: Colors,
): string[] {
  const lines = renderMessage(message, numberOf, colors);
  const notes = [
    ...(effect.replyTo === undefined ? [] : [`(quotes ${effect.replyTo})`]),
    ...(insteadOf ? [`(in place of ${inWords(insteadOf)}: the 24-hour window is closed)`] : []),
    ...(kind === 'sent'
      ? []
      : [`(${kind === 'skipped' ? 'skipped' : 'not sent'}: ${WHY[reason ?? 'opted_out']})`]),
  ];
  const shown = kind === 'sent' ? lines : lines.map(colors.dim);
  const paint = kind === 'refused' ? colors.red : colors.dim;
  const mark = kind === 'sent' ? colors.green('<') : colors.red('x');
  return [...shown, ...notes.map((note) => paint(printable(note)))].map(
    (line, index) => `${index === 0 ? mark : ' '} ${line}`,
  );
}

const WHY = {
  window_closed: 'the 24-hour window is closed',
  opted_out: 'the contact has opted out',
} as const;

function inWords(message: OutboundMessage): string {
  return message.kind === 'text' ? `"${message.text}"` : message.kind;
}

function renderMessage(message: OutboundMessage, numberOf: NumberOf, colors: Colors): string[] {
  const bracketed: Bracketed = (what, ...rest) =>
    [colors.cyan(`[${what}]`), ...rest.flatMap((part) => (part === undefined ? [] : printable(part)))].join(
      ' ',
    );
  switch (message.kind) {
    case 'text':
      return renderText(message.text, colors);
    case 'media': {
      const { type, link, id, file, filename, caption } = message.media;
      return [
        bracketed(type, filename, link ?? id ?? file),
        ...(caption === undefined ? [] : renderText(caption, colors)),
      ];
    }
    case 'location': {
      const { latitude, longitude, name, address } = message.location;
      return [bracketed('location', `${latitude}, ${longitude}`, name, address)];
    }
    case 'contacts':
      return message.contacts.map((contact) =>
        bracketed('contact', contact.name.formatted_name, phoneOf(contact)),
      );
    case 'reaction':
      return [bracketed('reaction', message.reaction.emoji, 'to', message.reaction.messageId)];
    case 'template':
      return renderTemplate(message.template, numberOf, bracketed);
    case 'interactive':
      return renderInteractive(message.interactive, numberOf, colors);
    case 'raw':
      return [bracketed('raw', JSON.stringify(message.raw))];
  }
}

function phoneOf(contact: Readonly<Record<string, unknown>>): string | undefined {
  const phones = contact['phones'];
  const first: unknown = Array.isArray(phones) ? phones[0] : undefined;
  const isMap = typeof first === 'object' && first !== null && 'phone' in first;
  return isMap && typeof first.phone === 'string' ? first.phone : undefined;
}

type Template = Extract<OutboundMessage, { kind: 'template' }>['template'];
type Bracketed = (what: string, ...rest: (string | undefined)[]) => string;

/** The words of a template are at Meta; here stand its name and what is put into it. */
function renderTemplate(
  { name, language, components = [] }: Template,
  numberOf: NumberOf,
  bracketed: Bracketed,
): string[] {
  const code = typeof language === 'string' ? language : language.code;
  const parts = components.map(({ type, parameters = [] }) => {
    const [first] = parameters;
    const payload = first?.['payload'];
    const number = typeof payload === 'string' ? numberOf({ id: payload }) : undefined;
    const words = parameters.map(parameterInWords).join(', ');
    return number === undefined ? `  ${type}: ${words}` : `${choiceNumber(number)} ${words}`;
  });
  return [bracketed(`template ${name}`, code), ...parts.map(printable)];
}

function parameterInWords(parameter: Readonly<Record<string, unknown>>): string {
  const name = parameter['parameter_name'];
  const given = Object.entries(parameter).filter(([key]) => key !== 'type' && key !== 'parameter_name');
  const [[key = '', value] = [], ...others] = given;
  const shown = mediaInWords(parameter);
  if (shown !== '') return `[${key}] ${shown}`;
  const words =
    typeof value === 'string' && others.length === 0 ? value : JSON.stringify(Object.fromEntries(given));
  return typeof name === 'string' ? `${name} = ${words}` : words;
}

type Interactive = Extract<OutboundMessage, { kind: 'interactive' }>['interactive'];

function renderInteractive(interactive: Interactive, numberOf: NumberOf, colors: Colors): string[] {
  switch (interactive.type) {
    case 'button':
      return framed(
        interactive,
        interactive.action.buttons.map(({ reply }) => choiceLine(reply, numberOf)),
        colors,
      );
    case 'list':
      return framed(interactive, listLines(interactive.action, numberOf, colors), colors);
    case 'cta_url': {
      const { display_text, url } = interactive.action.parameters;
      return framed(interactive, [printable(`  [${display_text}] ${url}`)], colors);
    }
    case 'location_request_message':
      return framed(interactive, ['  [Send location] (/location latitude,longitude)'], colors);
    case 'carousel':
      return framed(
        interactive,
        interactive.action.cards.flatMap((card) => cardLines(card, numberOf)),
        colors,
      );
    default:
      return [`${colors.cyan(`[${interactive.type}]`)} ${printable(JSON.stringify(interactive))}`];
  }
}

type Card = Extract<Interactive, { type: 'carousel' }>['action']['cards'][number];

function cardLines(card: Card, numberOf: NumberOf): string[] {
  if (card.type === 'product') return [printable(`  - [product] ${card.action.product_retailer_id}`)];
  const picture = `[${card.header.type}] ${mediaInWords(card.header)}`;
  const words = [picture, ...(card.body ? [card.body.text] : [])].join('  ').replaceAll('\n', ' ');
  const { action } = card;
  const buttons = (action.buttons ?? []).map(({ quick_reply }) => choiceLine(quick_reply, numberOf));
  return [printable(`  - ${words}`), ...buttons, ...linkLines(action)];
}

function linkLines(action: Exclude<Card, { type: 'product' }>['action']): string[] {
  if (!('parameters' in action) || action.parameters === undefined) return [];
  const { display_text, url } = action.parameters;
  return [printable(`    [${display_text}] ${url}`)];
}

/** The address, id or file of what `{type: image, image: {…}}` shows. */
function mediaInWords(shown: Readonly<Record<string, unknown>>): string {
  const media = readAs(Shown, shown[String(shown['type'])]).data;
  return media?.link ?? media?.id ?? media?.file ?? '';
}

const Shown = z.looseObject({
  link: z.string().optional(),
  id: z.string().optional(),
  file: z.string().optional(),
});

interface Frame {
  header?: { type: string; text?: unknown } | undefined;
  body: { text: string };
  footer?: { text: string } | undefined;
}

function framed({ header, body, footer }: Frame, choices: readonly string[], colors: Colors): string[] {
  const title =
    typeof header?.text === 'string'
      ? header.text
      : header && `[${header.type}] ${mediaInWords({ ...header })}`.trim();
  return [
    ...(title === undefined ? [] : [colors.bold(printable(title))]),
    ...renderText(body.text, colors),
    ...(footer ? [colors.dim(printable(footer.text))] : []),
    ...choices,
  ];
}

type ListAction = Extract<Interactive, { type: 'list' }>['action'];

function listLines({ button, sections }: ListAction, numberOf: NumberOf, colors: Colors): string[] {
  return [
    colors.dim(printable(`  [${button}]`)),
    ...sections.flatMap(({ title, rows }) => [
      ...(title === undefined ? [] : [`  ${colors.underline(printable(title))}`]),
      ...rows.map((row) => choiceLine(row, numberOf)),
    ]),
  ];
}

function choiceLine(
  { id, title, description }: { id: string; title: string; description?: string | undefined },
  numberOf: NumberOf,
): string {
  const more = description === undefined ? '' : `  ${description}`;
  return printable(`${choiceNumber(numberOf({ id }))} ${title}${more}`);
}

function choiceNumber(number: number | undefined): string {
  return number === undefined ? '    ' : `${String(number).padStart(3)})`;
}
