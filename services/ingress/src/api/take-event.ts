import { randomUUID } from 'node:crypto';
import type { BusinessNumber, Team } from '@alur/bundle';
import { findConversation, isHandedOff, shardOf, type Intake, type RedisClient } from '@alur/store';
import { EventId, hash, type InboundEvent, type Sender } from '@alur/types';
import { NOT_STORED, refusal, type ApiAnswer } from './api-answer.ts';
import type { EventBody, ReleaseBody } from './contact-body.ts';
import { numberOf, unknownNumber } from './team-number.ts';

export interface TakeDeps {
  client: RedisClient;
  shards: number;
  intake: Intake;
  /** Unix ms. */
  now: () => number;
}

type Common = Pick<InboundEvent, 'evt' | 'tenant' | 'team' | 'number' | 'at' | 'receivedAtMs' | 'from'>;

/** An event for a contact: what an `event` trigger of the team's flows starts with. */
export async function takeEvent(team: Team, body: EventBody, deps: TakeDeps): Promise<ApiAnswer> {
  const number = numberOf(team, body.phone_number_id);
  if (!number) return unknownNumber(team);
  const evt = EventId.parse(hash('api', team.tenant, team.id, body.idempotency_key ?? randomUUID()));
  const event: InboundEvent = {
    ...common(evt, number, body, deps),
    kind: 'event',
    eventType: body.event_type,
    input: body.input,
  };
  return accept(event, deps);
}

/** Gives a conversation that people have back to the flows. */
export async function takeRelease(team: Team, body: ReleaseBody, deps: TakeDeps): Promise<ApiAnswer> {
  const number = numberOf(team, body.phone_number_id);
  if (!number) return unknownNumber(team);
  const shard = shardOf(team.tenant, deps.shards);
  const { wa_id: waId, user_id: userId } = body.to;
  const cid = await findConversation(deps.client, shard, number.id, { waId, userId });
  if (cid === undefined || !(await isHandedOff(deps.client, shard, cid))) {
    return refusal(409, 'not_handed_off', 'No `handoff` node has given this conversation to people');
  }
  const evt = EventId.parse(hash('release', cid, randomUUID()));
  return accept({ ...common(evt, number, body, deps), kind: 'release' }, deps);
}

async function accept(event: InboundEvent, { intake }: TakeDeps): Promise<ApiAnswer> {
  const [outcome] = await intake.accept([event]);
  // The clocks of this machine and of Redis differ by days.
  if (outcome === 'old') return NOT_STORED;
  return { status: 202, body: { id: event.evt, status: outcome === 'dup' ? 'known' : 'accepted' } };
}

function common(evt: EventId, number: BusinessNumber, { to }: ReleaseBody, { now }: TakeDeps): Common {
  const receivedAtMs = now();
  const from: Sender = {
    ...(to.wa_id !== undefined && { waId: to.wa_id }),
    ...(to.user_id !== undefined && { userId: to.user_id }),
    ...(to.name !== undefined && { name: to.name }),
  };
  const { tenant, team, id } = number;
  return { evt, tenant, team, number: id, at: Math.floor(receivedAtMs / 1000), receivedAtMs, from };
}
