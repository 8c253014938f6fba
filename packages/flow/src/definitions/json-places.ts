import { type Place } from '../load/source-file.ts';

/**
 * Where the parts of a text stand that was read as JSON before; of what is not there, the nearest thing around it. Files of
 * templates are too large for a parser that keeps every place.
 */
export function createJsonPlaces(text: string): (path: readonly (string | number)[]) => Place {
  const items = new Map<number, number[]>();
  const itemsAt = (at: number): number[] => {
    const known = items.get(at) ?? startsOf(text, at);
    items.set(at, known);
    return known;
  };
  return (path) => {
    let start = skipSpace(text, 0);
    for (const key of path) {
      const next = typeof key === 'number' ? itemsAt(start)[key] : valueOf(text, start, key);
      if (next === undefined) break;
      start = next;
    }
    return { start, end: endOf(text, start) };
  };
}

/** Where each item of a list begins. */
function startsOf(text: string, list: number): number[] {
  const starts: number[] = [];
  if (text[list] !== '[') return starts;
  let at = skipSpace(text, list + 1);
  while (at < text.length && text[at] !== ']') {
    starts.push(at);
    at = skipSpace(text, endOf(text, at));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return starts;
}

/** Where the value of a key begins. */
function valueOf(text: string, map: number, key: string): number | undefined {
  if (text[map] !== '{') return undefined;
  let at = skipSpace(text, map + 1);
  while (at < text.length && text[at] !== '}') {
    const end = endOf(text, at);
    const isIt = JSON.parse(text.slice(at, end)) === key;
    // After the colon.
    const value = skipSpace(text, skipSpace(text, end) + 1);
    if (isIt) return value;
    at = skipSpace(text, endOf(text, value));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return undefined;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (' \n\r\t'.includes(text[at] ?? 'x')) at += 1;
  return at;
}

/** Where the value that begins here ends. */
function endOf(text: string, from: number): number {
  let at = from;
  let depth = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    at = char === '"' ? endOfString(text, at) : at + 1;
    if ('{['.includes(char)) depth += 1;
    if ('}]'.includes(char)) depth -= 1;
    // A bare word ends before what comes after it.
    if (depth === 0 && ('"}]'.includes(char) || ',}] \n\r\t'.includes(text[at] ?? ','))) return at;
  }
  return at;
}

function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
