import { listBroadcasts, shardOf, type Broadcast, type BroadcastState } from '@alur/store';
import { isoTime } from '../../../moments.ts';
import type { Field } from '../../../render-fields.ts';
import type { Section } from '../section.ts';

const NEWEST = 20;
/** What is not over, and not only planned. */
const SHOWN: ReadonlySet<BroadcastState> = new Set(['scheduled', 'running', 'paused', 'stopped']);

/** Broadcasts under way, and those that stopped by themselves. */
export const broadcasts: Section = {
  name: 'broadcasts',
  read: async ({ bundle, place: { client, shards } }) => {
    const teams = bundle.tenants.flatMap((tenant) => tenant.teams);
    const all = await Promise.all(
      teams.map(({ tenant, id: team }) =>
        listBroadcasts(client, shardOf(tenant, shards), { tenant, team }, NEWEST),
      ),
    );
    const shown = all.flat().filter(({ state }) => SHOWN.has(state));
    return { data: shown.map(toJson), fields: shown.map(fieldOf) };
  },
};

function fieldOf({ bid, tenant, team, name, state, fed, total, perSecond, reason }: Broadcast): Field {
  const why = reason === undefined ? '' : ` (${reason})`;
  const speed = state === 'running' ? `; ${Math.round(perSecond ?? 0)} a second` : '';
  return [bid.slice(0, 8), `${tenant}/${team} "${name}": ${state}${why}; ${fed} of ${total}${speed}`];
}

function toJson({ bid, tenant, team, name, state, fed, total, perSecond, reason, startAtMs }: Broadcast) {
  return {
    id: bid,
    tenant,
    team,
    name,
    state,
    fed,
    total,
    perSecond: perSecond ?? null,
    reason: reason ?? null,
    startAt: isoTime(startAtMs),
  };
}
