import type { ReadyEntry } from '@alur/store';
import type { Logger } from '@alur/telemetry';

const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 2_000;

export interface HandsDeps {
  /** Takes all events of a conversation; throws on I/O trouble. */
  work: (entry: ReadyEntry) => Promise<void>;
  concurrency: number;
  stopping: () => boolean;
  logger: Logger;
}

/** The conversations that this process has in hand: at most `concurrency`, each once. */
export class Hands {
  readonly #deps: HandsDeps;
  readonly #held = new Map<string, { done: Promise<void>; sinceMs: number }>();
  #wake: (() => void) | undefined;

  constructor(deps: HandsDeps) {
    this.#deps = deps;
  }

  get free(): number {
    return this.#deps.concurrency - this.#held.size;
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

  /** I/O trouble is nobody's fault and passes: try again, with growing patience, until it works or we stop. */
  async #workWithPatience(entry: ReadyEntry): Promise<void> {
    let next = entry;
    for (let backoff = BACKOFF_FIRST_MS; ; backoff = Math.min(backoff * 2, BACKOFF_MAX_MS)) {
      try {
        return await this.#deps.work(next);
      } catch (err) {
        this.#deps.logger.warn({ err }, 'conversation.work_failed');
        if (this.#deps.stopping()) return;
        next = { ...entry, recovered: false };
        await new Promise((resolve) => setTimeout(resolve, backoff));
      }
    }
  }
}
