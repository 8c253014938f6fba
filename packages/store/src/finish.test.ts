import { describe, expect, test } from '@jest/globals';
import { credentialMark, type AttemptOutcome } from './finish.ts';
import { contactHashes } from './keys.ts';
import type { MessageRef } from './message-ref.ts';
import { resumeNumber } from './numbers.ts';
import { sweep } from './outbox.ts';
import { mergeStatuses } from './statuses.ts';
import { midsOf, numberOf, statusOf, templateNamed, type Said } from './testing/said.ts';
import { useStore } from './testing/use-store.ts';
import { findAttempt } from './wamids.ts';

const store = useStore();
const offer = templateNamed('offer');
const why = { code: '1', reason: 'retries_exhausted' } as const;
const sent = (wamid = 'wamid.A'): AttemptOutcome => ({ kind: 'sent', wamid });
const unknown: AttemptOutcome = { kind: 'unknown', code: 'timeout', graceMs: 30_000 };

async function go(ref: MessageRef): Promise<number> {
  const claimed = await store.claim(ref);
  if (claimed.kind !== 'go') throw new Error(`it does not go: ${JSON.stringify(claimed)}`);
  return claimed.attempt;
}
async function attempting(said: Partial<Said> = {}): Promise<MessageRef> {
  const ref = await store.sayOne(said);
  await go(ref);
  return ref;
}
async function pairOf(said: Partial<Said> = {}): Promise<[MessageRef, MessageRef]> {
  const [a, b] = await store.say([
    { ...said, name: 'a', contact: 'c' },
    { ...said, name: 'b', contact: 'c' },
  ]);
  if (!a || !b) throw new Error('no messages');
  return [a, b];
}
const state = async (ref: MessageRef) => (await store.record(ref))['state'];
const isDead = async (ref: MessageRef) => (await store.client.zscore(store.keys.dead, ref.mid)) !== null;
const outbox = (ref: MessageRef) => store.client.zscore(store.keys.outbox, ref.mid);
const flying = async () =>
  (await store.client.zcard(store.keys.admitted(numberOf().id))) +
  (await store.client.zcard(store.keys.attempting(numberOf().id)));
const sweepOne = (ref: MessageRef) =>
  sweep(store.client, ref, { graceMs: 30_000, floorMs: 0, onUnknown: 'retry_once' });
const untagged = (ref: MessageRef, wamid: string) => ({
  ...statusOf(ref, 'failed', { wamid, errorCode: 131026 }).status,
  mid: undefined,
  attempt: undefined,
});
const find = (ref: MessageRef, wamid: string) => findAttempt(store.client, 0, untagged(ref, wamid));

