import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../../test/support/events.ts';
import { readConversation } from '../conversation.ts';
import { enqueue } from '../enqueue.ts';
import { createIntake } from '../intake.ts';
import { contactHashes, memberOf, taggedKey } from '../keys.ts';
import { mergeConversations } from './merge-conversations.ts';
import { readContact } from '../read-contact.ts';
import { knowingContacts } from '../testing/knowing-contacts.ts';
import { numberOf, messageOf, refOf } from '../testing/said.ts';
import { commitOf, takingTurns, timerAt } from '../testing/taking-turns.ts';
import { useStore } from '../testing/use-store.ts';
import { setWish } from '../wishes.ts';

const store = useStore();
const { accept, first, reader, take, turns, loadedOf } = takingTurns(store);
const { place, cidBy, textsIn, readyAndFull, waiting } = knowingContacts(store);
const START_S = Math.floor(Date.now() / 1_000);
const number = numberOf();

const USER = { userId: 'US.1' };
const PHONE = { waId: '15550001' };
const BOTH = { ...USER, ...PHONE };

/** A contact writes by one id, or by both. */
function said(text: string, ids: { waId?: string; userId?: string }, agoS = 0) {
  return textEvent({ wamid: `wamid.${text}`, text, at: START_S - agoS, ...ids });
}

/** Two conversations of one contact, without anything that waits: the older by its user id, the other by its number. */
async function twoConversations() {
  await accept(said('a1', USER, 100));
  await take(await first(), { contact: { ...USER, tags: ['vip'] } });
  await accept(said('b1', PHONE, 90));
  await take(await first(), {
    contact: { ...PHONE, name: 'Ana', tags: ['new'] },
    tags: { team: 'default', before: [] },
  });
  const [older, other] = [await cidBy(USER), await cidBy(PHONE)];
  if (!older || !other) throw new Error('not two conversations');
  return { older, other };
}

async function expectReadyIsRight() {
  const { ready, full } = await readyAndFull();
  expect(ready).toEqual(full);
}

