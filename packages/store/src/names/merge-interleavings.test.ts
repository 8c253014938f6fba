import { describe, expect, test } from '@jest/globals';
import type { InboundEvent } from '@alur/types';
import { textEvent } from '../../../../test/support/events.ts';
import type { RedisClient } from '../connection.ts';
import { createIntake } from '../intake.ts';
import { mergeConversations } from './merge-conversations.ts';
import { moveContact } from './move-contact.ts';
import type { ContactIds } from './names.ts';
import type { ReadyEntry } from '../ready.ts';
import { knowingContacts } from '../testing/knowing-contacts.ts';
import { commitOf, takingTurns, timerAt } from '../testing/taking-turns.ts';
import { useStore } from '../testing/use-store.ts';
import { fire } from '../timers.ts';

// Whatever anybody else does before any one call of a merge or a move, and wherever it is cut off.

const store = useStore();
const { accept, reader, take, turns, loadedOf, headOf } = takingTurns(store);
const { place, cidBy, textsIn, readyAndFull } = knowingContacts(store);
const START_S = Math.floor(Date.now() / 1_000) - 1_000;

const USER = { userId: 'US.1' };
const PHONE = { waId: '15550001' };
const NEXT = { waId: '15550002' };
const BOTH = { ...USER, ...PHONE };
const CALLS_MOST = 40;

function said(text: string, ids: ContactIds, at: number): InboundEvent {
  return textEvent({ wamid: `wamid.${text}`, text, at: START_S + at, ...ids });
}

/** Two conversations, each with a wait, a timer, events that wait, and a runner in the middle of a turn. */
async function world() {
  const runner = reader('a');
  const begin = async (text: string, ids: ContactIds, at: number): Promise<ReadyEntry> => {
    await accept(said(text, ids, at));
    const [entry] = await runner.read(1, 10);
    if (!entry) throw new Error('nothing is ready');
    const contact = { ...ids, tags: [text] };
    const tags = { team: 'default', before: [] };
    await take(entry, { contact, tags, timer: timerAt(entry, START_S + at + 5) });
    return entry;
  };
  const [stays, goes] = [await begin('a1', USER, 1), await begin('b1', PHONE, 2)];
  await accept(said('b2', PHONE, 10), said('a2', USER, 11), said('b3', PHONE, 12));
  const entries = await runner.read(2, 10);
  const inHand = async (cid: string) => {
    const entry = entries.find((each) => each.cid === cid);
    if (!entry) throw new Error('not ready');
    const commit = commitOf(entry, await loadedOf(entry), { messages: [] });
    return async () => {
      const { kind } = await turns().commit(commit);
      if (kind === 'ok') done.push(cid === stays.cid ? 'a2' : 'b2');
    };
  };
  const done: string[] = [];
  const pair = [
    { cid: stays.cid, born: START_S + 1 },
    { cid: goes.cid, born: START_S + 2 },
  ] as const;
  const olderTurn = await inHand(stays.cid);
  const otherTurn = await inHand(goes.cid);
  return { stays: stays.cid, goes: goes.cid, pair, done, sent: ['a2', 'b2', 'b3'], olderTurn, otherTurn };
}

type World = Awaited<ReturnType<typeof world>>;

const hears = (text: string, ids: ContactIds) => async (it: World) => {
  it.sent.push(text);
  const intake = createIntake({ client: store.real, shards: 1, wishOf: () => undefined });
  await intake.accept([said(text, ids, 20)]);
};

const OTHERS: Readonly<Record<string, (it: World) => Promise<unknown>>> = {
  'the runner of the older commits': ({ olderTurn }) => olderTurn(),
  'the runner of the other commits': ({ otherTurn }) => otherTurn(),
  'both runners commit': async ({ olderTurn, otherTurn }) => [await olderTurn(), await otherTurn()],
  'the older hears more': hears('a9', USER),
  'the other hears more': hears('b9', PHONE),
  'an event shows both names': hears('both', BOTH),
  'the timers fire': () => fire(store.real, 0, 10),
  'somebody else merges them': ({ pair }) => mergeConversations(store.real, place, { pair, ids: BOTH }),
  'somebody merges them the other way round': ({ pair: [one, two] }) =>
    mergeConversations(store.real, place, { pair: [two, one], ids: BOTH }),
  'the contact moves': () => moveContact(store.real, place, { at: START_S + 15, was: PHONE, is: NEXT }),
};

