import type { Reminder } from '@alur/store';

export interface HandDeps {
  /** Asks again for a message whose time has come. */
  deliver: (reminder: Reminder) => Promise<void>;
  /** Lets other senders have a message that this one will not come to. */
  giveBack: (reminder: Reminder) => Promise<void>;
  onError: (error: unknown) => void;
}

/** The messages that wait in this process for room that comes in a moment. They hold no worker slot and no job. */
export interface Hand {
  /** False when the hand is full. Should this process die, the sweeper finds the message in five seconds. */
  hold(reminder: Reminder, ms: number): boolean;
  /** Gives back what still waits, and waits for what is on its way. */
  stop(): Promise<void>;
}

// The store lets a few messages of each number wait like this: more means more numbers than one process can serve.
const HELD_MAX = 10_000;

export function createHand({ deliver, giveBack, onError }: HandDeps): Hand {
  const waiting = new Map<NodeJS.Timeout, Reminder>();
  const going = new Set<Promise<void>>();
  const go = (reminder: Reminder): void => {
    const done = deliver(reminder)
      .catch(onError)
      .finally(() => going.delete(done));
    going.add(done);
  };
  return {
    hold: (reminder, ms) => {
      if (waiting.size >= HELD_MAX) return false;
      const timer = setTimeout(() => {
        waiting.delete(timer);
        go(reminder);
      }, ms);
      waiting.set(timer, reminder);
      return true;
    },
    stop: async () => {
      // What is on its way may come back to the hand, until nothing does.
      while (waiting.size > 0 || going.size > 0) {
        const held = [...waiting];
        waiting.clear();
        for (const [timer] of held) clearTimeout(timer);
        await Promise.all(held.map(([, reminder]) => giveBack(reminder).catch(onError)));
        await Promise.all(going);
      }
    },
  };
}
