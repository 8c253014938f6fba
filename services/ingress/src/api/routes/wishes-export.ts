import { renderWishes } from '@alur/lists';
import { listWishes, shardOf } from '@alur/store';
import { defineRoute } from '../route.ts';
import { streamAnswer } from '../stream-answer.ts';
import { teamsOf } from '../team-key.ts';

const NAME = 'opt-outs-export';

/** All wishes of the tenant; whose they are, as far as conversations of the key's teams tell. */
export const wishesExport = defineRoute({
  method: 'GET',
  path: 'opt-outs/export',
  name: NAME,
  scope: 'contacts',
  summary: 'Export opt-outs',
  answers: {
    200: {
      description: 'The wishes of the whole tenant, in no order: what the import takes.',
      contentType: 'text/csv',
    },
  },
  handle: async (call, { client, shards, metrics }) => {
    const { tenant } = call.team;
    const teams = teamsOf(call).map(({ id }) => id);
    const wishes = listWishes(client, { shard: shardOf(tenant, shards), tenant, teams });
    const file = { contentType: 'text/csv; charset=utf-8', fileName: 'opt-outs.csv' };
    const isWhole = await streamAnswer(call.response, file, renderWishes(wishes));
    if (isWhole) metrics.apiRequests.inc({ route: NAME, code: '200' });
    return undefined;
  },
});
