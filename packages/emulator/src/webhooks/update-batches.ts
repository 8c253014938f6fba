import { type Cancel, type Clock } from '../clock.ts';
import { type Fifo, createFifo } from './fifo.ts';

/** Updates that wait for a webhook, each with those that it may share one with. */
export interface UpdateBatches<T> {
  /** `waits`: only the clock, or others that come, will let it leave. */
  add(update: T): 'leaves' | 'waits';
  /** The next batch that may leave, oldest first; who has waited longest comes first. */
  take(): T[] | undefined;
  close(): void;
}

export interface BatchOptions<T> {
  /** At most so many share a webhook. */
  max: number;
  /** For so long the first waits for others. */
  waitMs: number;
  /** Those with the same one may share a webhook. */
  keyOf: (update: T) => string;
  clock: Pick<Clock, 'later'>;
}

interface Waiting<T> {
  updates: Fifo<T>;
  isReady: boolean;
  cancel: Cancel | undefined;
}

/** `onReady` is called when there is something to take that was not there before. */
export function createUpdateBatches<T>(
  { max, waitMs, keyOf, clock }: BatchOptions<T>,
  onReady: () => void,
): UpdateBatches<T> {
  const byKey = new Map<string, Waiting<T>>();
  const ready = createFifo<Waiting<T>>();
  const makeReady = (waiting: Waiting<T>) => {
    waiting.cancel?.();
    waiting.cancel = undefined;
    if (waiting.isReady) return;
    waiting.isReady = true;
    ready.add(waiting);
    onReady();
  };
  const consider = (waiting: Waiting<T>) => {
    if (waitMs === 0 || waiting.updates.size >= max) return makeReady(waiting);
    if (!waiting.isReady) waiting.cancel ??= clock.later(() => makeReady(waiting), waitMs);
  };
  return {
    add(update) {
      const key = keyOf(update);
      const waiting = byKey.get(key) ?? { updates: createFifo(), isReady: false, cancel: undefined };
      byKey.set(key, waiting);
      waiting.updates.add(update);
      consider(waiting);
      return waiting.isReady && (waitMs === 0 || isInBatch(waiting.updates.size, max)) ? 'leaves' : 'waits';
    },
    take() {
      const waiting = ready.take();
      if (!waiting) return undefined;
      waiting.isReady = false;
      const batch = takeSome(waiting.updates, max);
      if (waiting.updates.size > 0) consider(waiting);
      return batch;
    },
    close() {
      for (const { cancel } of byKey.values()) cancel?.();
    },
  };
}

// What does not fill a batch behind a full one waits for others anew.
function isInBatch(size: number, max: number): boolean {
  return size <= max || size % max === 0;
}

function takeSome<T>(fifo: Fifo<T>, max: number): T[] {
  const taken: T[] = [];
  while (taken.length < max) {
    const item = fifo.take();
    if (item === undefined) break;
    taken.push(item);
  }
  return taken;
}
