import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../../test/support/events.ts';
import { enqueue, openConversation } from '../enqueue.ts';
import { createIntake } from '../intake.ts';
import { mergeConversations, mergeOnce } from './merge-conversations.ts';
import { moveContact } from './move-contact.ts';
import type { ContactIds } from './names.ts';
import { readConversation, readStored } from '../conversation.ts';
import { noteAnswered } from './settle-names.ts';
import { knowingContacts } from '../testing/knowing-contacts.ts';
import { messageOf, numberOf, refOf, templateNamed } from '../testing/said.ts';
import { commitOf, takingTurns } from '../testing/taking-turns.ts';
import { useStore } from '../testing/use-store.ts';
import { setWish } from '../wishes.ts';

const store = useStore();
const { accept, first, reader, take, turns, loadedOf } = takingTurns(store);
const { place, cidBy, textsIn, readyAndFull } = knowingContacts(store);
const START_S = Math.floor(Date.now() / 1_000);
const number = numberOf();

const USER = { userId: 'US.1' };
const PHONE = { waId: '15550001' };
const BOTH = { ...USER, ...PHONE };

function said(text: string, ids: ContactIds, agoS = 0) {
  return textEvent({ wamid: `wamid.${text}`, text, at: START_S - agoS, ...ids });
}

/** A contact writes that they want no more, or again. */
async function wish(change: 'out' | 'in', ids: ContactIds, agoS = 0) {
  const intake = createIntake({ client: store.real, shards: 1, wishOf: () => change });
  await intake.accept([said(`${change}${agoS}`, ids, agoS)]);
}

/** Queues a message to a contact, as the API does. */
async function queue(name: string, to: ContactIds, over: Parameters<typeof messageOf>[0] = { name }) {
  const cid = await openConversation(store.real, 0, number, to);
  const message = messageOf({ ...over, name, message: templateNamed('hello') });
  await enqueue(store.real, 0, number, [
    { ...message, data: { ...message.data, cid }, body: { ...message.body, to } },
  ]);
  return { ...refOf({ ...over, name }), cid };
}

/** Two conversations of one contact, each after a turn. The older by its user id, the other by its number. */
async function twoConversations() {
  await accept(said('a1', USER, 100));
  await take(await first(), { contact: { ...USER, tags: [] } });
  await accept(said('b1', PHONE, 90));
  await take(await first(), { contact: { ...PHONE, tags: [] } });
  const [older, other] = [await cidBy(USER), await cidBy(PHONE)];
  if (!older || !other) throw new Error('not two conversations');
  return { older, other };
}

const merged = (older: string, other: string) => accept(said('both', BOTH)).then(() => [older, other]);

const REFUSED = { kind: 'ended', reason: 'opted_out' };

