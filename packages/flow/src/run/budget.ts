/** Budgets of one turn, in units that count the same on every machine. */
export const BUDGET = {
  visits: 200,
  messages: 50,
  expressionSteps: 10_000,
  ioMs: 30_000,
  /** Of state, and of what a run keeps while it waits. */
  sessionBytes: 256 * 1024,
  /** Flows inside flows. */
  callers: 10,
} as const;
