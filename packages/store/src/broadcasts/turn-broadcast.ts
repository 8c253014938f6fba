import { z } from 'zod';
import type { RedisClient } from '../connection.ts';
import { shardKeys, teamField } from '../keys.ts';
import { RECORD_KEEP_S } from '../message-ref.ts';
import { loadScript } from '../script.ts';
import { broadcastKeyList, BroadcastState, feedOf, type BroadcastRef } from './broadcast.ts';

/** One that stands still goes when nobody has touched it for so long. */
const IDLE_KEEP_S = 90 * 86_400;

/** What somebody may do with a broadcast, or it does by itself. */
export const BroadcastMove = z.enum(['start', 'schedule', 'pause', 'resume', 'cancel', 'stop', 'finish']);
export type BroadcastMove = z.infer<typeof BroadcastMove>;

interface MoveRule {
  from: readonly BroadcastState[];
  to: BroadcastState;
}

/** Which state each leads to, and from which it is allowed. */
export const BROADCAST_MOVES: Readonly<Record<BroadcastMove, MoveRule>> = {
  start: { from: ['draft', 'scheduled'], to: 'running' },
  schedule: { from: ['draft', 'scheduled'], to: 'scheduled' },
  pause: { from: ['running', 'scheduled'], to: 'paused' },
  resume: { from: ['paused', 'stopped'], to: 'running' },
  cancel: { from: ['draft', 'scheduled', 'running', 'paused', 'stopped'], to: 'cancelled' },
  stop: { from: ['running'], to: 'stopped' },
  finish: { from: ['running'], to: 'done' },
};

interface MoveDetails {
  /** Why it stops. */
  reason?: string | undefined;
  /** When it shall start, Unix ms. */
  startAtMs?: number | undefined;
  /** The number's quality now. */
  quality?: string | undefined;
  /** How long it is kept after its end. */
  keepS?: number | undefined;
}

/** `no`: not from the state that it is in. `empty`: nobody is to be written to. `left`: somebody still is. `none`: there is no such one. */
export type Moved =
  | { kind: 'ok'; from: BroadcastState }
  | { kind: 'no' | 'empty' | 'left'; state: BroadcastState }
  | { kind: 'none' };

const turnScript = loadScript('turn-broadcast');
const deleteScript = loadScript('delete-broadcast');
const Reply = z.tuple([z.enum(['ok', 'no', 'empty', 'left', 'none'])], z.string());

/** Does it, if it may be done now. Nothing more is fed from that moment on unless it runs; what waits is taken back by `takeBack`. */
export async function moveBroadcast(
  client: RedisClient,
  ref: BroadcastRef,
  move: BroadcastMove,
  details: MoveDetails = {},
): Promise<Moved> {
  const keys = shardKeys(ref.shard);
  const { from, to } = BROADCAST_MOVES[move];
  const { reason, startAtMs, quality } = details;
  const fields = [
    ...(reason === undefined ? [] : ['reason', reason]),
    ...(startAtMs === undefined ? [] : ['start_at', startAtMs]),
    ...(to === 'running' ? ['quality', quality ?? ''] : []),
  ];
  const args = [
    teamField(ref.tenant, ref.team),
    ` ${from.join(' ')} `,
    to,
    feedOf(ref),
    startAtMs ?? '',
    keepOf(to, details.keepS),
    move === 'finish' ? '1' : '',
    ...fields,
  ];
  const reply = await turnScript.run(client, [...broadcastKeyList(keys, ref), keys.feeds], args);
  return movedOf(reply);
}

function movedOf(reply: unknown): Moved {
  const [kind, state] = Reply.parse(reply);
  if (kind === 'none') return { kind };
  const known = BroadcastState.parse(state);
  return kind === 'ok' ? { kind, from: known } : { kind, state: known };
}

function keepOf(state: BroadcastState, keepS = RECORD_KEEP_S): number | '' {
  if (state === 'running' || state === 'scheduled') return '';
  return state === 'done' || state === 'cancelled' ? keepS : IDLE_KEEP_S;
}

/** Deletes one that is over or never began, with its recipients and its report. The id of one that began makes no other for 90 days. */
export async function deleteBroadcast(client: RedisClient, ref: BroadcastRef): Promise<Moved> {
  const keys = shardKeys(ref.shard);
  const keyList = [...broadcastKeyList(keys, ref), keys.feeds, keys.broadcasts(ref.tenant)];
  const args = [teamField(ref.tenant, ref.team), feedOf(ref), `${ref.team}/${ref.bid}`, IDLE_KEEP_S];
  const [kind, state] = Reply.parse(await deleteScript.run(client, keyList, args));
  if (kind === 'ok') return { kind, from: 'done' };
  return kind === 'none' ? { kind } : { kind: 'no', state: BroadcastState.parse(state) };
}
