import type { DeadReason, MessageId, OwnEventType, StatusKind, StatusUpdate } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { EMITTED_MAX, typesOf } from './emitted.ts';
import { entryOf, flightKeys, ledgerKey, shardKeys } from './keys.ts';
import { RECORD_KEEP_S, type MessageRef } from './message-ref.ts';
import { parseAdmitted, type Admitted } from './record.ts';
import { loadScript } from './script.ts';
import type { SendingNumber } from './sending-number.ts';
import { earlyKey, parseEarly, shortWamid, wamidsKey, WAMID_KEEP_S } from './wamids.ts';

/** What a failure that Meta reports after its 200 means for the message. */
export type FailureAct = 'retry' | 'dead' | 'window_closed' | 'opted_out' | 'hold_marketing';

/** A failure as its code is read. `pause`: everything of the number or WABA has to wait, for `ms` or until it is lifted. */
interface LateFailure {
  act: FailureAct;
  reason: DeadReason;
  pause?: { of: 'number' | 'waba'; ms?: number };
}

/** A status of a message that this system sent. `failure` on `failed`: what its code means. */
export interface OwnStatus {
  status: StatusUpdate & { mid: MessageId; attempt: number };
  number: SendingNumber;
  failure?: LateFailure | undefined;
  /** What subscribers of its team want to hear of. */
  wanted?: ReadonlySet<OwnEventType> | undefined;
}

/** `settle`: the message is final now, its chain may move on. `again`: it gets a new attempt later. */
export type StatusOutcome = 'merged' | 'settle' | 'again' | 'unmatched';

export interface MergeOptions {
  /** From a reported failure to a new attempt, if no success comes meanwhile. */
  againMs?: number;
  maxTries?: number;
  keepS?: number;
  /** Is given statuses that waited for a wamid which is known now: to be merged too. */
  onEarly?: ((statuses: StatusUpdate[]) => void) | undefined;
}

const AGAIN_MS = 10_000;
const TRIES = 5;
const RANK: Record<StatusKind, number | undefined> = {
  failed: 0,
  sent: 1,
  delivered: 2,
  read: 3,
  played: 4,
  other: undefined,
};

const mergeScript = loadScript('merge-status');
const settleScript = loadScript('settle');
const MergeReply = z.tuple([
  z.array(z.enum(['merged', 'settle', 'again', 'unmatched'])),
  z.array(z.string()),
]);

/** Merges receipts of one tenant, at most 100, in any order. */
export async function mergeStatuses(
  client: RedisClient,
  shard: number,
  statuses: readonly OwnStatus[],
  options: MergeOptions = {},
): Promise<StatusOutcome[]> {
  const keys = shardKeys(shard);
  const known = statuses.filter(({ status }) => RANK[status.status] !== undefined);
  const tenant = known[0]?.number.tenant;
  if (tenant === undefined) return statuses.map(() => 'unmatched');
  const { againMs = AGAIN_MS, maxTries = TRIES, keepS = RECORD_KEEP_S } = options;
  const keyList = [
    keys.dead,
    keys.optOuts(tenant),
    keys.emitted,
    ...known.flatMap(({ status, number }) => [
      keys.message(status.mid),
      keys.statusesSeen(number.id),
      ledgerKey(keys, number),
      wamidsKey(shard, number.id, status.wamid),
      earlyKey(shard, number.id, status.wamid),
      ...flightKeys(keys, number),
    ]),
  ];
  const args = [keepS, againMs, maxTries, WAMID_KEEP_S, EMITTED_MAX, ...known.flatMap(argumentsOf)];
  const [replies, early] = MergeReply.parse(await mergeScript.run(client, keyList, args));
  if (early.length > 0) options.onEarly?.(parseEarly(early));
  const outcomes = new Map(known.map((status, index) => [status, replies[index] ?? 'unmatched']));
  return statuses.map((status) => outcomes.get(status) ?? 'unmatched');
}

function argumentsOf({ status, failure, wanted }: OwnStatus): (string | number)[] {
  const { mid, attempt, wamid, number, errorCode, at } = status;
  const { act = 'dead', reason = 'undeliverable' } = failure ?? {};
  const code = String(errorCode ?? '');
  const rank = RANK[status.status] ?? 0;
  const what = [mid, attempt, rank, wamid, shortWamid(number, wamid), code, number];
  return [...what, act, reason, at, typesOf(wanted)];
}

/** After a status made a message final: lets its chain move on. Safe to repeat. */
export async function settle(
  client: RedisClient,
  ref: MessageRef,
  keepS = RECORD_KEEP_S,
): Promise<Admitted[]> {
  const keys = shardKeys(ref.shard);
  const { number } = ref;
  const keyList = [keys.message(ref.mid), keys.chain(ref.cid, ref.class), ...flightKeys(keys, number)];
  const args = [entryOf(ref), ref.class, number.id, number.throughput, keepS];
  return parseAdmitted(z.array(z.string()).parse(await settleScript.run(client, keyList, args)));
}
