import { WebFailure } from './web-failure.ts';

/** How many calls a tenant may have at once; more wait in the order they came. */
export class Places {
  readonly #max: number;
  readonly #tenants = new Map<string, { taken: number; waiting: (() => void)[] }>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Waits for a place, at most until the signal; returns what gives it back. */
  async take(tenant: string, signal: AbortSignal): Promise<() => void> {
    const held = this.#tenants.get(tenant) ?? { taken: 0, waiting: [] };
    this.#tenants.set(tenant, held);
    if (held.taken >= this.#max) await wait(held.waiting, signal);
    else held.taken += 1;
    return () => {
      // The place goes to who waits longest, without being free in between.
      const next = held.waiting.shift();
      if (next) next();
      else if (--held.taken === 0) this.#tenants.delete(tenant);
    };
  }
}

function wait(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const take = () => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    };
    const giveUp = () => {
      waiting.splice(waiting.indexOf(take), 1);
      const reason: unknown = signal.reason;
      const isStopped = reason instanceof WebFailure && reason.code === 'stopped';
      const message =
        'too many calls of this tenant wait for an answer; make the service faster, or call it less often';
      reject(isStopped ? reason : new WebFailure('busy', message));
    };
    waiting.push(take);
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
