import { type GraphCall } from './graph-call.ts';
import { type Refusal, badParameter, refusal } from './refusal.ts';

interface Page<T> {
  data: T[];
  /** Left out when there is nothing at all. */
  paging?: { cursors: { before: string; after: string }; next?: string; previous?: string };
}

const LIMIT_USUAL = 25;
const LIMIT_MAX = 1_000;

/**
 * The page that `limit`, `after` and `before` ask for. A cursor is the place of an item in the list as it is then. `next` is
 * missing on the last page.
 */
export function pageOf<T>(call: GraphCall, all: readonly T[]): { page: Page<T> } | { refusal: Refusal } {
  const limit = numberIn(call.params['limit']) ?? LIMIT_USUAL;
  if (!Number.isInteger(limit) || limit < 1) {
    return { refusal: badParameter('Param limit must be a positive integer.') };
  }
  const [after, before] = [readCursor(call.params['after']), readCursor(call.params['before'])];
  if (after === 'bad' || before === 'bad') {
    return { refusal: refusal(131059, 'Invalid paging cursor', 'The cursor is not one of this list.') };
  }
  const count = Math.min(limit, LIMIT_MAX);
  const start = after === undefined ? Math.max(0, (before ?? 0) - count) : after + 1;
  const end = before === undefined || after !== undefined ? start + count : before;
  return { page: cut(call, all, { start, end: Math.min(end, all.length) }) };
}

function cut<T>(call: GraphCall, all: readonly T[], { start, end }: { start: number; end: number }): Page<T> {
  const data = all.slice(start, end);
  if (data.length === 0) return { data };
  const cursors = { before: writeCursor(start), after: writeCursor(end - 1) };
  const next = end < all.length ? { next: linkTo(call, 'after', cursors.after) } : {};
  const previous = start > 0 ? { previous: linkTo(call, 'before', cursors.before) } : {};
  return { data, paging: { cursors, ...next, ...previous } };
}

/** The same call for another page, with its token, as Meta gives it. */
function linkTo(call: GraphCall, side: 'after' | 'before', cursor: string): string {
  const query = new URLSearchParams(call.token === undefined ? {} : { access_token: call.token });
  for (const [name, value] of Object.entries(call.params)) {
    const isOurs = name === 'after' || name === 'before' || name === 'access_token';
    if (!isOurs && typeof value === 'string') query.set(name, value);
  }
  query.set(side, cursor);
  return `${call.base}/${call.version}/${call.id}/${call.edge}?${query.toString()}`;
}

function writeCursor(place: number): string {
  return Buffer.from(`place ${place}`).toString('base64url');
}

function readCursor(given: unknown): number | 'bad' | undefined {
  if (given === undefined || given === '') return undefined;
  const text = typeof given === 'string' ? Buffer.from(given, 'base64url').toString() : '';
  const place = /^place (\d{1,9})$/.exec(text)?.[1];
  return place === undefined ? 'bad' : Number(place);
}

function numberIn(value: unknown): number | undefined {
  if (value === undefined || value === '') return undefined;
  return typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
}
