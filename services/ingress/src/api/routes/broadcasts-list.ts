import { listBroadcasts, shardOf } from '@alur/store';
import { z } from 'zod';
import { BroadcastAnswer, shown } from '../broadcast-answers.ts';
import { defineRoute } from '../route.ts';

const MOST = 100;

/** The team's broadcasts. */
export const broadcastsList = defineRoute({
  method: 'GET',
  path: 'broadcasts',
  name: 'broadcasts-list',
  scope: 'broadcasts',
  summary: 'List broadcasts',
  example: {},
  answers: {
    200: {
      description: 'The newest hundred, the newest first.',
      schema: z.object({ broadcasts: z.array(BroadcastAnswer) }),
    },
  },
  handle: async ({ team }, { client, shards }) => {
    const owner = { tenant: team.tenant, team: team.id };
    const found = await listBroadcasts(client, shardOf(team.tenant, shards), owner, MOST);
    return { status: 200, body: { broadcasts: found.map(shown) } };
  },
});
