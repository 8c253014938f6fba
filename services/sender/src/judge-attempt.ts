import type { AttemptOutcome } from '@alur/store';
import type { FailureClass, SendOutcome } from '@alur/whatsapp';

// Only here does a refusal become a repetition: the Graph client says what happened, the store keeps it.

const RETRIES_DEFAULT = 5;
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 60_000;
const PAIR_MAX_MS = 300_000;

/** Waits before the next attempt, in ms, by how many attempts there were; undefined: no next attempt. */
const BACKOFF: Record<FailureClass, ((attempt: number) => number) | undefined> = {
  retry: (attempt) => Math.min(BACKOFF_FIRST_MS * 2 ** (attempt - 1), BACKOFF_MAX_MS),
  wait_number: () => BACKOFF_FIRST_MS,
  // Meta's own advice for a pair limit: 4^X seconds.
  wait_pair: (attempt) => Math.min(1_000 * 4 ** (attempt - 1), PAIR_MAX_MS),
  wait_waba: () => BACKOFF_MAX_MS,
  pause_number: undefined,
  pause_waba: undefined,
  template_blocked: undefined,
  window_closed: undefined,
  opted_out: undefined,
  hold_marketing: undefined,
  bad_recipient: undefined,
  configuration: undefined,
  permanent: undefined,
};

export interface JudgePolicy {
  attempt: number;
  /** The flow's word; five by default. */
  maxRetries?: number | undefined;
  graceMs: number;
  /** 0 to 1: spreads what failed together. */
  random: () => number;
}

/** What an attempt's outcome means for its message. */
export function judgeAttempt(outcome: SendOutcome, policy: JudgePolicy): AttemptOutcome {
  if (outcome.kind === 'sent') return { kind: 'sent', wamid: outcome.wamid };
  if (outcome.kind === 'unknown') return { kind: 'unknown', code: outcome.reason, graceMs: policy.graceMs };
  const { failure } = outcome;
  const code = String(failure.code);
  const backoff = BACKOFF[failure.class];
  if (backoff === undefined) return { kind: 'dead', code, reason: failure.deadReason };
  if (policy.attempt > (policy.maxRetries ?? RETRIES_DEFAULT)) {
    return { kind: 'dead', code, reason: failure.class === 'retry' ? 'retries_exhausted' : 'rate_limited' };
  }
  const waitMs = Math.max(backoff(policy.attempt), failure.retryAfterMs ?? 0);
  return { kind: 'retry', code, delayMs: Math.round(waitMs * (1 + policy.random() * 0.5)) };
}
