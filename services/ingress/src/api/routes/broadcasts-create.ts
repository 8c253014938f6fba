import { randomUUID } from 'node:crypto';
import { BroadcastBody, draftPlan } from '@alur/lists';
import { broadcastId, createBroadcast, readBroadcast, shardOf, type BroadcastPlan } from '@alur/store';
import { refusal, type ApiAnswer } from '../api-answer.ts';
import { BroadcastAnswer, shown } from '../broadcast-answers.ts';
import { canonicalJson } from '../canonical-json.ts';
import { defineRoute, type ApiCall, type ApiDeps } from '../route.ts';
import { numberOf, unknownNumber } from '../team-number.ts';

/** Makes a draft, which says nothing to anybody until it has recipients and is started. */
export const broadcastsCreate = defineRoute({
  method: 'POST',
  path: 'broadcasts',
  name: 'broadcasts-create',
  scope: 'broadcasts',
  summary: 'Make a broadcast',
  body: BroadcastBody,
  example: {
    body: {
      name: 'Spring sale',
      template: {
        name: 'order_update',
        language: 'en',
        components: [{ type: 'body', parameters: [{ type: 'text', text: '{{order}}' }] }],
      },
      columns: { wa_id: 'Phone', order: 'Order no.' },
      idempotency_key: 'spring-sale',
    },
  },
  answers: {
    201: { description: 'The draft.', schema: BroadcastAnswer },
    200: { description: 'This idempotency key has made it before.', schema: BroadcastAnswer },
    409: {
      description:
        'The idempotency key has made another one (`idempotency_mismatch`), or the tenant has a thousand (`too_many`).',
    },
  },
  handle: create,
});

async function create({ team, body }: ApiCall & { body: BroadcastBody }, deps: ApiDeps): Promise<ApiAnswer> {
  const number = numberOf(team, body.phone_number_id);
  if (!number) return unknownNumber(team);
  const drafted = draftPlan(body, number.id, team);
  if (!('plan' in drafted))
    return refusal(422, 'invalid', 'The broadcast does not fit; nothing was stored', drafted.problems);
  const { plan } = drafted;
  const bid = broadcastId(team.tenant, team.id, body.idempotency_key ?? randomUUID());
  const ref = { shard: shardOf(team.tenant, deps.shards), tenant: team.tenant, team: team.id, bid };
  const created = await createBroadcast(deps.client, ref, plan);
  if (created === 'full')
    return refusal(409, 'too_many', 'The tenant has a thousand broadcasts: delete some that are over');
  const broadcast = await readBroadcast(deps.client, ref);
  // One that was deleted after it had begun cannot be made again.
  if (!broadcast || askedFor(plan) !== askedFor(broadcast))
    return refusal(
      409,
      'idempotency_mismatch',
      'This idempotency key has made another broadcast: use a new one',
    );
  return { status: created === 'new' ? 201 : 200, body: shown(broadcast) };
}

/** All that a call asks for; what the templates said at the time is not of it. */
function askedFor({ name, number, template, ttlS, headings, stopAtFailedPercent }: BroadcastPlan): string {
  return canonicalJson([name, number, template, ttlS, headings, stopAtFailedPercent]);
}
