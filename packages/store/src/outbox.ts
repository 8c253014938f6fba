import type { OwnEventType } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { EMITTED_MAX, typesOf } from './emitted.ts';
import { entryOf, flightKeys, ledgerKey, shardKeys } from './keys.ts';
import { RECORD_KEEP_S, TIER_DAY_MS, type MessageRef } from './message-ref.ts';
import { MessageData, parseAdmitted, type Admitted } from './record.ts';
import { loadScript } from './script.ts';
import { tierLimit, type SendingNumber } from './sending-number.ts';

export type OnUnknown = 'retry_once' | 'park';

export interface SweepPolicy {
  graceMs: number;
  /** How long an unknown waits when no later message proves that statuses arrive. */
  floorMs: number;
  onUnknown: OnUnknown;
  keepS?: number;
  /** What subscribers of the team want to hear of. */
  wanted?: ReadonlySet<OwnEventType> | undefined;
}

/** What a sweep did: `job` needs a job for `attempt`. */
export interface Swept {
  action: 'job' | 'unknown' | 'retry' | 'parked' | 'ended' | 'none';
  attempt: number;
  admitted: Admitted[];
}

const sweepScript = loadScript('sweep');
const wakeScript = loadScript('wake');
const dueScript = loadScript('due');
const SweepReply = z.tuple([
  z.enum(['job', 'unknown', 'retry', 'parked', 'ended', 'none']),
  z.array(z.string()),
  z.number(),
]);
const DueReply = z.tuple([z.number(), z.array(z.string()), z.array(z.string())]);
const WakeReply = z.tuple([z.number()]).rest(z.string());
const WAKE_MOST = 200;

/** Looks at one open message whose next check is due. */
export async function sweep(client: RedisClient, ref: MessageRef, policy: SweepPolicy): Promise<Swept> {
  const keys = shardKeys(ref.shard);
  const { number } = ref;
  const keyList = [
    keys.message(ref.mid),
    keys.dead,
    keys.chain(ref.cid, ref.class),
    keys.statusesSeen(number.id),
    ...flightKeys(keys, number),
    keys.emitted,
  ];
  const { graceMs, floorMs, onUnknown, keepS = RECORD_KEEP_S, wanted } = policy;
  const args = [
    ...[entryOf(ref), ref.class, number.id, number.throughput, keepS, graceMs, floorMs, onUnknown],
    ...[EMITTED_MAX, typesOf(wanted)],
  ];
  const [action, admitted, attempt] = SweepReply.parse(await sweepScript.run(client, keyList, args));
  return { action, attempt, admitted: parseAdmitted(admitted) };
}

/**
 * Lets go on what waited for a time or for room, ends pauses that are over (and one for a credential when `credentialMark` is another),
 * and admits what may go. `nextMs`: when to look again.
 */
export async function wakeNumber(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
  credentialMark = '',
): Promise<{ admitted: Admitted[]; nextMs: number | undefined }> {
  const keys = shardKeys(shard);
  const keyList = [...flightKeys(keys, number), ledgerKey(keys, number)];
  const args = [number.id, number.throughput, tierLimit(number), TIER_DAY_MS, credentialMark, WAKE_MOST];
  const [nextMs, ...admitted] = WakeReply.parse(await wakeScript.run(client, keyList, args));
  return { admitted: parseAdmitted(admitted), nextMs: nextMs < 0 ? undefined : nextMs };
}

/**
 * Numbers that somebody has to look at by now (`wakeNumber`) and open messages whose next check is due (`sweep`), the longest due
 * first, at most so many of each, by Redis's clock.
 */
export async function due(
  client: RedisClient,
  shard: number,
  most: { numbers: number; messages: number },
): Promise<{ numbers: string[]; mids: string[]; nowMs: number }> {
  const { wakes, outbox } = shardKeys(shard);
  const reply = await dueScript.run(client, [wakes, outbox], [most.numbers, most.messages]);
  const [nowMs, numbers, mids] = DueReply.parse(reply);
  return { numbers, mids, nowMs };
}

/** What a message is and who it belongs to; undefined when its record is gone. */
export async function readMessage(
  client: RedisClient,
  shard: number,
  mid: string,
): Promise<MessageData | undefined> {
  const data = await client.hget(shardKeys(shard).message(mid), 'data');
  return data === null ? undefined : MessageData.parse(JSON.parse(data));
}

/** Takes a message without a record off the books. */
export async function forgetMessage(client: RedisClient, shard: number, mid: string): Promise<void> {
  await client.zrem(shardKeys(shard).outbox, mid);
}

/** Looks at a due message, or number, no sooner than `untilMs`: nobody knows its number now. */
export async function putOff(
  client: RedisClient,
  shard: number,
  what: { mid: string } | { number: string },
  untilMs: number,
): Promise<void> {
  const { outbox, wakes } = shardKeys(shard);
  if ('mid' in what) await client.zadd(outbox, 'XX', untilMs, what.mid);
  else await client.zadd(wakes, 'XX', untilMs, what.number);
}
