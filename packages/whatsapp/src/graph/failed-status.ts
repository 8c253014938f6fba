import { type DeadReason, type ErrorOverride, type FailureClass } from '@alur/types';
import { classifyGraphError } from './graph-errors.ts';

/** What a failure that Meta reports after its 200 means for the message that it is about. */
export interface LateFailure {
  /** `retry`: a new attempt, once what it needs is there again. */
  act: 'retry' | 'dead' | 'window_closed' | 'opted_out' | 'hold_marketing';
  /** What an operator reads when there is no further attempt. */
  reason: DeadReason;
  /** What else it says: everything of the number or the WABA has to wait, for `ms` or until it is lifted. */
  pause?: { of: 'number' | 'waba'; ms?: number };
}

const ACTS: Record<FailureClass, LateFailure['act']> = {
  retry: 'retry',
  wait_number: 'retry',
  wait_pair: 'retry',
  wait_waba: 'retry',
  pause_number: 'retry',
  pause_waba: 'retry',
  template_blocked: 'dead',
  window_closed: 'window_closed',
  opted_out: 'opted_out',
  hold_marketing: 'hold_marketing',
  bad_recipient: 'dead',
  configuration: 'dead',
  permanent: 'dead',
};

const PAUSED = {
  wait_number: 'number',
  wait_waba: 'waba',
  pause_number: 'number',
  pause_waba: 'waba',
} as const satisfies Partial<Record<FailureClass, 'number' | 'waba'>>;

/** Reads a failed status by its code, as the same code in an answer is read; one without a code is for good. */
export function readLateFailure(
  errorCode: number | undefined,
  overrides?: ReadonlyMap<number, ErrorOverride>,
): LateFailure {
  if (errorCode === undefined) return { act: 'dead', reason: 'undeliverable' };
  const failure = classifyGraphError(400, { code: errorCode }, { overrides });
  const act = ACTS[failure.class];
  const of = isPausing(failure.class) ? PAUSED[failure.class] : undefined;
  return {
    act,
    reason: failure.deadReason,
    ...(of !== undefined && { pause: { of, ms: failure.retryAfterMs } }),
  };
}

function isPausing(name: FailureClass): name is keyof typeof PAUSED {
  return name in PAUSED;
}
