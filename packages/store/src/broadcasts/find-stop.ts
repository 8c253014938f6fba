import { z } from 'zod';
import type { RedisClient } from '../connection.ts';
import { shardKeys, wabaOf } from '../keys.ts';
import { loadScript } from '../script.ts';
import type { SendingNumber } from '../sending-number.ts';
import { templateName, type Broadcast, type BroadcastRef } from './broadcast.ts';
import { countOutcomes } from './outcomes.ts';

/** Why a broadcast stops by itself. What Meta has said once will not get better by more of the same: a person decides. */
export const StopReason = z.enum(['quality', 'template', 'restricted', 'blocked', 'failures']);
export type StopReason = z.infer<typeof StopReason>;

/** What Meta says of a number when contacts complain. */
const WORSE = new Set(['flagged', 'downgrade']);
/** Codes that pause a number or its WABA for what it sends: too many complaints, a policy, a lock. */
const BLOCKS = new Set(['368', '131031', '131048']);
/** So many have to be settled before a share of them means something. */
const FAILURES_AMONG = 100;
const PERCENT = 100;

const noteScript = loadScript('note-broadcast');

/** Writes where a feeder stands with a broadcast. */
export async function noteBroadcast(
  client: RedisClient,
  { shard, bid }: BroadcastRef,
  fields: Readonly<Record<string, string | number>>,
): Promise<void> {
  await noteScript.run(client, [shardKeys(shard).broadcast(bid)], Object.entries(fields).flat());
}

/** The number's quality by Meta's last word; '' before the first. */
export async function readQuality(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
): Promise<string> {
  return (await client.hget(shardKeys(shard).number(number.id), 'quality')) ?? '';
}

/** Whether a broadcast must go no further by what Meta has said of its number, its WABA or its template. */
export async function findStop(
  client: RedisClient,
  ref: BroadcastRef,
  { broadcast, number, nowMs }: { broadcast: Broadcast; number: SendingNumber; nowMs: number },
): Promise<StopReason | undefined> {
  const keys = shardKeys(ref.shard);
  const { name, language } = templateName(broadcast);
  const [own, waba, templates] = await Promise.all([
    client.hmget(keys.number(number.id), 'quality', 'paused_until', 'paused_code'),
    client.hmget(keys.waba(wabaOf(number)), 'paused_until', 'paused_code', 'templates_until'),
    client.hmget(keys.templates(wabaOf(number)), name, `${name}:${language}`),
  ]);
  const holds = (until: string | null | undefined) => Number(until ?? 0) > nowMs;
  const [quality, until, code] = own;
  const [wabaUntil, wabaCode, templatesUntil] = waba;
  if (await isWorse(client, ref, broadcast, quality ?? '')) return 'quality';
  if (templates.some(holds)) return 'template';
  if (holds(templatesUntil) || (holds(wabaUntil) && wabaCode === 'restriction')) return 'restricted';
  const isBlocked =
    (holds(until) && BLOCKS.has(code ?? '')) || (holds(wabaUntil) && BLOCKS.has(wabaCode ?? ''));
  return isBlocked ? 'blocked' : undefined;
}

/** Worse than it was when the broadcast began. A better word in between is remembered, so that the next bad one counts. */
async function isWorse(
  client: RedisClient,
  ref: BroadcastRef,
  { quality: before = '' }: Broadcast,
  now: string,
): Promise<boolean> {
  if (now === before) return false;
  if (WORSE.has(now)) return true;
  await noteBroadcast(client, ref, { quality: now });
  return false;
}

/** Whether more of it fails than it may. */
export async function failsTooOften(
  client: RedisClient,
  ref: BroadcastRef,
  broadcast: Broadcast,
): Promise<boolean> {
  if (broadcast.stopAtFailedPercent === undefined) return false;
  const { states } = await countOutcomes(client, ref, broadcast.total);
  const settled = states.sent + states.delivered + states.read + states.failed;
  return settled >= FAILURES_AMONG && states.failed * PERCENT > settled * broadcast.stopAtFailedPercent;
}
