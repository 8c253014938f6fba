import { type Fifo, createFifo } from './fifo.ts';
import { type StatusBatch } from './options.ts';

/** Receipts that wait for a webhook, number by number: one webhook tells of one number. */
export interface ReceiptBatches<T> {
  add(receipt: T): void;
  /** The next batch that may leave, oldest first; the number that has waited longest comes first. */
  take(): T[] | undefined;
  close(): void;
}

interface Waiting<T> {
  receipts: Fifo<T>;
  isReady: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** `onReady` is called when there is something to take that was not there before. */
export function createReceiptBatches<T extends { number: { id: string } }>(
  { max, waitMs }: StatusBatch,
  onReady: () => void,
): ReceiptBatches<T> {
  const byNumber = new Map<string, Waiting<T>>();
  const ready = createFifo<Waiting<T>>();
  const makeReady = (waiting: Waiting<T>) => {
    clearTimeout(waiting.timer);
    waiting.timer = undefined;
    if (waiting.isReady) return;
    waiting.isReady = true;
    ready.add(waiting);
    onReady();
  };
  const consider = (waiting: Waiting<T>) => {
    if (waitMs === 0 || waiting.receipts.size >= max) return makeReady(waiting);
    if (!waiting.isReady) waiting.timer ??= setTimeout(() => makeReady(waiting), waitMs).unref();
  };
  return {
    add(receipt) {
      const { id } = receipt.number;
      const waiting = byNumber.get(id) ?? { receipts: createFifo(), isReady: false, timer: undefined };
      byNumber.set(id, waiting);
      waiting.receipts.add(receipt);
      consider(waiting);
    },
    take() {
      const waiting = ready.take();
      if (!waiting) return undefined;
      waiting.isReady = false;
      const batch = takeSome(waiting.receipts, max);
      if (waiting.receipts.size > 0) consider(waiting);
      return batch;
    },
    close() {
      for (const { timer } of byNumber.values()) clearTimeout(timer);
    },
  };
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
