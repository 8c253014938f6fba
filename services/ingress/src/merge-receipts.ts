import { type Bundle, findNumber } from '@alur/bundle';
import {
  flightCaps,
  mergeStatuses,
  readMessage,
  settle,
  shardOf,
  type OwnStatus,
  type RedisClient,
  type StatusOutcome,
  type TierQueues,
} from '@alur/store';

const STATUSES_PER_CALL = 100;

interface Deps {
  client: RedisClient;
  queues: TierQueues;
  shards: number;
  bundle: Bundle;
}

type TenantStatus = { tenant: string; status: OwnStatus };

/** Merges receipts into their messages, and lets the conversations go on that waited for one. Safe to repeat. */
export async function mergeReceipts(statuses: readonly TenantStatus[], deps: Deps): Promise<StatusOutcome[]> {
  const byShard = groupByShard(statuses, deps.shards);
  const outcomes: StatusOutcome[] = [];
  for (const [shard, group] of byShard) {
    for (let start = 0; start < group.length; start += STATUSES_PER_CALL) {
      const batch = group.slice(start, start + STATUSES_PER_CALL);
      const merged = await mergeStatuses(deps.client, shard, batch);
      outcomes.push(...merged);
      const settled = batch.filter((_, index) => merged[index] === 'settle');
      await Promise.all(settled.map((status) => settleMessage(shard, status, deps)));
    }
  }
  return outcomes;
}

async function settleMessage(shard: number, status: OwnStatus, deps: Deps): Promise<void> {
  const number = findNumber(deps.bundle, status.number);
  const data = await readMessage(deps.client, shard, status.mid);
  if (!number || !data) return;
  const ref = { mid: data.mid, cid: data.cid, class: data.class, number: data.number, shard };
  const admitted = await settle(deps.client, ref, flightCaps(number.throughput));
  await deps.queues.add(number.tier, { shard, number: number.id }, admitted);
}

function groupByShard(statuses: readonly TenantStatus[], shards: number): Map<number, OwnStatus[]> {
  const groups = new Map<number, OwnStatus[]>();
  for (const { tenant, status } of statuses) {
    const shard = shardOf(tenant, shards);
    const group = groups.get(shard) ?? [];
    group.push(status);
    groups.set(shard, group);
  }
  return groups;
}
