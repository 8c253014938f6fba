import { type Json } from '@alur/types';
import { type Scope } from '../expression/scope.ts';
import { type Template } from '../expression/template.ts';

// What may stand in a log. Text that a contact, another system or a stored value brought may hold personal data, whatever
// the flow calls it, so it is shown by its size only; names that the author or the engine chose are shown.

const PUBLIC_ROOTS: ReadonlySet<string> = new Set([
  ...['flow', 'tenant', 'team', 'number', 'now', 'last_message_time', 'window', 'limits', 'status', 'event'],
]);
const PUBLIC_PATHS: ReadonlySet<string> = new Set([
  ...[
    'message.type',
    'message.timestamp',
    'button.id',
    'list.id',
    'media.type',
    'contact.opted_out',
    'contact.tags',
  ],
]);
/** Whole numbers of more digits may be somebody's phone number. */
const NUMBER_MAX = 999_999;
/** Characters of a line: a turn may write two hundred. */
const LINE_MAX = 2_000;

/** What a template says in a log: no personal data, and no more than a line. */
export function maskedLine(template: Template, scope: Scope): string {
  const line = template.renderWith(scope, maskedText);
  return line.length <= LINE_MAX ? line : `${line.slice(0, LINE_MAX - 1)}…`;
}

/** A computed part of a log line: shown as it is, or by its kind and size. */
function maskedText(text: string, { value, reads }: { value: Json; reads: readonly string[] }): string {
  if (reads.every(isPublic)) return text;
  if (typeof value === 'boolean' || value === null) return text;
  if (typeof value === 'number') return Math.abs(value) <= NUMBER_MAX ? text : '[number]';
  if (typeof value === 'string') return `[text of ${value.length}]`;
  return Array.isArray(value) ? `[list of ${value.length}]` : '[map]';
}

function isPublic(path: string): boolean {
  const [root = ''] = path.split('.');
  return PUBLIC_ROOTS.has(root) || PUBLIC_PATHS.has(path);
}
