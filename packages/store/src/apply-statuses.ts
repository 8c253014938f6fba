import type { RedisClient } from './connection.ts';
import { pauseNumber } from './numbers.ts';
import { readMessage } from './outbox.ts';
import type { TierQueues } from './queues.ts';
import { mergeStatuses, settle, type MergeOptions, type OwnStatus, type StatusOutcome } from './statuses.ts';

const STATUSES_PER_CALL = 100;

export interface ApplyDeps {
  client: RedisClient;
  queues: TierQueues;
  shard: number;
}

/**
 * Merges receipts of one tenant into their messages, in any order and number, and lets the conversations go on that waited
 * for one. A failure that is about all of a number or WABA holds it, so that nothing more of it is refused. Safe to repeat.
 */
export async function applyStatuses(
  statuses: readonly OwnStatus[],
  deps: ApplyDeps,
  options?: MergeOptions,
): Promise<StatusOutcome[]> {
  const outcomes: StatusOutcome[] = [];
  for (let start = 0; start < statuses.length; start += STATUSES_PER_CALL) {
    const batch = statuses.slice(start, start + STATUSES_PER_CALL);
    const merged = await mergeStatuses(deps.client, deps.shard, batch, options);
    outcomes.push(...merged);
    const settled = batch.filter((_, index) => merged[index] === 'settle');
    await Promise.all(settled.map((status) => settleMessage(status, deps, options?.keepS)));
    await Promise.all(batch.map((status) => holdBack(status, deps)));
  }
  return outcomes;
}

async function holdBack({ number, status, failure }: OwnStatus, { client, shard }: ApplyDeps): Promise<void> {
  if (failure?.pause === undefined) return;
  const { of, ms } = failure.pause;
  const untilMs = ms === undefined ? undefined : Date.now() + ms;
  await pauseNumber(client, shard, number, { of, untilMs, code: String(status.errorCode ?? '') });
}

async function settleMessage(
  { status, number }: OwnStatus,
  { client, queues, shard }: ApplyDeps,
  keepS: number | undefined,
): Promise<void> {
  const data = await readMessage(client, shard, status.mid);
  if (!data) return;
  const ref = { mid: data.mid, cid: data.cid, class: data.class, shard, number };
  const admitted = await settle(client, ref, keepS);
  await queues.add(number.tier, { shard, number: number.id }, admitted);
}
