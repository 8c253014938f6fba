import { describe, expect, test } from '@jest/globals';
import { MessageId } from '@alur/types';
import fc from 'fast-check';
import { figure } from '../../../../test/support/figure.ts';
import { contactHashes } from '../keys.ts';
import { learnLimits, learnTemplate, pauseNumber } from '../numbers.ts';
import { mergeStatuses } from '../statuses.ts';
import { broadcasting, waIdAt } from '../testing/broadcasting.ts';
import { numberOf, statusOf } from '../testing/said.ts';
import { useStore } from '../testing/use-store.ts';
import { setWish } from '../wishes.ts';
import { dueBroadcasts, listBroadcasts, readBroadcast, type Broadcast } from './broadcast.ts';
import { addRecipients, createBroadcast } from './create-broadcast.ts';
import { eraseFromBroadcasts } from './erase-from-broadcasts.ts';
import { feedRecipients, recipientMid } from './feed-recipients.ts';
import { findStop } from './find-stop.ts';
import { countOutcomes, readOutcomes } from './outcomes.ts';
import { readReport } from './report.ts';
import { countOpen, settleLate, settleOpen, takeBack } from './settle-recipients.ts';
import { deleteBroadcast, moveBroadcast } from './turn-broadcast.ts';

const store = useStore();
const number = numberOf();
const { ref, look, draft, start, feed, bytes, waiting } = broadcasting(store, number);
const all = { from: 0, most: 1_000 };

/** Sends what is in the queue; returns the mids. */
async function send(most = Infinity): Promise<string[]> {
  const sent: string[] = [];
  for (const message of (await waiting()).slice(0, most)) {
    store.clock.nowMs += 20;
    const claimed = await store.claim(message);
    if (claimed.kind !== 'go') continue;
    await store.finish(message, claimed.attempt, { kind: 'sent', wamid: `wamid.${message.mid}` });
    sent.push(message.mid);
  }
  return sent;
}

/** A client after whose first reading of a list something happens. */
function afterRows(act: () => Promise<unknown>): typeof store.client {
  return new Proxy(store.client, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== 'lrange' || typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const rows: unknown = await Reflect.apply(value, target, args);
        await act();
        return rows;
      };
    },
  });
}

describe('createBroadcast() and addRecipients()', () => {
  test('a draft is made once, and takes each recipient once by any id', async () => {
    await draft(3);
    const plan = await look();
    expect(await createBroadcast(store.client, ref(), { ...plan, name: 'Other' })).toBe('known');
    expect(await look()).toMatchObject({ state: 'draft', total: 3, name: 'News' });
    const more = [
      { waId: waIdAt(1), values: ['again'] },
      { waId: waIdAt(9), userId: 'US.1', values: ['new'] },
      { userId: 'US.1', values: ['the same by the other id'] },
    ];
    expect(await addRecipients(store.client, ref(), more)).toEqual(['twice', 'added', 'twice']);
    expect((await look()).total).toBe(4);
  });

  test('takes nobody once it has started, nor for another team', async () => {
    await draft(1);
    const other = { ...ref(), team: 'other' };
    const one = [{ waId: '15550001', values: [''] }];
    expect(await addRecipients(store.client, other, one)).toBeUndefined();
    expect(await readBroadcast(store.client, other)).toBeUndefined();
    await moveBroadcast(store.client, ref(), 'start');
    expect(await addRecipients(store.client, ref(), one)).toBeUndefined();
  });

  test('a list shows those of the team, the newest first', async () => {
    await draft(1, 'a');
    store.clock.nowMs += 1_000;
    await draft(1, 'b');
    const found = await listBroadcasts(store.client, 0, { tenant: 'default', team: 'default' }, 10);
    expect(found.map(({ bid }) => bid)).toEqual([ref('b').bid, ref('a').bid]);
    expect(await listBroadcasts(store.client, 0, { tenant: 'default', team: 'x' }, 10)).toEqual([]);
  });
});

