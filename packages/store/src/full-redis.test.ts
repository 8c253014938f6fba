import { ConversationId, hash } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../test/support/events.ts';
import { moveBroadcast } from './broadcasts/turn-broadcast.ts';
import { drop } from './dead-letters.ts';
import { emit } from './emitted.ts';
import { openConversation } from './enqueue.ts';
import { sweep } from './outbox.ts';
import { eraseContact } from './privacy/erase-contact.ts';
import {
  failSubscription,
  moveSubscription,
  subscriptionKey,
  takeSubscription,
  type SubscriptionRef,
} from './subscriptions.ts';
import { broadcasting, waIdAt } from './testing/broadcasting.ts';
import { numberOf } from './testing/said.ts';
import { takingTurns } from './testing/taking-turns.ts';
import { useStore } from './testing/use-store.ts';

// Redis takes no write that could need memory then, unless one that removes something came before it in the same script.

const store = useStore();
const number = numberOf();
const { draft, feed, look, ref } = broadcasting(store, number);
const { accept, first, turns } = takingTurns(store);

async function full<T>(act: () => Promise<T>): Promise<T> {
  await store.real.config('SET', 'maxmemory', '1');
  try {
    return await act();
  } finally {
    await store.real.config('SET', 'maxmemory', '0');
  }
}

describe('a full Redis', () => {
  const crm: SubscriptionRef = { tenant: 'default', team: 'default', subscriber: 'crm' };
  const take = () => takeSubscription(store.client, 0, crm, { owner: 'a', reopen: false });
  const emitTwo = () =>
    emit(
      store.real,
      0,
      ['one', 'two'].map((id) => ({
        ...crm,
        id,
        cid: ConversationId.parse(hash('cid', id)),
        number: number.id,
        type: 'order.paid',
        at: 100,
        payload: {},
      })),
    );

  test('lets a subscriber be told of each event once, and be put off', async () => {
    await take();
    await emitTwo();
    await full(async () => {
      const taken = await take();
      if (taken.kind !== 'taken') throw new Error(`not taken but ${taken.kind}`);
      const [one = '', two = ''] = taken.events.map(({ entry }) => entry);
      const move = { owner: 'a', cursor: taken.cursor, to: one, count: 1, done: [two] };
      expect(await moveSubscription(store.client, 0, crm, move)).toBe(true);
      const failure = { owner: 'a', cursor: one, entry: two, isGone: false, answer: '500' };
      expect(await failSubscription(store.client, 0, crm, failure)).toMatchObject({
        kind: 'waits',
        tries: 1,
      });
    });
    expect(await store.real.hget(subscriptionKey(store.keys, crm), 'tries')).toBe('1');
  });

  test('lets a message that is on its way be sent, and its end be noted', async () => {
    const ref = await store.sayOne();
    await full(async () => {
      expect(await store.claim({ ...ref, turn: 7 })).toMatchObject({ kind: 'go' });
      const finished = await store.finish(ref, 1, { kind: 'sent', wamid: 'wamid.1' });
      expect(finished).toMatchObject({ ok: true, state: 'sent' });
    });
    expect(await store.record(ref)).toMatchObject({ state: 'sent', wamid: 'wamid.1' });
  });

  test('lets the sweeper see that a sender was lost', async () => {
    const ref = await store.sayOne();
    await store.claim(ref);
    store.clock.nowMs += 15_000;
    const policy = { graceMs: 10_000, floorMs: 40_000, onUnknown: 'park' } as const;
    expect(await full(() => sweep(store.client, ref, policy))).toMatchObject({ action: 'unknown' });
  });

  test('lets a dead message be dropped', async () => {
    const ref = await store.sayOne();
    await store.claim(ref);
    await store.finish(ref, 1, { kind: 'dead', code: '131026', reason: 'undeliverable' });
    expect(await full(() => drop(store.client, 0, ref.mid))).toBe(true);
    expect((await store.record(ref))['body']).toBeUndefined();
  });

  test('takes no new message from anybody', async () => {
    await expect(full(() => store.sayOne({}, { heard: false }))).rejects.toThrow(/OOM/);
    await draft(2);
    await moveBroadcast(store.client, ref(), 'start');
    await feed(1);
    // Its conversation is known, so that the script is what refuses.
    await openConversation(store.client, 0, number, { waId: waIdAt(1) });
    const seen = await look();
    await expect(full(() => feed(1, seen))).rejects.toThrow(/OOM/);
  });

  test('lets a call of a turn be made once, and a lost turn be taken over', async () => {
    const event = textEvent({ wamid: 'w1' });
    await accept(event);
    const entry = await first();
    await full(async () => {
      expect(await turns().load({ ...entry, recovered: true })).toMatchObject({ lost: 1 });
      const { evt } = event;
      const result = { kind: 'failed', code: 'timeout', message: 'late', ms: 1 } as const;
      expect(await turns().recordAnswer(entry, { evt, version: 0, key: 'k', result })).toMatchObject({
        kind: 'ok',
      });
    });
  });

  test('lets a contact be erased', async () => {
    const { bid } = await draft(3);
    const ids = { waId: waIdAt(1) };
    const erasure = { shard: 0, tenant: 'default', numbers: [number], ids, keepsOptOut: true };
    expect(await full(() => eraseContact(store.client, erasure))).toMatchObject({ recipients: 1 });
    expect(await store.real.lindex(store.keys.recipients(bid), 1)).toBe('');
    expect(await store.real.keys('*erasing*')).toEqual([]);
  });
});
