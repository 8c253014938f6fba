import { readSubscription, shardOf, type SubscriptionState } from '@alur/store';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { isoTime, renderSpan } from '../../moments.ts';
import { placeWarnings, readPlaceBundle, withPlace, type PlaceFlags } from '../../place.ts';
import { renderTable, type Column } from '../../render-table.ts';

interface KnownSubscriber {
  tenant: string;
  team: string;
  id: string;
  state: SubscriptionState | undefined;
}

const COLUMNS: readonly Column[] = [
  { head: 'TEAM' },
  { head: 'SUBSCRIBER' },
  { head: 'STATE' },
  { head: 'BEHIND', align: 'right' },
  { head: 'OLDEST', align: 'right' },
  { head: 'TRIES', align: 'right' },
  { head: 'LAST FAILURE' },
];

/** `alur subscribers list`: how far each subscriber of the bundle has been told. Changes nothing. */
export async function listSubscribers(given: PlaceFlags, { io, colors }: Context): Promise<Outcome> {
  const bundle = await readPlaceBundle(given, io);
  return withPlace(given, io, async (place) => {
    const known = await Promise.all(
      bundle.tenants
        .flatMap(({ teams }) => teams)
        .flatMap(({ tenant, id: team, subscribers }) =>
          subscribers.map(async ({ id }): Promise<KnownSubscriber> => {
            const ref = { tenant, team, subscriber: id };
            const state = await readSubscription(place.client, shardOf(tenant, place.shards), ref);
            return { tenant, team, id, state };
          }),
        ),
    );
    const nowMs = Date.now();
    const rows = known.map((each) => rowOf(each, nowMs));
    return {
      exit: EXIT.ok,
      data: { subscribers: known.map(toJson) },
      text:
        known.length === 0
          ? 'The bundle has no subscribers.\n'
          : `${renderTable(COLUMNS, rows, colors).join('\n')}\n`,
      warnings: placeWarnings(place),
    };
  });
}

function rowOf({ tenant, team, id, state }: KnownSubscriber, nowMs: number): string[] {
  const { behind, waitingSinceMs, tries = 0, last } = state ?? {};
  return [
    ...[`${tenant}/${team}`, id, wordOf(state, nowMs), behind === undefined ? '-' : String(behind)],
    ...[waitingSinceMs === undefined ? '-' : renderSpan(nowMs - waitingSinceMs), String(tries)],
    last === undefined ? '-' : `${last.answer}, ${renderSpan(nowMs - last.atMs)} ago`,
  ];
}

function wordOf(state: SubscriptionState | undefined, nowMs: number): string {
  if (!state) return 'not begun';
  const { endedMs, nextMs = 0, tries, waitingSinceMs } = state;
  if (endedMs !== undefined) return 'ended: it said 410';
  if (nextMs > nowMs) return `again in ${renderSpan(nextMs - nowMs)}`;
  if (tries > 0) return 'failing';
  return waitingSinceMs === undefined ? 'up to date' : 'on its way';
}

function toJson({ tenant, team, id, state }: KnownSubscriber) {
  return {
    ...{ tenant, team, id },
    begun: state !== undefined,
    behind: state?.behind ?? null,
    waitingSince: isoTime(state?.waitingSinceMs),
    tries: state?.tries ?? 0,
    failingSince: isoTime(state?.failingSinceMs),
    nextTryAt: isoTime(state?.nextMs),
    endedAt: isoTime(state?.endedMs),
    lastFailure: state?.last ? { answer: state.last.answer, at: isoTime(state.last.atMs) } : null,
  };
}
