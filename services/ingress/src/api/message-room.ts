import type { Team } from '@alur/bundle';
import type { Foreseen, Room } from '@alur/store';
import { z } from 'zod';
import { refusal, type ApiAnswer } from './api-answer.ts';

/** To one contact a number may say ten messages a minute: more than this would be said hours later. */
const CHAIN_MAX = 1_000;
/** A number that is full takes a while. */
const RETRY_S = 30;

/** How much room a number has, as answers tell it. */
export const RoomAnswer = z.object({
  tier: z
    .object({ limit: z.number(), used: z.number(), left: z.number() })
    .nullable()
    .describe('Contacts in 24 hours that the messaging limit allows; null: no limit'),
  waiting: z.number().describe('Messages of the number that wait'),
});

export function roomOf({ tier, waiting }: Room): z.infer<typeof RoomAnswer> {
  return { tier: tier ? { ...tier, left: Math.max(0, tier.limit - tier.used) } : null, waiting };
}

const STOPS: Record<NonNullable<Foreseen['stop']>, string> = {
  opted_out: 'The contact wants no such messages: it has opted out',
  undeliverable: 'Meta delivers no marketing to this contact for now',
  window_closed:
    'The contact wrote more than 24 hours ago, or never: send a template, or give one as `outside_window`',
};

/** What is known now already to come to nothing, or has no room. */
export function refuseForeseen({ stop, room }: Foreseen, limits: Team['limits']): ApiAnswer | undefined {
  if (stop !== undefined) return refusal(409, stop, `${STOPS[stop]}; nothing was stored`);
  if (room.waiting >= limits.waiting) {
    const message = `${room.waiting} messages of this number wait, and ${limits.waiting} may; nothing was stored`;
    return backlogFull(message, { limit: 'waiting', ...roomOf(room) });
  }
  if (room.chain < CHAIN_MAX) return undefined;
  const message = `${CHAIN_MAX} messages to this contact wait; nothing was stored`;
  return backlogFull(message, { limit: 'conversation', ...roomOf(room) });
}

function backlogFull(message: string, room: object): ApiAnswer {
  return { status: 429, body: { error: { code: 'backlog_full', message }, room }, retryAfterS: RETRY_S };
}