describe('moveBroadcast()', () => {
  test('goes only where the state allows, and says where it is', async () => {
    await draft(0);
    expect(await moveBroadcast(store.client, ref(), 'start')).toEqual({ kind: 'empty', state: 'draft' });
    await addRecipients(store.client, ref(), [{ waId: '15550001', values: ['A'] }]);
    expect(await moveBroadcast(store.client, ref(), 'pause')).toEqual({ kind: 'no', state: 'draft' });
    expect(await moveBroadcast(store.client, ref(), 'start')).toEqual({ kind: 'ok', from: 'draft' });
    expect(await moveBroadcast(store.client, ref(), 'finish')).toEqual({ kind: 'left', state: 'running' });
    expect(await moveBroadcast(store.client, ref(), 'stop', { reason: 'quality' })).toMatchObject({
      kind: 'ok',
    });
    expect(await look()).toMatchObject({ state: 'stopped', reason: 'quality' });
    expect(await moveBroadcast(store.client, ref(), 'resume')).toEqual({ kind: 'ok', from: 'stopped' });
    expect(await look()).toMatchObject({ state: 'running', reason: undefined });
    expect(await moveBroadcast(store.client, ref('none'), 'resume')).toEqual({ kind: 'none' });
  });

  test('one that is scheduled comes up when its time has come', async () => {
    await draft(1);
    const startAtMs = store.clock.nowMs + 60_000;
    await moveBroadcast(store.client, ref(), 'schedule', { startAtMs });
    expect(await dueBroadcasts(store.client, 0, startAtMs - 1, 10)).toEqual([]);
    expect(await dueBroadcasts(store.client, 0, startAtMs, 10)).toMatchObject([{ state: 'scheduled' }]);
  });

  test('one that is over is deleted with everything, one that runs is not', async () => {
    await start(2);
    expect(await deleteBroadcast(store.client, ref())).toEqual({ kind: 'no', state: 'running' });
    await moveBroadcast(store.client, ref(), 'cancel');
    expect(await deleteBroadcast(store.client, ref())).toMatchObject({ kind: 'ok' });
    expect(await readBroadcast(store.client, ref())).toBeUndefined();
    expect(await store.client.keys('*{broadcasts,recipients,outcomes,feeds}*')).toEqual([]);
  });

  test('an id under which somebody was written to stands for no other broadcast', async () => {
    await start(1);
    await feed(1);
    await send();
    await settleOpen(store.client, ref(), all);
    const plan = await look();
    await moveBroadcast(store.client, ref(), 'finish');
    await deleteBroadcast(store.client, ref());
    // Its messages would have the ids of those that were sent, and nobody would get one.
    expect(await createBroadcast(store.client, ref(), plan)).toBe('known');
    expect(await addRecipients(store.client, ref(), [{ waId: '15550001', values: [] }])).toBeUndefined();
    expect(await store.real.ttl(store.keys.broadcast(ref().bid))).toBeGreaterThan(80 * 86_400);
    expect(await settleOpen(store.client, ref(), all)).toBe(0);
  });

  test('an id of a draft that was deleted may be used again', async () => {
    await draft(1);
    await deleteBroadcast(store.client, ref());
    expect(await store.client.keys('*')).toEqual([]);
    await draft(2);
    expect(await look()).toMatchObject({ total: 2 });
  });
});

