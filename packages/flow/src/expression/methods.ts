import { entry, contains, NUMBER, PLAIN, size, TEXT, type FunctionEntry } from './functions.ts';
import { NoValue } from './failure.ts';
import { boundTogether, text, whole, wrongType } from './values.ts';

// What may stand behind a value: `message.startsWith("x")`. The first argument is that value; null is nothing there.

const ANY_TEXT = ['text', 'number', 'bool'] as const;

export const METHODS: readonly FunctionEntry[] = [
  entry('size', [['text', 'list', 'map']], 'number', 'as `size(x)`', ([x]) => size(x)),
  entry(
    'startsWith',
    [TEXT, PLAIN],
    'bool',
    'whether a text begins with another',
    ([x, part]) => isThere(x, part) && text(x).startsWith(text(part)),
  ),
  entry(
    'endsWith',
    [TEXT, PLAIN],
    'bool',
    'whether a text ends with another',
    ([x, part]) => isThere(x, part) && text(x).endsWith(text(part)),
  ),
  entry('contains', [['text', 'list'], PLAIN], 'bool', 'as `contains(x, part)`', contains),
  entry('lowerAscii', [TEXT], 'text', 'lower case, letters a to z only', ([x]) =>
    text(x).replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  ),
  entry('upperAscii', [TEXT], 'text', 'upper case, letters a to z only', ([x]) =>
    text(x).replace(/[a-z]+/g, (part) => part.toUpperCase()),
  ),
  entry('trim', [TEXT], 'text', 'as `trim(x)`', ([x]) => text(x).trim()),
  entry('indexOf', [TEXT, TEXT], 'number', 'where a part begins, -1 if nowhere', ([x, part]) =>
    BigInt(text(x).indexOf(text(part))),
  ),
  entry('indexOf', [TEXT, TEXT, NUMBER], 'number', 'from a position on', ([x, part, from]) =>
    BigInt(text(x).indexOf(text(part), position(from, text(x)))),
  ),
  entry('lastIndexOf', [TEXT, TEXT], 'number', 'where a part begins last', ([x, part]) =>
    BigInt(text(x).lastIndexOf(text(part))),
  ),
  entry('lastIndexOf', [TEXT, TEXT, NUMBER], 'number', 'before a position', ([x, part, from]) =>
    BigInt(text(x).lastIndexOf(text(part), position(from, text(x)))),
  ),
  entry('substring', [TEXT, NUMBER], 'text', 'from a position on, counted from 0', ([x, from]) =>
    text(x).slice(position(from, text(x))),
  ),
  entry('substring', [TEXT, NUMBER, NUMBER], 'text', 'up to before a second position', ([x, from, to]) =>
    substring(text(x), from, to),
  ),
  entry('split', [TEXT, TEXT], 'list', 'the parts between a separator', ([x, separator]) =>
    x === null ? [] : text(x).split(text(separator)),
  ),
  entry(
    'split',
    [TEXT, TEXT, NUMBER],
    'list',
    'at most so many, the rest in the last',
    ([x, separator, limit]) =>
      splitAtMost(text(x), text(separator), whole(limit, { from: -1, to: Number.MAX_SAFE_INTEGER })),
  ),
  entry('join', [['list']], 'text', 'all items in one text', ([x]) => join(x, '')),
  entry('join', [['list'], ANY_TEXT], 'text', 'with a text between them', ([x, separator]) =>
    join(x, text(separator)),
  ),
];

function isThere(...values: readonly unknown[]): boolean {
  return !values.includes(null);
}

function position(value: unknown, source: string): number {
  return whole(value, { from: 0, to: source.length });
}

function substring(source: string, from: unknown, to: unknown): string {
  const [start, end] = [position(from, source), position(to, source)];
  if (end < start) throw new NoValue('argument', 'the end of a part comes before its start');
  return source.slice(start, end);
}

function splitAtMost(source: string, separator: string, limit: number): string[] {
  if (limit === 0) return [];
  const parts = source.split(separator);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

function join(value: unknown, separator: string): string {
  if (value === null) return '';
  if (!Array.isArray(value)) throw wrongType(value, 'a list is needed');
  return boundTogether(value.map(text), separator.length).join(separator);
}
