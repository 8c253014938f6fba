import type { Undelivered } from '@alur/store';
import type { Colors } from '../../io.ts';
import { isoTime, renderSpan } from '../../moments.ts';
import { renderTable, type Column } from '../../render-table.ts';

/** As many digits of an id as people are shown; the commands take them back. */
const ID_SHOWN = 8;
const COLUMNS: readonly Column[] = [
  { head: 'ID' },
  { head: 'AGE', align: 'right' },
  { head: 'TEAM' },
  { head: 'SUBSCRIBER' },
  { head: 'TYPE' },
  { head: 'TRIES', align: 'right' },
  { head: 'LAST ANSWER' },
];

/** Undelivered events as a table. Nothing in it is personal. */
export function renderEvents(events: readonly Undelivered[], nowMs: number, colors: Colors): string[] {
  const rows = events.map(({ id, atMs, subscriber, event, tries, answer }) => [
    ...[id.slice(0, ID_SHOWN), renderSpan(nowMs - atMs), `${event.tenant}/${event.team}`, subscriber],
    ...[event.type, String(tries), answer],
  ]);
  return events.length === 0 ? [] : renderTable(COLUMNS, rows, colors);
}

/** An undelivered event for `--json`, without its payload. */
export function eventToJson({ id, subscriber, event, tries, sinceMs, atMs, answer }: Undelivered) {
  const { tenant, team, type } = event;
  return {
    ...{ id, event: event.id, tenant, team, subscriber, type, tries, answer },
    number: event.number ?? null,
    cid: event.cid ?? null,
    at: isoTime(event.at * 1_000),
    firstFailedAt: isoTime(sinceMs),
    givenUpAt: isoTime(atMs),
  };
}
