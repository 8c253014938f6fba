import { tenantNumbers } from '@alur/lists';
import { hashesOf, knownIds, readWishes, shardOf, type StandingWish } from '@alur/store';
import { z } from 'zod';
import { To } from '../contact-body.ts';
import { defineRoute } from '../route.ts';

const WishesBody = z.strictObject({ to: To });

const Standing = z.object({
  state: z.enum(['out', 'in']),
  since: z.string().optional(),
  source: z.string().optional(),
});

const WishesAnswer = z.object({
  all: Standing,
  marketing: Standing,
  /** What may be sent to the contact. */
  may_send: z.enum(['everything', 'no_marketing', 'nothing']),
  /** Meta delivers no marketing to the contact until then. */
  held_until: z.string().optional(),
});

/** What a contact wishes. By POST, since whom it is about must not stand in an address. */
export const wishesRead = defineRoute({
  method: 'POST',
  path: 'contacts/wishes',
  name: 'contacts-wishes',
  scope: 'read',
  summary: 'Read what a contact wishes',
  body: WishesBody,
  writes: false,
  example: { body: { to: { wa_id: '6281234567890' } } },
  answers: {
    200: {
      description: 'What the tenant was told last. One that it was never told anything of wishes to hear.',
      schema: WishesAnswer,
    },
  },
  handle: async ({ bundle, team, body }, { client, shards }) => {
    const { tenant } = team;
    const shard = shardOf(tenant, shards);
    const numbers = tenantNumbers(bundle, tenant).map(({ id }) => id);
    const ids = await knownIds(
      client,
      { shard, tenant, numbers },
      { waId: body.to.wa_id, userId: body.to.user_id },
    );
    const { all, marketing, heldUntilS } = await readWishes(client, { shard, tenant }, hashesOf(tenant, ids));
    const maySend =
      all.change === 'out' ? 'nothing' : marketing.change === 'out' ? 'no_marketing' : 'everything';
    const held = heldUntilS === undefined ? {} : { held_until: isoOf(heldUntilS) };
    return {
      status: 200,
      body: { all: standing(all), marketing: standing(marketing), may_send: maySend, ...held },
    };
  },
});

function standing({ change, atS, source }: StandingWish) {
  return {
    state: change,
    ...(atS !== undefined && { since: isoOf(atS) }),
    ...(source !== undefined && { source }),
  };
}

function isoOf(atS: number): string {
  return new Date(atS * 1000).toISOString();
}
