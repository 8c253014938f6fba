import type { BusinessNumber } from '@alur/bundle';

export interface WakerDeps {
  /** Looks at the number and lets go what may; resolves to when to look again, in ms. */
  wake: (number: BusinessNumber) => Promise<number | undefined>;
  onError: (error: unknown) => void;
}

/** Looks at a number at the very moment when something of it may go on. */
export interface Waker {
  /** In `ms`, unless it will look sooner; nothing without a time. */
  look(number: BusinessNumber, ms: number | undefined): void;
  stop(): Promise<void>;
}

// Longer waits are the sweeper's: it reads them from Redis every two seconds, whoever noted them.
const LOOK_AHEAD_MS = 60_000;

export function createWaker({ wake, onError }: WakerDeps): Waker {
  const looks = new Map<string, { atMs: number; timer: NodeJS.Timeout }>();
  const going = new Set<Promise<void>>();
  let stopped = false;

  const look: Waker['look'] = (number, ms) => {
    if (ms === undefined || ms > LOOK_AHEAD_MS || stopped) return;
    const atMs = Date.now() + ms;
    const planned = looks.get(number.id);
    if (planned !== undefined && planned.atMs <= atMs) return;
    clearTimeout(planned?.timer);
    looks.set(number.id, { atMs, timer: setTimeout(() => go(number), ms) });
  };
  const go = (number: BusinessNumber): void => {
    looks.delete(number.id);
    const done = wake(number)
      .then((nextMs) => look(number, nextMs))
      .catch(onError)
      .finally(() => going.delete(done));
    going.add(done);
  };
  return {
    look,
    stop: async () => {
      stopped = true;
      for (const { timer } of looks.values()) clearTimeout(timer);
      looks.clear();
      await Promise.all(going);
    },
  };
}
