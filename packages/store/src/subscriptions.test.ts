import { describe, expect, test } from '@jest/globals';
import {
  failSubscription,
  lastEmitted,
  moveSubscription,
  oldestUndelivered,
  subscriptionKey,
  takeSubscription,
  type SubscriptionRef,
} from './subscriptions.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
const crm: SubscriptionRef = { tenant: 'default', team: 'default', subscriber: 'crm' };
const LEASE_MS = 30_000;
const DAY_MS = 86_400_000;
const pass = (ms: number) => {
  store.clock.nowMs += ms;
};
const take = (owner = 'a', reopen = false, of = crm) =>
  takeSubscription(store.client, 0, of, { owner, reopen });
const move = (cursor: string, to: string, count: number, more: { owner?: string; release?: true } = {}) =>
  moveSubscription(store.client, 0, crm, { owner: 'a', cursor, to, count, ...more });
const fail = (cursor: string, entry: string, isGone = false, owner = 'a') =>
  failSubscription(store.client, 0, crm, { owner, cursor, entry, isGone, answer: '500' });
const stands = () => store.real.hgetall(subscriptionKey(store.keys, crm));

/** Events as a commit adds them; their ids are these words. Returns their entries. */
async function emit(...ids: string[]): Promise<string[]> {
  const entries: string[] = [];
  for (const id of ids) {
    const own = ['id', id, 'tenant', 'default', 'team', 'default', 'number', '100200300'];
    const cause = ['cid', 'c'.repeat(32), 'type', 'order.paid', 'at', '1700000000', 'payload', '{"a":1}'];
    entries.push(String(await store.real.xadd(store.keys.emitted, '*', ...own, ...cause)));
  }
  return entries;
}

/** A subscription that exists, and the events that were emitted since. */
async function began(...ids: string[]) {
  await take();
  return emit(...ids);
}

async function taken(owner = 'a') {
  const result = await take(owner);
  if (result.kind !== 'taken') throw new Error(`not taken but ${result.kind}`);
  return { ...result, ids: result.events.map(({ id }) => id) };
}

describe('takeSubscription()', () => {
  test('begins at the end of the stream, and tells what comes from then on', async () => {
    await emit('before');
    expect(await take()).toEqual({ kind: 'idle' });
    const [one] = await emit('one', 'two');
    expect(await taken()).toMatchObject({ missed: 0, ids: ['one', 'two'] });
    expect((await taken()).events[0]).toEqual({
      ...{ entry: one, id: 'one', tenant: 'default', team: 'default', number: '100200300' },
      ...{ cid: 'c'.repeat(32), type: 'order.paid', at: 1_700_000_000, payload: { a: 1 } },
    });
    expect(await store.real.ttl(subscriptionKey(store.keys, crm))).toBeGreaterThan(29 * 86_400);
  });

  test('begins before the first event where there is no stream yet', async () => {
    await began('one');
    expect(await taken()).toMatchObject({ cursor: '0-0', missed: 0, ids: ['one'] });
  });

  test('gives at most 100 events at once', async () => {
    await began(...Array.from({ length: 110 }, (_, index) => `e${index}`));
    expect((await taken()).ids).toHaveLength(100);
  });

  test('has one owner at a time, for 30 seconds since it moved last', async () => {
    const [one = ''] = await began('one', 'two');
    const results = await Promise.all([take('a'), take('b'), take('c')]);
    expect(results.map(({ kind }) => kind)).toEqual(['taken', 'held', 'held']);
    pass(LEASE_MS - 1);
    expect(await move('0-0', one, 1)).toBe(true);
    pass(LEASE_MS - 1);
    expect(await take('b')).toEqual({ kind: 'held' });
    pass(1);
    expect(await taken('b')).toMatchObject({ cursor: one, ids: ['two'] });
    expect(await take('a')).toEqual({ kind: 'held' });
  });

  test('keeps the subscribers of teams apart', async () => {
    await began('one');
    await take('a');
    expect(await take('b', false, { ...crm, team: 'second' })).toEqual({ kind: 'idle' });
    expect(await take('b', false, { ...crm, subscriber: 'erp' })).toEqual({ kind: 'idle' });
    expect(await store.real.keys('{s0}:subscription:*')).toHaveLength(3);
  });

  test('counts what fell out of the stream before it came to it, once', async () => {
    const [, , three = ''] = await began('one', 'two', 'three', 'four', 'five');
    await taken();
    await store.real.xtrim(store.keys.emitted, 'MINID', three);
    expect(await taken()).toMatchObject({ cursor: '0-0', missed: 2, ids: ['three', 'four', 'five'] });
    expect(await taken()).toMatchObject({ missed: 0 });
    await move('0-0', three, 1);
    await store.real.xtrim(store.keys.emitted, 'MAXLEN', 1);
    expect(await taken()).toMatchObject({ missed: 1, ids: ['five'] });
  });

  test('misses nothing when only what it had told fell out', async () => {
    const [, two = ''] = await began('one', 'two', 'three');
    await taken();
    await move('0-0', two, 2);
    await store.real.xtrim(store.keys.emitted, 'MAXLEN', 1);
    expect(await taken()).toMatchObject({ missed: 0, ids: ['three'] });
    // What a new one never was to hear is not missed either.
    await store.real.xtrim(store.keys.emitted, 'MAXLEN', 0);
    const late = { ...crm, subscriber: 'late' };
    expect(await take('a', false, late)).toEqual({ kind: 'idle' });
    await emit('four');
    expect(await take('a', false, late)).toMatchObject({ kind: 'taken', missed: 0 });
  });

  test('starts the tries anew when the event that failed fell out', async () => {
    const [one = ''] = await began('one', 'two');
    await taken();
    await fail('0-0', one);
    await store.real.xtrim(store.keys.emitted, 'MAXLEN', 1);
    pass(1_000);
    expect(await taken()).toMatchObject({ missed: 1, ids: ['two'] });
    expect(await stands()).not.toHaveProperty('tries');
  });
});

