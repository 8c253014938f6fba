import { ConversationId, hash, NumberId } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { emit, readEmitted } from './emitted.ts';
import {
  failSubscription,
  subscriptionKey,
  takeSubscription,
  type SubscriptionRef,
} from './subscriptions.ts';
import { readSubscription } from './subscription-state.ts';
import { useStore } from './testing/use-store.ts';
import {
  countUndelivered,
  dropUndelivered,
  eraseUndelivered,
  readUndelivered,
  redeliver,
  type Undelivered,
} from './undelivered.ts';

const store = useStore();
const DAY_MS = 86_400_000;
const crm: SubscriptionRef = { tenant: 'default', team: 'default', subscriber: 'crm' };
const cidNamed = (name: string) => ConversationId.parse(hash('cid', name));
const take = (of = crm) => takeSubscription(store.client, 0, of, { owner: 'a', reopen: true });

async function taken(of = crm) {
  const result = await take(of);
  if (result.kind !== 'taken') throw new Error(`not taken but ${result.kind}`);
  return result;
}

/** Fails the next event until it is passed over. */
async function skipNext(of = crm, answer = '503') {
  for (let tries = 1; tries < 30; tries += 1) {
    const { cursor, events } = await taken(of);
    const entry = events[0]?.entry ?? '';
    const failed = await failSubscription(store.client, 0, of, {
      owner: 'a',
      cursor,
      entry,
      isGone: false,
      answer,
    });
    if (failed.kind === 'skipped') return failed.tries;
    store.clock.nowMs += tries === 1 ? 1_000 : DAY_MS;
  }
  throw new Error('never skipped');
}

const emitOne = (id: string, more: { cid?: ConversationId; contact?: { waId: string } } = {}) =>
  emit(store.real, 0, [
    {
      ...crm,
      id,
      number: NumberId.parse('100200300'),
      type: 'order.paid',
      at: 100,
      payload: { of: id },
      ...more,
    },
  ]);

async function kept(): Promise<Undelivered[]> {
  const found: Undelivered[] = [];
  for await (const each of readUndelivered(store.real, 0)) found.push(each);
  return found;
}

describe('the undelivered', () => {
  test('are what was passed over, with all that is known of it, newest first', async () => {
    await take();
    await emitOne('one', { cid: cidNamed('a') });
    await emitOne('two');
    expect(await skipNext()).toBe(3);
    await skipNext(crm, 'timeout');
    const [two, one] = await kept();
    expect(one).toMatchObject({
      ...{ subscriber: 'crm', tries: 3, answer: '503' },
      event: { id: 'one', type: 'order.paid', cid: cidNamed('a'), payload: { of: 'one' } },
    });
    expect((one?.atMs ?? 0) - (one?.sinceMs ?? 0)).toBeGreaterThanOrEqual(DAY_MS);
    expect(two).toMatchObject({ event: { id: 'two' }, answer: 'timeout' });
    expect(await countUndelivered(store.real, 0)).toBe(2);
    expect(await take()).toEqual({ kind: 'idle' });
  });

  test('are kept apart for each subscriber', async () => {
    const erp = { ...crm, subscriber: 'erp' };
    await take();
    await take(erp);
    await emitOne('one');
    await skipNext();
    await skipNext(erp);
    expect((await kept()).map(({ subscriber }) => subscriber).sort()).toEqual(['crm', 'erp']);
  });

  test('are 10,000 at most, and none is older than eight days', async () => {
    await take();
    const calls = store.real.pipeline();
    for (let index = 0; index < 10_000; index += 1) {
      calls.zadd(store.keys.undelivered, store.clock.nowMs - DAY_MS + index, `old${index}`);
      calls.hset(store.keys.undeliveredEvents, `old${index}`, '{}');
    }
    await calls.exec();
    await emitOne('one');
    await skipNext();
    expect(await countUndelivered(store.real, 0)).toBe(10_000);
    expect(await store.real.hlen(store.keys.undeliveredEvents)).toBe(10_000);
    expect(await store.real.hexists(store.keys.undeliveredEvents, 'old0')).toBe(0);
    store.clock.nowMs += 8 * DAY_MS;
    await emitOne('two');
    await skipNext();
    // A hundred go with each that comes.
    expect(await countUndelivered(store.real, 0)).toBe(9_901);
    expect(await store.real.hlen(store.keys.undeliveredEvents)).toBe(9_901);
  });

  test('go by themselves when none comes any more', async () => {
    await take();
    await emitOne('one');
    await skipNext();
    for (const key of [store.keys.undelivered, store.keys.undeliveredEvents]) {
      const ttlMs = await store.real.pttl(key);
      expect([key, ttlMs > 7 * DAY_MS, ttlMs <= 8 * DAY_MS]).toEqual([key, true, true]);
    }
  });

  test('come back at the end of the stream, once, for their subscriber alone, and may be passed over again', async () => {
    await take();
    await emitOne('one', { cid: cidNamed('a') });
    await skipNext();
    const [{ id = '' } = {}] = await kept();
    expect(await redeliver(store.real, 0, [id, 'no-such'])).toBe(1);
    expect(await redeliver(store.real, 0, [id])).toBe(0);
    expect(await kept()).toEqual([]);
    const all = await readEmitted(store.real, 0, '', 10);
    expect(all[1]).toEqual({ ...all[0], entry: all[1]?.entry, only: 'crm' });
    expect((await taken()).events.map((event) => event.id)).toEqual(['one']);
    await skipNext();
    const [again] = await kept();
    expect(again).toMatchObject({ id, event: { only: 'crm', id: 'one' } });
    await redeliver(store.real, 0, [id]);
    expect((await taken()).events).toMatchObject([{ id: 'one', only: 'crm' }]);
  });

  test('can be dropped, and erased by whom they are about', async () => {
    await take();
    await emitOne('one', { cid: cidNamed('a') });
    await emitOne('two', { cid: cidNamed('b') });
    await emitOne('three', { cid: cidNamed('a') });
    for (let index = 0; index < 3; index += 1) await skipNext();
    expect(await eraseUndelivered(store.real, 0, [cidNamed('a')])).toBe(2);
    const [left] = await kept();
    expect(left?.event.id).toBe('two');
    expect(await dropUndelivered(store.real, 0, [left?.id ?? ''])).toBe(1);
    expect(await dropUndelivered(store.real, 0, [left?.id ?? ''])).toBe(0);
    expect(await store.real.exists(store.keys.undelivered, store.keys.undeliveredEvents)).toBe(0);
  });
});

