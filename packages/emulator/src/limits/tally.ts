/** How near a limit was ever come, since the start or the last reset. */
export interface LimitReport {
  /** `null`: none. */
  limit: number | null;
  /** The largest reading of an accepted message, in the limit's own unit. */
  peak: number;
  /** When, Unix milliseconds with fraction; `null` before the first reading. */
  peakAtMs: number | null;
  /** Messages refused for it, by the answer or by a failed status. */
  refusals: number;
  /** Accepted POSTs that exceeded it, those included that a status failed later. */
  violations: number;
}

export interface Tally {
  read(value: number, ms: number): void;
  countRefusal(): void;
  countViolation(): void;
  /** `limit` as it is now: it may have been another one before. */
  report(limit: number | null): LimitReport;
  reset(): void;
}

export function createTally(): Tally {
  const fresh = (): Omit<LimitReport, 'limit'> => ({ peak: 0, peakAtMs: null, refusals: 0, violations: 0 });
  let current = fresh();
  return {
    read(value, ms) {
      if (current.peakAtMs !== null && value <= current.peak) return;
      current.peak = value;
      current.peakAtMs = ms;
    },
    countRefusal: () => void (current.refusals += 1),
    countViolation: () => void (current.violations += 1),
    report: (limit) => ({ limit, ...current }),
    reset() {
      current = fresh();
    },
  };
}
