import { performance } from 'node:perf_hooks';
import { createRunDelay } from './run-delay.ts';

/** When a request came, as well as one busy process can tell: Unix milliseconds with fraction, never running backwards. */
export interface Arrival {
  /** When it was noticed: it came no later, though its body may have. */
  arrivedMs: number;
  /** It came no earlier: until then this process had looked and found nothing. */
  earliestMs: number;
}

export interface ArrivalTracker {
  /** Of what is being handled now. */
  read(): Arrival;
  /** To be called for every new connection. */
  noteConnection(): void;
}

export interface ArrivalClock extends ArrivalTracker {
  close(): void;
}

export interface ArrivalDeps {
  nowMs: () => number;
  /** For how long the event loop has waited for something to do; includes waiting for a processor after it was there. */
  idleMs: () => number;
  /** For how long the thread has waited for a processor. */
  delayedMs: () => number;
  /** Calls back when everything that was noticed together has been handled. */
  afterRound: (mark: () => void) => void;
}

/** A moment, and for how long the loop had really been at rest until then. */
interface Mark {
  ms: number;
  restedMs: number;
}

/**
 * A request waits unseen while the process works on something else, and what came during a long pause is noticed all at
 * once: by that alone a sender that kept its pace would seem to have broken it. At rest the loop notices everything at
 * once, so a request has waited no longer than the loop has not rested since an earlier round. That is the round before
 * the last: a mark is set at the end of its round, and a request may come in the middle of one. Connections are taken one
 * a round, so while every round takes one, more may wait with their requests, and no mark is set.
 */
export function trackArrivals({ nowMs, idleMs, delayedMs, afterRound }: ArrivalDeps): ArrivalTracker {
  // Read once a round, because it costs more than all else here: what is missed makes the wait look longer, not shorter.
  let delayed = delayedMs();
  const take = (): Mark => ({ ms: nowMs(), restedMs: idleMs() - delayed });
  let older = take();
  let newer = older;
  let lastEarliestMs = older.ms;
  let round: 'none' | 'requests' | 'connections' = 'none';
  const end = () => {
    const hadConnections = round === 'connections';
    round = 'none';
    if (hadConnections) return;
    older = newer;
    newer = take();
  };
  const begin = () => {
    if (round !== 'none') return;
    round = 'requests';
    delayed = delayedMs();
    afterRound(end);
  };
  return {
    noteConnection() {
      begin();
      round = 'connections';
    },
    read() {
      begin();
      const { ms, restedMs } = take();
      const rested = Math.min(ms - older.ms, Math.max(0, restedMs - older.restedMs));
      // What nobody had seen when an earlier request came is later than that, too.
      lastEarliestMs = Math.max(lastEarliestMs, older.ms + rested);
      return { arrivedMs: ms, earliestMs: lastEarliestMs };
    },
  };
}

/** For the event loop that it is called in. */
export function createArrivalClock(): ArrivalClock {
  const delay = createRunDelay();
  const tracker = trackArrivals({
    nowMs: () => performance.timeOrigin + performance.now(),
    idleMs: () => performance.eventLoopUtilization().idle,
    delayedMs: () => delay.readMs(),
    afterRound: (mark) => void setImmediate(mark),
  });
  return { ...tracker, close: () => delay.close() };
}
