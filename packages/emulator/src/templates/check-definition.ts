import { type JsonObject } from '@alur/types';
import { type Refusal, badTemplate } from '../graph/refusal.ts';
import { checkButtons } from './check-buttons.ts';
import { buttonsOf, isJsonObject, objectsOf, partOf, textOf, wordOf } from './stored-template.ts';
import {
  type ParameterFormat,
  areWellNamed,
  distinctVariables,
  hasOuterVariable,
  hasTouchingVariables,
  variablesOf,
} from './variables.ts';

// Subcodes and titles: Meta, "Error codes", template creation. Limits: Meta, "Template components".

const LIMITS = { body: 1024, cardBody: 160, header: 60, footer: 60, cards: 10 };

const TYPES = new Set(['HEADER', 'BODY', 'FOOTER', 'BUTTONS', 'CAROUSEL', 'LIMITED_TIME_OFFER']);
const FORMATS = new Set(['TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION', 'PRODUCT', 'GIF']);
const SAMPLED_FORMATS = new Set(['IMAGE', 'VIDEO', 'DOCUMENT', 'GIF']);

/** What a definition is checked with beside its components. */
export interface DefinitionFrame {
  category: string;
  format: ParameterFormat;
}

/** Why Meta would not take the components of a template, or nothing. */
export function checkDefinition(
  components: readonly JsonObject[],
  frame: DefinitionFrame,
): Refusal | undefined {
  const unknown = components.find((component) => !TYPES.has(wordOf(component, 'type')));
  if (unknown) return badComponents(`component type ${wordOf(unknown, 'type') || '(none)'} is not known`);
  const types = components.map((component) => wordOf(component, 'type'));
  if (new Set(types).size < types.length) return badComponents('a component type may appear only once');
  const body = partOf(components, 'BODY');
  if (!body) return missing('BODY', 'text');
  // Of an authentication template Meta writes the texts itself.
  if (frame.category === 'AUTHENTICATION') return checkAuthentication(components);
  return (
    checkHeader(partOf(components, 'HEADER'), frame) ??
    checkBody(body, frame, LIMITS.body) ??
    checkFooter(partOf(components, 'FOOTER')) ??
    checkButtons(buttonsOf(components)) ??
    checkCarousel(partOf(components, 'CAROUSEL'), frame)
  );
}

function badComponents(reason: string): Refusal {
  return { http: 400, code: 100, message: `(#100) Invalid parameter`, details: `components: ${reason}` };
}

function missing(type: string, field: string): Refusal {
  return badTemplate(
    2388043,
    'Message template "components" param is missing expected field(s)',
    `component of type ${type} is missing expected field(s) (${field})`,
  );
}

const tooLong = (field: string, max: number) =>
  badTemplate(2388040, 'Character Limit Exceeded', `The ${field} field can't exceed ${max} characters.`);
const badBody = (reason: string) => badTemplate(2388072, 'Message Body Format Is Incorrect', reason);
const badHeader = (reason: string) => badTemplate(2388047, 'Message Header Format Is Incorrect', reason);
const badFooter = (reason: string) => badTemplate(2388073, 'Message Footer Format Is Incorrect', reason);

function checkAuthentication(components: readonly JsonObject[]): Refusal | undefined {
  const body = partOf(components, 'BODY');
  if (textOf(body, 'text') !== '')
    return badBody('Authentication templates cannot have a text of their own.');
  const isOtp = buttonsOf(components).every((button) => wordOf(button, 'type') === 'OTP');
  const [only, ...more] = buttonsOf(components);
  if (!only || more.length > 0 || !isOtp) return missing('BUTTONS', 'otp_type');
  const type = wordOf(only, 'otp_type');
  return ['COPY_CODE', 'ONE_TAP', 'ZERO_TAP'].includes(type) ? undefined : missing('BUTTONS', 'otp_type');
}