describe('finish()', () => {
  test('records an acceptance, ends the message and lets the next of its chain go', async () => {
    const [a, b] = await pairOf();
    await go(a);
    const done = await store.finish(a, 1, sent());
    expect(done).toMatchObject({ ok: true, state: 'sent', lookMs: undefined, early: [] });
    expect(midsOf(done.admitted)).toEqual([b.mid]);
    expect(await store.record(a)).toMatchObject({ state: 'sent', wamid: 'wamid.A' });
    expect(await store.record(a)).toHaveProperty('body');
    expect(await outbox(a)).toBeNull();
    expect(await store.client.ttl(store.keys.message(a.mid))).toBeGreaterThan(7 * 86_400);
    expect(await flying()).toBe(1);
  });

  test('keeps an unknown with its chain until its next check', async () => {
    const [a] = await pairOf();
    await go(a);
    expect(await store.finish(a, 1, unknown)).toMatchObject({ ok: true, state: 'unknown', admitted: [] });
    expect(Number(await outbox(a))).toBe(store.clock.nowMs + 30_000);
    expect(await flying()).toBe(0);
  });

  test('buries what Graph refused for good, with its body, and lets the next go', async () => {
    const [a, b] = await pairOf();
    await go(a);
    const done = await store.finish(a, 1, { kind: 'dead', code: '131026', reason: 'bad_recipient' });
    expect(done).toMatchObject({ ok: true, state: 'dead' });
    expect(midsOf(done.admitted)).toEqual([b.mid]);
    expect(await store.record(a)).toMatchObject({ state: 'dead', code: '131026', reason: 'bad_recipient' });
    expect(await store.record(a)).toHaveProperty('body');
    expect(await isDead(a)).toBe(true);
    expect(await outbox(a)).toBeNull();
  });

  test('tries a refused attempt again after its time, as often as it may, ahead of its conversation', async () => {
    const [a, b] = await pairOf();
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      expect(await go(a)).toBe(attempt);
      const done = await store.finish(a, attempt, { kind: 'retry', ...why, ms: 4_000 }, { maxTries: 2 });
      expect(done).toMatchObject({ ok: true, state: 'queued', lookMs: 4_000, admitted: [] });
      store.clock.nowMs += 3_999;
      expect((await store.wake()).admitted).toEqual([]);
      store.clock.nowMs += 1;
      expect(midsOf((await store.wake()).admitted)).toEqual([a.mid]);
    }
    await go(a);
    const last = await store.finish(a, 3, { kind: 'retry', ...why, ms: 4_000 }, { maxTries: 2 });
    expect(last).toMatchObject({ state: 'dead' });
    expect(midsOf(last.admitted)).toEqual([b.mid]);
    expect(await store.record(a)).toMatchObject({ state: 'dead', reason: 'retries_exhausted', tries: '3' });
    expect(await isDead(a)).toBe(true);
  });

  test('changes nothing when it comes twice, or for an attempt that is not open', async () => {
    const ref = await attempting();
    await store.finish(ref, 1, { kind: 'retry', ...why, ms: 4_000 });
    const before = await store.dump('');
    expect(await store.finish(ref, 1, { kind: 'retry', ...why, ms: 4_000 })).toMatchObject({
      ok: false,
      state: 'queued',
    });
    await store.finish(ref, 1, { kind: 'dead', ...why });
    await store.finish(ref, 1, unknown);
    await store.finish(ref, 2, sent());
    expect(await store.dump('')).toEqual(before);
  });
});