describe('wishes of a contact with several names', () => {
  test.each([
    ['the number, and the user id is heard with it later', PHONE, USER],
    ['the user id, and the number is heard with it later', USER, PHONE],
  ])('accept() keeps a stop that came under %s', async (_label, stopped, written) => {
    await wish('out', stopped, 50);
    await accept(said('both', BOTH));
    expect(await store.claim(await queue('m', written))).toMatchObject(REFUSED);
  });

  test('claim() keeps to a stop that came under the number as WhatsApp writes it', async () => {
    const [written, known] = [{ waId: '5511987654321' }, { waId: '551187654321' }];
    const ref = await queue('first', written);
    await noteAnswered(store.real, place, { cid: ref.cid, to: written, answered: known, at: START_S });
    const later = await queue('later', written);
    await wish('out', known);
    expect(await cidBy(known)).toBe(ref.cid);
    expect(await store.claim({ ...ref, mid: ref.mid })).toMatchObject(REFUSED);
    await take(await first());
    expect(await store.claim(later)).toMatchObject(REFUSED);
  });

  test('claim() keeps to a stop that came under the user id that the answer told', async () => {
    const ref = await queue('first', PHONE);
    await noteAnswered(store.real, place, { cid: ref.cid, to: PHONE, answered: BOTH, at: START_S });
    await wish('out', USER);
    expect(await store.claim(ref)).toMatchObject(REFUSED);
  });

  test('claim() keeps to an imported stop of the number for what is sent to the user id', async () => {
    const { client } = store;
    await setWish(client, 0, {
      tenant: 'default',
      contact: PHONE,
      change: 'out',
      scope: 'all',
      atS: START_S - 50,
      source: 'operator',
    });
    await accept(said('hello', BOTH));
    await take(await first(), { contact: { ...BOTH, tags: [] } });
    expect(await store.claim(await queue('m', USER))).toMatchObject(REFUSED);
  });

  test('claim() lets a contact have messages again who came back after a move', async () => {
    await wish('out', PHONE, 100);
    await moveContact(store.real, place, { at: START_S - 50, was: PHONE, is: { waId: '15550002' } });
    await wish('in', { waId: '15550002' }, 10);
    expect((await store.claim(await queue('m', { waId: '15550002' }))).kind).toBe('go');
  });

  test.each(['announced', 'not announced'])(
    'the next owner of a number (%s) stops nobody but themselves',
    async (how) => {
      await accept(said('hello', BOTH, 90));
      await take(await first(), { contact: { ...BOTH, tags: [] } });
      const ref = await queue('m', BOTH);
      if (how === 'announced')
        await moveContact(store.real, place, { at: START_S - 50, was: BOTH, is: { waId: '15550002' } });
      await wish('out', { ...PHONE, userId: 'US.2' }, 10);
      expect(await cidBy(PHONE)).not.toBe(ref.cid);
      expect((await store.claim(ref)).kind).toBe('go');
    },
  );

  test.each(['announced', 'not announced'])(
    'the former owner of a number (%s) stops nobody but themselves',
    async (how) => {
      await wish('out', BOTH, 90);
      await take(await first(), { contact: { ...BOTH, tags: [] } });
      if (how === 'announced')
        await moveContact(store.real, place, { at: START_S - 50, was: BOTH, is: { waId: '15550002' } });
      await accept(said('hello', { ...PHONE, userId: 'US.2' }, 10));
      expect((await store.claim(await queue('m', PHONE))).kind).toBe('go');
      const former = how === 'announced' ? { waId: '15550002' } : USER;
      expect(await store.claim(await queue('n', former))).toMatchObject(REFUSED);
    },
  );
});

describe('a turn that runs while the contact moves', () => {
  test('commitTurn() leaves the next owner of the number no say in the wishes of the former', async () => {
    await accept(said('hello', BOTH, 90));
    const entry = await first();
    const loaded = await loadedOf(entry);
    await moveContact(store.real, place, { at: START_S - 50, was: BOTH, is: { waId: '15550002' } });
    const commit = commitOf(entry, loaded, { messages: [], contact: { ...BOTH, tags: [] } });
    expect((await turns().commit(commit)).kind).toBe('ok');
    await wish('out', { ...PHONE, userId: 'US.2' }, 10);
    expect((await store.claim(await queue('m', { waId: '15550002' }))).kind).toBe('go');
  });
});

describe('a contact who changed the number while the runners are behind', () => {
  test('settleNames() knows them by the new number, whatever user id the waiting events have', async () => {
    await wish('out', { waId: '15550009', userId: 'US.OLD' }, 90);
    const cid = await cidBy({ waId: '15550009' });
    await moveContact(store.real, place, { at: START_S - 50, was: { waId: '15550009' }, is: PHONE });
    await accept(said('after', { ...PHONE, userId: 'US.NEW' }, 10));
    expect(await cidBy(PHONE)).toBe(cid);
    expect(await textsIn(cid)).toEqual(['out90', 'after']);
    expect(await store.claim(await queue('m', PHONE))).toMatchObject(REFUSED);
  });
});

describe('what is kept of names', () => {
  test('ends by itself, whatever moved and merged', async () => {
    const { older, other } = await twoConversations();
    const ref = { ...refOf({ name: 'm', contact: '15550001' }), cid: other };
    const message = messageOf({ name: 'm', contact: '15550001' });
    await enqueue(store.client, 0, number, [{ ...message, data: { ...message.data, cid: other } }]);
    expect((await store.claim(ref)).kind).toBe('go');
    await accept(said('both', BOTH));
    await moveContact(store.real, place, { at: START_S, was: BOTH, is: { waId: '15550002' } });
    const noted = await queue('n', { waId: '15550003' });
    const answered = { waId: '15550004' };
    await noteAnswered(store.real, place, {
      cid: noted.cid,
      to: { waId: '15550003' },
      answered,
      at: START_S,
    });
    for (const kind of ['alias', 'conv', 'pair']) {
      const names = await store.real.keys(`{s0}:${kind}:*`);
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) expect([name, await store.real.ttl(name)]).not.toEqual([name, -1]);
    }
    expect(await store.real.exists(store.keys.pair(other))).toBe(0);
    expect(await store.real.exists(store.keys.pair(older))).toBe(1);
  });
});

