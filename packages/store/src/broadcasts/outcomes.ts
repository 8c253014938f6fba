import { DEAD_REASONS, type DeadReason } from '@alur/types';
import type { RedisClient } from '../connection.ts';
import { shardKeys } from '../keys.ts';
import type { BroadcastRef, BroadcastState } from './broadcast.ts';

/**
 * What has become of a recipient. `waiting`: no message yet. `queued`: it has one, not sent so far. `skipped`: he wants none. `gone`: its
 * record went before anybody looked.
 */
export type OutcomeState =
  'waiting' | 'queued' | 'sent' | 'delivered' | 'read' | 'failed' | 'skipped' | 'erased' | 'gone';

export interface Outcome {
  state: OutcomeState;
  reason?: DeadReason | undefined;
}

const STATES: Readonly<Record<string, OutcomeState>> = {
  q: 'queued',
  s: 'sent',
  d: 'delivered',
  r: 'read',
  x: 'failed',
  o: 'skipped',
  e: 'erased',
  g: 'gone',
};

/** A letter of its own for each reason that a message may be dead for: the byte tells it when the record is gone. */
const REASONS: Readonly<Record<DeadReason, string>> = {
  bad_recipient: 'B',
  configuration: 'C',
  invalid_message: 'I',
  opted_out: 'O',
  retries_exhausted: 'R',
  rate_limited: 'L',
  media: 'M',
  template: 'T',
  window_closed: 'W',
  undeliverable: 'U',
  unknown_outcome: 'N',
  unknown_code: 'K',
};

/** As a person is told: who still waits when a broadcast is cancelled never gets anything. */
export function outcomesTold(
  state: BroadcastState,
  { waiting, ...others }: OutcomeCounts['states'],
): Record<OutcomeState, number> & { cancelled?: number } {
  if (state !== 'cancelled') return { waiting, ...others };
  return { waiting: 0, cancelled: waiting, ...others };
}

/** As `settle-recipients` reads them. */
export const OUTCOME_LETTERS = ` ${[
  ...['sent=s', 'delivered=d', 'read=r', 'dead=x', 'gone=g'],
  ...Object.entries(REASONS).map(([reason, letter]) => `${reason}=${letter}`),
].join('  ')} `;

const OUTCOMES: ReadonlyMap<string, Outcome> = new Map<string, Outcome>([
  ...Object.entries(STATES).map(([letter, state]): [string, Outcome] => [letter, { state }]),
  ...reasonNames().map((reason): [string, Outcome] => [REASONS[reason], { state: 'failed', reason }]),
]);

function reasonNames(): DeadReason[] {
  const names: readonly string[] = Object.keys(REASONS);
  return names.filter((name): name is DeadReason => Object.hasOwn(DEAD_REASONS, name));
}

const WAITING: Outcome = { state: 'waiting' };

/** What a byte of the outcomes says. */
export function outcomeOf(byte: string | undefined): Outcome {
  return OUTCOMES.get(byte ?? '') ?? WAITING;
}

/** How many recipients came to what; `failed` also by reason. */
export interface OutcomeCounts {
  states: Record<OutcomeState, number>;
  reasons: Partial<Record<DeadReason, number>>;
}

/** Nobody has come to anything yet: every state that there is. */
export function noOutcomes(): Record<OutcomeState, number> {
  return { waiting: 0, queued: 0, sent: 0, delivered: 0, read: 0, failed: 0, skipped: 0, erased: 0, gone: 0 };
}

/** Counts the bytes: a million take a few milliseconds. */
export async function countOutcomes(
  client: RedisClient,
  { shard, bid }: BroadcastRef,
  total: number,
): Promise<OutcomeCounts> {
  const bytes = await client.getBuffer(shardKeys(shard).outcomes(bid));
  const counts = new Uint32Array(256);
  for (const byte of bytes ?? []) counts[byte] = (counts[byte] ?? 0) + 1;
  const result: OutcomeCounts = {
    states: { ...noOutcomes(), waiting: Math.max(0, total - (bytes?.length ?? 0)) },
    reasons: {},
  };
  counts.forEach((count, byte) => {
    if (count === 0) return;
    const { state, reason } = outcomeOf(String.fromCharCode(byte));
    result.states[state] += count;
    if (reason !== undefined) result.reasons[reason] = (result.reasons[reason] ?? 0) + count;
  });
  return result;
}

/** The bytes of recipients from an index on; one that has none yet is `.`. */
export async function readOutcomes(
  client: RedisClient,
  { shard, bid }: BroadcastRef,
  from: number,
  count: number,
): Promise<string> {
  // To Redis, an end before the beginning is the end of all.
  if (count <= 0) return '';
  const bytes = await client.getrange(shardKeys(shard).outcomes(bid), from, from + count - 1);
  return bytes.replaceAll('\0', '.').padEnd(count, '.');
}
