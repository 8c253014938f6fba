import {
  type DeadReason,
  type MessageId,
  type NumberId,
  type StatusKind,
  type StatusUpdate,
} from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { entryOf, flightKeys, shardKeys, type Keys } from './keys.ts';
import { type Admitted, type FlightCaps, MessageData, parseAdmitted } from './record.ts';
import { loadScript } from './script.ts';

/** Message records are kept this long after their end: longer than a late status can come. */
const KEEP_S = 8 * 86_400;

/** What names a message and all keys that its fate touches. */
export interface MessageRef extends Admitted {
  shard: number;
  number: NumberId;
}

/**
 * `go`: the attempt is this caller's, for `leaseMs` from now. `wait`: no room yet. `no`: somebody else has it, or it
 * is over. `admitted`: messages that took its place in the queue.
 */
export type Claim =
  | { kind: 'go'; attempt: number; data: MessageData; admitted: Admitted[] }
  | { kind: 'wait'; ms: number }
  | { kind: 'no'; state: string };

/** What came of an attempt. */
export type AttemptOutcome =
  | { kind: 'sent'; wamid: string }
  | { kind: 'retry'; code: string; delayMs: number }
  | { kind: 'dead'; code: string; reason: DeadReason }
  | { kind: 'unknown'; code: string; graceMs: number };

export interface NumberPolicy {
  /** Messages a second. */
  throughput: number;
  caps: FlightCaps;
}

export interface SweepPolicy {
  graceMs: number;
  /** How long an unknown waits when no later message proves that statuses arrive. */
  floorMs: number;
  onUnknown: 'retry_once' | 'park';
}

/** What a sweep did: `job` and `retry` need a job for `attempt`. */
export interface Swept {
  action: 'job' | 'unknown' | 'retry' | 'parked' | 'ended' | 'none';
  attempt: number;
  admitted: Admitted[];
}

export type StatusOutcome = 'merged' | 'settle' | 'unmatched';

const claimScript = loadScript('claim');
const finishScript = loadScript('finish');
const settleScript = loadScript('settle');
const sweepScript = loadScript('sweep');
const admitScript = loadScript('admit');
const mergeScript = loadScript('merge-status');
const Strings = z.array(z.string());
const SweepAction = z.enum(['job', 'unknown', 'retry', 'parked', 'ended', 'none']);
const MergeReply = z.array(z.enum(['merged', 'settle', 'unmatched']));
const Reply = z.array(z.union([z.string(), z.number()]));

/** Asks for one attempt of a message; takes every limit's token or none. */
export async function claim(
  client: RedisClient,
  ref: MessageRef,
  policy: NumberPolicy & { leaseMs: number },
): Promise<Claim> {
  const keys = shardKeys(ref.shard);
  const keyList = [
    keys.message(ref.mid),
    keys.outbox,
    keys.throughput(ref.number),
    ...flightKeys(keys, ref.number),
  ];
  const args = [ref.mid, policy.leaseMs, policy.throughput, policy.caps.ahead, policy.caps.flying];
  const [kind, first, ...rest] = Reply.parse(await claimScript.run(client, keyList, args));
  if (kind === 'wait') return { kind, ms: Number(first) };
  if (kind !== 'go') return { kind: 'no', state: String(first) };
  const [data, ...admitted] = rest.map(String);
  return { kind, attempt: Number(first), data: parseData(data), admitted: parseAdmitted(admitted) };
}

/** Records what came of an attempt and lets the next messages go. `ok` is false when the attempt is not open any more. */
export async function finish(
  client: RedisClient,
  ref: MessageRef,
  attempt: number,
  end: { outcome: AttemptOutcome; caps: FlightCaps },
): Promise<{ ok: boolean; admitted: Admitted[] }> {
  const { outcome, caps } = end;
  const args = [
    entryOf(ref.mid, ref.cid),
    ref.class,
    attempt,
    outcome.kind,
    outcome.kind === 'sent' ? outcome.wamid : '',
    outcome.kind === 'sent' ? '' : outcome.code,
    outcome.kind === 'dead' ? outcome.reason : '',
    outcome.kind === 'retry' ? outcome.delayMs : outcome.kind === 'unknown' ? outcome.graceMs : 0,
    caps.ahead,
    caps.flying,
    KEEP_S,
  ];
  const [kind, ...admitted] = Strings.parse(await finishScript.run(client, endKeys(ref), args));
  return { ok: kind === 'ok', admitted: parseAdmitted(admitted) };
}

