import { tenantNumbers } from '@alur/lists';
import { eraseContact, shardOf } from '@alur/store';
import { z } from 'zod';
import { To } from '../contact-body.ts';
import { defineRoute } from '../route.ts';

const EraseBody = z.strictObject({
  to: To,
  keep_opt_out: z
    .boolean()
    .default(true)
    .describe('Opt-outs stay, as hashes: who is forgotten is not written to again'),
});

const count = z.number();
const EraseAnswer = z.object({
  conversations: count,
  names: count,
  events: count,
  messages: count,
  emitted: count,
  aside: count,
  recipients: count,
  wishes: count,
});

/** Forgets a contact, with every number of the tenant. */
export const contactErase = defineRoute({
  method: 'POST',
  path: 'contacts/erase',
  name: 'contacts-erase',
  scope: 'contacts',
  summary: 'Erase all that is kept of a contact',
  body: EraseBody,
  example: { body: { to: { wa_id: '6281234567890' } } },
  answers: {
    200: {
      description:
        'How much was removed, over all numbers of the tenant. After a fault the call is repeated; it goes on where it was.',
      schema: EraseAnswer,
    },
  },
  handle: async ({ bundle, team, body }, { client, shards, logger }) => {
    const { tenant } = team;
    const { wa_id: waId, user_id: userId } = body.to;
    const erased = await eraseContact(client, {
      shard: shardOf(tenant, shards),
      tenant,
      numbers: tenantNumbers(bundle, tenant),
      ids: { waId, userId },
      keepsOptOut: body.keep_opt_out,
    });
    logger.info({ tenant, team: team.id, ...erased }, 'contacts.erased');
    return { status: 200, body: erased };
  },
});