describe('feedRecipients()', () => {
  test('gives each recipient a message of its own, and goes on behind the cursor', async () => {
    await start(150);
    expect((await feed(1_000))?.fed).toBe(100);
    expect((await feed(1_000))?.fed).toBe(50);
    expect(await bytes()).toBe('q'.repeat(150));
    const record = await store.client.hgetall(store.keys.message(recipientMid(ref().bid, 7)));
    expect(record['body']).toContain('Hi N7');
    expect(JSON.parse(record['data'] ?? '')).toMatchObject({ class: 'broadcast', team: 'default' });
  });

  test('a feeder that comes late, or after a pause, gives nothing', async () => {
    await start(10);
    const seen = await look();
    await feed(5);
    expect(await feed(5, seen)).toBeUndefined();
    const now = await look();
    await moveBroadcast(store.client, ref(), 'pause');
    expect(await feed(5, now)).toBeUndefined();
    expect(await bytes()).toBe('qqqqq.....');
  });

  test('passes over who wants no such message, and who was erased', async () => {
    await draft(4);
    const wish = { tenant: 'default', change: 'out', atS: 1, source: 'operator' } as const;
    await setWish(store.client, 0, { ...wish, contact: { waId: waIdAt(0) }, scope: 'all' });
    await setWish(store.client, 0, { ...wish, contact: { waId: waIdAt(1) }, scope: 'marketing' });
    const gone = contactHashes('default', { waId: waIdAt(2) });
    expect(await eraseFromBroadcasts(store.client, 0, 'default', gone)).toBe(1);
    await moveBroadcast(store.client, ref(), 'start');
    await feed(10);
    expect(await bytes()).toBe('ooeq');
    expect(await countOpen(store.client, ref())).toBe(1);
  });
});

describe('eraseFromBroadcasts()', () => {
  test('keeps a feeder that read a row before from writing to whom it names', async () => {
    await start(2);
    const gone = contactHashes('default', { waId: waIdAt(0) });
    const slow = afterRows(() => eraseFromBroadcasts(store.client, 0, 'default', gone));
    const broadcast = await look();
    expect(await feedRecipients(slow, ref(), { broadcast, number, count: 2 })).toBeUndefined();
    expect(await bytes()).toBe('..');
    expect(await feed(2)).toMatchObject({ fed: 2 });
    expect(await bytes()).toBe('eq');
  });
});

describe('settleOpen() and settleLate()', () => {
  test('bytes follow the records, from queued to read', async () => {
    await start(3);
    await feed(3);
    const messages = await waiting();
    await send();
    expect(await settleOpen(store.client, ref(), all)).toBe(3);
    expect(await bytes()).toBe('sss');
    const [first, second] = messages;
    if (!first || !second) throw new Error('nothing was sent');
    await mergeStatuses(store.client, 0, [statusOf(first, 'read'), statusOf(second, 'delivered')]);
    await settleLate(store.client, ref(), { from: 0, count: 3 });
    expect([...(await bytes())].sort().join('')).toBe('drs');
    expect((await countOutcomes(store.client, ref(), 3)).states).toMatchObject({
      sent: 1,
      delivered: 1,
      read: 1,
    });
    expect(await moveBroadcast(store.client, ref(), 'finish')).toMatchObject({ kind: 'ok' });
  });

  test('a dead message leaves its reason, also when its record is gone', async () => {
    await start(2);
    await feed(2);
    const [message] = await waiting();
    if (!message) throw new Error('nothing waits');
    const claimed = await store.claim(message);
    if (claimed.kind !== 'go') throw new Error('not claimed');
    await store.finish(message, 1, { kind: 'dead', reason: 'bad_recipient', code: '131026' });
    await settleOpen(store.client, ref(), all);
    const lines = await readReport(store.client, ref(), await look()).next();
    expect(lines.value).toContainEqual(expect.objectContaining({ state: 'failed', code: '131026' }));
    await store.client.del(store.keys.message(message.mid));
    const { reasons } = await countOutcomes(store.client, ref(), 2);
    expect(reasons).toEqual({ bad_recipient: 1 });
  });
});