describe('finish() and the wamid', () => {
  test('leads from the wamid to the attempt', async () => {
    const ref = await attempting();
    expect(await find(ref, 'wamid.other')).toBeUndefined();
    await store.finish(ref, 1, sent());
    expect(await find(ref, 'wamid.A')).toEqual({ mid: ref.mid, attempt: 1 });
    const [bucket = ''] = await store.client.keys('*wamids*');
    expect(await store.client.ttl(bucket)).toBe(8 * 86_400);
  });

  test('gives out the statuses that came before it, again when asked again', async () => {
    const ref = await attempting();
    const status = untagged(ref, 'wamid.A');
    expect(await findAttempt(store.client, 0, status)).toBeUndefined();
    expect((await store.finish(ref, 1, sent())).early).toEqual([
      expect.objectContaining({ wamid: 'wamid.A' }),
    ]);
    const again = await store.finish(ref, 1, sent());
    expect(again).toMatchObject({ ok: false, state: 'sent', early: [{ wamid: 'wamid.A' }] });
  });

  test('does so also when a status settled the message before the answer came', async () => {
    const ref = await attempting();
    await findAttempt(store.client, 0, untagged(ref, 'wamid.A'));
    await mergeStatuses(store.client, 0, [statusOf(ref, 'sent', { wamid: 'wamid.other' })]);
    const done = await store.finish(ref, 1, sent());
    expect(done).toMatchObject({ ok: false, state: 'sent', early: [{ wamid: 'wamid.A' }] });
    expect(await find(ref, 'wamid.A')).toEqual({ mid: ref.mid, attempt: 1 });
  });

  test('does so also when a failed status made a new attempt, which stays', async () => {
    const ref = await attempting();
    const failed = statusOf(ref, 'failed', { errorCode: 131000, wamid: 'wamid.A' });
    const failure = { act: 'retry', reason: 'undeliverable' } as const;
    await mergeStatuses(store.client, 0, [{ ...failed, failure }]);
    await store.client.del(...(await store.client.keys('*wamids*')));
    expect(await store.finish(ref, 1, sent())).toMatchObject({ ok: false, state: 'queued' });
    expect(await find(ref, 'wamid.A')).toEqual({ mid: ref.mid, attempt: 1 });
    expect(await state(ref)).toBe('queued');
  });

  test('knows nothing of an attempt that never was', async () => {
    const ref = await attempting();
    expect(await store.finish(ref, 2, sent())).toMatchObject({ ok: false });
    expect(await find(ref, 'wamid.A')).toBeUndefined();
  });

  test('an acceptance that is heard late cancels the next attempt, and wakes the dead', async () => {
    const [a, b] = await pairOf();
    await go(a);
    await store.finish(a, 1, unknown);
    store.clock.nowMs += 30_000;
    expect(await sweepOne(a)).toMatchObject({ action: 'retry' });
    const done = await store.finish(a, 1, sent());
    expect(done).toMatchObject({ ok: true, state: 'sent' });
    expect(midsOf(done.admitted)).toEqual([b.mid]);
    expect(await store.claim(a)).toMatchObject({ kind: 'no', state: 'sent' });

    await go(b);
    await store.finish(b, 1, unknown);
    store.clock.nowMs += 30_000;
    await sweep(store.client, b, { graceMs: 0, floorMs: 0, onUnknown: 'park' });
    expect(await isDead(b)).toBe(true);
    expect(await store.finish(b, 1, sent('wamid.B'))).toMatchObject({ ok: true, state: 'sent' });
    expect(await isDead(b)).toBe(false);
    expect(await store.record(b)).not.toHaveProperty('reason');
  });
});

