import { describe, expect, test } from '@jest/globals';
import { ledgerKey } from './keys.ts';
import type { MessageRef } from './message-ref.ts';
import { due, forgetMessage, readMessage, sweep, wakeNumber, type SweepPolicy } from './outbox.ts';
import { mergeStatuses } from './statuses.ts';
import { midsOf, numberOf, refOf, statusOf, type Said, templateNamed } from './testing/said.ts';
import { useStore } from './testing/use-store.ts';
import { setWish } from './wishes.ts';

const store = useStore();
const policy: SweepPolicy = { graceMs: 30_000, floorMs: 300_000, onUnknown: 'retry_once' };
const unknown = { kind: 'unknown', code: 'timeout', graceMs: 30_000 } as const;
const LEASE_MS = 15_000;

const sweepOne = (ref: MessageRef, over: Partial<SweepPolicy> = {}) =>
  sweep(store.client, ref, { ...policy, ...over });
const checkAt = async (ref: MessageRef) => Number(await store.client.zscore(store.keys.outbox, ref.mid));
const admittedNow = () => store.client.zrange(store.keys.admitted(numberOf().id), '0', '-1');

function chainOf(...names: string[]): Promise<MessageRef[]> {
  return store.say(names.map((name) => ({ name, contact: 'c' })));
}
async function attempting(said: Partial<Said> = {}): Promise<MessageRef> {
  const ref = await store.sayOne(said);
  expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
  return ref;
}

