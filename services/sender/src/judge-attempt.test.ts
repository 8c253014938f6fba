import { describe, expect, test } from '@jest/globals';
import type { SendOutcome } from '@alur/whatsapp';
import { judgeAttempt } from './judge-attempt.ts';

const policy = { attempt: 1, graceMs: 30_000, random: () => 0 };
const refused = (failure: Extract<SendOutcome, { kind: 'not_sent' }>['failure']): SendOutcome => ({
  kind: 'not_sent',
  failure,
  durationMs: 1,
});
const passing = refused({ class: 'retry', code: 131000, deadReason: 'retries_exhausted' });

describe('judgeAttempt()', () => {
  test('keeps the wamid of a sent message, and the reason of an unknown outcome with its grace', () => {
    const sent: SendOutcome = { kind: 'sent', wamid: 'wamid.1', httpStatus: 200, durationMs: 1 };
    expect(judgeAttempt(sent, policy)).toEqual({ kind: 'sent', wamid: 'wamid.1' });
    const unknown: SendOutcome = { kind: 'unknown', reason: 'timeout', durationMs: 1 };
    expect(judgeAttempt(unknown, policy)).toEqual({ kind: 'unknown', code: 'timeout', graceMs: 30_000 });
  });

  test('doubles the wait from attempt to attempt, up to a minute, and gives up after five retries', () => {
    const waits = [1, 2, 3, 4, 5, 6].map((attempt) => judgeAttempt(passing, { ...policy, attempt }));
    expect(waits.map((outcome) => (outcome.kind === 'retry' ? outcome.delayMs : outcome.kind))).toEqual([
      1_000,
      2_000,
      4_000,
      8_000,
      16_000,
      'dead',
    ]);
    expect(waits[5]).toEqual({ kind: 'dead', code: '131000', reason: 'retries_exhausted' });
    expect(judgeAttempt(passing, { ...policy, attempt: 8, maxRetries: 10 })).toMatchObject({
      delayMs: 60_000,
    });
  });

  test('spreads what failed together by up to half the wait', () => {
    expect(judgeAttempt(passing, { ...policy, random: () => 1 })).toMatchObject({ delayMs: 1_500 });
  });

  test('obeys the flow’s max_retries', () => {
    expect(judgeAttempt(passing, { ...policy, maxRetries: 0 })).toMatchObject({ kind: 'dead' });
  });

  test('waits at least as long as Meta says', () => {
    const limited = refused({
      class: 'wait_number',
      code: 130429,
      retryAfterMs: 9_000,
      deadReason: 'rate_limited',
    });
    expect(judgeAttempt(limited, policy)).toMatchObject({ kind: 'retry', delayMs: 9_000 });
  });

  test('waits 4^X seconds for a pair limit', () => {
    const pair = refused({ class: 'wait_pair', code: 131056, deadReason: 'rate_limited' });
    const waits = [1, 2, 3].map((attempt) => judgeAttempt(pair, { ...policy, attempt }));
    expect(waits).toMatchObject([{ delayMs: 1_000 }, { delayMs: 4_000 }, { delayMs: 16_000 }]);
  });

  test.each(['bad_recipient', 'template', 'window_closed', 'configuration'] as const)(
    'does not repeat what can only fail again (%s)',
    (deadReason) => {
      const failure = refused({ class: 'permanent', code: 1, deadReason });
      expect(judgeAttempt(failure, policy)).toEqual({ kind: 'dead', code: '1', reason: deadReason });
    },
  );
});
