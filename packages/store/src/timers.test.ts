import { ConversationId, hash } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../test/support/events.ts';
import { figure } from '../../../test/support/figure.ts';
import type { ReadyEntry } from './ready.ts';
import { takingTurns, timerAt } from './testing/taking-turns.ts';
import { useStore } from './testing/use-store.ts';
import { fire, fireOnce, oldestTimer } from './timers.ts';

const store = useStore();
const { accept, first, headOf, loadedOf, ready, take } = takingTurns(store, 'client');
const nowS = () => Math.floor(store.clock.nowMs / 1_000);
const hear = (...wamids: string[]) =>
  accept(...wamids.map((wamid) => textEvent({ wamid, waId: '15550001', at: nowS() })));
const inbox = ({ cid }: Pick<ReadyEntry, 'cid'>) => store.real.lrange(store.keys.inbox(cid), 0, -1);
const pass = (seconds: number) => {
  store.clock.nowMs += seconds * 1_000;
};
/** A conversation that waits with a timer due in a minute. */
async function waiting(): Promise<ReadyEntry> {
  await hear('w1');
  const entry = await first();
  await take(entry, { timer: timerAt(entry, nowS() + 60) });
  return entry;
}

describe('fire()', () => {
  test('brings a timer into its inbox when it is due, and not before', async () => {
    const entry = await waiting();
    const dueS = nowS() + 60;
    pass(59);
    expect(await fire(store.client, 0, 100)).toEqual({ fired: 0, lateMs: 0 });
    expect(await ready()).toBe(0);
    store.clock.nowMs = dueS * 1_000 + 5_000;
    expect(await fire(store.client, 0, 100)).toEqual({ fired: 1, lateMs: 5_000 });
    const event = await headOf(await first());
    expect(event).toMatchObject({ kind: 'timer', epoch: 1, at: dueS, receivedAtMs: dueS * 1_000 });
    expect(await fire(store.client, 0, 100)).toEqual({ fired: 0, lateMs: 0 });
    expect(await inbox(entry)).toHaveLength(1);
  });

  test('says the present second where it comes late, and changes nothing else', async () => {
    const entry = await waiting();
    const dueS = nowS() + 60;
    pass(7_200);
    const { lateMs } = await fire(store.client, 0, 100);
    expect(lateMs).toBe(store.clock.nowMs - dueS * 1_000);
    const { event } = timerAt(entry, dueS);
    expect(await headOf(await first())).toEqual({ ...event, at: nowS(), receivedAtMs: dueS * 1_000 });
  });

  test('does not take what a contact is called for the time', async () => {
    await hear('w1');
    const entry = await first();
    const timer = timerAt(entry, nowS() + 60);
    const from = { waId: '15550001', name: 'x","at":5,"y' };
    await take(entry, { timer: { ...timer, event: { ...timer.event, at: 1, from } } });
    pass(3_600);
    await fire(store.client, 0, 100);
    expect(await headOf(await first())).toMatchObject({ at: nowS(), from });
  });

  test('fires once with any number of runners, and when its answer is lost', async () => {
    const entry = await waiting();
    pass(61);
    const { due } = await fireOnce(store.client, 0, { due: [], most: 100 });
    expect(due).toEqual([entry.cid]);
    const results = await Promise.all([1, 2, 3].map(() => fireOnce(store.client, 0, { due, most: 100 })));
    expect(results.map(({ fired }) => fired).sort()).toEqual([0, 0, 1]);
    expect(await inbox(entry)).toHaveLength(1);
    expect(await ready()).toBe(1);
  });

  test('leaves a timer that was replaced after it was named', async () => {
    const entry = await waiting();
    pass(61);
    const { due } = await fireOnce(store.client, 0, { due: [], most: 100 });
    await hear('w2');
    const again = await first();
    await take(again, { timer: timerAt(entry, nowS() + 60, 2) });
    expect(await fireOnce(store.client, 0, { due, most: 100 })).toEqual({ fired: 0, lateMs: 0, due: [] });
    pass(60);
    await fire(store.client, 0, 100);
    expect(await headOf(await first())).toMatchObject({ epoch: 2 });
  });

  test('comes behind what the contact wrote before, and before what he writes after', async () => {
    const entry = await waiting();
    await hear('w2');
    pass(61);
    await fire(store.client, 0, 100);
    await hear('w3');
    const kinds = (await inbox(entry)).map((item) => JSON.parse(item.slice(32)).kind);
    expect(kinds).toEqual(['text', 'timer', 'text']);
    expect(await ready()).toBe(1);
  });

  test('is not set again by a turn that came before it: an event is in an inbox once', async () => {
    const entry = await waiting();
    const timer = timerAt(entry, nowS() + 60);
    await hear('w2');
    pass(61);
    await fire(store.client, 0, 100);
    const again = await first();
    // A run beside the one that waits: its timer is said again.
    await take(again, { timer });
    expect(await store.real.zcard(store.keys.timers)).toBe(0);
    expect(await fire(store.client, 0, 100)).toEqual({ fired: 0, lateMs: 0 });
    expect(await inbox(entry)).toHaveLength(1);
    await take(again, { timer: timerAt(entry, nowS() + 60, 2) });
    expect(await store.real.zcard(store.keys.timers)).toBe(1);
  });

  test('lets an old wait that is in the inbox already leave the timer of the new one', async () => {
    const entry = await waiting();
    pass(61);
    await fire(store.client, 0, 100);
    await hear('w2');
    const again = await first();
    const timer = timerAt(entry, nowS() + 60, 2);
    await take(again, { timer });
    await take(again, { timer });
    expect(await ready()).toBe(0);
    pass(61);
    expect(await fire(store.client, 0, 100)).toMatchObject({ fired: 1 });
    expect(await headOf(await first())).toMatchObject({ epoch: 2 });
  });

  test('drops a timer whose conversation is gone', async () => {
    const entry = await waiting();
    await store.real.del(store.keys.conversation(entry.cid));
    pass(61);
    expect(await fire(store.client, 0, 100)).toEqual({ fired: 0, lateMs: 0 });
    expect([await store.real.zcard(store.keys.timers), await ready()]).toEqual([0, 0]);
  });

  test('takes the conversation on from where it waited', async () => {
    await waiting();
    pass(61);
    await fire(store.client, 0, 100);
    const entry = await first();
    expect(await loadedOf(entry)).toMatchObject({ version: 1, session: { state: { n: 1 } } });
    expect(await take(entry)).toMatchObject({ kind: 'ok' });
    expect(await ready()).toBe(0);
  });

  test('fires 10,000 at once, each once, with two runners; and no more than it was asked for', async () => {
    const total = 10_000;
    const cids = Array.from({ length: total }, (_, index) => ConversationId.parse(hash('c', index)));
    const pipeline = store.real.pipeline();
    for (const [index, cid] of cids.entries()) {
      const { event } = timerAt({ cid }, nowS());
      const item = event.evt + JSON.stringify({ ...event, at: nowS() });
      pipeline.hset(store.keys.conversation(cid), 'version', 1, 'timer', item);
      pipeline.zadd(store.keys.timers, store.clock.nowMs - total + index, cid);
    }
    await pipeline.exec();
    const [oldest] = cids;
    expect(await fire(store.client, 0, 250)).toEqual({ fired: 250, lateMs: total });
    expect(await store.real.exists(store.keys.inbox(oldest ?? ''))).toBe(1);
    const startedAt = performance.now();
    const runners = await Promise.all([fire(store.client, 0, total), fire(store.client, 0, total)]);
    figure(`10,000 due timers fired by two runners: ${Math.round(performance.now() - startedAt)} ms`);
    const rest = await fire(store.client, 0, total);
    expect(runners.reduce((sum, { fired }) => sum + fired, 250) + rest.fired).toBe(total);
    const lengths = await Promise.all(cids.map((cid) => store.real.llen(store.keys.inbox(cid))));
    expect(lengths.every((length) => length === 1)).toBe(true);
    expect(await ready()).toBe(total);
    expect(await store.real.zcard(store.keys.timers)).toBe(0);
  });
});

describe('oldestTimer()', () => {
  test('tells how late the oldest due timer is', async () => {
    expect(await oldestTimer(store.real, 0)).toBe(0);
    await store.real.zadd(store.keys.timers, Date.now() + 60_000, 'later');
    expect(await oldestTimer(store.real, 0)).toBe(0);
    await store.real.zadd(store.keys.timers, Date.now() - 60_000, 'late');
    expect(await oldestTimer(store.real, 0)).toBeGreaterThanOrEqual(60_000);
  });
});