/** The client, but before or after its call number `at` something happens, once. */
function interrupted(
  client: RedisClient,
  at: number,
  how: { before?: () => Promise<unknown>; isCut?: 'before' | 'after' },
) {
  let made = 0;
  const around = async (call: () => Promise<unknown>): Promise<unknown> => {
    made += 1;
    if (made !== at) return call();
    await how.before?.();
    if (how.isCut === 'before') throw new Error('cut off');
    const reply = await call();
    if (how.isCut === 'after') throw new Error('cut off');
    return reply;
  };
  const watched = new Proxy(client, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) =>
        around(async () => (await Reflect.apply(value, target, args)) as unknown);
    },
  });
  return { watched, calls: () => made };
}

async function expectOne({ stays, goes, done, sent }: World) {
  const { ready, full } = await readyAndFull();
  expect(ready).toEqual(full);
  expect(await textsIn(goes)).toEqual([]);
  expect(Object.keys(await store.real.hgetall(store.keys.conversation(goes)))).toEqual(['into']);
  const timers = await store.real.zrange(store.keys.timers, '0', '-1');
  expect(timers.filter((cid) => cid !== stays)).toEqual([]);
  expect([await cidBy(USER), (await cidBy(PHONE)) ?? stays, (await cidBy(NEXT)) ?? stays]).toEqual([
    stays,
    stays,
    stays,
  ]);
  const runner = reader('b');
  const entries = [...(await runner.read(10, 10)), ...(await runner.recover(10, 0))];
  for (const entry of entries) {
    for (let head = await headOf(entry); head; head = await headOf(entry)) {
      if (head.kind === 'text') done.push(head.text);
      expect((await take(entry)).kind).toBe('ok');
    }
  }
  expect([...done].sort()).toEqual([...sent].sort());
  for (const own of ['a', 'b']) {
    const order = done.filter((text) => text.startsWith(own) && text !== 'both');
    expect(order).toEqual([...order].sort());
  }
  expect(await store.real.xlen(store.keys.ready)).toBe(0);
}

const ways: Readonly<Record<string, (client: RedisClient, it: World) => Promise<unknown>>> = {
  'mergeConversations()': (client, { pair }) => mergeConversations(client, place, { pair, ids: BOTH }),
  'accept() of an event with both names': (client, it) => {
    if (!it.sent.includes('shown')) it.sent.push('shown');
    const intake = createIntake({ client, shards: 1, wishOf: () => undefined });
    return intake.accept([said('shown', BOTH, 14)]);
  },
};

describe.each(Object.keys(ways))('%s makes one of two', (way) => {
  const run = (client: RedisClient, it: World) => ways[way]?.(client, it);

  // What comes late under a number that was left joins nothing: `shown` would be that.
  const others = Object.keys(OTHERS).filter((name) => way.startsWith('merge') || !name.includes('moves'));

  test.each(others)('before any of whose calls %s', async (other) => {
    let at = 1;
    for (; at <= CALLS_MOST; at += 1) {
      await store.real.flushall();
      const it = await world();
      const { watched, calls } = interrupted(store.real, at, { before: async () => OTHERS[other]?.(it) });
      await run(watched, it);
      if (calls() < at) break;
      await expectOne(it);
    }
    expect(at).toBeLessThan(CALLS_MOST);
    expect(at).toBeGreaterThan(4);
  });

  test.each(['before', 'after'] as const)('and goes on when it was cut off %s any call', async (isCut) => {
    let at = 1;
    for (; at <= CALLS_MOST; at += 1) {
      await store.real.flushall();
      const it = await world();
      const { watched, calls } = interrupted(store.real, at, { isCut });
      const isWhole = await Promise.resolve(run(watched, it)).then(
        () => true,
        () => false,
      );
      if (calls() < at) break;
      expect(isWhole).toBe(false);
      await run(store.real, it);
      await expectOne(it);
    }
    expect(at).toBeGreaterThan(4);
  });
});