describe('sweep()', () => {
  test('leaves alone what is not due', async () => {
    const ref = await attempting();
    store.clock.nowMs += LEASE_MS - 1;
    const before = await store.dump('');
    expect(await sweepOne(ref)).toEqual({ action: 'none', attempt: 0, admitted: [] });
    expect(await store.dump('')).toEqual(before);
  });

  test('asks for a job for an admitted message, every five seconds', async () => {
    const ref = await store.sayOne();
    for (let round = 1; round <= 2; round += 1) {
      store.clock.nowMs += 5_000;
      expect(await sweepOne(ref)).toMatchObject({ action: 'job', attempt: 1 });
      expect(await sweepOne(ref)).toMatchObject({ action: 'none' });
      expect(await checkAt(ref)).toBe(store.clock.nowMs + 5_000);
    }
  });

  test('sends away a message that waits elsewhere', async () => {
    const [, second] = await chainOf('a', 'b');
    if (!second) throw new Error('no message');
    await store.client.zadd(store.keys.outbox, 1, second.mid);
    expect(await sweepOne(second)).toMatchObject({ action: 'none' });
    expect(await store.client.zscore(store.keys.outbox, second.mid)).toBe('inf');
  });

  test('calls an attempt unknown when its lease is over, and gives its place away', async () => {
    const said = Array.from({ length: 100 }, (_, index) => ({ name: `m${index}` }));
    await store.say(said);
    const refs = said.map(refOf);
    for (const ref of refs.slice(0, 80)) {
      store.clock.nowMs += 20;
      expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
    }
    expect(await admittedNow()).toEqual([]);
    store.clock.nowMs += LEASE_MS;
    const [first] = refs;
    if (!first) throw new Error('no message');
    const swept = await sweepOne(first);
    expect(swept).toMatchObject({ action: 'unknown', attempt: 1 });
    expect(midsOf(swept.admitted)).toEqual([refs[80]?.mid]);
    expect(await store.record(first)).toMatchObject({ state: 'unknown', code: 'owner_lost' });
    expect(await checkAt(first)).toBe(store.clock.nowMs + 30_000);
  });

  test('believes that a message was not sent only when later ones have had their status', async () => {
    const ref = await attempting();
    await store.finish(ref, 1, unknown);
    store.clock.nowMs += 30_000;
    const witnesses: MessageRef[] = [];
    for (const name of ['a', 'b', 'c']) {
      expect(await sweepOne(ref)).toMatchObject({ action: 'none' });
      expect(await checkAt(ref)).toBe(store.clock.nowMs + 2_000);
      store.clock.nowMs += 2_000;
      const witness = await attempting({ name });
      witnesses.push(witness);
      await mergeStatuses(store.client, 0, [statusOf(witness, 'sent')]);
    }
    const swept = await sweepOne(ref);
    expect(swept).toMatchObject({ action: 'retry', attempt: 1 });
    expect(midsOf(swept.admitted)).toEqual([ref.mid]);
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', attempt: 2 });
  });

  test('waits for the floor without such proof; earlier messages prove nothing', async () => {
    for (const name of ['a', 'b', 'c']) {
      const witness = await attempting({ name });
      await mergeStatuses(store.client, 0, [statusOf(witness, 'sent')]);
    }
    store.clock.nowMs += 1_000;
    const ref = await attempting();
    await store.finish(ref, 1, unknown);
    store.clock.nowMs += 299_999;
    expect(await sweepOne(ref)).toMatchObject({ action: 'none' });
    store.clock.nowMs += 2_000;
    expect(await sweepOne(ref)).toMatchObject({ action: 'retry' });
  });

  test('repeats an unknown once, then parks it and lets the next of its chain go', async () => {
    const [a, b] = await chainOf('a', 'b');
    if (!a || !b) throw new Error('no messages');
    for (const action of ['retry', 'parked']) {
      await store.claim(a);
      await store.finish(a, action === 'retry' ? 1 : 2, unknown);
      store.clock.nowMs += 300_000;
      const swept = await sweepOne(a);
      expect(swept).toMatchObject({ action });
      expect(midsOf(swept.admitted)).toEqual([action === 'retry' ? a.mid : b.mid]);
    }
    expect(await store.record(a)).toMatchObject({ state: 'dead', reason: 'unknown_outcome' });
    expect(await store.client.zrange(store.keys.dead, '0', '-1')).toEqual([a.mid]);
    expect(await store.client.zscore(store.keys.outbox, a.mid)).toBeNull();
    await store.hear('c');
    expect(await store.claim(b)).toMatchObject({ kind: 'go' });
  });

  test('waits for a lease that holds, whenever it looks', async () => {
    const ref = await attempting();
    await store.client.zadd(store.keys.outbox, 1, ref.mid);
    expect(await sweepOne(ref)).toMatchObject({ action: 'none' });
    expect(await checkAt(ref)).toBe(store.clock.nowMs + LEASE_MS);
    expect(await store.record(ref)).toMatchObject({ state: 'attempting' });
  });

  test('gives back no room in the tier for what may have arrived', async () => {
    const number = numberOf({ tier: '250' });
    const ref = await store.sayOne(
      { number, contact: 'c', message: templateNamed('offer') },
      { heard: false },
    );
    await store.claim(ref);
    await store.finish(ref, 1, unknown);
    store.clock.nowMs += 300_000;
    expect(await sweepOne(ref)).toMatchObject({ action: 'retry' });
    const contact = { waId: 'c' };
    const wish = {
      tenant: 'default',
      contact,
      change: 'out',
      scope: 'all',
      atS: 1,
      source: 'operator',
    } as const;
    await setWish(store.client, 0, wish);
    expect(await store.claim(ref)).toMatchObject({ kind: 'ended', reason: 'opted_out' });
    expect(await store.client.zcard(ledgerKey(store.keys, number))).toBe(1);
  });

  test('parks at once where the bundle says so', async () => {
    const ref = await attempting();
    await store.finish(ref, 1, unknown);
    store.clock.nowMs += 300_000;
    expect(await sweepOne(ref, { onUnknown: 'park' })).toMatchObject({ action: 'parked' });
  });

  test('ends what is final and was not settled, and forgets what has no record', async () => {
    const [a, b] = await chainOf('a', 'b');
    if (!a || !b) throw new Error('no messages');
    await store.claim(a);
    await mergeStatuses(store.client, 0, [statusOf(a, 'sent')]);
    const swept = await sweepOne(a);
    expect(swept).toMatchObject({ action: 'ended' });
    expect(midsOf(swept.admitted)).toEqual([b.mid]);
    await store.client.del(store.keys.message(b.mid));
    store.clock.nowMs += 5_000;
    expect(await sweepOne(b)).toMatchObject({ action: 'none' });
    expect(await admittedNow()).toEqual([]);
    expect(await store.client.zcard(store.keys.outbox)).toBe(0);
  });

  test('may be done by any number of senders at once', async () => {
    const ref = await attempting();
    store.clock.nowMs += LEASE_MS;
    const lost = await Promise.all(Array.from({ length: 10 }, () => sweepOne(ref)));
    expect(lost.filter(({ action }) => action === 'unknown')).toHaveLength(1);
    store.clock.nowMs += 300_000;
    const retried = await Promise.all(Array.from({ length: 10 }, () => sweepOne(ref)));
    expect(retried.map(({ action }) => action).filter((action) => action !== 'none')).toEqual(['retry']);
  });
});

