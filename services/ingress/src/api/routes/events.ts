import { z } from 'zod';
import { EventBody } from '../contact-body.ts';
import { defineRoute } from '../route.ts';
import { takeEvent } from '../take-event.ts';

/** Tells the team's flows of something about a contact. */
export const events = defineRoute({
  method: 'POST',
  path: 'events',
  name: 'events',
  scope: 'send',
  summary: 'Tell flows about a contact',
  body: EventBody,
  example: {
    body: {
      to: { wa_id: '6281234567890' },
      event_type: 'order.paid',
      input: { order_id: 'A1' },
      idempotency_key: 'order-A1-paid',
    },
  },
  answers: {
    202: {
      description: 'Stored; the flows will take it once. `known`: the idempotency key was seen before.',
      schema: z.object({ id: z.string(), status: z.enum(['accepted', 'known']) }),
    },
  },
  handle: ({ team, body }, deps) => takeEvent(team, body, deps),
});