describe('takeBack()', () => {
  test('what waits goes back, what a sender has stays, and all go once after a resume', async () => {
    await start(20);
    await feed(20);
    const [held] = await waiting();
    if (!held) throw new Error('nothing waits');
    const claimed = await store.claim(held);
    expect(await takeBack(store.client, ref(), number)).toBe(0);
    await moveBroadcast(store.client, ref(), 'pause');
    expect(await takeBack(store.client, ref(), number)).toBe(19);
    expect(await countOpen(store.client, ref())).toBe(1);
    expect(await store.client.zcard(store.keys.outbox)).toBe(1);
    if (claimed.kind !== 'go') throw new Error('not claimed');
    await store.finish(held, 1, { kind: 'sent', wamid: 'w' });
    await moveBroadcast(store.client, ref(), 'resume');
    const sent = [held.mid];
    for (let round = 0; round < 30 && (await look()).state === 'running'; round += 1) {
      await feed(20);
      store.clock.nowMs += 2_000;
      await store.wake();
      sent.push(...(await send()).map((mid) => MessageId.parse(mid)));
      await settleOpen(store.client, ref(), all);
      await moveBroadcast(store.client, ref(), 'finish');
    }
    expect(new Set(sent).size).toBe(20);
    expect(sent).toHaveLength(20);
    expect(await bytes()).toBe('s'.repeat(20));
  });
});

describe('readOutcomes()', () => {
  test('reads nothing where nothing is asked for, however long the list is', async () => {
    await start(3);
    expect(await readOutcomes(store.client, ref(), 0, 0)).toBe('');
    expect(await readOutcomes(store.client, ref(), 2, -1)).toBe('');
  });

  test('a broadcast knows how far it ever was fed, also when the first of those is taken back', async () => {
    await start(4);
    await feed(3);
    expect(await look()).toMatchObject({ fed: 3, reached: 3 });
    await moveBroadcast(store.client, ref(), 'pause');
    await takeBack(store.client, ref(), number);
    expect(await look()).toMatchObject({ fed: 0, reached: 3 });
    await moveBroadcast(store.client, ref(), 'resume');
    await feed(1);
    expect(await look()).toMatchObject({ fed: 1, reached: 3 });
  });
});

describe('findStop()', () => {
  const stop = async () =>
    findStop(store.client, ref(), { broadcast: await look(), number, nowMs: store.clock.nowMs });
  test.each([
    ['quality', () => learnLimits(store.client, 0, number, { quality: 'flagged' })],
    [
      'template',
      () => learnTemplate(store.client, 0, number, { name: 'news', language: 'en', blocked: true }),
    ],
    ['restricted', () => pauseNumber(store.client, 0, number, { of: 'templates', code: 'restriction' })],
    ['restricted', () => pauseNumber(store.client, 0, number, { of: 'waba', code: 'restriction' })],
    ['blocked', () => pauseNumber(store.client, 0, number, { of: 'number', code: '131048' })],
    [undefined, () => pauseNumber(store.client, 0, number, { of: 'number', code: '130429' })],
    [undefined, () => learnLimits(store.client, 0, number, { quality: 'upgrade' })],
  ])('says %s', async (reason, happen) => {
    await start(1);
    expect(await stop()).toBeUndefined();
    await happen();
    expect(await stop()).toBe(reason);
  });

  test('a number that was bad before may go on, until it got better and worse again', async () => {
    await draft(1);
    await learnLimits(store.client, 0, number, { quality: 'flagged' });
    await moveBroadcast(store.client, ref(), 'start', { quality: 'flagged' });
    expect(await stop()).toBeUndefined();
    await learnLimits(store.client, 0, number, { quality: 'unflagged' });
    expect(await stop()).toBeUndefined();
    await learnLimits(store.client, 0, number, { quality: 'flagged' });
    expect(await stop()).toBe('quality');
  });
});

const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('feed' as const), count: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('staleFeed' as const), which: fc.nat(30) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('claim' as const), which: fc.nat(30) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      which: fc.nat(30),
      how: fc.constantFrom('sent' as const, 'refused' as const, 'lost' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'pause' as const,
        'resume' as const,
        'takeBack' as const,
        'settle' as const,
        'finish' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), s: fc.integer({ min: 1, max: 30 }) }),
  },
);

