import { moveSubscription, type HeldSubscription, type TakenSubscription } from '@alur/store';
import type { ServeDeps, Served } from './served.ts';

export type TakenBatch = Extract<TakenSubscription, { kind: 'taken' }>;

/** How far a batch has come, and the cursor that follows. */
export interface BatchProgress {
  /** Whether an event needs nothing any more. */
  isDone: (index: number) => boolean;
  /** It was delivered, or nobody wants it. */
  note: (index: number) => void;
  /** The first event that is not done; undefined when all are. */
  firstOpen: () => number | undefined;
  /** Moves the cursor up to it, unless it is there. */
  advance: () => Promise<void>;
  /** Keeps the subscription for a whole lease, or gives it up. */
  renew: (more?: { release: true }) => Promise<void>;
  /** Somebody else has the subscription: whatever is said now is said in vain. */
  isLost: () => boolean;
  /** Where the cursor is, for who has to say more of the event behind it. */
  held: () => HeldSubscription;
}

export function trackBatch(
  served: Served,
  { events, cursor: begin, done }: TakenBatch,
  { client, owner }: Pick<ServeDeps, 'client' | 'owner'>,
): BatchProgress {
  const isDone = events.map(({ entry }) => done.has(entry));
  // The events up to the cursor, and the cursor.
  let [moved, cursor] = [0, begin];
  let isLost = false;
  let last = Promise.resolve();
  const firstOpen = () => {
    const index = isDone.indexOf(false, moved);
    return index < 0 ? undefined : index;
  };
  const held = (from: number) => {
    const told = events.flatMap(({ entry }, at) => (at >= from && isDone[at] === true ? [entry] : []));
    return { owner, cursor, done: told };
  };
  const move = async (more: { release?: true } = {}) => {
    const until = firstOpen() ?? events.length;
    const to = until === moved ? cursor : (events[until - 1]?.entry ?? cursor);
    const count = until - moved;
    const isOurs = await moveSubscription(client, served.shard, served, {
      ...held(until),
      ...{ to, count },
      ...more,
    });
    if (!isOurs) isLost = true;
    [moved, cursor] = [until, to];
  };
  // One after the other: each begins where the one before has left the cursor.
  const then = (act: () => Promise<void>) => (last = last.then(() => (isLost ? undefined : act())));
  return {
    isDone: (index) => isDone[index] === true,
    note: (index) => (isDone[index] = true),
    firstOpen,
    advance: () => then(async () => ((firstOpen() ?? events.length) > moved ? move() : undefined)),
    renew: (more) => then(() => move(more)),
    isLost: () => isLost,
    held: () => held(moved),
  };
}
