import { hash, MessageId } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { drop, replay } from '../dead-letters.ts';
import { pauseNumber, resumeNumber } from '../numbers.ts';
import { sweep } from '../outbox.ts';
import { mergeStatuses } from '../statuses.ts';
import { numberOf, statusOf, templateNamed } from '../testing/said.ts';
import { useStore } from '../testing/use-store.ts';
import { findOutbound } from './find-outbound.ts';
import { readMessageLife, type MessageLife } from './message-life.ts';
import type { MessageRef } from '../message-ref.ts';

const store = useStore();
const SENT = { kind: 'sent', wamid: 'wamid.A' } as const;
const RETRY = { kind: 'retry', code: '131000', reason: 'retries_exhausted', ms: 1_000 } as const;
const POLICY = { graceMs: 30_000, floorMs: 300_000, onUnknown: 'retry_once' } as const;

async function lifeOf({ mid }: MessageRef): Promise<MessageLife> {
  const life = await readMessageLife(store.client, 0, mid);
  if (!life) throw new Error('no such message');
  return life;
}
/** Steps with the time since the message was made; what is not asked for is left out. */
async function stepsOf(ref: MessageRef): Promise<unknown[]> {
  const { steps, createdAtMs } = await lifeOf(ref);
  return steps.map(({ atMs, ...step }) => ({ ...step, ms: atMs - createdAtMs }));
}
const later = (ms: number) => {
  store.clock.nowMs += ms;
};
const status = (ref: MessageRef, kind: 'sent' | 'delivered' | 'read' | 'failed', more: object = {}) =>
  mergeStatuses(store.client, 0, [statusOf(ref, kind, more)]);

