import { type ConversationId, hash, MessageId, type InboundEvent } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../../test/support/events.ts';
import { listDeadLetters, replay } from '../dead-letters.ts';
import { emit, readEmitted } from '../emitted.ts';
import { enqueue, openConversation } from '../enqueue.ts';
import { contactHashes } from '../keys.ts';
import type { MessageRef } from '../message-ref.ts';
import { moveContact } from '../names/move-contact.ts';
import type { ContactIds } from '../names/names.ts';
import { keepAside } from '../quarantine.ts';
import { mergeStatuses } from '../statuses.ts';
import { everythingIn, keysWith } from '../testing/everything-in.ts';
import { knowingContacts } from '../testing/knowing-contacts.ts';
import { messageOf, numberOf, statusOf } from '../testing/said.ts';
import { commitOf, takingTurns, timerAt } from '../testing/taking-turns.ts';
import { useStore } from '../testing/use-store.ts';
import { findAttempt } from '../wamids.ts';
import { setWish } from '../wishes.ts';
import { eraseContact, type Erasure } from './erase-contact.ts';

const store = useStore();
const turning = takingTurns(store);
const { accept, first, take, loadedOf, turns } = turning;
const { cidBy, place, readyAndFull } = knowingContacts(store);

const number = numberOf();
const second = numberOf({ id: '200300400' });
const BOTH = { waId: '15550001', userId: 'US.1349120865530274' };
const OTHER = { waId: '15550002' };
const WAMID = `wamid.${Buffer.from('\u0008\u001d\u000b15550001\u0015').toString('base64')}`;
/** What another tenant of the shard was sent by the same contact. */
const OTHERS = 'from-15550001-to-another';
const SECRETS = ['15550001', 'US.1349120865530274', 'Ana Lestari', 'my card is 4111'];

const erasure = (over: Partial<Erasure> = {}): Erasure => ({
  shard: 0,
  tenant: 'default',
  numbers: [number, second],
  ids: BOTH,
  keepsOptOut: true,
  ...over,
});
const erase = (over: Partial<Erasure> = {}) => eraseContact(store.client, erasure(over));
/** Where something is left; what another tenant was sent is its own. */
const left = async (secrets = SECRETS) => {
  const everything = await everythingIn(store.real);
  const aside = everything.get(store.keys.quarantine) ?? '';
  return keysWith(everything.set(store.keys.quarantine, aside.replaceAll(OTHERS, '')), secrets);
};

function heard(
  wamid: string,
  ids: ContactIds,
  over: { text?: string; at?: number; number?: string } = {},
): InboundEvent {
  const event = textEvent({ wamid, text: 'my card is 4111', ...over });
  return { ...event, from: { ...ids, name: 'Ana Lestari' } };
}

async function queue(name: string, ids: ContactIds, over: { of?: typeof number } = {}): Promise<MessageRef> {
  const { of = number } = over;
  const cid = await openConversation(store.client, 0, of, ids);
  const mid = MessageId.parse(hash('mid', name));
  const message = messageOf({ name, number: of });
  await enqueue(store.client, 0, of, [
    {
      ...message,
      data: { ...message.data, cid },
      body: { to: ids, message: { kind: 'text', text: 'my card is 4111' } },
    },
  ]);
  return { mid, cid, class: 'reply', shard: 0, number: of };
}

