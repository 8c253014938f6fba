import { describe, expect, test } from '@jest/globals';
import type { FailureClass, SendOutcome } from '@alur/whatsapp';
import { judgeAttempt } from './judge-attempt.ts';

const policy = { tries: 0, graceMs: 30_000, spread: 1 };

type NotSent = Extract<SendOutcome, { kind: 'not_sent' }>;
const refused = (failure: NotSent['failure'], more: Partial<NotSent> = {}): SendOutcome => ({
  kind: 'not_sent',
  failure,
  durationMs: 1,
  ...more,
});
const ofClass = (name: FailureClass, retryAfterMs?: number) =>
  refused({ class: name, code: 7, deadReason: 'rate_limited', ...(retryAfterMs && { retryAfterMs }) });

describe('judgeAttempt()', () => {
  test('keeps the wamid of a sent message, and the reason of an unknown outcome with its grace', () => {
    const sent: SendOutcome = { kind: 'sent', wamid: 'wamid.1', httpStatus: 200, durationMs: 1 };
    expect(judgeAttempt(sent, policy)).toEqual({ kind: 'sent', wamid: 'wamid.1' });
    const unknown: SendOutcome = { kind: 'unknown', reason: 'timeout', durationMs: 1 };
    expect(judgeAttempt(unknown, policy)).toEqual({ kind: 'unknown', code: 'timeout', graceMs: 30_000 });
  });

  test('doubles the wait of a retry with each try that was used up, to a minute at most', () => {
    const waits = [0, 1, 2, 3, 5, 6, 30].map((tries) => judgeAttempt(ofClass('retry'), { ...policy, tries }));
    expect(waits).toEqual(
      [1_000, 2_000, 4_000, 8_000, 32_000, 60_000, 60_000].map((ms) => ({
        kind: 'retry',
        code: '7',
        reason: 'rate_limited',
        ms,
      })),
    );
  });

  test('spreads retries, so that what failed together does not come back together', () => {
    expect(judgeAttempt(ofClass('retry'), { ...policy, spread: 1.5 })).toMatchObject({ ms: 1_500 });
  });

  test.each<[FailureClass, object]>([
    ['retry', { kind: 'retry', ms: 9_000 }],
    ['wait_number', { kind: 'wait_number', ms: 9_000 }],
    ['wait_pair', { kind: 'wait_pair', ms: 9_000 }],
    ['wait_waba', { kind: 'wait_waba', ms: 9_000 }],
    ['pause_number', { kind: 'pause_number', ms: 9_000 }],
    ['pause_waba', { kind: 'pause_waba', ms: 9_000 }],
    ['template_blocked', { kind: 'template', ms: 9_000 }],
    ['hold_marketing', { kind: 'hold_marketing', ms: 9_000 }],
  ])('waits as long as Graph asked for: %s', (name, expected) => {
    expect(judgeAttempt(ofClass(name, 9_000), policy)).toMatchObject({ code: '7', ...expected });
  });

  test.each<[FailureClass, object]>([
    ['wait_number', { kind: 'wait_number', ms: 1_000 }],
    ['wait_pair', { kind: 'wait_pair', ms: 0 }],
    ['wait_waba', { kind: 'wait_waba', ms: 60_000 }],
    ['hold_marketing', { kind: 'hold_marketing', ms: 86_400_000 }],
    ['pause_number', { kind: 'pause_number', ms: undefined }],
    ['pause_waba', { kind: 'pause_waba', ms: undefined }],
    ['template_blocked', { kind: 'template', ms: undefined }],
    ['window_closed', { kind: 'window_closed' }],
    ['opted_out', { kind: 'opted_out' }],
    ['configuration', { kind: 'configuration' }],
    ['bad_recipient', { kind: 'dead' }],
    ['permanent', { kind: 'dead' }],
  ])('knows what to do where Graph named no time: %s', (name, expected) => {
    expect(judgeAttempt(ofClass(name), policy)).toEqual({ code: '7', reason: 'rate_limited', ...expected });
  });

  test('waits for a quota as long as the usage header says', () => {
    const quota = refused(
      { class: 'wait_waba', code: 80007, deadReason: 'rate_limited', retryAfterMs: 60_000 },
      { usage: { percent: 100, regainMs: 1_140_000 } },
    );
    expect(judgeAttempt(quota, policy)).toMatchObject({ kind: 'wait_waba', ms: 1_140_000 });
  });
});