const BAD_HEADER_TEXT = /[\n\r*_~`]|\p{Extended_Pictographic}/u;

function checkHeader(header: JsonObject | undefined, { format }: DefinitionFrame): Refusal | undefined {
  if (!header) return undefined;
  const kind = wordOf(header, 'format');
  if (!FORMATS.has(kind)) return missing('HEADER', 'format');
  if (SAMPLED_FORMATS.has(kind))
    return hasSample(header, 'header_handle') ? undefined : missing('HEADER', 'example');
  if (kind !== 'TEXT') return undefined;
  const text = textOf(header, 'text');
  if (text === '') return missing('HEADER', 'text');
  if (text.length > LIMITS.header) return tooLong('header', LIMITS.header);
  const names = distinctVariables(text);
  if (BAD_HEADER_TEXT.test(text.replace(/\{\{[^{}]*\}\}/g, ''))) {
    return badHeader(
      "The message header can't have any new lines, formatting characters, emojis or asterisks.",
    );
  }
  if (names.length > 1) return badHeader("The message header can't have more than one variable.");
  if (!areWellNamed(names, format)) return badHeader('The variable of the message header is not well named.');
  const sample = format === 'NAMED' ? 'header_text_named_params' : 'header_text';
  return names.length === 0 || hasSample(header, sample) ? undefined : missing('HEADER', 'example');
}

function checkBody(body: JsonObject, { format }: DefinitionFrame, max: number): Refusal | undefined {
  const text = textOf(body, 'text');
  if (text === '') return missing('BODY', 'text');
  if (text.length > max) return tooLong('body', max);
  const names = distinctVariables(text);
  if (names.length === 0) return undefined;
  if (hasOuterVariable(text)) {
    return badTemplate(
      2388299,
      'Leading or Trailing Params Are Not Allowed',
      "Variables can't be at the start or end of the template.",
    );
  }
  if (hasTouchingVariables(text)) return badBody('Variables cannot stand right next to each other.');
  if (!areWellNamed(names, format)) {
    return badBody('Variables must be {{1}}, {{2}} and so on without a gap, or lower-case names.');
  }
  return hasSample(body, format === 'NAMED' ? 'body_text_named_params' : 'body_text')
    ? undefined
    : missing('BODY', 'example');
}

function checkFooter(footer: JsonObject | undefined): Refusal | undefined {
  if (!footer) return undefined;
  const text = textOf(footer, 'text');
  if (text === '') return missing('FOOTER', 'text');
  if (text.length > LIMITS.footer) return tooLong('footer', LIMITS.footer);
  return variablesOf(text).length === 0 ? undefined : badFooter("The message footer can't have variables.");
}

function checkCarousel(carousel: JsonObject | undefined, frame: DefinitionFrame): Refusal | undefined {
  if (!carousel) return undefined;
  const cards = objectsOf(carousel, 'cards').map((card) => objectsOf(card, 'components'));
  if (cards.length < 1 || cards.length > LIMITS.cards) return badComponents('a carousel has 1 to 10 cards');
  const layouts = new Set(cards.map(layoutOf));
  if (layouts.size > 1) return badComponents('all cards need the same header and the same buttons');
  for (const card of cards) {
    const body = partOf(card, 'BODY');
    const header = partOf(card, 'HEADER');
    if (!header) return missing('HEADER', 'format');
    const wrong =
      checkHeader(header, frame) ??
      (body && checkBody(body, frame, LIMITS.cardBody)) ??
      checkButtons(buttonsOf(card));
    if (wrong) return wrong;
  }
  return undefined;
}

function layoutOf(card: JsonObject[]): string {
  const header = partOf(card, 'HEADER');
  const buttons = buttonsOf(card).map((button) => wordOf(button, 'type'));
  return [header ? wordOf(header, 'format') : '', ...buttons].join(' ');
}

/** Whether the component's `example` has something under this name. */
function hasSample(component: JsonObject, name: string): boolean {
  const { example } = component;
  const sample = isJsonObject(example) ? example[name] : undefined;
  return Array.isArray(sample) ? sample.length > 0 : sample !== undefined && sample !== null;
}