/** A contact who is everywhere: in a wait, with what waits, is sent, died and was set aside. */
async function everywhere(): Promise<ConversationId> {
  await accept(heard(WAMID, BOTH));
  const cid = await cidBy(BOTH);
  const entry = (await turning.reader().read(10, 10)).find((each) => each.cid === cid);
  if (!entry) throw new Error('nothing is ready');
  await take(entry, {
    contact: { ...BOTH, name: 'Ana Lestari', tags: ['vip'] },
    tags: { team: 'default', before: [] },
    timer: timerAt(entry, Math.floor(Date.now() / 1000) + 3_600),
    emitted: [{ id: hash('e'), team: 'default', eventType: 'order', payload: { text: 'my card is 4111' } }],
  });
  await accept(heard('second', BOTH), heard('elsewhere', BOTH, { number: second.id }));
  await keepAside(store.client, 1, [
    { tenant: 'default', team: 'default', reason: 'unknown', raw: JSON.stringify({ from: '15550001' }) },
    { tenant: 'default', team: 'default', reason: 'unknown', raw: JSON.stringify({ id: WAMID }) },
    { tenant: 'other', team: 'default', reason: 'unknown', raw: OTHERS },
  ]);
  const outside = { tenant: 'default', team: 'default', type: 'contact.opted_out', at: 1, payload: {} };
  await emit(store.client, 0, [{ ...outside, id: hash('o'), contact: BOTH }]);
  await setWish(store.client, 0, {
    tenant: 'default',
    contact: BOTH,
    change: 'out',
    scope: 'marketing',
    atS: 1,
    source: 'operator',
  });
  return entry.cid;
}

