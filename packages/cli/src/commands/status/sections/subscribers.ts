import { oldestUndelivered, shardOf } from '@alur/store';
import { renderSpan } from '../../../moments.ts';
import type { Section } from '../section.ts';

/** How far behind those are who are told of events. */
export const subscribers: Section = {
  name: 'subscribers',
  read: async ({ bundle, place: { client, shards }, nowMs }) => {
    const teams = bundle.tenants.flatMap((tenant) => tenant.teams);
    const all = await Promise.all(
      teams.flatMap(({ tenant, id: team, subscribers: told }) =>
        told.map(async ({ id: subscriber }) => {
          const ref = { tenant, team, subscriber };
          const lagS = await oldestUndelivered(client, shardOf(tenant, shards), ref, nowMs);
          return { ...ref, lagS };
        }),
      ),
    );
    return {
      data: all,
      fields: all.map(({ tenant, team, subscriber, lagS }) => [
        `${tenant}/${team}/${subscriber}`,
        lagS === 0 ? 'has been told everything' : `${renderSpan(lagS * 1_000)} behind`,
      ]),
    };
  },
};
