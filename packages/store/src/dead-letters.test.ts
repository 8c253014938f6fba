import { MessageId } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { drop, listDeadLetters, readDeadLetter, replay } from './dead-letters.ts';
import type { MessageRef } from './message-ref.ts';
import { mergeStatuses, settle } from './statuses.ts';
import { midsOf, refOf, statusOf, type Said } from './testing/said.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();

async function killed(said: Partial<Said> = {}): Promise<MessageRef> {
  const ref = await store.sayOne(said);
  expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
  await store.finish(ref, 1, { kind: 'dead', code: '131026', reason: 'bad_recipient' });
  return ref;
}
const again = (ref: MessageRef) => replay(store.client, ref);

describe('replay()', () => {
  test('gives a dead message a new life, once', async () => {
    const ref = await killed();
    expect(midsOf((await again(ref)) ?? [])).toEqual([ref.mid]);
    expect(await again(ref)).toBeUndefined();
    expect(await store.record(ref)).toMatchObject({ state: 'queued', tries: '0', attempt: '1' });
    expect(await store.record(ref)).not.toHaveProperty('reason');
    expect(await store.client.ttl(store.keys.message(ref.mid))).toBe(-1);
    expect(await store.client.zcard(store.keys.dead)).toBe(0);
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', attempt: 2, tries: 0 });
  });

  test('asks window, opt-out and limits again', async () => {
    const ref = await killed();
    await store.hear('m', 2 * 86_400);
    await again(ref);
    expect(await store.claim(ref)).toMatchObject({ kind: 'ended', reason: 'window_closed' });
  });

  test('puts it behind what waits in its conversation', async () => {
    const [a, b] = await store.say([
      { name: 'a', contact: 'c' },
      { name: 'b', contact: 'c' },
    ]);
    if (!a || !b) throw new Error('no messages');
    await store.claim(a);
    await store.finish(a, 1, { kind: 'dead', code: '1', reason: 'unknown_code' });
    expect(await again(a)).toEqual([]);
    expect(await store.claim(a)).toMatchObject({ kind: 'no' });
    await store.claim(b);
    const done = await store.finish(b, 1, { kind: 'sent', wamid: 'w' });
    expect(midsOf(done.admitted)).toEqual([a.mid]);
  });

  test('finds its place when a status killed it and nobody settled that yet', async () => {
    const [a, b] = await store.say([
      { name: 'a', contact: 'c' },
      { name: 'b', contact: 'c' },
    ]);
    if (!a || !b) throw new Error('no messages');
    await store.claim(a);
    const failed = { ...statusOf(a, 'failed'), failure: { act: 'dead', reason: 'undeliverable' } as const };
    await mergeStatuses(store.client, 0, [failed]);
    expect(midsOf((await again(a)) ?? [])).toEqual([a.mid]);
    expect(await settle(store.client, a)).toEqual([]);
    await store.claim(a);
    const done = await store.finish(a, 2, { kind: 'sent', wamid: 'w' });
    expect(midsOf(done.admitted)).toEqual([b.mid]);
    expect(await store.client.llen(store.keys.chain(a.cid, 'reply'))).toBe(1);
  });

  test('leaves alone what is not dead, or has no body any more', async () => {
    const open = await store.sayOne({ name: 'open' });
    const gone = await killed({ name: 'gone' });
    await store.client.hdel(store.keys.message(gone.mid), 'body');
    const before = await store.dump('');
    expect(await again(open)).toBeUndefined();
    expect(await again(gone)).toBeUndefined();
    expect(await store.dump('')).toEqual(before);
  });
});

describe('drop()', () => {
  test('gives a dead message up: its content goes, and no status brings it back to the queue', async () => {
    const ref = await killed();
    expect(await drop(store.client, 0, ref.mid)).toBe(true);
    expect(await drop(store.client, 0, ref.mid)).toBe(false);
    expect(await store.record(ref)).toMatchObject({ state: 'dropped' });
    expect(await store.record(ref)).not.toHaveProperty('body');
    expect(await again(ref)).toBeUndefined();
    expect(await readDeadLetter(store.client, 0, ref.mid)).toBeUndefined();
  });

  test('leaves alone what is not dead', async () => {
    const ref = await store.sayOne();
    expect(await drop(store.client, 0, ref.mid)).toBe(false);
    expect(await store.record(ref)).toMatchObject({ state: 'queued' });
  });
});

describe('readDeadLetter()', () => {
  test('tells what died, when and why; the body only when asked', async () => {
    const ref = await killed();
    const letter = await readDeadLetter(store.client, 0, ref.mid);
    expect(letter).toEqual({
      mid: ref.mid,
      diedAtMs: store.clock.nowMs,
      reason: 'bad_recipient',
      code: '131026',
      attempts: 1,
      data: expect.objectContaining({ mid: ref.mid, kind: 'text' }),
    });
    const whole = await readDeadLetter(store.client, 0, ref.mid, { withBody: true });
    expect(whole?.body).toMatchObject({ to: { waId: 'm' }, message: { text: 'hello' } });
  });

  test('knows nothing of others', async () => {
    const ref = await store.sayOne();
    expect(await readDeadLetter(store.client, 0, ref.mid)).toBeUndefined();
    expect(await readDeadLetter(store.client, 0, refOf({ name: 'x' }).mid)).toBeUndefined();
  });
});

describe('listDeadLetters()', () => {
  test('names none whose record is gone', async () => {
    const old = await killed({ name: 'old' });
    store.clock.nowMs += 8 * 86_400_000;
    const fresh = await killed({ name: 'fresh' });
    expect(await store.client.zscore(store.keys.dead, old.mid)).toBeNull();
    const listed: string[] = [];
    for await (const { mid } of listDeadLetters(store.client, 0)) listed.push(mid);
    expect(listed).toEqual([fresh.mid]);
  });

  test('walks all of them, the newest first, also when many died at once', async () => {
    const data = JSON.stringify({
      cid: refOf({ name: 'm' }).cid,
      class: 'reply',
      tenant: 'default',
      team: 'default',
      number: '1',
      kind: 'text',
    });
    const mids = Array.from({ length: 450 }, (_, index) =>
      MessageId.parse(index.toString(16).padStart(32, '0')),
    );
    for (const [index, mid] of mids.entries()) {
      const of = { ...JSON.parse(data), mid };
      await store.client.hset(store.keys.message(mid), {
        state: 'dead',
        reason: 'template',
        data: JSON.stringify(of),
      });
      await store.client.zadd(store.keys.dead, index < 230 ? 1_000 : 1_000 + index, mid);
    }
    const listed: string[] = [];
    for await (const letter of listDeadLetters(store.client, 0)) listed.push(letter.mid);
    expect(new Set(listed)).toEqual(new Set(mids));
    expect(listed).toHaveLength(450);
    expect(listed.slice(0, 220)).toEqual(mids.slice(230).reverse());
  });
});
