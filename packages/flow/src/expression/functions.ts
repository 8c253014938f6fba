import { formatDate, formatNumber } from './format.ts';

// Our own functions. They take anything, and read null as "nothing there", so that a flow does not fail because
// a contact has not told its name.

export interface FunctionEntry {
  /** As an author writes it. */
  name: string;
  /** As the CEL library knows it; the library has its own `timestamp`, so ours is renamed on the way. */
  signature: string;
  doc: string;
  run: (...args: unknown[]) => unknown;
}

/** Function names that the rewriting exchanges, because CEL has another function of that name. */
export const RENAMED: Readonly<Record<string, string>> = { timestamp: 'unix_' };

export const FUNCTIONS: readonly FunctionEntry[] = [
  define('lower(dyn): string', 'lower-case text', (value) => text(value).toLowerCase()),
  define('upper(dyn): string', 'upper-case text', (value) => text(value).toUpperCase()),
  define('trim(dyn): string', 'text without space at its ends', (value) => text(value).trim()),
  define('truncate(dyn, int): string', 'at most so many characters, the last one an ellipsis', truncate),
  define('contains(dyn, dyn): bool', 'whether a text or list holds another', contains),
  define(
    'default(dyn, dyn): dyn',
    'the first, or the second when the first is null or empty',
    (value, other) => (value === null || value === '' ? other : value),
  ),
  define('formatNumber(dyn): string', 'digits grouped in the English way', (value) =>
    formatNumber(number(value)),
  ),
  define('formatNumber(dyn, int): string', 'with so many decimals', (value, decimals) =>
    formatNumber(number(value), Number(decimals)),
  ),
  define(
    'formatNumber(dyn, int, string): string',
    'in the way of a language, such as "id"',
    (value, decimals, language) => formatNumber(number(value), Number(decimals), text(language)),
  ),
  define(
    'formatDate(dyn, string): string',
    'Unix seconds as "yyyy-MM-dd HH:mm:ss", in UTC',
    (value, pattern) => formatDate(number(value), text(pattern)),
  ),
  define(
    'formatDate(dyn, string, string): string',
    'in a time zone, such as "Asia/Jakarta"',
    (value, pattern, zone) => formatDate(number(value), text(pattern), text(zone)),
  ),
  { ...define('unix_(dyn): double', 'Unix seconds of an ISO 8601 date', timestamp), name: 'timestamp' },
];

function define(signature: string, doc: string, run: FunctionEntry['run']): FunctionEntry {
  return { name: signature.slice(0, signature.indexOf('(')), signature, doc, run };
}

/** Anything plain as text; null is nothing. */
export function text(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value === null) return '';
      throw new Error('neither text nor number');
  }
}

function number(value: unknown): number {
  const result = typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value;
  if (typeof result === 'number' && Number.isFinite(result)) return result;
  throw new Error('not a number');
}

function truncate(value: unknown, limit: unknown): string {
  const characters = [...text(value)];
  const max = Number(limit);
  return characters.length <= max
    ? characters.join('')
    : `${characters.slice(0, Math.max(0, max - 1)).join('')}…`;
}

function contains(value: unknown, part: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => isPlain(item) && text(item) === text(part));
  return text(value).includes(text(part));
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' && value !== undefined;
}

function timestamp(value: unknown): number {
  const seconds = typeof value === 'string' ? Date.parse(value) / 1000 : Number(value);
  if (Number.isFinite(seconds)) return seconds;
  throw new Error('not a date');
}