describe('wakeNumber()', () => {
  const retry = (ms: number) => ({ kind: 'retry', code: '1', reason: 'retries_exhausted', ms }) as const;

  test('keeps the order of a conversation, whatever its head waits for', async () => {
    const refs = await chainOf('a', 'b', 'c');
    const order: string[] = [];
    for (let round = 0; order.length < 3 && round < 20; round += 1) {
      for (const ref of refs) {
        const claimed = await store.claim(ref);
        if (claimed.kind !== 'go') continue;
        const isRefused = claimed.attempt === 1;
        if (!isRefused) order.push(ref.mid);
        await store.finish(ref, claimed.attempt, isRefused ? retry(700) : { kind: 'sent', wamid: ref.mid });
      }
      store.clock.nowMs += 350;
      await store.wake();
    }
    expect(order).toEqual(midsOf(refs));
  });

  test('moves nothing early, and what is due by its time, ahead of what never went', async () => {
    const number = numberOf({ throughput: 10 });
    const said = ['a', 'b', 'x', 'y', 'z'].map((name) => ({ name, number }));
    await store.say(said);
    const [a, b, ...rest] = said.map(refOf);
    if (!a || !b) throw new Error('no messages');
    await store.claim(a);
    await store.finish(a, 1, retry(900));
    await store.claim(b);
    await store.finish(b, 1, retry(800));
    await store.client.del(store.keys.admitted(number.id), store.keys.lane(number.id, 'reply'));
    await store.client.rpush(store.keys.lane(number.id, 'reply'), ...rest.map(({ mid, cid }) => mid + cid));
    await store.client.zadd(store.keys.admitted(number.id), 1, 'one', 1, 'two');
    store.clock.nowMs += 799;
    expect(await store.wake(number)).toEqual({ admitted: [], nextMs: 1 });
    expect(await store.client.zscore(store.keys.wakes, number.id)).toBe(String(store.clock.nowMs + 1));
    store.clock.nowMs += 1;
    expect(await store.wake(number)).toEqual({ admitted: [], nextMs: 100 });
    store.clock.nowMs += 100;
    expect(await store.wake(number)).toEqual({ admitted: [], nextMs: undefined });
    expect(await store.client.zscore(store.keys.wakes, number.id)).toBeNull();
    const lane = await store.client.lrange(store.keys.lane(number.id, 'reply'), 0, -1);
    expect(lane.map((entry) => entry.slice(0, 32))).toEqual(
      [a, b, ...rest].map(({ mid }) => mid).sort(byFirst(lane)),
    );
    expect(lane.slice(2).map((entry) => entry.slice(0, 32))).toEqual(midsOf(rest));
  });

  test('lets go what is due at once by its time', async () => {
    const [a, b] = await store.say([{ name: 'a' }, { name: 'b' }]);
    if (!a || !b) throw new Error('no messages');
    await store.claim(a);
    await store.finish(a, 1, retry(900));
    await store.claim(b);
    await store.finish(b, 1, retry(800));
    store.clock.nowMs += 900;
    expect(midsOf((await store.wake()).admitted)).toEqual([b.mid, a.mid]);
  });

  test('looks again at once when more is due than it moves', async () => {
    const members = Array.from({ length: 250 }, (_, index) => {
      const ref = refOf({ name: `m${index}` });
      return [store.clock.nowMs - 1_000 + index, `${ref.mid}${ref.cid}reply`] as const;
    });
    await store.client.zadd(store.keys.later(numberOf().id), ...members.flat());
    expect((await store.wake()).nextMs).toBe(0);
    expect((await store.wake()).nextMs).toBeUndefined();
    expect(await store.client.llen(store.keys.lane(numberOf().id, 'reply'))).toBe(250 - 8);
  });

  test('may be done by any number of senders at once', async () => {
    const ref = await attempting();
    await store.finish(ref, 1, retry(100));
    store.clock.nowMs += 100;
    const woken = await Promise.all(
      Array.from({ length: 10 }, () => wakeNumber(store.client, 0, numberOf())),
    );
    expect(woken.flatMap(({ admitted }) => midsOf(admitted))).toEqual([ref.mid]);
  });
});

