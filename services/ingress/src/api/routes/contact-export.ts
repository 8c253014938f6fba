import { tenantNumbers } from '@alur/lists';
import { exportContact, shardOf, type ExportedPart } from '@alur/store';
import { z } from 'zod';
import { To } from '../contact-body.ts';
import { defineRoute } from '../route.ts';
import { streamAnswer } from '../stream-answer.ts';
import { teamsOf } from '../team-key.ts';

const NAME = 'contacts-export';
const ContactBody = z.strictObject({ to: To });

/** All that is kept of a contact, a JSON object a line. */
export const contactExport = defineRoute({
  method: 'POST',
  path: 'contacts/export',
  name: NAME,
  scope: 'contacts',
  summary: 'Export all that is kept of a contact',
  body: ContactBody,
  writes: false,
  example: { body: { to: { wa_id: '6281234567890' } } },
  answers: {
    200: {
      description:
        "A JSON object a line: what the key's teams keep of the contact. A contact that nobody knows has two lines.",
      contentType: 'application/x-ndjson',
    },
  },
  handle: async (call, { client, shards, metrics }) => {
    const { tenant } = call.team;
    const { wa_id: waId, user_id: userId } = call.body.to;
    const numbers = tenantNumbers(call.bundle, tenant);
    const teams = teamsOf(call).map(({ id }) => id);
    const asked = { shard: shardOf(tenant, shards), tenant, numbers, teams, ids: { waId, userId } };
    const file = { contentType: 'application/x-ndjson', fileName: 'contact.ndjson' };
    const isWhole = await streamAnswer(call.response, file, linesOf(exportContact(client, asked)));
    if (isWhole) metrics.apiRequests.inc({ route: NAME, code: '200' });
    return undefined;
  },
});

async function* linesOf(parts: AsyncIterable<ExportedPart>): AsyncGenerator<string> {
  for await (const part of parts) yield `${JSON.stringify(part)}\n`;
}
