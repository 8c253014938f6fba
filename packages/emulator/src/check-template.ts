import { LIMITS } from '@alur/types';
import {
  type Check,
  all,
  anything,
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
import { invalidParameter, invalidValue, missingValue } from './refusal.ts';

const NAME = /^[a-z0-9_]+$/;
const BAD_WHITESPACE = /[\n\r\t]| {5}/;

const name: Check = (value) =>
  typeof value === 'string' && NAME.test(value)
    ? undefined
    : invalidValue('Template name must be lower-case letters, digits and underscores');

const parameterText: Check = (value) =>
  typeof value === 'string' && BAD_WHITESPACE.test(value)
    ? invalidParameter('Param text cannot have new-line/tab characters or more than 4 consecutive spaces')
    : undefined;

/** Parameters by type; a type without a row is passed on as Meta would judge it against the template itself. */
const PARAMETERS: Record<string, Check> = {
  text: looseMembers({ text: must(all(text(LIMITS.text), parameterText)) }),
  image: looseMembers({ image: must(mediaSource) }),
  video: looseMembers({ video: must(mediaSource) }),
  document: looseMembers({ document: must(mediaSource) }),
  payload: looseMembers({ payload: must(text(LIMITS.buttonId)) }),
  coupon_code: looseMembers({ coupon_code: must(text(20)) }),
};

const parameter: Check = (value, path) => {
  const wrong = looseMembers({ type: must(text(64)) })(value, path);
  if (wrong) return wrong;
  const kind = isRecord(value) ? String(value['type']).toLowerCase() : '';
  return PARAMETERS[kind]?.(value, path);
};

const button: Check = (value) => {
  if (!isRecord(value) || String(value['type']).toLowerCase() !== 'button') return undefined;
  if (isMissing(value['sub_type'])) return missingValue('buttons: Button component requires a sub_type');
  const index = Number(value['index'] ?? Number.NaN);
  if (!Number.isInteger(index) || index < 0 || index > 9) {
    return invalidValue('buttons: Button index must be between 0 and 9');
  }
  const isBareUrl = String(value['sub_type']).toLowerCase() === 'url' && !hasParameters(value);
  return isBareUrl
    ? missingValue(`buttons: Button at index ${index} of type Url requires a parameter`)
    : undefined;
};

const component = all(
  looseMembers({
    type: must(oneOf('header', 'body', 'button', 'footer', 'limited_time_offer', 'carousel', 'order_status')),
    parameters: may(items(parameter)),
  }),
  button,
);

/** The `template` object. Which templates exist is not known here: any well-formed name counts as approved. */
export const template = looseMembers({
  name: must(all(text(LIMITS.templateName), name)),
  language: must(looseMembers({ code: must(text(16)), policy: anything })),
  components: may(items(component)),
});

function hasParameters(value: Record<string, unknown>): boolean {
  return Array.isArray(value['parameters']) && value['parameters'].length > 0;
}
