import { changeWish } from '@alur/lists';
import { shardOf } from '@alur/store';
import { OptOutScope } from '@alur/types';
import { z } from 'zod';
import type { ApiAnswer } from './api-answer.ts';
import { To } from './contact-body.ts';
import type { ApiCall, ApiDeps } from './route.ts';

// Clocks differ. A wish of the future would outdo all that the contact says until then.
const AHEAD_S = 300;

export const WishBody = z.strictObject({
  to: To,
  scope: OptOutScope.default('all').describe('Every message, or marketing alone'),
  at: z.iso
    .datetime({ offset: true })
    .refine((at) => Date.parse(at) <= Date.now() + AHEAD_S * 1000, 'is still to come')
    .optional()
    .describe('When the contact said so; now, if it is left out'),
});

export const WishAnswer = z.object({
  /** `unchanged`: the tenant knew, or was told something later. */
  status: z.enum(['changed', 'unchanged']),
});

/** A wish that the business was told outside of WhatsApp. */
export async function takeWish(
  { bundle, team, body }: ApiCall & { body: z.infer<typeof WishBody> },
  change: 'out' | 'in',
  { client, shards, now }: ApiDeps,
): Promise<ApiAnswer> {
  const { to, scope, at } = body;
  const atS = Math.floor((at === undefined ? now() : Date.parse(at)) / 1000);
  const place = { shard: shardOf(team.tenant, shards), bundle, tenant: team.tenant };
  const ids = { waId: to.wa_id, userId: to.user_id };
  const isOther = await changeWish(client, place, { ids, change, scope, atS, source: 'api' });
  return { status: 200, body: { status: isOther ? 'changed' : 'unchanged' } };
}