describe('finish() and limits that Graph reports', () => {
  test('wait_pair holds the pair alone, 1, 4, 16 s and so on, until something goes through', async () => {
    const [a, b] = await pairOf({ long: true });
    const other = await store.sayOne({ name: 'other' });
    const waits: (number | undefined)[] = [];
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      await go(a);
      const done = await store.finish(a, attempt, { kind: 'wait_pair', ...why, ms: 0 }, { maxTries: 9 });
      waits.push(done.lookMs);
      expect(done.state).toBe('queued');
      store.clock.nowMs += done.lookMs ?? 0;
      if (attempt === 1) expect(await store.claim(other)).toMatchObject({ kind: 'go' });
      // The pair's own bucket is empty after a refusal: one token comes in six seconds.
      store.clock.nowMs += 6_000;
      await store.wake();
    }
    expect(waits).toEqual([1_000, 4_000, 16_000, 64_000, 256_000, 300_000]);
    await go(a);
    await store.finish(a, 7, sent());
    store.clock.nowMs += 6_000;
    await go(b);
    expect((await store.finish(b, 1, { kind: 'wait_pair', ...why, ms: 0 })).lookMs).toBe(1_000);
  });

  test('wait_pair ends a message that may not wait longer than a minute', async () => {
    const ref = await store.sayOne();
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await go(ref);
      await store.finish(ref, attempt, { kind: 'wait_pair', ...why, ms: 0 });
      store.clock.nowMs += 70_000;
      await store.wake();
    }
    await go(ref);
    const done = await store.finish(ref, 4, {
      kind: 'wait_pair',
      code: '131056',
      reason: 'rate_limited',
      ms: 0,
    });
    expect(done.state).toBe('dead');
    expect(await store.record(ref)).toMatchObject({ reason: 'rate_limited', code: '131056' });
    expect(await store.record(ref)).not.toHaveProperty('tries');
  });

  test('wait_pair waits as long as it is told at least, and spreads', async () => {
    const ref = await attempting();
    const done = await store.finish(ref, 1, { kind: 'wait_pair', ...why, ms: 10_000 }, { spread: 1.5 });
    expect(done.lookMs).toBe(15_000);
  });

  test.each(['wait_number', 'wait_waba'] as const)(
    '%s holds what it is about and costs no try',
    async (kind) => {
      const number = numberOf({ businessAccountId: 'w' });
      const sister = numberOf({ id: '200', businessAccountId: 'w' });
      const ref = await attempting({ number });
      const other = await store.sayOne({ name: 'other', number });
      const theirs = await store.sayOne({ name: 'theirs', number: sister });
      const done = await store.finish(ref, 1, { kind, ...why, ms: 8_000 }, { spread: 1.25 });
      expect(done).toMatchObject({ state: 'queued', lookMs: 10_000, admitted: [] });
      expect(await store.claim(other)).toMatchObject({ kind: 'later', scope: 'pause' });
      const theirClaim = await store.claim(theirs);
      expect(theirClaim.kind).toBe(kind === 'wait_waba' ? 'later' : 'go');
      store.clock.nowMs += 10_000;
      const woken = midsOf((await store.wake(number)).admitted).sort();
      expect(woken).toEqual([ref.mid, other.mid].sort());
      expect(await go(ref)).toBe(2);
      expect(await store.record(ref)).not.toHaveProperty('tries');
    },
  );

  test('wait_number of more than a minute ends a message that may not wait; one that may does so, so many times', async () => {
    const short = await attempting();
    const wait = { kind: 'wait_number', ...why, ms: 61_000 } as const;
    expect((await store.finish(short, 1, wait)).state).toBe('dead');
    store.clock.nowMs += 61_000;
    await store.wake();
    const patient = await attempting({ name: 'patient', long: true });
    expect((await store.finish(patient, 1, wait, { maxTries: 1 })).state).toBe('queued');
    store.clock.nowMs += 61_000;
    await store.wake();
    await go(patient);
    expect((await store.finish(patient, 2, wait, { maxTries: 1 })).state).toBe('dead');
  });

  test('pause_number holds until it is lifted, and a shorter pause does not shorten it', async () => {
    const ref = await attempting();
    const done = await store.finish(ref, 1, { kind: 'pause_number', ...why, ms: undefined });
    expect(done).toMatchObject({ state: 'queued', lookMs: undefined });
    const other = await store.sayOne({ name: 'other' });
    expect(await store.claim(other)).toMatchObject({ kind: 'no' });
    store.clock.nowMs += 365 * 86_400_000;
    expect((await store.wake()).admitted).toEqual([]);
    await resumeNumber(store.client, 0, numberOf());
    await store.hear('m');
    expect(midsOf((await store.wake()).admitted)).toContain(ref.mid);
    await go(ref);
    await store.finish(ref, 2, { kind: 'pause_number', ...why, ms: 60_000 });
    await store.client.hset(store.keys.message(ref.mid), 'state', 'attempting');
    await store.finish(ref, 2, { kind: 'pause_number', ...why, ms: 1_000 });
    store.clock.nowMs += 59_999;
    expect((await store.wake()).admitted).toEqual([]);
  });

  test('pause_waba holds every number of the WABA for a time', async () => {
    const number = numberOf({ businessAccountId: 'w' });
    const sister = numberOf({ id: '200', businessAccountId: 'w' });
    const ref = await attempting({ number });
    await store.finish(ref, 1, { kind: 'pause_waba', ...why, ms: 5_000 });
    const theirs = await store.sayOne({ name: 'theirs', number: sister });
    expect(await store.claim(theirs)).toMatchObject({ kind: 'no' });
    store.clock.nowMs += 5_000;
    expect(midsOf((await store.wake(sister)).admitted)).toEqual([theirs.mid]);
  });

  test('configuration holds the number until its credential changes', async () => {
    const [old, next] = [credentialMark('old'), credentialMark('next')];
    const ref = await attempting();
    const done = await store.finish(ref, 1, { kind: 'configuration', ...why }, { credentialMark: old });
    expect(done).toMatchObject({ state: 'queued', lookMs: undefined });
    expect((await store.wake(numberOf(), old)).admitted).toEqual([]);
    expect((await store.wake(numberOf(), '')).admitted).toEqual([]);
    expect(midsOf((await store.wake(numberOf(), next)).admitted)).toEqual([ref.mid]);
    expect(old).not.toContain('old');
  });
});