function byFirst(lane: readonly string[]) {
  const place = (mid: string) => lane.findIndex((entry) => entry.startsWith(mid));
  return (one: string, other: string) => place(one) - place(other);
}

describe('due()', () => {
  test('names what is due by the clock of Redis, the longest due first, so many of each', async () => {
    const nowMs = store.clock.nowMs;
    await store.client.zadd(store.keys.outbox, nowMs + 1, 'soon', nowMs, 'now', 5, 'old', '+inf', 'never');
    await store.client.zadd(store.keys.wakes, nowMs - 1, '2', 1, '1', nowMs + 60_000, '3');
    const all = await due(store.client, 0, { numbers: 10, messages: 10 });
    expect(all).toEqual({ nowMs, numbers: ['1', '2'], mids: ['old', 'now'] });
    expect(await due(store.client, 0, { numbers: 1, messages: 1 })).toMatchObject({
      numbers: ['1'],
      mids: ['old'],
    });
    expect(await due(store.client, 0, { numbers: 0, messages: 0 })).toMatchObject({ numbers: [], mids: [] });
  });

  test('asks Redis for the time', async () => {
    const before = Date.now();
    const { nowMs } = await due(store.real, 0, { numbers: 1, messages: 1 });
    expect(nowMs).toBeGreaterThanOrEqual(before - 1);
    expect(nowMs).toBeLessThanOrEqual(Date.now() + 1);
  });
});

describe('readMessage()', () => {
  test('reads whose a message is, and nothing once it is forgotten', async () => {
    const ref = await store.sayOne({ maxRetries: 2 });
    expect(await readMessage(store.client, 0, ref.mid)).toMatchObject({
      mid: ref.mid,
      kind: 'text',
      maxRetries: 2,
    });
    await store.client.del(store.keys.message(ref.mid));
    expect(await readMessage(store.client, 0, ref.mid)).toBeUndefined();
    await forgetMessage(store.client, 0, ref.mid);
    expect(await store.client.zcard(store.keys.outbox)).toBe(0);
  });
});

describe('what goes first', () => {
  const counts = { reply: 300, notification: 100, broadcast: 100 };
  type Class = keyof typeof counts;
  type Sent = { name: string; kind: Class };

  async function sendInOrder(classes: readonly Class[], sends: number): Promise<Sent[]> {
    const names = new Map<string, Sent>();
    const said: Said[] = [];
    for (const kind of classes) {
      for (let index = 0; index < counts[kind]; index += 1) {
        const each = { name: `${kind}${index}`, class: kind };
        names.set(refOf(each).mid, { name: each.name, kind });
        said.push(each);
      }
    }
    await store.say(said);
    const sent: Sent[] = [];
    while (sent.length < sends) {
      store.clock.nowMs += 20;
      const [mid = ''] = await admittedNow();
      const what = names.get(mid);
      if (!what) throw new Error('nothing is admitted');
      const ref = refOf({ name: what.name, class: what.kind });
      expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
      await store.finish(ref, 1, { kind: 'sent', wamid: mid });
      sent.push(what);
    }
    return sent;
  }
  const share = (sent: readonly Sent[], kind: Class) =>
    sent.filter((each) => each.kind === kind).length / sent.length;

  test('replies never starve, the others get their floor, and each class keeps its order', async () => {
    const sent = (await sendInOrder(['broadcast', 'notification', 'reply'], 248)).slice(8);
    expect(share(sent, 'broadcast')).toBeGreaterThanOrEqual(0.05);
    expect(share(sent, 'notification')).toBeGreaterThanOrEqual(0.05);
    expect(share(sent, 'reply')).toBeGreaterThanOrEqual(0.85);
    const held = sent.filter(
      ({ kind }, at) => kind !== 'reply' && sent[at + 1] && sent[at + 1]?.kind !== 'reply',
    );
    expect(held).toEqual([]);
    for (const kind of ['reply', 'notification', 'broadcast'] as const) {
      const numbers = sent
        .filter((each) => each.kind === kind)
        .map(({ name }) => Number(name.slice(kind.length)));
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }
  });

  test('broadcasts get their floor beside notifications too', async () => {
    const sent = (await sendInOrder(['broadcast', 'notification'], 108)).slice(8);
    expect(share(sent, 'broadcast')).toBeGreaterThanOrEqual(0.05);
    expect(share(sent, 'notification')).toBeGreaterThanOrEqual(0.85);
  });
});
