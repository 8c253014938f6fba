import type { ReadyEntry } from '@alur/store';
import type { Logger } from '@alur/telemetry';

const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 2_000;
/** Conversations that wait outside of the places; what more there are keep theirs. */
const OUTSIDE_MAX = 1_000;
/** What fails so often while Redis is well is not Redis's trouble. */
const TRIES_MAX = 6;

/** Waits for somebody else, such as a web service, without a place: that is for conversations that can go on. */
export type Outside = <T>(wait: () => Promise<T>) => Promise<T>;

export interface HandsDeps {
  /** Takes all events of a conversation; throws on I/O trouble. */
  work: (entry: ReadyEntry, outside: Outside) => Promise<void>;
  concurrency: number;
  stopping: () => boolean;
  /** Whether Redis is well, as far as is known. */
  canWork: () => boolean;
  logger: Logger;
}

/** The conversations that this process has in hand: at most `concurrency` and those that wait outside, each once. */
export class Hands {
  readonly #deps: HandsDeps;
  readonly #held = new Map<string, { done: Promise<void>; sinceMs: number }>();
  #wake: (() => void) | undefined;
  #outside = 0;

  constructor(deps: HandsDeps) {
    this.#deps = deps;
  }

  get free(): number {
    const places = this.#deps.concurrency + Math.min(this.#outside, OUTSIDE_MAX);
    return Math.max(0, places - this.#held.size);
  }

  /** Those that have been in hand for longer than `ms`. */
  idsOlderThan(ms: number): string[] {
    const limit = Date.now() - ms;
    return [...this.#held].filter(([, { sinceMs }]) => sinceMs < limit).map(([id]) => id);
  }

  take(entry: ReadyEntry): void {
    if (this.#held.has(entry.id)) return;
    const done = this.#workWithPatience(entry).finally(() => {
      this.#held.delete(entry.id);
      this.wake();
    });
    this.#held.set(entry.id, { done, sinceMs: Date.now() });
  }

  /** Resolves when a place becomes free, or at `wake`. */
  place(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake?.();
  }

  async empty(): Promise<void> {
    await Promise.all([...this.#held.values()].map(({ done }) => done));
  }

  async #waitOutside<T>(wait: () => Promise<T>): Promise<T> {
    this.#outside += 1;
    this.wake();
    try {
      return await wait();
    } finally {
      this.#outside -= 1;
    }
  }

  /**
   * I/O trouble is nobody's fault and passes: try again, with growing patience, until it works or we stop. A conversation
   * that fails by itself is left after some tries, and is recovered like one whose owner was lost.
   */
  async #workWithPatience(entry: ReadyEntry): Promise<void> {
    let next = entry;
    let tries = 0;
    for (let backoff = BACKOFF_FIRST_MS; ; backoff = Math.min(backoff * 2, BACKOFF_MAX_MS)) {
      try {
        return await this.#deps.work(next, (wait) => this.#waitOutside(wait));
      } catch (err) {
        this.#deps.logger.warn({ err }, 'conversation.work_failed');
        if (this.#deps.canWork()) tries += 1;
        if (this.#deps.stopping() || tries >= TRIES_MAX) return;
        next = { ...entry, recovered: false };
        await new Promise((resolve) => setTimeout(resolve, backoff));
      }
    }
  }
}