/** After a status made a message final: lets its chain move on. Safe to repeat. */
export async function settle(client: RedisClient, ref: MessageRef, caps: FlightCaps): Promise<Admitted[]> {
  const args = [entryOf(ref.mid, ref.cid), ref.class, caps.ahead, caps.flying, KEEP_S];
  return parseAdmitted(Strings.parse(await settleScript.run(client, endKeys(ref), args)));
}

/** Looks at one open message whose next check is due. */
export async function sweep(
  client: RedisClient,
  ref: MessageRef,
  policy: SweepPolicy & { caps: FlightCaps },
): Promise<Swept> {
  const keyList = [...endKeys(ref), shardKeys(ref.shard).statusesSeen(ref.number)];
  const { graceMs, floorMs, onUnknown, caps } = policy;
  const args = [
    entryOf(ref.mid, ref.cid),
    ref.class,
    graceMs,
    floorMs,
    onUnknown,
    caps.ahead,
    caps.flying,
    KEEP_S,
  ];
  const [action, attempt, ...admitted] = Reply.parse(await sweepScript.run(client, keyList, args));
  return {
    action: SweepAction.parse(action),
    attempt: Number(attempt),
    admitted: parseAdmitted(admitted.map(String)),
  };
}

/** Lets a number's waiting messages go while there is room. */
export async function admit(
  client: RedisClient,
  shard: number,
  number: NumberId,
  caps: FlightCaps,
): Promise<Admitted[]> {
  const keys = shardKeys(shard);
  const reply = await admitScript.run(
    client,
    [keys.outbox, ...flightKeys(keys, number)],
    [caps.ahead, caps.flying],
  );
  return parseAdmitted(Strings.parse(reply));
}

/** Ids of open messages whose next check is due. */
export async function dueMessages(
  client: RedisClient,
  shard: number,
  nowMs: number,
  limit: number,
): Promise<string[]> {
  return client.zrangebyscore(shardKeys(shard).outbox, '-inf', nowMs, 'LIMIT', 0, limit);
}

/** What a message is and who it belongs to; undefined when its record is gone. */
export async function readMessage(
  client: RedisClient,
  shard: number,
  mid: string,
): Promise<MessageData | undefined> {
  const data = await client.hget(shardKeys(shard).message(mid), 'data');
  return data === null ? undefined : parseData(data);
}

/** Takes a message without a record off the books. */
export async function forgetMessage(client: RedisClient, shard: number, mid: string): Promise<void> {
  await client.zrem(shardKeys(shard).outbox, mid);
}

const RANK: Record<StatusKind, number | undefined> = {
  failed: 0,
  sent: 1,
  delivered: 2,
  read: 3,
  played: 4,
  other: undefined,
};

/** A status of a message that this system sent. */
export type OwnStatus = StatusUpdate & { mid: MessageId; attempt: number };

/** Merges receipts of one shard, at most 100, in any order. */
export async function mergeStatuses(
  client: RedisClient,
  shard: number,
  statuses: readonly OwnStatus[],
): Promise<StatusOutcome[]> {
  const keys = shardKeys(shard);
  const known = statuses.filter((status) => RANK[status.status] !== undefined);
  if (known.length === 0) return statuses.map(() => 'unmatched');
  const keyList = [keys.dead, ...known.flatMap((s) => [keys.message(s.mid), keys.statusesSeen(s.number)])];
  const each = known.flatMap((s) => [
    s.mid,
    s.attempt,
    RANK[s.status] ?? 0,
    s.wamid,
    String(s.errorCode ?? ''),
    s.number,
  ]);
  const replies = MergeReply.parse(await mergeScript.run(client, keyList, [KEEP_S, ...each]));
  const byStatus = new Map(known.map((status, index) => [status, replies[index] ?? 'unmatched']));
  return statuses.map((status) => byStatus.get(status) ?? 'unmatched');
}

function endKeys(ref: MessageRef): string[] {
  const keys: Keys = shardKeys(ref.shard);
  return [
    keys.message(ref.mid),
    keys.outbox,
    keys.dead,
    keys.chain(ref.cid, ref.class),
    ...flightKeys(keys, ref.number),
  ];
}

function parseData(text: string | undefined): MessageData {
  return MessageData.parse(JSON.parse(text ?? 'null'));
}