describe('moveSubscription()', () => {
  test('moves the cursor only from where its owner saw it', async () => {
    const [one = '', two = ''] = await began('one', 'two', 'three');
    await taken();
    expect(await move('0-0', one, 1)).toBe(true);
    expect(await move('0-0', two, 2)).toBe(false);
    expect(await move(one, two, 1, { owner: 'b' })).toBe(false);
    expect(await stands()).toMatchObject({ cursor: one, count: '1' });
  });

  test('does not move what another has taken over', async () => {
    const [one = ''] = await began('one', 'two');
    await taken('a');
    pass(LEASE_MS);
    await taken('b');
    expect(await move('0-0', one, 1)).toBe(false);
    expect(await fail('0-0', one)).toEqual({ kind: 'lost' });
    expect(await stands()).toMatchObject({ cursor: '0-0', owner: 'b' });
  });

  test('gives the subscription up, and the tries of the event with it', async () => {
    const [one = ''] = await began('one', 'two');
    await taken();
    await fail('0-0', one);
    pass(1_000);
    await taken();
    expect(await move('0-0', one, 1, { release: true })).toBe(true);
    expect(Object.keys(await stands()).sort()).toEqual(['answer', 'count', 'cursor', 'failed', 'failing']);
    expect((await taken('b')).ids).toEqual(['two']);
  });
});

describe('failSubscription()', () => {
  test('puts the event off for longer and longer, and skips it after a day of tries', async () => {
    const [one = ''] = await began('one', 'two');
    const startedMs = store.clock.nowMs;
    const waits: number[] = [];
    for (;;) {
      expect((await taken()).ids).toEqual(['one', 'two']);
      const failed = await fail('0-0', one);
      if (failed.kind !== 'waits') {
        expect(failed).toEqual({ kind: 'skipped', tries: waits.length + 1 });
        break;
      }
      waits.push(failed.waitMs / 1_000);
      expect(failed.tries).toBe(waits.length);
      pass(failed.waitMs - 1);
      expect(await take('b')).toEqual({ kind: 'waits' });
      pass(1);
    }
    expect(waits.slice(0, 8)).toEqual([1, 5, 30, 120, 600, 3_600, 3_600, 3_600]);
    expect(store.clock.nowMs - startedMs).toBe(DAY_MS);
    expect(await stands()).toMatchObject({ cursor: one, count: '1', owner: 'a' });
    expect((await taken()).ids).toEqual(['two']);
  });

  test('ends the subscription until the bundle is read again, and goes on where it was', async () => {
    const [one = ''] = await began('one');
    await taken();
    expect(await fail('0-0', one, true)).toEqual({ kind: 'ended' });
    await emit('two');
    pass(DAY_MS);
    expect(await take('b')).toEqual({ kind: 'ended' });
    expect(await take('b', true)).toMatchObject({ kind: 'taken', missed: 0, cursor: '0-0' });
  });

  test('tries again at once when the bundle is read again', async () => {
    const [one = ''] = await began('one');
    await taken();
    await fail('0-0', one);
    expect(await take()).toEqual({ kind: 'waits' });
    expect(await take('a', true)).toMatchObject({ kind: 'taken' });
    // The day of tries goes on.
    expect(await fail('0-0', one)).toMatchObject({ tries: 2, waitMs: 5_000 });
  });
});

describe('oldestUndelivered()', () => {
  const age = () => oldestUndelivered(store.client, 0, crm, Date.now() + 5_000);

  test('tells for how long the event behind the cursor has waited', async () => {
    expect(await age()).toBe(0);
    const [one = ''] = await began('one', 'two');
    expect(await age()).toBeGreaterThanOrEqual(5);
    await taken();
    await fail('0-0', one, true);
    expect(await age()).toBe(0);
  });

  test('is 0 when all is told', async () => {
    const [one = ''] = await began('one');
    await taken();
    await move('0-0', one, 1);
    expect(await age()).toBe(0);
  });
});

describe('lastEmitted()', () => {
  test('names the newest entry, or none', async () => {
    expect(await lastEmitted(store.client, 0)).toBe('');
    const [, two] = await emit('one', 'two');
    expect(await lastEmitted(store.client, 0)).toBe(two);
  });
});
