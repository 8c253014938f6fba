import { countSkipped, forecast } from '@alur/lists';
import { z } from 'zod';
import { findBroadcast, NO_BROADCAST, timeOf } from '../broadcast-answers.ts';
import { defineRoute } from '../route.ts';
import { unknownNumber } from '../team-number.ts';

/** What would come of a broadcast, without a word to anybody. */
export const broadcastCheck = defineRoute({
  method: 'POST',
  path: 'broadcasts/:bid/check',
  name: 'broadcast-check',
  scope: 'broadcasts',
  summary: 'See what a broadcast would do',
  writes: false,
  answers: {
    200: {
      description: 'Who gets it, who does not, and when it would be over if it started now.',
      schema: z.object({
        recipients: z.number(),
        opted_out: z.number(),
        erased: z.number(),
        to_send: z.number(),
        tier: z.object({ limit: z.number(), used: z.number() }),
        at_once: z.number(),
        within_24_hours: z.number(),
        per_second: z.number(),
        ends_at: z.string().optional(),
      }),
    },
    404: { description: 'There is no such broadcast of this team.' },
  },
  handle: async (call, deps) => {
    const found = await findBroadcast(call, deps);
    if (!found) return NO_BROADCAST;
    const { ref, broadcast, number } = found;
    if (!number) return unknownNumber(call.team);
    const skipped = await countSkipped(deps.client, ref, broadcast);
    const given = { recipients: broadcast.total, ...skipped, nowMs: deps.now() };
    const plan = await forecast(deps.client, ref.shard, number, given);
    const body = {
      recipients: plan.recipients,
      opted_out: plan.optedOut,
      erased: plan.erased,
      to_send: plan.toSend,
      tier: plan.tier,
      at_once: plan.now,
      within_24_hours: plan.within24h,
      per_second: plan.perSecond,
      ends_at: timeOf(plan.endsAtMs),
    };
    return { status: 200, body };
  },
});
