import type { Subscriber, Team } from '@alur/bundle';
import {
  failSubscription,
  moveSubscription,
  readContact,
  takeSubscription,
  type Emitted,
  type RedisClient,
  type SubscriptionRef,
  type TakenSubscription,
} from '@alur/store';
import type { Logger } from '@alur/telemetry';
import type { HttpResult } from '@alur/types';
import type { RunnerMetrics } from '../metrics.ts';
import type { WebCaller } from '../web/web-caller.ts';
import { isWanted } from './is-wanted.ts';
import { renderDelivery } from './render-delivery.ts';

/** The answer of a subscriber that is gone for good. */
const GONE = 410;

export interface ServeDeps {
  client: RedisClient;
  /** Names this process among all that deliver. */
  owner: string;
  web: WebCaller;
  /** The subscriber as the bundle has it now; undefined when it has it no more. */
  find: () => { subscriber: Subscriber; team: Team } | undefined;
  stopping: () => boolean;
  metrics: Pick<RunnerMetrics, 'deliveries'>;
  logger: Logger;
}

/** Whose turn it is, and where their events are. */
export interface Served extends SubscriptionRef {
  shard: number;
}

/**
 * Tells a subscriber what it has not heard, one event after the other, until nothing is left, one of them fails, or we stop. Says
 * where the subscription stands then. Throws on I/O trouble; the lease ends by itself then.
 */
export async function serveSubscriber(
  served: Served,
  reopen: boolean,
  deps: ServeDeps,
): Promise<Exclude<TakenSubscription['kind'], 'taken'>> {
  const { client, owner, metrics, logger } = deps;
  for (let isFirst = true; ; isFirst = false) {
    const options = { owner, reopen: reopen && isFirst };
    const taken = await takeSubscription(client, served.shard, served, options);
    if (taken.kind !== 'taken') return taken.kind;
    if (taken.missed > 0) {
      metrics.deliveries.inc({ outcome: 'missed' }, taken.missed);
      logger.warn({ ...idsOf(served), missed: taken.missed }, 'subscriber.missed');
    }
    if (!(await tellAll(served, taken, deps))) return 'waits';
  }
}

/** Tells the events of one read; false when there is no going on. */
async function tellAll(
  served: Served,
  { cursor: begin, events }: Extract<TakenSubscription, { kind: 'taken' }>,
  deps: ServeDeps,
): Promise<boolean> {
  const { client, owner } = deps;
  // Where the cursor is, and how far it may be moved.
  let [cursor, seen, count] = [begin, begin, 0];
  const move = async (more: { release?: true } = {}) => {
    const moved = await moveSubscription(client, served.shard, served, {
      owner,
      cursor,
      to: seen,
      count,
      ...more,
    });
    [cursor, count] = [seen, 0];
    return moved;
  };
  for (const event of events) {
    const found = deps.find();
    if (found === undefined || deps.stopping()) {
      await move({ release: true });
      return false;
    }
    if (isFor(served, event) && isWanted(found.subscriber.events, event.type)) {
      // The failures of an event are counted at the cursor right before it.
      if (cursor !== seen && !(await move())) return false;
      const told = await tell(served, event, cursor, found, deps);
      if (told === 'stop') return false;
      // The script has moved the cursor behind an event that it gave up; the lease goes on with the next move.
      if (told === 'skipped') cursor = event.entry;
      [seen, count] = [event.entry, told === 'skipped' ? 0 : 1];
      if (!(await move())) return false;
    } else {
      [seen, count] = [event.entry, count + 1];
    }
  }
  return cursor === seen || move();
}

function isFor(served: Served, { tenant, team }: Emitted): boolean {
  return tenant === served.tenant && team === served.team;
}

/** One try of one event. `stop`: the subscription is not ours any more, whatever became of it. */
async function tell(
  served: Served,
  event: Emitted,
  cursor: string,
  { subscriber, team }: { subscriber: Subscriber; team: Team },
  deps: ServeDeps,
): Promise<'delivered' | 'skipped' | 'stop'> {
  const { client, owner, web, metrics, logger } = deps;
  const contact = await readContact(client, served.shard, event.cid);
  const timestamp = Math.floor(Date.now() / 1_000);
  const result = await web.perform(renderDelivery({ event, contact, subscriber, timestamp }), team);
  const line = { ...idsOf(served), event: event.id, ms: result.ms, ...answerOf(result) };
  if (isTaken(result)) {
    metrics.deliveries.inc({ outcome: 'delivered' });
    logger.info(line, 'subscriber.told');
    return 'delivered';
  }
  const held = { owner, cursor };
  if (result.kind === 'failed' && result.code === 'stopped') {
    await moveSubscription(client, served.shard, served, { ...held, to: cursor, count: 0, release: true });
    return 'stop';
  }
  const isGone = result.kind === 'answer' && result.status === GONE;
  const failed = await failSubscription(client, served.shard, served, {
    ...held,
    entry: event.entry,
    isGone,
  });
  metrics.deliveries.inc({ outcome: isGone ? 'gone' : 'failed' });
  logger.warn({ ...line, ...failed }, 'subscriber.not_told');
  if (failed.kind !== 'skipped') return 'stop';
  metrics.deliveries.inc({ outcome: 'skipped' });
  return 'skipped';
}

function isTaken(result: HttpResult): boolean {
  return result.kind === 'answer' && result.status >= 200 && result.status < 300;
}

/** What came back, without a word of what the subscriber said. */
function answerOf(result: HttpResult): { status: number } | { code: string } {
  return result.kind === 'answer' ? { status: result.status } : { code: result.code };
}

function idsOf({ tenant, team, subscriber }: Served): SubscriptionRef {
  return { tenant, team, subscriber };
}
