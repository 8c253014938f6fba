import { z } from 'zod';
import { ReleaseBody } from '../contact-body.ts';
import { defineRoute } from '../route.ts';
import { takeRelease } from '../take-event.ts';

/** Gives a conversation that people have back to the flows. */
export const release = defineRoute({
  method: 'POST',
  path: 'release',
  name: 'release',
  scope: 'send',
  summary: 'Give a conversation back to the flows',
  body: ReleaseBody,
  example: { body: { to: { wa_id: '6281234567890' } } },
  answers: {
    202: {
      description: 'Stored; the flows will have it again.',
      schema: z.object({ id: z.string(), status: z.enum(['accepted', 'known']) }),
    },
    409: { description: 'Nobody has the conversation.' },
  },
  handle: ({ team, body }, deps) => takeRelease(team, body, deps),
});
