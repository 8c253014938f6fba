import { LIMITS } from '@alur/types';
import { invalidParameter, invalidValue, missingValue } from '../graph/refusal.ts';
import {
  type Check,
  all,
  anything,
  coordinate,
  integer,
  isMissing,
  isRecord,
  items,
  looseMembers,
  may,
  must,
  oneOf,
  text,
} from './check.ts';
import { mediaSource } from './check-media.ts';
import { countOf } from './interactive-frame.ts';

// The form of a template message, whatever the template; check-template-send judges it against the template itself.

const NAME = /^[a-z0-9_]+$/;
const BAD_WHITESPACE = /[\n\r\t]| {5}/;
const COUPON_MAX = 20;

const name: Check = (value) =>
  typeof value === 'string' && NAME.test(value)
    ? undefined
    : invalidValue('Template name must be lower-case letters, digits and underscores');

const parameterText: Check = (value) =>
  typeof value === 'string' && BAD_WHITESPACE.test(value)
    ? invalidParameter('Param text cannot have new-line/tab characters or more than 4 consecutive spaces')
    : undefined;

/** Parameters by type; a type without a row is passed on, as Meta adds some. */
const PARAMETERS: Record<string, Check> = {
  text: looseMembers({ text: must(all(text(LIMITS.text), parameterText)) }),
  currency: looseMembers({
    currency: must(
      looseMembers({ fallback_value: must(text(1_024)), code: must(text(3)), amount_1000: must(anything) }),
    ),
  }),
  date_time: looseMembers({ date_time: must(looseMembers({ fallback_value: must(text(1_024)) })) }),
  image: looseMembers({ image: must(mediaSource) }),
  video: looseMembers({ video: must(mediaSource) }),
  document: looseMembers({ document: must(mediaSource) }),
  location: looseMembers({
    location: must(looseMembers({ latitude: must(coordinate(90)), longitude: must(coordinate(180)) })),
  }),
  product: looseMembers({
    product: must(looseMembers({ product_retailer_id: must(text(100)), catalog_id: must(text(64)) })),
  }),
  payload: looseMembers({ payload: must(text(LIMITS.buttonId)) }),
  coupon_code: looseMembers({ coupon_code: must(text(COUPON_MAX)) }),
  limited_time_offer: looseMembers({
    limited_time_offer: must(looseMembers({ expiration_time_ms: must(integer(0)) })),
  }),
  action: looseMembers({ action: must(looseMembers({})) }),
};

const parameter: Check = (value, path) => {
  const wrong = looseMembers({ type: must(text(64)), parameter_name: may(text(64)) })(value, path);
  if (wrong) return wrong;
  const kind = isRecord(value) ? String(value['type']).toLowerCase() : '';
  return PARAMETERS[kind]?.(value, path);
};

const BUTTONS = [
  'quick_reply',
  'url',
  'copy_code',
  'flow',
  'catalog',
  'mpm',
  'voice_call',
  'order_details',
  'spm',
];

const button: Check = (value, path) => {
  if (!isRecord(value) || !isOfType(value, 'button')) return undefined;
  if (isMissing(value['sub_type'])) return missingValue('buttons: Button component requires a sub_type');
  const wrong = oneOf(...BUTTONS)(value['sub_type'], `${path}['sub_type']`);
  if (wrong) return wrong;
  const index = Number(value['index'] ?? Number.NaN);
  if (!Number.isInteger(index) || index < 0 || index > 9) {
    return invalidValue('buttons: Button index must be between 0 and 9');
  }
  const isBareUrl = String(value['sub_type']).toLowerCase() === 'url' && !hasParameters(value);
  return isBareUrl
    ? missingValue(`buttons: Button at index ${index} of type Url requires a parameter`)
    : undefined;
};

const oneHeader: Check = (value) => {
  if (!isRecord(value) || !isOfType(value, 'header') || !Array.isArray(value['parameters'])) return undefined;
  return value['parameters'].length <= 1 ? undefined : invalidValue('header: Only one parameter is allowed');
};

const COMPONENTS = [
  'header',
  'body',
  'footer',
  'button',
  'limited_time_offer',
  'carousel',
  'order_status',
  'tap_target_configuration',
];

const plainComponent = all(
  looseMembers({ type: must(oneOf(...COMPONENTS)), parameters: may(items(parameter)) }),
  oneHeader,
  button,
);

const card = looseMembers({ card_index: must(integer(0, 9)), components: must(items(plainComponent)) });

const cards: Check = (value, path) =>
  isRecord(value) && isOfType(value, 'carousel')
    ? looseMembers({ cards: must(items(card, countOf('cards', 1, 10))) })(value, path)
    : undefined;

/** The `template` object. */
export const template = looseMembers({
  name: must(all(text(LIMITS.templateName), name)),
  language: must(looseMembers({ code: must(text(16)), policy: may(oneOf('deterministic')) })),
  components: may(items(all(plainComponent, cards))),
});

function isOfType(value: Record<string, unknown>, type: string): boolean {
  return String(value['type']).toLowerCase() === type;
}

function hasParameters(value: Record<string, unknown>): boolean {
  return Array.isArray(value['parameters']) && value['parameters'].length > 0;
}
