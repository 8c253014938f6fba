import { findTeam, type Bundle, type BusinessNumber } from '@alur/bundle';
import {
  applyStatuses,
  findAttempt,
  shardOf,
  type OwnStatus,
  type RedisClient,
  type StatusOutcome,
  type StatusTeller,
  type TierQueues,
} from '@alur/store';
import { wantedTypes, type StatusUpdate } from '@alur/types';
import { readLateFailure } from '@alur/whatsapp';
import type { SortedStatus } from './sort-items.ts';

interface Deps {
  client: RedisClient;
  queues: TierQueues;
  shards: number;
  bundle: Bundle;
  teller: StatusTeller;
}

/**
 * Merges receipts into their messages, and lets the conversations go on that waited for one. A status without our tag is
 * joined by its wamid; one that nobody knows yet waits a day for its message. Safe to repeat.
 */
export async function mergeReceipts(
  statuses: readonly SortedStatus[],
  { client, queues, shards, bundle, teller }: Deps,
): Promise<StatusOutcome[]> {
  const outcomes: StatusOutcome[] = [];
  for (const [tenant, group] of groupByTenant(statuses)) {
    const place = { client, queues, shard: shardOf(tenant, shards), bundle, teller };
    const early: SortedStatus[] = [];
    outcomes.push(...(await mergeGroup(group, place, early)));
    // What had waited for a wamid that is known now. It waits for nothing more, so once is enough.
    if (early.length > 0) await mergeGroup(early, place);
  }
  return outcomes;
}

/** Merges statuses of one tenant; puts those that had waited for one of them into `early`. */
async function mergeGroup(
  group: readonly SortedStatus[],
  { queues, teller, ...place }: Place & Pick<Deps, 'queues' | 'bundle' | 'teller'>,
  early?: SortedStatus[],
): Promise<StatusOutcome[]> {
  const { client, shard, bundle } = place;
  const found = await Promise.all(group.map((status) => ownStatus(status, place)));
  const own = found.filter((status) => status !== undefined);
  const unmatched = found.filter((status) => status === undefined).map(() => 'unmatched' as const);
  const numbers = new Map(group.map(({ number }) => [number.id, number]));
  const onEarly = (waited: StatusUpdate[]) => {
    for (const status of waited) {
      const number = numbers.get(status.number);
      if (number) early?.push({ number, status });
    }
  };
  const outcomes = await applyStatuses(
    own,
    { client, queues, shard },
    { keepS: bundle.recordKeepS, onEarly },
  );
  await teller.tellReceipts(own);
  return [...unmatched, ...outcomes];
}

type BusinessStatus = OwnStatus & { number: BusinessNumber };

interface Place {
  client: RedisClient;
  shard: number;
}

async function ownStatus(
  { number, status }: SortedStatus,
  { client, shard, bundle }: Place & { bundle: Bundle },
): Promise<BusinessStatus | undefined> {
  const { mid, attempt } = status;
  const found =
    mid === undefined || attempt === undefined ? await findAttempt(client, shard, status) : { mid, attempt };
  if (!found) return undefined;
  const { subscribers = [] } = findTeam(bundle, number.tenant, number.team) ?? {};
  const own = { status: { ...status, ...found }, number, wanted: wantedTypes(subscribers) };
  if (status.status !== 'failed') return own;
  return { ...own, failure: readLateFailure(status.errorCode, bundle.errors) };
}

function groupByTenant(statuses: readonly SortedStatus[]): Map<string, SortedStatus[]> {
  const groups = new Map<string, SortedStatus[]>();
  for (const status of statuses) {
    const group = groups.get(status.number.tenant) ?? [];
    group.push(status);
    groups.set(status.number.tenant, group);
  }
  return groups;
}
