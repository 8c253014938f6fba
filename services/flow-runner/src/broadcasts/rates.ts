/** How fast broadcasts have moved of late, in messages a second. */
export interface Rates {
  /** Takes how many recipients are settled now; says the rate when it is time to write it down. */
  sample(bid: string, settled: number, nowMs: number): number | undefined;
  forget(bid: string): void;
}

const EVERY_MS = 5_000;

export function createRates(): Rates {
  const last = new Map<string, { settled: number; atMs: number }>();
  return {
    sample: (bid, settled, nowMs) => {
      const before = last.get(bid);
      if (before !== undefined && nowMs - before.atMs < EVERY_MS) return undefined;
      last.set(bid, { settled, atMs: nowMs });
      if (before === undefined) return undefined;
      return Math.max(0, Math.round((1_000 * 10 * (settled - before.settled)) / (nowMs - before.atMs)) / 10);
    },
    forget: (bid) => void last.delete(bid),
  };
}
