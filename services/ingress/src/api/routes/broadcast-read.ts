import { deleteBroadcast } from '@alur/store';
import {
  findBroadcast,
  NO_BROADCAST,
  ProgressAnswer,
  refusedMove,
  shownWithProgress,
} from '../broadcast-answers.ts';
import { defineRoute } from '../route.ts';

const missing = { 404: { description: 'There is no such broadcast of this team.' } };

/** Where a broadcast stands. */
export const broadcastRead = defineRoute({
  method: 'GET',
  path: 'broadcasts/:bid',
  name: 'broadcast-read',
  scope: 'broadcasts',
  summary: 'Look at a broadcast',
  answers: {
    200: {
      description:
        'What has become of its recipients, what it waits for, how fast it goes, and when it ends as things are.',
      schema: ProgressAnswer,
    },
    ...missing,
  },
  handle: async (call, deps) => {
    const found = await findBroadcast(call, deps);
    return found ? { status: 200, body: await shownWithProgress(found, deps) } : NO_BROADCAST;
  },
});

/** Deletes a draft, or one that is over. */
export const broadcastDelete = defineRoute({
  method: 'DELETE',
  path: 'broadcasts/:bid',
  name: 'broadcast-delete',
  scope: 'broadcasts',
  summary: 'Delete a broadcast',
  answers: {
    204: { description: 'It is gone, with its recipients and its report.' },
    ...missing,
    409: { description: 'It is not over: cancel it first. `not_now`' },
  },
  handle: async (call, deps) => {
    const found = await findBroadcast(call, deps);
    if (!found) return NO_BROADCAST;
    const refused = refusedMove(await deleteBroadcast(deps.client, found.ref), 'delete');
    return refused ?? { status: 204, body: undefined };
  },
});