test('feeding, pausing, sending and kills in any order: each recipient is written to once, and none is left out', async () => {
  let steps = 0;
  let paused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 40, maxLength: 90, size: 'max' }),
      fc.boolean(),
      async (actions, isCancelled) => {
        await store.real.flushall();
        const total = 12;
        await start(total);
        const seen: Broadcast[] = [];
        const inHand: { message: Awaited<ReturnType<typeof waiting>>[number]; attempt: number }[] = [];
        const arrived = new Map<string, number>();
        const endOne = async (which: number, how: 'sent' | 'refused' | 'lost') => {
          const [one] = inHand.splice(which % Math.max(1, inHand.length), 1);
          // A sender that was killed: whether it had sent, nobody knows yet.
          if (!one || how === 'lost') return void (one && inHand.push(one));
          if (how === 'sent') arrived.set(one.message.mid, (arrived.get(one.message.mid) ?? 0) + 1);
          await store.finish(
            one.message,
            one.attempt,
            how === 'sent'
              ? { kind: 'sent', wamid: `w.${one.message.mid}.${one.attempt}` }
              : { kind: 'pause_number', code: '131056', ms: 1_000, reason: 'rate_limited' },
          );
        };
        const claimOne = async (which: number) => {
          const queue = await waiting();
          const message = queue[which % Math.max(1, queue.length)];
          if (!message) return;
          store.clock.nowMs += 20;
          const claimed = await store.claim(message);
          if (claimed.kind === 'go') inHand.push({ message, attempt: claimed.attempt });
        };
        for (const each of actions) {
          steps += 1;
          seen.push(await look());
          if (each.do === 'feed') await feed(each.count);
          if (each.do === 'staleFeed') await feed(3, seen[each.which % seen.length]);
          if (each.do === 'claim') await claimOne(each.which);
          if (each.do === 'end') await endOne(each.which, each.how);
          if (each.do === 'pause')
            paused += (await moveBroadcast(store.client, ref(), 'pause')).kind === 'ok' ? 1 : 0;
          if (each.do === 'resume') await moveBroadcast(store.client, ref(), 'resume');
          if (each.do === 'takeBack') await takeBack(store.client, ref(), number);
          if (each.do === 'settle') await settleOpen(store.client, ref(), all);
          if (each.do === 'finish') await moveBroadcast(store.client, ref(), 'finish');
          if (each.do === 'wait') {
            store.clock.nowMs += each.s * 1_000;
            await store.wake();
          }
        }
        await moveBroadcast(store.client, ref(), isCancelled ? 'cancel' : 'resume');
        for (let round = 0; round < 60; round += 1) {
          await takeBack(store.client, ref(), number);
          await feed(100);
          for (const old of seen.slice(-3)) await feed(100, old);
          store.clock.nowMs += 2_000;
          await store.wake();
          for (let place = 0; place < total; place += 1) await claimOne(0);
          while (inHand.length > 0) await endOne(0, 'sent');
          await settleOpen(store.client, ref(), all);
          await moveBroadcast(store.client, ref(), 'finish');
          if ((await look()).state !== 'running' && (await countOpen(store.client, ref())) === 0) break;
        }
        expect(Math.max(0, ...arrived.values())).toBeLessThanOrEqual(1);
        const { state } = await look();
        const letters = [...(await bytes())];
        for (const [place, letter] of letters.entries())
          expect([place, letter === 's']).toEqual([place, arrived.has(recipientMid(ref().bid, place))]);
        if (state === 'done') expect(arrived.size).toBe(total);
        else expect([state, isCancelled]).toEqual(['cancelled', true]);
        expect(await store.client.zcard(store.keys.outbox)).toBe(0);
      },
    ),
    { numRuns: 15 },
  );
  figure(`${steps} random steps with ${paused} pauses`);
  expect(paused).toBeGreaterThan(5);
}, 120_000);
