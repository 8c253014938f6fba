import { type RE2JS } from 're2js';
import { NoValue } from './failure.ts';
import { parseDate, type Formats } from './format.ts';
import { type ValueType } from './value-type.ts';
import { number, same, text, whole, wrongType } from './values.ts';

// The functions of the language. They take null as "nothing there", so that a flow does not fail because a contact has
// not told its name. What a parameter may be is said once, here: it is checked when the file is loaded, as far as
// types are known, and by the function itself for the rest.

/** What functions need that outlives one call. */
export interface Tools {
  formats: Formats;
  /** Compiled once: patterns are the author's own and few, so all are kept. */
  pattern: (source: string) => RE2JS;
}

export interface FunctionEntry {
  name: string;
  /** What each parameter may be. Of a method, the first is what it stands behind. */
  params: readonly (readonly ValueType[])[];
  result: ValueType;
  doc: string;
  run: (args: readonly unknown[], tools: Tools) => unknown;
}

export const PLAIN = ['text', 'number', 'bool'] as const;
export const TEXT = ['text'] as const;
export const NUMBER = ['number'] as const;
const NUMERIC = ['number', 'text'] as const;
const SIZED = ['text', 'list', 'map'] as const;
const ANY = ['any'] as const;

const DECIMALS_MAX = 20;

const TEXTS: readonly FunctionEntry[] = [
  entry('lower', [PLAIN], 'text', 'lower-case text', ([x]) => text(x).toLowerCase()),
  entry('upper', [PLAIN], 'text', 'upper-case text', ([x]) => text(x).toUpperCase()),
  entry('trim', [PLAIN], 'text', 'text without space at its ends', ([x]) => text(x).trim()),
  entry('truncate', [PLAIN, NUMBER], 'text', 'at most so many characters, the last an ellipsis', truncate),
  entry('contains', [[...PLAIN, 'list'], PLAIN], 'bool', 'whether a text or list holds another', contains),
  entry('re', [PLAIN, TEXT], 'bool', 'whether a pattern is found', ([x, source], { pattern }) =>
    pattern(text(source)).matcher(text(x)).find(),
  ),
  entry('string', [PLAIN], 'text', 'a value as text', ([x]) => text(x)),
];

const FORMATS: readonly FunctionEntry[] = [
  entry('formatNumber', [NUMERIC], 'text', 'digits grouped in the English way', formatNumber),
  entry('formatNumber', [NUMERIC, NUMBER], 'text', 'with so many decimals', formatNumber),
  entry('formatNumber', [NUMERIC, NUMBER, TEXT], 'text', 'in the way of a language', formatNumber),
  entry('formatDate', [NUMERIC, TEXT], 'text', 'Unix seconds by a pattern, in UTC', formatDate),
  entry('formatDate', [NUMERIC, TEXT, TEXT], 'text', 'in a time zone', formatDate),
  entry('timestamp', [NUMERIC], 'number', 'Unix seconds of an ISO 8601 date', ([x]) =>
    typeof x === 'string' ? parseDate(x) : number(x),
  ),
];

const VALUES: readonly FunctionEntry[] = [
  entry(
    'default',
    [ANY, ANY],
    'any',
    'the first, or the second when the first is null or empty',
    ([x, other]) => (x === null || x === '' ? other : x),
  ),
  entry('size', [SIZED], 'number', 'characters of a text, items of a list, keys of a map', ([x]) => size(x)),
  entry('int', [NUMERIC], 'number', 'a whole number, cut towards zero', ([x]) =>
    BigInt(Math.trunc(number(x))),
  ),
  entry('double', [NUMERIC], 'number', 'a number', ([x]) => number(x)),
  entry('bool', [['bool', 'text']], 'bool', 'true or false', ([x]) => toBool(x)),
];

export const FUNCTIONS: readonly FunctionEntry[] = [...TEXTS, ...FORMATS, ...VALUES];

export function entry(
  name: string,
  params: FunctionEntry['params'],
  result: ValueType,
  doc: string,
  run: FunctionEntry['run'],
): FunctionEntry {
  return { name, params, result, doc, run };
}

function truncate([value, limit]: readonly unknown[]): string {
  const max = whole(limit, { from: 0, to: Number.MAX_SAFE_INTEGER });
  const source = text(value);
  if (source.length <= max) return source;
  if (max === 0) return '';
  const characters = [...source];
  return characters.length <= max ? source : `${characters.slice(0, max - 1).join('')}…`;
}

export function contains([value, part]: readonly unknown[]): boolean {
  if (value === null || part === null) return false;
  if (!Array.isArray(value)) return text(value).includes(text(part));
  return value.some((item: unknown) => same(item, part) || (isPlain(item) && text(item) === text(part)));
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object';
}

function formatNumber([value, decimals, language]: readonly unknown[], { formats }: Tools): string {
  const digits = decimals === undefined ? undefined : whole(decimals, { from: 0, to: DECIMALS_MAX });
  return formats.number(number(value), digits, language === undefined ? undefined : text(language));
}

function formatDate([value, pattern, zone]: readonly unknown[], { formats }: Tools): string {
  return formats.date(number(value), text(pattern), zone === undefined ? undefined : text(zone));
}

export function size(value: unknown): bigint {
  if (value === null) return 0n;
  if (typeof value === 'string') return BigInt([...value].length);
  if (typeof value !== 'object') throw wrongType(value, 'a text, list or map is needed');
  return BigInt(Array.isArray(value) ? value.length : Object.keys(value).length);
}

const TRUE: readonly unknown[] = [true, 'true', 'True', 'TRUE', 't', '1'];
const FALSE: readonly unknown[] = [false, 'false', 'False', 'FALSE', 'f', '0'];

function toBool(value: unknown): boolean {
  if (value === null) throw new NoValue('missing', 'true or false is needed, and nothing is there');
  if (TRUE.includes(value)) return true;
  if (FALSE.includes(value)) return false;
  throw new NoValue('type', 'true or false is needed');
}
