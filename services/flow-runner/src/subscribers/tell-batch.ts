import type { Subscriber } from '@alur/bundle';
import { failSubscription, type Emitted } from '@alur/store';
import { isWanted } from '@alur/types';
import { trackBatch, type BatchProgress, type TakenBatch } from './batch-progress.ts';
import { idsOf, type ServeDeps, type Served } from './served.ts';
import { tellEvent, type Told } from './tell-event.ts';

// A subscriber gets several events at once, but those of one conversation one after the other. Whoever is free takes the first event that
// may go, so the one behind the cursor is always under way, and the cursor does not stand longer than one call may take.

const IN_FLIGHT_MAX = 16;

/** The events of one conversation, by their places in the batch. */
interface Lane {
  waiting: number[];
  isBusy: boolean;
}

/** Tells the events of one read; false when there is no going on. */
export async function tellBatch(served: Served, taken: TakenBatch, deps: ServeDeps): Promise<boolean> {
  const progress = trackBatch(served, taken, deps);
  const found = deps.find();
  if (found) passOver(served, found.subscriber, taken.events, progress);
  const lanes = lanesOf(taken.events, progress);
  let failure: Extract<Told, { kind: 'failed' }> | undefined;
  let isStopped = false;
  const mayGoOn = () => !isStopped && !failure && !progress.isLost();
  const step = async (): Promise<boolean> => {
    const [lane, index, event] = mayGoOn() ? pick(lanes, taken.events) : [];
    if (!lane || index === undefined || !event) return false;
    lane.isBusy = true;
    const now = deps.stopping() ? undefined : deps.find();
    const told: Told = now ? await tellEvent(served, event, now, deps) : { kind: 'stopped' };
    lane.isBusy = false;
    if (told.kind === 'stopped') isStopped = true;
    if (told.kind === 'failed') {
      if (!failure || told.isGone) failure = told;
      // Others that are under way may take as long again.
      await progress.renew();
    }
    if (told.kind !== 'delivered') return false;
    lane.waiting.shift();
    progress.note(index);
    await progress.advance();
    return true;
  };
  // After a failure one event alone shows whether the subscriber is back.
  if (taken.tries === 0 || (await step())) await workAll(step);
  if (progress.isLost()) return false;
  if (failure) return noteFailure(failure, { served, events: taken.events, progress }, deps);
  await (isStopped ? progress.renew({ release: true }) : progress.advance());
  return !isStopped && !progress.isLost();
}

/** Steps until there is nothing to do, as often at once as there may be. None is left behind when one throws. */
async function workAll(step: () => Promise<boolean>): Promise<void> {
  const work = async () => {
    while (await step());
  };
  const ends = await Promise.allSettled(Array.from({ length: IN_FLIGHT_MAX }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** What is another team's, or of a type that it does not want, is done without a word. */
function passOver(
  { tenant, team, subscriber: id }: Served,
  { events: patterns }: Subscriber,
  events: readonly Emitted[],
  progress: BatchProgress,
): void {
  for (const [index, event] of events.entries()) {
    const isOwn = event.tenant === tenant && event.team === team;
    const isFor = event.only === undefined ? isWanted(patterns, event.type) : event.only === id;
    if (!isOwn || !isFor) progress.note(index);
  }
}

function lanesOf(events: readonly Emitted[], progress: BatchProgress): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const [index, { cid = '' }] of events.entries()) {
    if (progress.isDone(index)) continue;
    const lane = lanes.get(cid) ?? { waiting: [], isBusy: false };
    lane.waiting.push(index);
    lanes.set(cid, lane);
  }
  return [...lanes.values()];
}

/** The first event whose conversation has none under way. */
function pick(lanes: readonly Lane[], events: readonly Emitted[]): [Lane?, number?, Emitted?] {
  const first = (lane: Lane) => lane.waiting[0] ?? Infinity;
  const free = lanes.filter(({ isBusy, waiting }) => !isBusy && waiting.length > 0);
  const lane = free.reduce<Lane | undefined>(
    (best, each) => (best && first(best) < first(each) ? best : each),
    undefined,
  );
  const index = lane?.waiting[0];
  return lane && index !== undefined ? [lane, index, events[index]] : [];
}

interface Batch {
  served: Served;
  events: readonly Emitted[];
  progress: BatchProgress;
}

/** Puts the subscriber off, or passes over what it was tried to be told for too long; true when that lets it go on. */
async function noteFailure(
  { isGone, answer }: Extract<Told, { kind: 'failed' }>,
  { served, events, progress }: Batch,
  { client, metrics, logger }: ServeDeps,
): Promise<boolean> {
  await progress.advance();
  const event = events[progress.firstOpen() ?? events.length];
  if (progress.isLost() || !event) return false;
  const { entry } = event;
  const noted = await failSubscription(client, served.shard, served, {
    ...progress.held(),
    entry,
    isGone,
    answer,
  });
  logger.warn({ ...idsOf(served), event: event.id, ...noted }, 'subscriber.put_off');
  if (noted.kind !== 'skipped') return false;
  metrics.deliveries.inc({ outcome: 'skipped' });
  return true;
}
