import type { AttemptOutcome } from '@alur/store';
import type { FailureClass, SendOutcome } from '@alur/whatsapp';

// Only here does a refusal become what is to be done about it: the Graph client says what happened, the store does it.

const SECOND = 1_000;
const RETRY_MAX_MS = 60 * SECOND;
const MARKETING_HOLD_MS = 24 * 60 * 60 * SECOND;

export interface JudgePolicy {
  /** How many tries the message has used up before this attempt. */
  tries: number;
  /** How long an unknown outcome waits for its status. */
  graceMs: number;
  /** 1 to 1.5: spreads what failed together. */
  spread: number;
}

type NotSent = Extract<SendOutcome, { kind: 'not_sent' }>;
interface Refusal {
  code: string;
  reason: NotSent['failure']['deadReason'];
  /** What Graph asked for, or its table says: at least so long. */
  afterMs: number | undefined;
  regainMs: number | undefined;
  policy: JudgePolicy;
}

/** What each class of refusal comes to. Waits and pauses are spread by the store, where all that waits is known. */
const OUTCOMES: Record<FailureClass, (refusal: Refusal) => AttemptOutcome> = {
  retry: ({ code, reason, afterMs = 0, policy }) => {
    const backoffMs = Math.min(SECOND * 2 ** policy.tries, RETRY_MAX_MS);
    return { kind: 'retry', code, reason, ms: Math.round(Math.max(backoffMs, afterMs) * policy.spread) };
  },
  wait_number: ({ code, reason, afterMs = SECOND }) => ({ kind: 'wait_number', code, reason, ms: afterMs }),
  // The store counts this contact's refusals and waits 4^X seconds; this is the least.
  wait_pair: ({ code, reason, afterMs = 0 }) => ({ kind: 'wait_pair', code, reason, ms: afterMs }),
  wait_waba: ({ code, reason, afterMs = RETRY_MAX_MS, regainMs = 0 }) => ({
    kind: 'wait_waba',
    code,
    reason,
    ms: Math.max(afterMs, regainMs),
  }),
  pause_number: ({ code, reason, afterMs: ms }) => ({ kind: 'pause_number', code, reason, ms }),
  pause_waba: ({ code, reason, afterMs: ms }) => ({ kind: 'pause_waba', code, reason, ms }),
  template_blocked: ({ code, reason, afterMs: ms }) => ({ kind: 'template', code, reason, ms }),
  window_closed: ({ code, reason }) => ({ kind: 'window_closed', code, reason }),
  opted_out: ({ code, reason }) => ({ kind: 'opted_out', code, reason }),
  hold_marketing: ({ code, reason, afterMs = MARKETING_HOLD_MS }) => ({
    kind: 'hold_marketing',
    code,
    reason,
    ms: afterMs,
  }),
  configuration: ({ code, reason }) => ({ kind: 'configuration', code, reason }),
  bad_recipient: ({ code, reason }) => ({ kind: 'dead', code, reason }),
  permanent: ({ code, reason }) => ({ kind: 'dead', code, reason }),
};

/** What an attempt's outcome means for its message, and for what it shares with others. */
export function judgeAttempt(outcome: SendOutcome, policy: JudgePolicy): AttemptOutcome {
  if (outcome.kind === 'sent') return { kind: 'sent', wamid: outcome.wamid };
  if (outcome.kind === 'unknown') return { kind: 'unknown', code: outcome.reason, graceMs: policy.graceMs };
  const { failure, usage } = outcome;
  return OUTCOMES[failure.class]({
    code: String(failure.code),
    reason: failure.deadReason,
    afterMs: failure.retryAfterMs,
    regainMs: usage?.regainMs,
    policy,
  });
}