describe('mergeConversations()', () => {
  test('goes on as the older when a contact shows both names, and loses nothing that waits in the other', async () => {
    const { older, other } = await twoConversations();
    await accept(said('a2', USER, 50), said('b2', PHONE, 60), said('b3', PHONE, 40));
    await accept(said('both', BOTH));
    expect(await textsIn(older)).toEqual(['b2', 'a2', 'b3', 'both']);
    expect(await textsIn(other)).toEqual([]);
    expect([await cidBy(USER), await cidBy(PHONE)]).toEqual([older, older]);
    await expectReadyIsRight();
    const conversation = await readConversation(store.real, 0, older);
    expect(conversation?.contact).toMatchObject({ ...BOTH, name: 'Ana', tags: ['vip', 'new'] });
    expect(conversation?.session.state).toEqual({ n: 1 });
  });

  test('is known to every process that had cached the other', async () => {
    const { older } = await twoConversations();
    const cached = createIntake({ client: store.real, shards: 1, wishOf: () => undefined });
    await cached.accept([said('c1', PHONE)]);
    await accept(said('both', BOTH));
    await cached.accept([said('c2', PHONE)]);
    expect(await textsIn(older)).toEqual(['c1', 'both', 'c2']);
  });

  test('refuses the turns of both that run at that moment, and takes each event once', async () => {
    const { older } = await twoConversations();
    await accept(said('a2', USER, 50), said('b2', PHONE, 60));
    const entries = await reader().read(2, 10);
    const commits = await Promise.all(
      entries.map(async (entry) => commitOf(entry, await loadedOf(entry), { messages: [] })),
    );
    await accept(said('both', BOTH));
    for (const commit of commits) expect(await turns().commit(commit)).toEqual({ kind: 'stale' });
    const [gone, stays] = entries[0]?.cid === older ? [entries[1], entries[0]] : entries;
    if (!gone || !stays) throw new Error('not two entries');
    expect(await turns().load(gone)).toBeUndefined();
    await expectReadyIsRight();
    expect(await textsIn(older)).toEqual(['b2', 'a2', 'both']);
    expect((await take(stays)).kind).toBe('ok');
  });

  test('lets no turn that began before write over what was joined', async () => {
    const { older } = await twoConversations();
    await accept(said('a2', USER, 60));
    const entry = await first();
    const commit = commitOf(entry, await loadedOf(entry), { messages: [] });
    await accept(said('both', BOTH));
    expect(await turns().commit(commit)).toEqual({ kind: 'stale' });
    expect((await readContact(store.real, 0, older))?.tags).toEqual(['vip', 'new']);
    expect((await take(entry)).kind).toBe('ok');
  });

  test('leaves what a turn has asked for at the head', async () => {
    const { older } = await twoConversations();
    await accept(said('a2', USER, 50), said('b2', PHONE, 60));
    const entry = (await reader().read(2, 10)).find(({ cid }) => cid === older);
    if (!entry) throw new Error('not ready');
    const { item, version } = await loadedOf(entry);
    const evt = said('a2', USER, 50).evt;
    const result = { kind: 'failed', code: 'timeout', message: 'none', ms: 1 } as const;
    await turns().recordAnswer(entry, { evt, version, key: 'k', result });
    await accept(said('both', BOTH));
    expect(await textsIn(older)).toEqual(['a2', 'b2', 'both']);
    expect(await loadedOf(entry)).toMatchObject({ item, journal: { k: result } });
  });

  test('ends the run and the timer of the other, also one that has fired', async () => {
    await accept(said('a1', USER, 100));
    const entry = await first();
    await take(entry, { timer: timerAt(entry, START_S + 100) });
    await accept(said('b1', PHONE, 90));
    const later = await first();
    await take(later, { timer: timerAt(later, START_S + 50) });
    expect(await store.real.zcard(store.keys.timers)).toBe(2);
    const { event } = timerAt(later, START_S);
    await store.real.rpush(store.keys.inbox(later.cid), event.evt + JSON.stringify(event));
    await store.real.xadd(store.keys.ready, '*', 'c', later.cid);
    await accept(said('both', BOTH));
    expect(await textsIn(entry.cid)).toEqual(['both']);
    expect(await store.real.zrange(store.keys.timers, '0', '-1')).toEqual([entry.cid]);
    await expectReadyIsRight();
  });

  test('joins tags and their indexes, the window and the wishes', async () => {
    const { older, other } = await twoConversations();
    await setWish(store.real, 0, {
      tenant: 'default',
      contact: PHONE,
      change: 'out',
      scope: 'marketing',
      atS: START_S - 10,
      source: 'operator',
    });
    const index = taggedKey(store.keys, 'default', 'default', 'new');
    expect(await store.real.zrange(index, '0', '-1')).toEqual([memberOf(other, number.id)]);
    await accept(said('both', BOTH));
    expect(await store.real.zrange(index, '0', '-1')).toEqual([memberOf(older, number.id)]);
    expect(await store.real.hget(store.keys.conversation(older), 'last')).toBe(String(START_S - 90));
    const wishes = await store.real.hgetall(store.keys.optOuts('default'));
    const [byPhone, byUser] = [...contactHashes('default', PHONE), ...contactHashes('default', USER)];
    expect(wishes[`m:${byUser}`]).toBe(wishes[`m:${byPhone}`]);
    expect((await loadedOf(await first())).optedOut).toBe('marketing');
  });

  test('lets what was queued in the other go by the window and the wishes of both', async () => {
    const { other } = await twoConversations();
    const ref = { ...refOf({ name: 'm', contact: '15550001' }), cid: other };
    const message = messageOf({ name: 'm', contact: '15550001' });
    await enqueue(store.client, 0, number, [{ ...message, data: { ...message.data, cid: other } }]);
    await store.real.hdel(store.keys.conversation(other), 'last');
    await accept(said('both', BOTH));
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', body: { to: PHONE } });
  });

  test('keeps a contact opted out whose wish came under the other name', async () => {
    const { other } = await twoConversations();
    const message = messageOf({ name: 'm', contact: '15550001' });
    await enqueue(store.client, 0, number, [{ ...message, data: { ...message.data, cid: other } }]);
    await accept(said('both', BOTH));
    await createIntake({ client: store.real, shards: 1, wishOf: () => 'out' }).accept([said('stop', BOTH)]);
    const ref = { ...refOf({ name: 'm', contact: '15550001' }), cid: other };
    expect(await store.claim(ref)).toMatchObject({ kind: 'ended', reason: 'opted_out' });
  });

  test('takes up what comes by a name that nobody knew of any more', async () => {
    const { older, other } = await twoConversations();
    // Another name of the other, older than what its contact says now.
    await accept(said('x', { waId: '15550009', userId: 'US.9' }));
    const [entry] = await reader().read(1, 10);
    const named = await cidBy({ waId: '15550009' });
    if (!entry || !named) throw new Error('not ready');
    await take(entry);
    await accept(said('both', BOTH));
    for (const key of await store.real.keys('{s0}:alias:*')) {
      const value = await store.real.get(key);
      if (value?.startsWith(named) === true) await store.real.set(key, value.replace(named, other));
    }
    await take(await first());
    await accept(said('stray', { waId: '15550009', userId: 'US.9' }));
    expect(await textsIn(other)).toEqual(['stray']);
    await expectReadyIsRight();
    const [stray] = await reader().read(1, 10);
    if (!stray) throw new Error('not ready');
    expect(await turns().load(stray)).toBeUndefined();
    expect(await textsIn(older)).toEqual(['stray']);
    expect(await cidBy({ waId: '15550009' })).toBe(older);
    await expectReadyIsRight();
  });

  test('leads to the one that stays whoever still has the other', async () => {
    const { older, other } = await twoConversations();
    await accept(said('both', BOTH));
    expect(await readContact(store.real, 0, other)).toEqual(await readContact(store.real, 0, older));
    expect(await readConversation(store.real, 0, other)).toEqual(
      await readConversation(store.real, 0, older),
    );
  });

  test('may be repeated, the other way round and by several at once', async () => {
    const { older, other } = await twoConversations();
    await accept(said('a2', USER, 50), said('b2', PHONE, 60));
    const [one, two] = [
      { cid: older, born: 1 },
      { cid: other, born: 2 },
    ];
    const merged = await Promise.all(
      [0, 1, 2, 3].map((turn) =>
        mergeConversations(store.real, place, { pair: turn % 2 ? [one, two] : [two, one], ids: BOTH }),
      ),
    );
    expect(new Set(merged.map(({ cid }) => cid))).toEqual(new Set([older]));
    expect(await waiting()).toEqual([['b2', 'a2']]);
    await expectReadyIsRight();
  });

  test('takes the one that has had a turn where the older has had none', async () => {
    await accept(said('a1', USER, 100));
    const older = await cidBy(USER);
    await accept(said('b1', PHONE, 90));
    const entries = await reader().read(2, 10);
    const [other] = entries.filter(({ cid }) => cid !== older);
    if (!other) throw new Error('not two');
    await take(other);
    await accept(said('both', BOTH));
    expect([await cidBy(USER), await cidBy(PHONE)]).toEqual([other.cid, other.cid]);
    expect(await waiting()).toEqual([['a1', 'both']]);
  });

  test('makes no conversation of two that are known by different user ids: the number has a new owner', async () => {
    await accept(said('old owner', { waId: PHONE.waId, userId: 'US.OLD' }, 100));
    await take(await first(), { contact: { ...PHONE, userId: 'US.OLD', tags: [] } });
    const former = await cidBy({ userId: 'US.OLD' });
    await accept(said('new owner', BOTH));
    expect(await cidBy({ userId: 'US.OLD' })).toBe(former);
    expect(await cidBy(PHONE)).not.toBe(former);
    expect(await cidBy(PHONE)).toBe(await cidBy(USER));
    expect(await waiting()).toEqual([['new owner']]);
    // What is still queued for the former owner goes to nobody's number.
    if (!former) throw new Error('no conversation');
    expect(await readContact(store.real, 0, former)).toMatchObject({ userId: 'US.OLD', waId: undefined });
  });
});