describe('noteAnswered()', () => {
  test('asks once for two names that are known to be one contact', async () => {
    const ref = await queue('m', PHONE);
    const answer = { cid: ref.cid, to: PHONE, answered: BOTH, at: START_S };
    expect(await noteAnswered(store.real, place, answer)).toBe(ref.cid);
    const before = await calls();
    expect(await noteAnswered(store.real, place, answer)).toBe(ref.cid);
    expect(await calls()).toEqual({ ...before, mget: (before['mget'] ?? 0) + 1 });
  });
});

/** How often each command was called, without what the question itself costs. */
async function calls(): Promise<Record<string, number>> {
  const stats = await store.real.info('commandstats');
  const rows = [...stats.matchAll(/cmdstat_([a-z_|]+):calls=(\d+)/g)].map(
    ([, name = '', count = '']) => [name, Number(count)] as const,
  );
  return Object.fromEntries(rows.filter(([name]) => name !== 'info'));
}

describe('messages of a conversation that became part of another', () => {
  test('claim() gives the two together no more than one contact may have at once', async () => {
    const { older, other } = await twoConversations();
    const send = async (cid: string, count: number) => {
      let gone = 0;
      for (let index = 0; index < count; index += 1) {
        const name = `${cid} ${count} ${index}`;
        const message = messageOf({ name, message: templateNamed('hello') });
        const ref = { ...refOf({ name }), cid: older };
        ref.cid = cid === older ? older : other;
        await enqueue(store.client, 0, numberOf({ throughput: 1_000 }), [
          { ...message, data: { ...message.data, cid: ref.cid } },
        ]);
        const claimed = await store.claim({ ...ref, number: numberOf({ throughput: 1_000 }) });
        store.clock.nowMs += 10;
        if (claimed.kind !== 'go') return gone;
        gone += 1;
        await store.finish(ref, 1, { kind: 'sent', wamid: `w.${name}` });
      }
      return gone;
    };
    expect(await send(other, 30)).toBe(30);
    expect(await send(older, 10)).toBe(10);
    await merged(older, other);
    expect(await send(older, 20)).toBe(4);
  });

  test('finish() holds the contact back under both when Meta says that it got too much', async () => {
    const { older, other } = await twoConversations();
    const ref = { ...refOf({ name: 'm' }), cid: other };
    const message = messageOf({ name: 'm', contact: '15550001' });
    await enqueue(store.client, 0, number, [{ ...message, data: { ...message.data, cid: other } }]);
    expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
    await merged(older, other);
    const refusal = { code: '131056', reason: 'rate_limited' as const, ms: 4_000 };
    await store.finish(ref, 1, { kind: 'wait_pair', ...refusal });
    const next = await queue('next', USER);
    expect(await store.claim(next)).toMatchObject({ kind: 'later', scope: 'pair' });
  });

  test('finish() closes the window of both', async () => {
    const { older, other } = await twoConversations();
    const over = { name: 'm', contact: '15550001', outsideWindow: templateNamed('hello') };
    const ref = { ...refOf(over), cid: other };
    const message = messageOf(over);
    await enqueue(store.client, 0, number, [{ ...message, data: { ...message.data, cid: other } }]);
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', alternative: false });
    await merged(older, other);
    await store.finish(ref, 1, { kind: 'window_closed', code: '131047', reason: 'window_closed' });
    await store.wake();
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', alternative: true });
    expect(Object.keys(await store.real.hgetall(store.keys.conversation(other)))).toEqual(['into']);
  });

  test.each(['queued', 'attempting', 'unknown', 'later', 'lane'])(
    'go on from %s, each once and to the end',
    async (where) => {
      const { older, other } = await twoConversations();
      const names = ['m1', 'm2'];
      for (const name of names) {
        const message = messageOf({ name, contact: '15550001', long: true });
        await enqueue(store.client, 0, number, [{ ...message, data: { ...message.data, cid: other } }]);
      }
      const refs = names.map((name) => ({ ...refOf({ name }), cid: other }));
      const [one, two] = refs;
      if (!one || !two) throw new Error('not two');
      let attempt = 1;
      if (where !== 'queued' && where !== 'lane') expect((await store.claim(one)).kind).toBe('go');
      if (where === 'unknown') await store.finish(one, 1, { kind: 'unknown', code: 'timeout', graceMs: 1 });
      if (where === 'later') {
        await store.finish(one, 1, { kind: 'retry', code: '1', reason: 'retries_exhausted', ms: 1_000 });
      }
      await merged(older, other);
      if (where === 'later') store.clock.nowMs += 2_000;
      if (where === 'later') attempt = 2;
      await store.wake();
      if (where === 'queued' || where === 'lane' || where === 'later')
        expect(await store.claim(one)).toMatchObject({ kind: 'go', attempt });
      await store.finish(one, attempt, { kind: 'sent', wamid: 'w.1' });
      expect(await store.claim(two)).toMatchObject({ kind: 'go', body: { to: PHONE } });
      await store.finish(two, 1, { kind: 'sent', wamid: 'w.2' });
      expect(await store.real.exists(store.keys.chain(other, 'reply'))).toBe(0);
      expect(await store.real.zcard(store.keys.outbox)).toBe(0);
    },
  );
});