describe('finish() and what Graph says of a contact or a template', () => {
  test('window_closed sends what the message says for a closed window, once', async () => {
    const ref = await attempting({ outsideWindow: offer });
    const closed = { kind: 'window_closed', code: '131047', reason: 'window_closed' } as const;
    expect(await store.finish(ref, 1, closed)).toMatchObject({ state: 'queued', lookMs: 0 });
    await store.wake();
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', alternative: true });
    expect(await store.finish(ref, 2, closed)).toMatchObject({ state: 'dead' });
  });

  test('window_closed skips a message that says so, and ends one that says nothing', async () => {
    const closed = { kind: 'window_closed', code: '131047', reason: 'window_closed' } as const;
    const skip = await attempting({ name: 'skip', outsideWindow: 'skip' });
    await store.finish(skip, 1, closed);
    await store.wake();
    expect(await store.claim(skip)).toMatchObject({ kind: 'ended', state: 'skipped' });
    const none = await attempting({ name: 'none' });
    expect((await store.finish(none, 1, closed)).state).toBe('dead');
    expect(await store.record(none)).toMatchObject({ reason: 'window_closed' });
  });

  test('opted_out ends the message and every later template to this contact', async () => {
    const ref = await attempting({ contact: 'c', message: offer });
    await store.finish(ref, 1, { kind: 'opted_out', code: '131050', reason: 'opted_out' });
    expect(await state(ref)).toBe('dead');
    const [hashed = ''] = contactHashes('default', { waId: 'c' });
    expect(await store.client.hget(store.keys.optOuts('default'), `m:${hashed}`)).toMatch(
      /^out:\d+:error_131050$/,
    );
    const next = await store.sayOne({ name: 'next', contact: 'c', message: offer });
    expect(await store.claim(next)).toMatchObject({ kind: 'ended', reason: 'opted_out' });
  });

  test('hold_marketing ends the message and holds templates to this contact for a time', async () => {
    const ref = await attempting({ contact: 'c', message: offer });
    const hold = { kind: 'hold_marketing', code: '131049', reason: 'undeliverable', ms: 86_400_000 } as const;
    expect((await store.finish(ref, 1, hold)).state).toBe('dead');
    const soon = await store.sayOne({ name: 'soon', contact: 'c', message: offer });
    expect(await store.claim(soon)).toMatchObject({ kind: 'ended', reason: 'undeliverable' });
    store.clock.nowMs += 86_400_000;
    const later = await store.sayOne({ name: 'later', contact: 'c', message: offer });
    expect(await store.claim(later)).toMatchObject({ kind: 'go' });
  });

  test('template stops the template; a message that may wait does so when the stop has an end', async () => {
    const stop = (ms: number | undefined) =>
      ({ kind: 'template', code: '132015', reason: 'template', ms }) as const;
    const options = { template: 'offer:en' };
    const patient = await attempting({ name: 'patient', message: offer, long: true });
    expect(await store.finish(patient, 1, stop(9_000), options)).toMatchObject({
      state: 'queued',
      lookMs: 9_000,
    });
    const short = await store.sayOne({ name: 'short', message: offer });
    expect(await store.claim(short)).toMatchObject({ kind: 'ended', reason: 'template' });
    store.clock.nowMs += 9_000;
    await store.wake();
    await go(patient);
    expect((await store.finish(patient, 2, stop(undefined), options)).state).toBe('dead');
    const next = await store.sayOne({ name: 'next', message: offer, long: true });
    expect(await store.claim(next)).toMatchObject({ kind: 'ended', reason: 'template' });
  });
});
