import { reportLines } from '@alur/lists';
import { z } from 'zod';
import { findBroadcast, NO_BROADCAST } from '../broadcast-answers.ts';
import { defineRoute } from '../route.ts';
import { streamAnswer } from '../stream-answer.ts';

const NAME = 'broadcast-report';

/** What has become of each recipient, as a file. */
export const broadcastReport = defineRoute({
  method: 'GET',
  path: 'broadcasts/:bid/report',
  name: NAME,
  scope: 'broadcasts',
  summary: 'Get what has become of each recipient',
  query: z.strictObject({
    /** `true` shows the contacts; without, only their places in the list. */
    contacts: z.enum(['true', 'false']).optional(),
  }),
  answers: {
    200: {
      description: 'CSV with a line of headings, in the order of the recipients.',
      contentType: 'text/csv',
    },
    404: { description: 'There is no such broadcast of this team.' },
  },
  handle: async (call, deps) => {
    const found = await findBroadcast(call, deps);
    if (!found) return NO_BROADCAST;
    const withContacts = call.query.contacts === 'true';
    const lines = reportLines(deps.client, found.ref, found.broadcast, withContacts);
    const file = { contentType: 'text/csv; charset=utf-8', fileName: 'broadcast.csv' };
    const isWhole = await streamAnswer(call.response, file, lines);
    if (isWhole) deps.metrics.apiRequests.inc({ route: NAME, code: '200' });
    return undefined;
  },
});