describe('a stop after two conversations have become one', () => {
  test.each([
    ['the number', PHONE, USER],
    ['the user id', USER, PHONE],
  ])('claim() keeps to it when it came under %s only', async (_label, stopped, written) => {
    await twoConversations();
    await accept(said('both', BOTH, 50));
    const ref = await queue('m', written);
    await wish('out', stopped, 10);
    expect(await store.claim(ref)).toMatchObject(REFUSED);
  });
});

describe('a message that waits for room in the tier', () => {
  test('goes on when its conversation has become part of another', async () => {
    const { older, other } = await twoConversations();
    const limited = numberOf({ tier: '250' });
    const others = Array.from({ length: 250 }, (_, index) => [store.clock.nowMs, `c${index}`]);
    await store.real.zadd(store.keys.ledger(limited.id), ...others.flat());
    await store.real.hdel(store.keys.conversation(older), 'last');
    await store.real.hdel(store.keys.conversation(other), 'last');
    const message = messageOf({
      name: 'm',
      contact: '15550001',
      long: true,
      message: templateNamed('hello'),
    });
    await enqueue(store.client, 0, limited, [{ ...message, data: { ...message.data, cid: other } }]);
    const ref = { ...refOf({ name: 'm' }), cid: other, number: limited };
    expect(await store.claim(ref)).toMatchObject({ kind: 'later', scope: 'tier' });
    await mergeConversations(store.real, place, {
      pair: [
        { cid: older, born: 1 },
        { cid: other, born: 2 },
      ],
      ids: BOTH,
    });
    store.clock.nowMs += 86_401_000;
    await store.wake(limited);
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', body: { to: PHONE } });
  });
});

describe('a conversation that people have', () => {
  test('mergeConversations() leaves it with them, also where the other is older', async () => {
    const { older, other } = await twoConversations();
    await accept(said('human', PHONE, 80));
    const entry = await first();
    const none = { input: {}, outputs: {}, callers: [], tries: {} };
    const wait = { for: 'release' as const, flows: 'f'.repeat(32), flow: 'main', node: 'people', ...none };
    await take(entry, { session: { state: {}, epoch: 1, wait } });
    await merged(older, other);
    const cid = await cidBy(BOTH);
    const conversation = await readConversation(store.real, 0, cid ?? other);
    expect(conversation?.session.wait?.for).toBe('release');
    expect(await cidBy(USER)).toBe(cid);
    const { ready, full } = await readyAndFull();
    expect(ready).toEqual(full);
  });

  test('mergeOnce() does nothing when a turn has changed the session by which it was decided who stays', async () => {
    const { older, other } = await twoConversations();
    const [stays, goes] = [await readStored(store.real, 0, older), await readStored(store.real, 0, other)];
    await accept(said('human', PHONE, 80));
    await take(await first());
    const merging = { stays, goes, ids: BOTH, born: 1 };
    expect(await mergeOnce(store.real, place, merging)).toBe(false);
    expect(await store.real.hget(store.keys.conversation(other), 'into')).toBeNull();
  });

  test('mergeConversations() sees a turn of the other that is committed meanwhile', async () => {
    const { older, other } = await twoConversations();
    await accept(said('b2', PHONE, 80));
    const [entry] = await reader().read(1, 10);
    if (!entry) throw new Error('not ready');
    const commit = commitOf(entry, await loadedOf(entry), { messages: [] });
    const [result] = await Promise.all([
      turns().commit(commit),
      mergeConversations(store.real, place, {
        pair: [
          { cid: older, born: 1 },
          { cid: other, born: 2 },
        ],
        ids: BOTH,
      }),
    ]);
    const left = await textsIn(older);
    expect([
      ['ok', 0],
      ['stale', 1],
    ]).toContainEqual([result.kind, left.length]);
  });
});
