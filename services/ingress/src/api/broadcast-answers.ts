import type { BusinessNumber } from '@alur/bundle';
import { forecast } from '@alur/lists';
import {
  BROADCAST_MOVES,
  BroadcastId,
  type BroadcastMove,
  countOutcomes,
  outcomesTold,
  readBroadcast,
  readWaits,
  shardOf,
  type Broadcast,
  type BroadcastRef,
  type Moved,
} from '@alur/store';
import { readAs } from '@alur/types';
import { z } from 'zod';
import { refusal, type ApiAnswer } from './api-answer.ts';
import type { ApiCall, ApiDeps } from './route.ts';

/** Another team's is answered as one that is not there. */
export const NO_BROADCAST = refusal(404, 'not_found', 'There is no broadcast with this id');

/** What somebody may ask for; the rest a broadcast does by itself. */
const ASKED: readonly BroadcastMove[] = ['start', 'pause', 'resume', 'cancel'];

/** The broadcast that a path names, if it is this team's. */
export async function findBroadcast(
  { team, params }: Pick<ApiCall, 'team' | 'params'>,
  { client, shards }: ApiDeps,
): Promise<{ ref: BroadcastRef; broadcast: Broadcast; number: BusinessNumber | undefined } | undefined> {
  const bid = readAs(BroadcastId, params['bid']).data;
  if (bid === undefined) return undefined;
  const ref = { shard: shardOf(team.tenant, shards), tenant: team.tenant, team: team.id, bid };
  const broadcast = await readBroadcast(client, ref);
  const number = team.numbers.find(({ id }) => id === broadcast?.number);
  return broadcast && { ref, broadcast, number };
}

const Time = z.string().optional();
export const BroadcastAnswer = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  reason: z.string().optional(),
  phone_number_id: z.string(),
  template: z.string(),
  columns: z.array(z.string()),
  recipients: z.number(),
  created_at: z.string(),
  starts_at: Time,
  started_at: Time,
  ended_at: Time,
  allowed: z.array(z.string()),
});
export const ProgressAnswer = BroadcastAnswer.extend({
  outcomes: z.record(z.string(), z.number()),
  waits: z.array(
    z.object({ for: z.enum(['tier', 'number', 'templates']), until: Time, code: z.string().optional() }),
  ),
  failed_by_reason: z.record(z.string(), z.number()),
  per_second: z.number(),
  ends_at: Time,
});

export function shown(broadcast: Broadcast): z.infer<typeof BroadcastAnswer> {
  const { bid, name, state, reason, number, template, columns, total } = broadcast;
  return {
    id: bid,
    name,
    state,
    ...(reason !== undefined && { reason }),
    phone_number_id: number,
    template: typeof template['name'] === 'string' ? template['name'] : '',
    columns,
    recipients: total,
    created_at: timeOf(broadcast.createdMs) ?? '',
    ...dropUndefined({
      starts_at: state === 'scheduled' ? timeOf(broadcast.startAtMs) : undefined,
      started_at: timeOf(broadcast.startedMs),
      ended_at: timeOf(broadcast.endedMs),
    }),
    allowed: allowedIn(state),
  };
}

/** With what has become of each, and when it will be over as things are. */
export async function shownWithProgress(
  { ref, broadcast, number }: { ref: BroadcastRef; broadcast: Broadcast; number: BusinessNumber | undefined },
  { client, now }: ApiDeps,
): Promise<z.infer<typeof ProgressAnswer>> {
  const { states, reasons } = await countOutcomes(client, ref, broadcast.total);
  const { perSecond = 0, state } = broadcast;
  const open = { recipients: states.waiting + states.queued, optedOut: 0, erased: 0, nowMs: now() };
  const rate = perSecond > 0 ? { perSecond } : {};
  const ahead =
    state === 'running' && number
      ? await forecast(client, ref.shard, number, { ...open, ...rate })
      : undefined;
  const isOpen = state === 'running' && open.recipients > 0;
  const waits = isOpen && number ? await readWaits(client, ref.shard, number) : [];
  return {
    ...shown(broadcast),
    outcomes: outcomesTold(state, states),
    waits: waits.map(({ untilMs, ...wait }) => ({ ...wait, ...dropUndefined({ until: timeOf(untilMs) }) })),
    failed_by_reason: reasons,
    per_second: state === 'running' ? perSecond : 0,
    ...dropUndefined({ ends_at: timeOf(ahead?.endsAtMs) }),
  };
}

function dropUndefined<T extends Record<string, string | undefined>>(
  times: T,
): Partial<Record<keyof T, string>> {
  const known: Partial<Record<keyof T, string>> = {};
  for (const name in times) if (times[name] !== undefined) known[name] = times[name];
  return known;
}

export function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined || !Number.isFinite(ms) ? undefined : new Date(ms).toISOString();
}

function allowedIn(state: Broadcast['state']): BroadcastMove[] {
  return ASKED.filter((move) => BROADCAST_MOVES[move].from.includes(state));
}

/** Why a broadcast did not do what it was asked for; undefined when it did. */
export function refusedMove(moved: Moved, asked: string): ApiAnswer | undefined {
  if (moved.kind === 'ok') return undefined;
  if (moved.kind === 'none') return NO_BROADCAST;
  if (moved.kind === 'empty')
    return refusal(
      409,
      'no_recipients',
      `Cannot ${asked} the broadcast: it has no recipients; add them first`,
    );
  const allowed = allowedIn(moved.state);
  const now = allowed.length === 0 ? 'it is over' : `allowed now: ${allowed.join(', ')}`;
  return refusal(409, 'not_now', `Cannot ${asked} the broadcast: it is ${moved.state}; ${now}`);
}
