import { type JsonObject } from '@alur/types';
import { type Refusal, invalidParameter, missingValue, refusal } from '../graph/refusal.ts';
import { checkButtonSends } from './check-send-buttons.ts';
import { type StoredTemplate, isJsonObject, objectsOf, partOf, textOf, wordOf } from './stored-template.ts';
import { type ParameterFormat, distinctVariables, fillIn } from './variables.ts';

// A message is judged against its template part by part, in Meta's order: header, body, buttons, cards.

/** What a definition and a message have in common: parts. */
interface Sides {
  /** Parts of the definition. */
  defined: readonly JsonObject[];
  /** Components of the message. */
  given: readonly JsonObject[];
  format: ParameterFormat;
}

/** Why a message does not fit its template, or nothing. */
export function checkSend(template: StoredTemplate, message: JsonObject): Refusal | undefined {
  const { components: defined, format } = template;
  const given = objectsOf(message, 'components');
  const sides = { defined, given, format };
  return checkSides(sides) ?? checkOffer(sides) ?? checkCards(sides);
}

function checkSides(sides: Sides): Refusal | undefined {
  return checkHeader(sides) ?? checkBody(sides) ?? checkButtonSends(sides.defined, sides.given);
}

const MEDIA = new Set(['IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION', 'PRODUCT', 'GIF']);

function checkHeader(sides: Sides): Refusal | undefined {
  const header = partOf(sides.defined, 'HEADER');
  const parameters = parametersOf(partOf(sides.given, 'HEADER'));
  const expected = header ? wordOf(header, 'format') || 'TEXT' : 'TEXT';
  const received = parameters[0] ? wordOf(parameters[0], 'type') : 'UNKNOWN';
  if (MEDIA.has(expected)) {
    // A GIF is sent as the video that it is.
    const isRight = received === expected || (expected === 'GIF' && received === 'VIDEO');
    return isRight
      ? undefined
      : mismatch(`header: Format mismatch, expected ${expected}, received ${received}`);
  }
  const isMedia = received !== 'UNKNOWN' && received !== 'TEXT';
  if (header && isMedia) return mismatch(`header: Format mismatch, expected TEXT, received ${received}`);
  return checkTexts(textOf(header, 'text'), parameters, { part: 'header', max: 60, format: sides.format });
}

const LOCALIZABLE = new Set(['TEXT', 'CURRENCY', 'DATE_TIME']);

function checkBody({ defined, given, format }: Sides): Refusal | undefined {
  const parameters = parametersOf(partOf(given, 'BODY'));
  const other = parameters.find((parameter) => !LOCALIZABLE.has(wordOf(parameter, 'type')));
  if (other) return mismatch(`body: Format mismatch, expected TEXT, received ${wordOf(other, 'type')}`);
  return checkTexts(textOf(partOf(defined, 'BODY'), 'text'), parameters, { part: 'body', max: 1024, format });
}

interface TextPart {
  part: string;
  max: number;
  format: ParameterFormat;
}

/** Arity first, then the names, then the length of what it comes to. */
function checkTexts(
  text: string,
  parameters: JsonObject[],
  { part, max, format }: TextPart,
): Refusal | undefined {
  const names = distinctVariables(text);
  if (parameters.length !== names.length) {
    const [has, needs] = [parameters.length, names.length];
    return refusal(
      132000,
      'Number of parameters does not match the expected number of params',
      `${part}: number of localizable_params (${has}) does not match the expected number of params (${needs})`,
    );
  }
  const values = new Map<string, string>();
  for (const [index, parameter] of parameters.entries()) {
    const given = textOf(parameter, 'parameter_name');
    if (format === 'NAMED' && given === '') return invalidParameter('Parameter name is missing or empty');
    if (format === 'NAMED' && !names.includes(given)) {
      return mismatch(`${part}: Parameter name (${given}) does not exist in the template`);
    }
    if (format === 'POSITIONAL' && given !== '') {
      return mismatch(`${part}: Parameter name (${given}) given, but the template has positional parameters`);
    }
    values.set(format === 'NAMED' ? given : String(index + 1), shownText(parameter));
  }
  if (format === 'NAMED' && values.size < names.length) {
    const missing = names.find((name) => !values.has(name)) ?? '';
    return mismatch(`${part}: Parameter name (${missing}) is missing`);
  }
  if (fillIn(text, values).length <= max) return undefined;
  return refusal(
    132005,
    'Template hydrated text too long',
    `${part}: Text after substitution exceeds ${max} characters`,
  );
}

/** What stands in the message for a parameter. */
function shownText(parameter: JsonObject): string {
  const fallback = parameter[wordOf(parameter, 'type').toLowerCase()];
  return isJsonObject(fallback) ? textOf(fallback, 'fallback_value') : textOf(parameter, 'text');
}

function checkOffer({ defined, given }: Sides): Refusal | undefined {
  const offer = partOf(defined, 'LIMITED_TIME_OFFER')?.['limited_time_offer'];
  const hasExpiration = isJsonObject(offer) && offer['has_expiration'] === true;
  const parameters = parametersOf(partOf(given, 'LIMITED_TIME_OFFER'));
  return hasExpiration && parameters.length === 0
    ? missingValue('limited_time_offer: expiration_time_ms is required')
    : undefined;
}

function checkCards({ defined, given, format }: Sides): Refusal | undefined {
  const cards = objectsOf(partOf(defined, 'CAROUSEL'), 'cards');
  const sent = objectsOf(partOf(given, 'CAROUSEL'), 'cards');
  if (cards.length !== sent.length) {
    const details = `carousel: number of cards (${sent.length}) does not match the expected number of cards (${cards.length})`;
    return refusal(132012, MISMATCH, details);
  }
  for (const [index, card] of cards.entries()) {
    const match = sent.find((other) => Number(other['card_index']) === index);
    const wrong = checkSides({
      defined: objectsOf(card, 'components'),
      given: objectsOf(match, 'components'),
      format,
    });
    if (wrong) return wrong;
  }
  return undefined;
}

const MISMATCH = 'Parameter format does not match format in the created template';

function mismatch(details: string): Refusal {
  return refusal(132012, MISMATCH, details);
}

function parametersOf(component: JsonObject | undefined): JsonObject[] {
  return objectsOf(component, 'parameters');
}
