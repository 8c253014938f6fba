import { LIMITS } from '@alur/types';
import { type YamlPath } from '../yaml-file.ts';
import { isComputed, isRecord } from './raw-values.ts';

export interface ParameterFault {
  path: YamlPath;
  message: string;
  fix?: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;
type Check = (fields: Fields, owner: string) => ParameterFault[];

const COUPON_MAX = 15;

/** By the `type` of a parameter; what Meta adds later has no entry and is let through. */
const CHECKS: Readonly<Partial<Record<string, Check>>> = {
  text: (fields, owner) => [
    ...textFaults(fields, 'text', owner === 'header' ? LIMITS.headerText : Infinity),
    ...lineFaults(fields),
  ],
  payload: (fields) => textFaults(fields, 'payload'),
  coupon_code: (fields) => textFaults(fields, 'coupon_code', COUPON_MAX),
  currency: within('currency', (fields) => [
    ...textFaults(fields, 'fallback_value'),
    ...formFaults(fields, 'code', /^[A-Z]{3}$/, 'must be the three letters of a currency, such as IDR'),
    ...formFaults(fields, 'amount_1000', /^-?\d+$/, 'must be a whole number: the amount times 1,000'),
  ]),
  date_time: within('date_time', (fields) => textFaults(fields, 'fallback_value')),
  image: within('image', sourceFaults),
  video: within('video', sourceFaults),
  document: within('document', sourceFaults),
  location: within('location', (fields) => [
    ...missingFaults(fields, 'latitude'),
    ...missingFaults(fields, 'longitude'),
  ]),
  action: within('action', () => []),
  limited_time_offer: within('limited_time_offer', (fields) =>
    formFaults(fields, 'expiration_time_ms', /^\d{12,}$/, 'must be a time in Unix milliseconds'),
  ),
};

export function parameterFaults(parameter: Fields, type: string, owner: string): ParameterFault[] {
  const check = Object.hasOwn(CHECKS, type) ? CHECKS[type] : undefined;
  const name = formFaults(
    { parameter_name: '{{', ...parameter },
    'parameter_name',
    /^[a-z0-9_]+$/,
    'must be lower-case letters, digits and `_`',
  );
  return [...name, ...(check?.(parameter, owner) ?? [])];
}

function within(key: string, check: (fields: Fields) => ParameterFault[]): Check {
  return (parameter) => {
    const inner = parameter[key];
    if (isComputed(inner)) return [];
    if (!isRecord(inner)) return [{ path: [], message: `\`${key}\` of the parameter is missing, or no map` }];
    return check(inner).map(({ path, ...fault }) => ({ ...fault, path: [key, ...path] }));
  };
}

function missingFaults(fields: Fields, key: string): ParameterFault[] {
  return fields[key] === undefined ? [{ path: [], message: `\`${key}\` is missing` }] : [];
}

function textFaults(fields: Fields, key: string, max = Infinity): ParameterFault[] {
  const text = fields[key];
  if (text === undefined || isComputed(text)) return missingFaults(fields, key);
  if (typeof text !== 'string')
    return [{ path: [key], message: `\`${key}\` must be text`, fix: 'put it in quotes' }];
  if (text.trim() === '') return [{ path: [key], message: `\`${key}\` must not be empty` }];
  return text.length > max ? [{ path: [key], message: `\`${key}\` may have at most ${max} characters` }] : [];
}

// What is computed is checked for it before it goes.
function lineFaults({ text }: Fields): ParameterFault[] {
  if (typeof text !== 'string' || isComputed(text) || !/[\n\t]| {5}/.test(text)) return [];
  const message = 'a parameter may hold no line break, no tab and no more than four spaces in a row';
  return [{ path: ['text'], message, fix: 'put line breaks into the template itself' }];
}

function formFaults(fields: Fields, key: string, form: RegExp, problem: string): ParameterFault[] {
  const value = fields[key];
  if (value === undefined || isComputed(value)) return missingFaults(fields, key);
  const isText = typeof value === 'string' || typeof value === 'number';
  return isText && form.test(String(value)) ? [] : [{ path: [key], message: `\`${key}\` ${problem}` }];
}

function sourceFaults({ link, id }: Fields): ParameterFault[] {
  return (link === undefined) === (id === undefined)
    ? [{ path: [], message: 'exactly one of `link` and `id` must be given' }]
    : [];
}
