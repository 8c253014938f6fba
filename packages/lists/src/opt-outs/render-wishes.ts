import type { KeptWish } from '@alur/store';
import { WISH_COLUMNS } from './wish-line.ts';

const LINES_AT_ONCE = 200;

/** Wishes as CSV, some hundred lines at a time: what `importWishes` reads. */
export async function* renderWishes(wishes: AsyncIterable<KeptWish>): AsyncGenerator<string> {
  let lines = [WISH_COLUMNS.join(',')];
  for await (const { waId, userId, contact, scope, change, atS, source } of wishes) {
    const at = new Date(atS * 1000).toISOString().replace('.000Z', 'Z');
    lines.push([waId, userId, contact, scope, change, at, source].map(cellOf).join(','));
    if (lines.length < LINES_AT_ONCE) continue;
    yield `${lines.join('\r\n')}\r\n`;
    lines = [];
  }
  if (lines.length > 0) yield `${lines.join('\r\n')}\r\n`;
}

/** A cell that no sheet takes for a formula, as the OWASP has it: what begins like one gets an apostrophe. */
export function cellOf(value = ''): string {
  const guarded = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
