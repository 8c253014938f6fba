import { describe, expect, test } from '@jest/globals';
import { enqueue } from '../enqueue.ts';
import type { MessageRef } from '../message-ref.ts';
import { mergeStatuses } from '../statuses.ts';
import { messageOf, midsOf, numberOf, refOf, statusOf, templateNamed, type Said } from '../testing/said.ts';
import { useStore } from '../testing/use-store.ts';
import { withdraw } from './withdraw.ts';

const store = useStore();
const RETRY = { kind: 'retry', code: '1', reason: 'retries_exhausted', ms: 1_000 } as const;
const PLACES = ['msg', 'chain', 'lane', 'admitted', 'attempting', 'later', 'tierwait', 'outbox', 'tier:'];

/** Nothing of it is left anywhere that a queued message has a place. */
async function expectNoTrace(): Promise<void> {
  expect(await store.dump(...PLACES)).toEqual({});
}

async function two(over: Partial<Said> = {}): Promise<[MessageRef, MessageRef]> {
  const [a, b] = await store.say(['a', 'b'].map((name) => ({ ...over, name, contact: 'c' })));
  if (!a || !b) throw new Error('not two');
  return [a, b];
}

const gone = (ref: MessageRef) => withdraw(store.client, ref);

describe('withdraw()', () => {
  test('takes a message that is admitted off every book', async () => {
    const ref = await store.sayOne();
    expect(await gone(ref)).toBe('withdrawn');
    await expectNoTrace();
    expect(await gone(ref)).toBe('gone');
    expect(await store.claim(ref)).toMatchObject({ kind: 'no', state: 'missing' });
  });

  test('takes one from behind others in its chain, and lets the next go from before them', async () => {
    const [a, b] = await two();
    expect(await gone(b)).toBe('withdrawn');
    expect(await gone(a)).toBe('withdrawn');
    await expectNoTrace();
    const [c, d] = await two();
    expect(await gone(c)).toBe('withdrawn');
    expect(midsOf((await store.wake()).admitted)).toEqual([d.mid]);
    expect(await store.claim(d)).toMatchObject({ kind: 'go' });
  });

  test('takes one from a lane, where others go on', async () => {
    const slow = numberOf({ throughput: 1 });
    const names = ['a', 'b', 'c', 'd'];
    const refs = await store.say(names.map((name) => ({ name, number: slow })));
    const [a, b, c, d] = refs;
    if (!a || !b || !c || !d) throw new Error('not four');
    expect(await store.client.llen(store.keys.lane(slow.id, 'reply'))).toBe(2);
    expect(await gone(c)).toBe('withdrawn');
    expect(await gone(a)).toBe('withdrawn');
    expect(midsOf((await store.wake(slow)).admitted)).toEqual([d.mid]);
    expect([await gone(b), await gone(d)]).toEqual(['withdrawn', 'withdrawn']);
    await expectNoTrace();
  });

  test('takes one that waits for a time, and what it would have taken is free', async () => {
    const limited = numberOf({ tierCounts: 'all', tier: '250' });
    const [a, b] = await two({ number: limited });
    expect(await store.claim(a)).toMatchObject({ kind: 'go' });
    await store.finish(a, 1, RETRY);
    expect(await store.client.zcard(store.keys.ledger(limited.id))).toBe(1);
    expect(await gone(a)).toBe('withdrawn');
    expect(await store.client.zcard(store.keys.ledger(limited.id))).toBe(0);
    expect(await gone(a)).toBe('gone');
    await store.wake(limited);
    expect(await store.claim(b)).toMatchObject({ kind: 'go' });
  });

  test('takes one that waits for room in the tier', async () => {
    const limited = numberOf({ tier: '250' });
    const others = Array.from({ length: 250 }, (_, index) => [store.clock.nowMs, `c${index}`]);
    await store.real.zadd(store.keys.ledger(limited.id), ...others.flat());
    const said = { number: limited, long: true, message: templateNamed('hello') };
    const ref = await store.sayOne(said, { heard: false });
    expect(await store.claim(ref)).toMatchObject({ kind: 'later', scope: 'tier' });
    expect(await gone(ref)).toBe('withdrawn');
    await store.real.del(store.keys.ledger(limited.id));
    await expectNoTrace();
  });

  test.each(['attempting', 'unknown', 'tried again as unknown', 'taken once'])(
    'leaves one that is %s',
    async (state) => {
      const ref = await store.sayOne();
      await store.claim(ref);
      if (state === 'unknown') await store.finish(ref, 1, { kind: 'unknown', code: 'timeout', graceMs: 1 });
      if (state === 'tried again as unknown') {
        await store.finish(ref, 1, RETRY);
        await store.real.hset(store.keys.message(ref.mid), 'unknown_retries', 1);
      }
      if (state === 'taken once') {
        const failure = { act: 'retry', reason: 'undeliverable' } as const;
        await mergeStatuses(store.client, 0, [{ ...statusOf(ref, 'failed'), failure }]);
        expect(await store.record(ref)).toMatchObject({ state: 'queued' });
      }
      const before = await store.dump('');
      expect(await gone(ref)).toBe('busy');
      expect(await store.dump('')).toEqual(before);
    },
  );

  test.each(['sent', 'dead', 'unheard of'])('says that one is gone which is %s', async (state) => {
    const ref = await store.sayOne();
    if (state === 'unheard of') expect(await gone(refOf({ name: 'other' }))).toBe('gone');
    await store.claim(ref);
    const dead = { kind: 'dead', code: '1', reason: 'unknown_code' } as const;
    await store.finish(ref, 1, state === 'sent' ? { kind: 'sent', wamid: 'w' } : dead);
    const before = await store.dump('');
    expect(await gone(ref)).toBe('gone');
    expect(await store.dump('')).toEqual(before);
  });
});

describe('enqueue() after withdraw()', () => {
  test('takes the same id anew', async () => {
    const ref = await store.sayOne();
    await gone(ref);
    const admitted = await enqueue(store.client, 0, numberOf(), [messageOf({ name: 'm' })]);
    expect(midsOf(admitted)).toEqual([ref.mid]);
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', attempt: 1 });
  });

  test('gives no attempt the number of one that was made, so that a late word of that is not about it', async () => {
    const ref = await store.sayOne();
    await store.claim(ref);
    await store.finish(ref, 1, RETRY);
    expect(await gone(ref)).toBe('withdrawn');
    expect(await store.record(ref)).toEqual({ state: 'withdrawn', attempt: '1' });
    expect(await store.client.ttl(store.keys.message(ref.mid))).toBeGreaterThan(0);
    expect(await store.finish(ref, 1, RETRY)).toMatchObject({ ok: false });
    expect(await mergeStatuses(store.client, 0, [statusOf(ref, 'sent')])).toEqual(['unmatched']);
    await enqueue(store.client, 0, numberOf(), [messageOf({ name: 'm' })]);
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', attempt: 2 });
    expect(await store.client.ttl(store.keys.message(ref.mid))).toBe(-1);
  });
});
