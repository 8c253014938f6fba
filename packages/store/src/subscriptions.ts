import { hash } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { type Emitted, parseEmitted } from './emitted.ts';
import { type Keys, shardKeys } from './keys.ts';
import { loadScript } from './script.ts';

// How far each subscriber has been told of what its shard emitted. Whoever has the subscription reads on from its cursor, tells several
// events at once, and moves the cursor up to the first that is not delivered; what has been delivered behind it is noted. So each is told
// at least once, by one runner at a time. Whoever dies with it is followed by somebody else when the lease is over.

const LEASE_MS = 30_000;
// A subscriber that no runner asks for any more is forgotten after this; named again, it begins at the end.
const KEEP_S = 30 * 86_400;
const EVENTS_MAX = 100;
const GIVE_UP_MS = 86_400_000;
const WAITS_MS = [1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000];
const UNDELIVERED_MAX = 10_000;
const UNDELIVERED_KEEP_MS = 8 * 86_400_000;

/** A subscriber of a team. */
export interface SubscriptionRef {
  tenant: string;
  team: string;
  subscriber: string;
}

/** A subscription that a runner has: who it is, and the cursor that it saw. `done`: entries behind the cursor that have been told. */
export interface HeldSubscription {
  owner: string;
  cursor: string;
  done?: readonly string[];
}

/**
 * `taken`: the next events of the shard, of any team, are the owner's to deliver, but for those whose entries are in `done`; `missed` fell
 * out of the stream before; the first one has been tried `tries` times. The others have nothing to be done now: `idle` because nothing
 * is left, `waits` because of a failure, `held` by another owner, `ended`.
 */
export type TakenSubscription =
  | {
      kind: 'taken';
      cursor: string;
      missed: number;
      tries: number;
      done: ReadonlySet<string>;
      events: Emitted[];
    }
  | { kind: 'idle' | 'waits' | 'held' | 'ended' };

/** `lost`: somebody else has the subscription. After `skipped` the cursor is behind the event, and the owner goes on. */
export type FailedDelivery =
  | { kind: 'waits'; tries: number; waitMs: number }
  | { kind: 'skipped'; tries: number }
  | { kind: 'ended' }
  | { kind: 'lost' };

const Entry = z.tuple([z.string(), z.array(z.string())]);
const TakeReply = z.union([
  z.tuple([z.literal('taken'), z.string(), z.number(), z.number(), z.string()]).rest(Entry),
  z.tuple([z.enum(['idle', 'waits', 'held', 'ended'])]),
]);
const FailReply = z.union([
  z.tuple([z.literal('waits'), z.number(), z.number()]),
  z.tuple([z.literal('skipped'), z.number()]),
  z.tuple([z.enum(['ended', 'lost'])]),
]);
const takeScript = loadScript('take-subscription');
const moveScript = loadScript('move-subscription');
const failScript = loadScript('fail-subscription');

/**
 * Takes a subscription, or keeps it, for 30 seconds. One that nobody knows begins at the end of the stream. `reopen`: the bundle has
 * just been read, so one that was ended or put off is tried again.
 */
export async function takeSubscription(
  client: RedisClient,
  shard: number,
  ref: SubscriptionRef,
  { owner, reopen }: { owner: string; reopen: boolean },
): Promise<TakenSubscription> {
  const keys = shardKeys(shard);
  const args = [owner, LEASE_MS, KEEP_S, EVENTS_MAX, reopen ? '1' : ''];
  const reply = TakeReply.parse(
    await takeScript.run(client, [subscriptionKey(keys, ref), keys.emitted], args),
  );
  if (reply[0] !== 'taken') return { kind: reply[0] };
  const [kind, cursor, missed, tries, done, ...entries] = reply;
  const events = entries.map(([entry, fields]) => parseEmitted(entry, fields));
  return { kind, cursor, missed, tries, done: new Set(done.split(' ')), events };
}

/**
 * Moves the cursor on to the entry `to`, which is `count` entries behind it, and keeps the subscription for 30 seconds more; `release`
 * gives it up. False: somebody else has it.
 */
export async function moveSubscription(
  client: RedisClient,
  shard: number,
  ref: SubscriptionRef,
  held: HeldSubscription & { to: string; count: number; release?: true },
): Promise<boolean> {
  const { owner, cursor, to, count, release, done = [] } = held;
  const args = [owner, cursor, to, count, release ? 0 : LEASE_MS, done.join(' ')];
  return (await moveScript.run(client, [subscriptionKey(shardKeys(shard), ref)], args)) === 1;
}

/** What came of the event right behind the cursor. */
export interface DeliveryFailure extends HeldSubscription {
  entry: string;
  /** The subscriber wants no more until the bundle is read again. */
  isGone: boolean;
  /** Status or reason, for operators. */
  answer: string;
}

/** Notes that the event right behind the cursor was not taken. One that is passed over is kept among the undelivered. */
export async function failSubscription(
  client: RedisClient,
  shard: number,
  ref: SubscriptionRef,
  { owner, cursor, entry, isGone, answer, done = [] }: DeliveryFailure,
): Promise<FailedDelivery> {
  const keys = shardKeys(shard);
  const keyList = [subscriptionKey(keys, ref), keys.emitted, keys.undelivered, keys.undeliveredEvents];
  const args = [
    ...[owner, cursor, entry, isGone ? '1' : '', GIVE_UP_MS, WAITS_MS.join(' '), answer, done.join(' ')],
    ...[ref.subscriber, UNDELIVERED_MAX, UNDELIVERED_KEEP_MS],
  ];
  const reply = FailReply.parse(await failScript.run(client, keyList, args));
  if (reply[0] === 'waits') return { kind: reply[0], tries: reply[1], waitMs: reply[2] };
  if (reply[0] === 'skipped') return { kind: reply[0], tries: reply[1] };
  return { kind: reply[0] };
}

/** How long the oldest event has waited that a subscriber has not been told; 0 when there is none, or the subscription is ended. */
export async function oldestUndelivered(
  client: RedisClient,
  shard: number,
  ref: SubscriptionRef,
  nowMs: number,
): Promise<number> {
  const keys = shardKeys(shard);
  const [cursor, ended] = await client.hmget(subscriptionKey(keys, ref), 'cursor', 'ended');
  if (typeof cursor !== 'string' || typeof ended === 'string') return 0;
  const [next] = await client.xrange(keys.emitted, `(${cursor}`, '+', 'COUNT', 1);
  return next === undefined ? 0 : Math.max(0, nowMs - Number(next[0].split('-')[0])) / 1_000;
}

/** The newest entry of a shard's stream; '' while there is none. As long as it stays the same, nothing new is to be told. */
export async function lastEmitted(client: RedisClient, shard: number): Promise<string> {
  const [last] = await client.xrevrange(shardKeys(shard).emitted, '+', '-', 'COUNT', 1);
  return last?.[0] ?? '';
}

/** The key of how far a subscriber has been told. */
export function subscriptionKey(keys: Keys, { tenant, team, subscriber }: SubscriptionRef): string {
  return keys.subscription(hash('subscription', tenant, team, subscriber));
}