describe('readMessageLife()', () => {
  test('tells a message from its queueing to the read receipt, with both clocks', async () => {
    store.clock.nowMs = 1_790_000_000_500;
    const ref = await store.sayOne();
    later(5);
    await store.claim(ref);
    later(140);
    await store.finish(ref, 1, SENT);
    later(1_000);
    await status(ref, 'sent', { at: 1_790_000_001 });
    await status(ref, 'delivered', { at: 1_790_000_001 });
    later(60_000);
    await status(ref, 'read', { at: 1_790_000_059 });
    await status(ref, 'read', { at: 1_790_000_059 });
    expect(await stepsOf(ref)).toEqual([
      { kind: 'admitted', ms: 0 },
      { kind: 'claimed', ms: 5, attempt: 1, alternative: false },
      { kind: 'finished', ms: 145, attempt: 1, outcome: 'sent' },
      { kind: 'status', ms: 1_145, attempt: 1, status: 'sent', metaAtMs: 1_790_000_001_000 },
      { kind: 'status', ms: 1_145, attempt: 1, status: 'delivered', metaAtMs: 1_790_000_001_000 },
      { kind: 'status', ms: 61_145, attempt: 1, status: 'read', metaAtMs: 1_790_000_059_000 },
    ]);
    expect(await lifeOf(ref)).toMatchObject({
      state: 'sent',
      attempts: 1,
      wamid: 'wamid.A',
      createdAtMs: 1_790_000_000_500,
      waits: [],
    });
    expect(await findOutbound(store.real, 0, { number: ref.number.id, wamid: 'wamid.A' })).toEqual({
      mid: ref.mid,
      attempt: 1,
    });
  });

  test('tells who was before it, and where it waits', async () => {
    const [first, second] = await store.say([
      { name: 'a', contact: 'c' },
      { name: 'b', contact: 'c' },
    ]);
    if (!first || !second) throw new Error('not two');
    expect(await lifeOf(first)).toMatchObject({ place: { kind: 'admitted', sinceMs: store.clock.nowMs } });
    expect(await lifeOf(second)).toMatchObject({ place: { kind: 'chain', ahead: 1 } });
    await store.claim(first);
    later(300);
    await store.finish(first, 1, SENT);
    later(7);
    await store.claim(second);
    expect(await stepsOf(second)).toEqual([
      { kind: 'queued_behind', ms: 0, ahead: 1 },
      { kind: 'admitted', ms: 300 },
      { kind: 'claimed', ms: 307, attempt: 1, alternative: false },
    ]);
    expect((await lifeOf(second)).leaseUntilMs).toBe(store.clock.nowMs + 15_000);
  });

  test('tells each attempt with its code and how long it waits then', async () => {
    const ref = await store.sayOne();
    await store.claim(ref);
    await store.finish(ref, 1, RETRY);
    expect(await lifeOf(ref)).toMatchObject({
      state: 'queued',
      code: '131000',
      place: { kind: 'later', untilMs: store.clock.nowMs + 1_000 },
    });
    later(1_000);
    await store.wake();
    await store.claim(ref);
    later(20);
    await store.finish(ref, 2, { kind: 'dead', code: '131026', reason: 'bad_recipient' });
    expect(await stepsOf(ref)).toEqual([
      { kind: 'admitted', ms: 0 },
      { kind: 'claimed', ms: 0, attempt: 1, alternative: false },
      {
        kind: 'finished',
        ms: 0,
        attempt: 1,
        outcome: 'retry',
        code: '131000',
        state: 'queued',
        waitMs: 1_000,
      },
      { kind: 'claimed', ms: 1_000, attempt: 2, alternative: false },
      { kind: 'finished', ms: 1_020, attempt: 2, outcome: 'dead', code: '131026', state: 'dead' },
    ]);
    expect(await lifeOf(ref)).toMatchObject({ state: 'dead', reason: 'bad_recipient', attempts: 2 });
  });

  test('adds up what it waited for, each thing by itself, and says what it waits for now', async () => {
    const ref = await store.sayOne({ message: templateNamed('hello'), long: true }, { heard: false });
    const start = store.clock.nowMs;
    await store.real.hset(store.keys.pair(ref.cid), 'level', '0', 'at', start);
    expect(await store.claim(ref)).toMatchObject({ kind: 'later', scope: 'pair', ms: 6_000 });
    expect((await lifeOf(ref)).waits).toEqual([
      { scope: 'pair', firstAtMs: start, count: 1, totalMs: 0, sinceMs: start },
    ]);
    later(6_000);
    await store.wake();
    await pauseNumber(store.client, 0, ref.number, {
      of: 'number',
      untilMs: start + 10_000,
      code: 'operator',
    });
    expect(await store.claim(ref)).toMatchObject({ kind: 'later', scope: 'pause' });
    later(4_000);
    await resumeNumber(store.client, 0, ref.number);
    await store.wake();
    await store.real.hset(store.keys.pair(ref.cid), 'level', '0.9', 'at', store.clock.nowMs);
    expect(await store.claim(ref)).toMatchObject({ kind: 'later', scope: 'pair' });
    later(700);
    await store.wake();
    expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
    expect((await lifeOf(ref)).waits).toEqual([
      { scope: 'pause', firstAtMs: start + 6_000, count: 1, totalMs: 4_000 },
      { scope: 'pair', firstAtMs: start, count: 2, totalMs: 6_700 },
    ]);
    // What is over stays as it is, whatever comes of the next attempts.
    const before = (await lifeOf(ref)).waits;
    await store.finish(ref, 1, RETRY);
    later(1_000);
    await store.wake();
    await store.real.del(store.keys.pair(ref.cid));
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', attempt: 2 });
    expect((await lifeOf(ref)).waits).toEqual(before);
  });

  test('tells what a message waits for in hand: the pace of its number', async () => {
    const slow = numberOf({ throughput: 1 });
    const [first, second] = await store.say(['a', 'b'].map((name) => ({ name, number: slow })));
    if (!first || !second) throw new Error('not two');
    await store.claim(first);
    await store.finish(first, 1, SENT, { writtenMs: 0 });
    const { nowMs } = store.clock;
    for (let asked = 0; asked < 2; asked += 1) {
      expect(await store.claim(second)).toMatchObject({ kind: 'wait' });
      later(600);
    }
    expect(await store.claim(second)).toMatchObject({ kind: 'go' });
    expect((await lifeOf(second)).waits).toEqual([
      { scope: 'throughput', firstAtMs: nowMs, count: 2, totalMs: 1_200 },
    ]);
  });

  test.each([
    ['in hand', 6_000],
    ['for later', 0],
  ])('keeps no message from being claimed in a full Redis: one that waits %s', async (_how, handMs) => {
    const ref = await store.sayOne();
    await store.real.hset(store.keys.pair(ref.cid), 'level', '0.9', 'at', store.clock.nowMs);
    await store.real.config('SET', 'maxmemory', '1');
    try {
      expect(await store.claim(ref, { handMs })).toMatchObject({ kind: handMs > 0 ? 'wait' : 'later' });
      later(600);
      if (handMs === 0) await store.wake();
      expect(await store.claim(ref, { handMs })).toMatchObject({ kind: 'go' });
    } finally {
      await store.real.config('SET', 'maxmemory', '0');
    }
    expect((await lifeOf(ref)).waits).toMatchObject([{ scope: 'pair', totalMs: 600 }]);
  });

  test('tells that a sender was lost, that it was tried once more, and that nobody could tell', async () => {
    const ref = await store.sayOne();
    await store.claim(ref);
    later(15_000);
    await sweep(store.client, ref, POLICY);
    expect(await lifeOf(ref)).toMatchObject({
      state: 'unknown',
      code: 'owner_lost',
      nextLookMs: store.clock.nowMs + 30_000,
    });
    later(300_000);
    await sweep(store.client, ref, POLICY);
    await store.wake();
    await store.claim(ref);
    later(15_000);
    await sweep(store.client, ref, POLICY);
    later(300_000);
    await sweep(store.client, ref, POLICY);
    expect((await stepsOf(ref)).slice(2)).toEqual([
      { kind: 'owner_lost', ms: 15_000, attempt: 1 },
      { kind: 'tried_again', ms: 315_000, attempt: 1 },
      { kind: 'claimed', ms: 315_000, attempt: 2, alternative: false },
      { kind: 'owner_lost', ms: 330_000, attempt: 2 },
      { kind: 'parked', ms: 630_000, attempt: 2 },
    ]);
  });

  test('tells why it could not go, and that somebody let it go again or gave it up', async () => {
    const ref = await store.sayOne({}, { heard: false });
    await store.claim(ref);
    later(50);
    await replay(store.client, ref);
    await store.claim(ref);
    await drop(store.client, 0, ref.mid);
    const ended = { kind: 'ended', state: 'dead', reason: 'window_closed' };
    expect(await stepsOf(ref)).toEqual([
      { kind: 'admitted', ms: 0 },
      { ...ended, ms: 0 },
      { kind: 'replayed', ms: 50 },
      { ...ended, ms: 50 },
      { kind: 'dropped', ms: 50 },
    ]);
    expect((await lifeOf(ref)).state).toBe('dropped');
  });

  test('tells a failure that Meta reports later with its code, and that the template of a closed window went', async () => {
    const outside = templateNamed('hello');
    const ref = await store.sayOne({ outsideWindow: outside }, { heard: false });
    await store.claim(ref);
    await store.finish(ref, 1, SENT);
    await status(ref, 'failed', { errorCode: 131026, at: Math.floor(store.clock.nowMs / 1_000) + 2 });
    expect((await stepsOf(ref)).slice(1)).toEqual([
      { kind: 'claimed', ms: 0, attempt: 1, alternative: true },
      { kind: 'finished', ms: 0, attempt: 1, outcome: 'sent' },
      {
        kind: 'status',
        ms: 0,
        attempt: 1,
        status: 'failed',
        code: '131026',
        metaAtMs: (Math.floor(store.clock.nowMs / 1_000) + 2) * 1_000,
      },
    ]);
  });

  test('keeps the beginning and the end of a life that does not end', async () => {
    const ref = await store.sayOne({ long: true });
    const limited = { kind: 'pause_number', code: '131031', reason: 'configuration', ms: 10 } as const;
    for (let attempt = 1; attempt <= 60; attempt += 1) {
      await store.claim(ref);
      await store.finish(ref, attempt, limited);
      later(60_000);
      await store.wake();
    }
    const { life = '' } = await store.record(ref);
    expect(life.length).toBeLessThan(1_400);
    const steps = await stepsOf(ref);
    expect(steps[1]).toMatchObject({ kind: 'claimed', attempt: 1 });
    expect(steps).toContainEqual(expect.objectContaining({ kind: 'cut' }));
    expect(steps.at(-1)).toMatchObject({ kind: 'finished', attempt: 60 });
  });

  test('knows nothing of a message that never was, or that was withdrawn', async () => {
    const mid = MessageId.parse(hash('mid', 'none'));
    expect(await readMessageLife(store.client, 0, mid)).toBeUndefined();
    await store.real.hset(store.keys.message(mid), 'state', 'withdrawn', 'attempt', 1);
    expect(await readMessageLife(store.client, 0, mid)).toBeUndefined();
  });

  test('costs few bytes: a life of one attempt and three statuses', async () => {
    const number = numberOf();
    const ref = await store.sayOne({ number });
    await store.claim(ref);
    later(140);
    await store.finish(ref, 1, SENT);
    for (const kind of ['sent', 'delivered', 'read'] as const) await status(ref, kind, { at: 1_790_000_001 });
    const { life = '' } = await store.record(ref);
    expect(life.length).toBeLessThan(110);
  });
});