describe('failSubscription()', () => {
  test('begins to count anew when what failed before was erased', async () => {
    await take();
    await emitOne('one');
    await emitOne('two');
    const { cursor, events } = await taken();
    const failure = { owner: 'a', cursor, isGone: false, answer: '500' };
    const [one, two] = events;
    await failSubscription(store.client, 0, crm, { ...failure, entry: one?.entry ?? '' });
    await store.real.xdel(store.keys.emitted, one?.entry ?? '');
    store.clock.nowMs += 2 * DAY_MS;
    expect((await taken()).events).toMatchObject([{ id: 'two' }]);
    expect(await failSubscription(store.client, 0, crm, { ...failure, entry: two?.entry ?? '' })).toEqual({
      kind: 'waits',
      tries: 1,
      waitMs: 1_000,
    });
  });

  test('notes what has been told behind the cursor, and what came back', async () => {
    await take();
    await emitOne('one');
    await emitOne('two');
    const { cursor, events } = await taken();
    const [one, two] = events.map(({ entry }) => entry);
    const failure = { owner: 'a', cursor, isGone: false, answer: '500', entry: one ?? '', done: [two ?? ''] };
    await failSubscription(store.client, 0, crm, failure);
    const again = await taken();
    expect([again.tries, [...again.done]]).toEqual([1, [two]]);
    expect(await store.real.hget(subscriptionKey(store.keys, crm), 'answer')).toBe('500');
  });
});

describe('readSubscription()', () => {
  test('says how far a subscriber is behind, and why', async () => {
    expect(await readSubscription(store.real, 0, crm)).toBeUndefined();
    await take();
    expect(await readSubscription(store.real, 0, crm)).toMatchObject({
      behind: 0,
      tries: 0,
      last: undefined,
    });
    await emitOne('one');
    await emitOne('two');
    const { cursor, events } = await taken();
    const entry = events[0]?.entry ?? '';
    await failSubscription(store.client, 0, crm, { owner: 'a', cursor, entry, isGone: false, answer: '503' });
    const state = await readSubscription(store.real, 0, crm);
    expect(state).toMatchObject({ behind: 2, tries: 1, endedMs: undefined, last: { answer: '503' } });
    expect(state?.waitingSinceMs).toBe(Number(entry.split('-')[0]));
    expect(state?.nextMs).toBe((state?.last?.atMs ?? 0) + 1_000);
    await taken();
    await failSubscription(store.client, 0, crm, { owner: 'a', cursor, entry, isGone: true, answer: '410' });
    expect((await readSubscription(store.real, 0, crm))?.endedMs).toBe(store.clock.nowMs);
  });
});
