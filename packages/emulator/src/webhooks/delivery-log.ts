import { createFifo } from './fifo.ts';

/** One attempt to deliver a webhook. */
interface LoggedDelivery {
  /** Counts up; what is asked for again. */
  id: number;
  /** When it was answered, or given up: Unix milliseconds by the emulator's clock. */
  at: number;
  /** By whose number's settings it was signed. */
  number: string;
  url: string;
  field: string;
  /** 1 for the first. */
  attempt: number;
  /** 0: no answer, see `error`. */
  status: number;
  error?: string;
  /** When it comes again; absent when it does not. */
  retryInMs?: number;
  bytes: number;
  signature: string;
  body: string;
}

/** The newest attempts, as many as the two bounds let stay. */
export interface DeliveryLog {
  add(delivery: Omit<LoggedDelivery, 'id'>): void;
  /** Those with a greater id, oldest first. */
  since(id: number, limit?: number): LoggedDelivery[];
  find(id: number): LoggedDelivery | undefined;
}

const KEPT = 2_000;
const KEPT_BYTES = 16 * 1_024 * 1_024;

export function createDeliveryLog(): DeliveryLog {
  const kept = createFifo<LoggedDelivery>();
  let last = 0;
  let bytes = 0;
  const forget = () => {
    bytes -= kept.take()?.bytes ?? 0;
  };
  return {
    add(delivery) {
      kept.add({ id: (last += 1), ...delivery });
      bytes += delivery.bytes;
      // The newest stays, however large it is.
      while (kept.size > KEPT || (bytes > KEPT_BYTES && kept.size > 1)) forget();
    },
    since: (id, limit = KEPT) => kept.from(Math.max(0, id - (last - kept.size)), limit),
    find: (id) =>
      id > last - kept.size && id <= last ? kept.from(id - (last - kept.size) - 1, 1)[0] : undefined,
  };
}