describe('eraseContact()', () => {
  test('leaves nothing of a contact in Redis, and tells what there was', async () => {
    await everywhere();
    const refs = [await queue('m1', BOTH), await queue('m2', BOTH), await queue('m3', BOTH, { of: second })];
    const [one] = refs;
    if (!one) throw new Error('none');
    expect(await left()).not.toEqual([]);
    const erased = await erase();
    expect(await left()).toEqual([]);
    expect(erased).toEqual({
      conversations: 2,
      names: 4,
      events: 2,
      messages: 3,
      emitted: 2,
      aside: 2,
      recipients: 0,
      wishes: 0,
    });
    expect(await readyAndFull()).toEqual({ ready: [], full: [] });
    expect(await store.real.zcard(store.keys.outbox)).toBe(0);
    expect(await store.real.zcard(store.keys.timers)).toBe(0);
    expect(await store.real.keys('{s0}:chain:*')).toEqual([]);
    expect(await store.real.xlen(store.keys.quarantine)).toBe(1);
    expect(await erase()).toMatchObject({ conversations: 0, messages: 0, events: 0 });
  });

  test('does not touch another contact', async () => {
    await accept(heard('other', OTHER));
    await take(await first(), {
      contact: { ...OTHER, tags: ['vip'] },
      tags: { team: 'default', before: [] },
    });
    await accept(heard('other2', OTHER));
    await queue('mine', OTHER);
    const before = await everythingIn(store.real);
    await everywhere();
    await erase({ keepsOptOut: false });
    const after = await everythingIn(store.real);
    const changed = [...before].filter(([key, value]) => after.get(key) !== value).map(([key]) => key);
    // Of what they share only these: events of both, and an order of the number's own.
    expect(
      changed.filter((key) => !/:(seen|ready|turn|throughput|emitted|dead|wakes|contacts)/.test(key)),
    ).toEqual([]);
    expect(await left(['15550002'])).not.toEqual([]);
  });

  test('keeps an opt-out unless told otherwise', async () => {
    await everywhere();
    const [hashed = ''] = contactHashes('default', { waId: BOTH.waId });
    await erase();
    expect(await store.real.hget(store.keys.optOuts('default'), `m:${hashed}`)).toBe('out:1:operator');
    expect(await erase({ keepsOptOut: false })).toMatchObject({ wishes: 2 });
    expect(await store.real.hget(store.keys.optOuts('default'), `m:${hashed}`)).toBeNull();
  });

  test.each(['later', 'dead', 'sent', 'attempting', 'unknown', 'behind others'])(
    'ends a message that is %s',
    async (state) => {
      await accept(heard('a', BOTH));
      await take(await first());
      await store.real.hset(
        store.keys.conversation((await cidBy(BOTH)) ?? ''),
        'last',
        Math.floor(Date.now() / 1000),
      );
      const ref = await queue('m1', BOTH);
      const behind = await queue('m2', BOTH);
      await endFirst(ref);
      if (state !== 'behind others') expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
      const retry = { kind: 'retry', code: '1', reason: 'retries_exhausted', ms: 1_000 } as const;
      const outcomes = {
        later: retry,
        dead: { kind: 'dead', code: '1', reason: 'unknown_code' },
        sent: { kind: 'sent', wamid: WAMID },
        unknown: { kind: 'unknown', code: 'timeout', graceMs: 1 },
      } as const;
      if (state === 'later' || state === 'dead' || state === 'sent' || state === 'unknown')
        await store.finish(ref, 1, outcomes[state]);
      await erase();
      expect(await left()).toEqual([]);
      // Whoever had it in hand ends it; what Meta says later finds nothing.
      expect(await store.finish(ref, 1, { kind: 'sent', wamid: WAMID })).toMatchObject({ ok: false });
      expect(await mergeStatuses(store.client, 0, [statusOf(ref, 'failed', { wamid: WAMID })])).toEqual([
        'unmatched',
      ]);
      for (const each of [ref, behind])
        expect(await store.claim(each)).toMatchObject({ kind: 'no', state: 'missing' });
      expect(await replay(store.client, ref)).toBeUndefined();
      expect(await left()).toEqual([]);
      for await (const letter of listDeadLetters(store.client, 0)) throw new Error(`dead: ${letter.mid}`);
      for (const kind of ['chain', 'attempting', 'admitted', 'later'])
        expect(await store.real.keys(`{s0}:${kind}:*`)).toEqual([]);
      expect(await store.real.zcard(store.keys.outbox)).toBe(0);
    },
  );

  test('lets others of the number go on', async () => {
    const slow = numberOf({ throughput: 1, id: '300' });
    await queue('m1', BOTH, { of: slow });
    await queue('m2', { waId: '15550003' }, { of: slow });
    const waits = await queue('m3', { waId: '15550004' }, { of: slow });
    await erase({ numbers: [slow] });
    const { admitted } = await store.wake(slow);
    expect(admitted.map(({ mid }) => mid)).toEqual([waits.mid]);
  });

  test('makes a turn that runs stale, and its conversation is not there again', async () => {
    await accept(heard('a', BOTH));
    const entry = await first();
    const loaded = await loadedOf(entry);
    const commit = commitOf(entry, loaded, {
      contact: { ...BOTH, name: 'Ana Lestari', tags: ['vip'] },
      tags: { team: 'default', before: [] },
    });
    await erase();
    expect(await turns().commit(commit)).toEqual({ kind: 'stale' });
    expect(await turns().load(entry)).toBeUndefined();
    expect(await left()).toEqual([]);
  });

  test('makes what the contact says next a new conversation', async () => {
    const old = await everywhere();
    await erase();
    await accept(heard('anew', BOTH));
    const cid = await cidBy(BOTH);
    expect(cid).toBeDefined();
    expect(cid).not.toBe(old);
    const loaded = await loadedOf(await first());
    expect(loaded).toMatchObject({ version: 0, contact: { tags: [] } });
  });

  test('goes on where an earlier call was cut off, wherever that was', async () => {
    let cuts = 0;
    for (let most = 0; most < 300; most += 3) {
      await store.real.flushall();
      await everywhere();
      await queue('m1', BOTH);
      await queue('m2', BOTH, { of: second });
      const isWhole = await eraseContact(cutAfter(most), erasure()).then(
        () => true,
        () => false,
      );
      await erase();
      expect([most, await left()]).toEqual([most, []]);
      for (const kind of ['msg', 'erasing', 'trace'])
        expect(await store.real.keys(`{s0}:${kind}:*`)).toEqual([]);
      if (isWhole) break;
      cuts += 1;
    }
    expect(cuts).toBeGreaterThan(10);
  });

  test('finds what is under former ids, and in conversations that became part of others', async () => {
    const moved = { waId: '15559999', userId: BOTH.userId };
    await accept(heard('a1', { userId: BOTH.userId }));
    await take(await first(), { contact: { userId: BOTH.userId, tags: [] } });
    await accept(heard('b1', { waId: BOTH.waId }));
    await take(await first(), { contact: { waId: BOTH.waId, name: 'Ana Lestari', tags: [] } });
    await queue('m1', { waId: BOTH.waId });
    await accept(heard('both', BOTH));
    await take(await first(), { contact: { ...BOTH, name: 'Ana Lestari', tags: [] } });
    await moveContact(store.client, place, {
      at: Math.floor(Date.now() / 1000),
      was: { waId: BOTH.waId },
      is: { waId: moved.waId },
    });
    await keepAside(store.client, 1, [
      { tenant: 'default', team: 'default', reason: 'unknown', raw: '{"from":"15550001"}' },
    ]);
    expect(await erase({ ids: { userId: BOTH.userId } })).toMatchObject({ conversations: 2, aside: 1 });
    expect(await left([...SECRETS, '15559999'])).toEqual([]);
    expect(await store.real.keys('{s0}:alias:*')).toEqual([]);
  });

  test('leaves to its former owner what was written to a number before', async () => {
    await accept(heard('old', BOTH, { at: Math.floor(Date.now() / 1000) - 500_000 }));
    await take(await first(), { contact: { ...BOTH, tags: [] } });
    const theirs = await queue('theirs', { waId: BOTH.waId });
    const next = { waId: BOTH.waId, userId: 'US.9' };
    await accept(heard('new', next));
    expect(await erase({ ids: next })).toMatchObject({ messages: 0 });
    expect(await store.record(theirs)).toMatchObject({ state: 'queued' });
  });

  test('leaves to its next owner what a number was left with', async () => {
    await accept(heard('old', BOTH, { at: Math.floor(Date.now() / 1000) - 500_000 }));
    await take(await first(), { contact: { ...BOTH, tags: [] } });
    await queue('theirs', BOTH);
    const next = { waId: BOTH.waId, userId: 'US.9' };
    await accept(heard('new', next));
    const cid = await cidBy({ userId: 'US.9' });
    await erase({ ids: { userId: BOTH.userId } });
    expect(await cidBy(next)).toBe(cid);
    expect(await store.real.llen(store.keys.inbox(cid ?? ''))).toBe(1);
    await erase({ ids: next });
    expect(await left()).toEqual([]);
  });

  test('removes statuses that wait for their message, and marks to be read', async () => {
    await everywhere();
    const status = { number: number.id, wamid: WAMID, at: 1, status: 'failed' } as const;
    await findAttempt(store.client, 0, status);
    await store.real.set(store.keys.readReceipt(hash('evt')), WAMID);
    await erase();
    expect(await left()).toEqual([]);
  });

  test('lets subscribers go on behind what it took away', async () => {
    const outside = { tenant: 'default', team: 'default', type: 'order', at: 1, payload: { n: 1 } };
    await everywhere();
    await emit(store.client, 0, [{ ...outside, id: hash('later') }]);
    await erase();
    expect(await readEmitted(store.client, 0, '', 10)).toMatchObject([{ payload: { n: 1 } }]);
  });

  test('leaves the contact to another tenant of the shard', async () => {
    const theirs = numberOf({ id: '777', tenant: 'other' });
    await accept({ ...heard('x', BOTH, { number: theirs.id }), tenant: 'other' });
    await queue('x1', BOTH, { of: theirs });
    const before = await everythingIn(store.real);
    await everywhere();
    await erase();
    const after = await everythingIn(store.real);
    const gone = [...before.keys()].filter((key) => !after.has(key));
    expect(gone.filter((key) => !key.includes(':throughput:'))).toEqual([]);
  });
});

/** Ends what stands before a message in its chain. */
async function endFirst(ref: MessageRef): Promise<void> {
  for (;;) {
    const [head = ''] = await store.real.lrange(store.keys.chain(ref.cid, 'reply'), 0, 0);
    const mid = head.slice(0, 32);
    if (mid === ref.mid || mid === '') return;
    const other = { ...ref, mid: MessageId.parse(mid) };
    await store.claim(other);
    await store.finish(other, 1, { kind: 'sent', wamid: `w.${mid}` });
    store.clock.nowMs += 100;
  }
}

/** A client that dies with its process after so many commands. */
function cutAfter(most: number): typeof store.client {
  let calls = 0;
  return new Proxy(store.client, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        calls += 1;
        if (calls > most) return Promise.reject(new Error('cut'));
        return Reflect.apply(value, target, args);
      };
    },
  });
}
