import { readPhoneNumber, USER_ID } from '@alur/whatsapp';
import type { ReadRow } from '../rows/read-row.ts';

/** A line of a file of opt-outs. */
export interface WishLine {
  /** Whom it is about: by an id, or, where that is not known, by the id's hash. */
  contact: { waId: string } | { userId: string } | { hash: string };
  change: 'out' | 'in';
  scope: 'all' | 'marketing';
  /** Unix seconds. */
  atS: number;
  source: string;
}

/** What is wrong with a file, with its place; both count from 1. */
export interface LineProblem {
  line: number;
  col: number;
  message: string;
}

export const WISH_COLUMNS = ['wa_id', 'user_id', 'contact_hash', 'scope', 'change', 'at', 'source'] as const;
type Column = (typeof WISH_COLUMNS)[number];

export interface WishLineOptions {
  /** Two letters: how local phone numbers are read. */
  country?: string | undefined;
  /** Unix seconds: when a line without a time counts from. */
  nowS: number;
}

const HASH = /^[0-9a-f]{32}$/;
const SOURCE = /^[a-z0-9_]{1,40}$/;
const IMPORTED = 'import';
// Clocks differ. A wish of the future would outdo all that the contact says until then.
const AHEAD_S = 300;
const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** Reads a line; else what is wrong with it, at its first wrong value. Nothing that stands in it is said. */
export function readWishLine(
  row: Extract<ReadRow, { kind: 'row' }>,
  { country, nowS }: WishLineOptions,
): WishLine | LineProblem {
  const at = (heading: Column, message: string): LineProblem => ({
    line: row.line,
    col: row.col(heading),
    message,
  });
  const valueOf = (heading: Column) => unguarded(row.values.get(heading) ?? '');
  const contact = readContact(valueOf, country);
  if ('message' in contact) return at(contact.heading, contact.message);
  const change = valueOf('change').toLowerCase() || 'out';
  if (change !== 'out' && change !== 'in') return at('change', '`change` is `out` or `in`');
  const scope = valueOf('scope').toLowerCase() || 'all';
  if (scope !== 'all' && scope !== 'marketing') return at('scope', '`scope` is `all` or `marketing`');
  const atS = readTime(valueOf('at'), nowS);
  if (atS === undefined) return at('at', '`at` is a time: `2026-03-01T09:30:00Z`, or Unix seconds');
  if (atS > nowS + AHEAD_S) return at('at', '`at` is still to come');
  const source = valueOf('source') || IMPORTED;
  if (!SOURCE.test(source)) return at('source', '`source` is a word in a-z, digits and `_`, 40 at most');
  return { contact, change, scope, atS, source };
}

type Found = WishLine['contact'] | { heading: Column; message: string };

function readContact(valueOf: (heading: Column) => string, country: string | undefined): Found {
  const [waId, userId, contactHash] = [valueOf('wa_id'), valueOf('user_id'), valueOf('contact_hash')];
  if (waId !== '' && userId !== '') {
    return { heading: 'user_id', message: 'give `wa_id` or `user_id`, each on a line of its own' };
  }
  if (waId !== '') {
    const read = readPhoneNumber(waId, country);
    return read.kind === 'number'
      ? { waId: read.waId }
      : { heading: 'wa_id', message: `not a \`wa_id\`: ${read.reason}` };
  }
  if (userId !== '') {
    return USER_ID.test(userId)
      ? { userId }
      : { heading: 'user_id', message: 'not a business-scoped user id' };
  }
  if (contactHash === '')
    return { heading: 'wa_id', message: 'nobody is named: give `wa_id`, `user_id` or `contact_hash`' };
  if (HASH.test(contactHash)) return { hash: contactHash };
  return { heading: 'contact_hash', message: '`contact_hash` has 32 hex digits, as an export writes it' };
}

/** undefined: not a time. */
function readTime(text: string, nowS: number): number | undefined {
  if (text === '') return nowS;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  if (!ISO.test(text)) return undefined;
  const zone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text) || text.length === 10 ? '' : 'Z';
  const ms = Date.parse(text.replace(' ', 'T') + zone);
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

// What keeps a sheet from taking a value for a formula.
function unguarded(value: string): string {
  return value.startsWith("'") ? value.slice(1) : value;
}
