import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contactHashes, ledgerKey } from './keys.ts';
import type { MessageRef } from './message-ref.ts';
import { learnLimits } from './numbers.ts';
import { sweep } from './outbox.ts';
import { mergeStatuses, settle, type FailureAct, type OwnStatus, type StatusOutcome } from './statuses.ts';
import { midsOf, numberOf, statusOf, templateNamed, type Said } from './testing/said.ts';
import { useStore } from './testing/use-store.ts';
import { findAttempt } from './wamids.ts';
import { setWish } from './wishes.ts';

const store = useStore();
const offer = templateNamed('offer');
const unknown = { kind: 'unknown', code: 'timeout', graceMs: 0 } as const;

async function attempting(said: Partial<Said> = {}): Promise<MessageRef> {
  const ref = await store.sayOne(said);
  const claimed = await store.claim(ref);
  if (claimed.kind !== 'go') throw new Error(`it does not go: ${JSON.stringify(claimed)}`);
  return ref;
}
const merge = async (...statuses: OwnStatus[]): Promise<StatusOutcome[]> =>
  mergeStatuses(store.client, 0, statuses);
const failed = (ref: MessageRef, act: FailureAct, attempt = 1): OwnStatus => ({
  ...statusOf(ref, 'failed', { attempt, errorCode: 131_000 }),
  failure: { act, reason: 'undeliverable' },
});
const state = async (ref: MessageRef) => (await store.record(ref))['state'];
const isDead = async (ref: MessageRef) => (await store.client.zscore(store.keys.dead, ref.mid)) !== null;

describe('mergeStatuses()', () => {
  test('makes a message sent whose answer is not there yet, and lets its chain go on', async () => {
    const [a, b] = await store.say([
      { name: 'a', contact: 'c' },
      { name: 'b', contact: 'c' },
    ]);
    if (!a || !b) throw new Error('no messages');
    await store.claim(a);
    expect(await merge(statusOf(a, 'sent'))).toEqual(['settle']);
    expect(midsOf(await settle(store.client, a))).toEqual([b.mid]);
    expect(await settle(store.client, a)).toEqual([]);
    const chain = await store.client.lrange(store.keys.chain(a.cid, 'reply'), 0, -1);
    expect(chain.map((entry) => entry.slice(0, 32))).toEqual([b.mid]);
    expect(await store.client.zscore(store.keys.outbox, a.mid)).toBeNull();
    expect(await merge(statusOf(a, 'delivered'), statusOf(a, 'read'))).toEqual(['merged', 'merged']);
    expect(await store.record(a)).toMatchObject({ state: 'sent', rank: '3' });
    expect(await store.record(a)).not.toHaveProperty('body');
  });

  test('is swept when nobody settles', async () => {
    const [a, b] = await store.say([
      { name: 'a', contact: 'c' },
      { name: 'b', contact: 'c' },
    ]);
    if (!a || !b) throw new Error('no messages');
    await store.claim(a);
    await merge(statusOf(a, 'sent'));
    const swept = await sweep(store.client, a, { graceMs: 0, floorMs: 0, onUnknown: 'park' });
    expect(swept.action).toBe('ended');
    expect(midsOf(swept.admitted)).toEqual([b.mid]);
  });

  test('takes no status for another number, an attempt that never was, or a message that is not there', async () => {
    const ref = await attempting();
    const stranger = { ...ref, number: numberOf({ id: '999' }) };
    const gone = await store.sayOne({ name: 'gone' });
    await store.client.del(store.keys.message(gone.mid));
    const before = await store.dump('msg:');
    expect(
      await merge(
        statusOf(stranger, 'sent'),
        statusOf(ref, 'sent', { attempt: 2 }),
        statusOf(gone, 'sent'),
        statusOf(ref, 'other'),
      ),
    ).toEqual(['unmatched', 'unmatched', 'unmatched', 'unmatched']);
    expect(await store.dump('msg:')).toEqual(before);
  });

  test('writes the wamid down, since the answer may be lost, and gives out what waited for it', async () => {
    const ref = await attempting();
    const { status } = statusOf(ref, 'failed');
    const untagged = { ...status, mid: undefined, attempt: undefined };
    expect(await findAttempt(store.client, 0, untagged)).toBeUndefined();
    const early: string[] = [];
    await mergeStatuses(store.client, 0, [statusOf(ref, 'sent')], {
      onEarly: (statuses) => early.push(...statuses.map((each) => each.status)),
    });
    expect(early).toEqual(['failed']);
    expect(await findAttempt(store.client, 0, untagged)).toEqual({ mid: ref.mid, attempt: 1 });
  });

  test('gives it out again after the answer told the wamid: the sender may have been lost with it', async () => {
    const ref = await attempting();
    const untagged = { ...statusOf(ref, 'failed').status, mid: undefined, attempt: undefined };
    await findAttempt(store.client, 0, untagged);
    await store.finish(ref, 1, { kind: 'sent', wamid: untagged.wamid });
    const early: string[] = [];
    await mergeStatuses(store.client, 0, [statusOf(ref, 'sent')], {
      onEarly: (statuses) => early.push(...statuses.map((each) => each.status)),
    });
    expect(early).toEqual(['failed']);
  });

  test('notes the newest attempts that had a status, three a number', async () => {
    const seen = () => store.client.zrange(store.keys.statusesSeen(numberOf().id), '0', '-1');
    const refs: MessageRef[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      store.clock.nowMs += 1_000;
      refs.push(await attempting({ name }));
    }
    await merge(...refs.map((ref) => statusOf(ref, 'sent')));
    expect(await seen()).toEqual(refs.slice(1).map(({ mid }) => mid));
  });
});

describe('mergeStatuses() and failures', () => {
  test('makes a new attempt after ten seconds, as often as the message may be tried', async () => {
    const ref = await attempting({ maxRetries: 1 });
    await store.finish(ref, 1, { kind: 'sent', wamid: 'w' });
    expect(await merge(failed(ref, 'retry'))).toEqual(['again']);
    expect(await state(ref)).toBe('queued');
    expect(await store.client.ttl(store.keys.message(ref.mid))).toBe(-1);
    store.clock.nowMs += 9_999;
    expect((await store.wake()).admitted).toEqual([]);
    store.clock.nowMs += 1;
    expect(midsOf((await store.wake()).admitted)).toEqual([ref.mid]);
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', attempt: 2, tries: 1 });
    expect(await merge(failed(ref, 'retry', 2))).toEqual(['settle']);
    await settle(store.client, ref);
    expect([await state(ref), await isDead(ref)]).toEqual(['dead', true]);
  });

  test('a late success cancels the new attempt', async () => {
    const ref = await attempting();
    await merge(failed(ref, 'retry'));
    expect(await merge(statusOf(ref, 'delivered'))).toEqual(['settle']);
    await settle(store.client, ref);
    store.clock.nowMs += 10_000;
    expect((await store.wake()).admitted).toEqual([]);
    expect(await state(ref)).toBe('sent');
  });

  test('never lets a message go before its time, though its lane still names it', async () => {
    const ref = await attempting();
    await store.finish(ref, 1, unknown);
    await sweep(store.client, ref, { graceMs: 0, floorMs: 0, onUnknown: 'retry_once' });
    await merge(statusOf(ref, 'sent'));
    await settle(store.client, ref);
    await merge(failed(ref, 'retry'));
    await store.client.zadd(store.keys.admitted(ref.number.id), store.clock.nowMs, ref.mid);
    expect(await store.claim(ref)).toMatchObject({ kind: 'no', state: 'queued' });
    store.clock.nowMs += 10_000;
    await store.wake();
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', attempt: 2 });
    expect(await store.client.zcard(store.keys.admitted(ref.number.id))).toBe(0);
  });

  test('buries what failed for good, and forgets that when a success comes', async () => {
    const ref = await attempting();
    expect(await merge(failed(ref, 'dead'))).toEqual(['settle']);
    await settle(store.client, ref);
    expect(await store.record(ref)).toMatchObject({ state: 'dead', reason: 'undeliverable', code: '131000' });
    expect(await isDead(ref)).toBe(true);
    expect(await merge(failed(ref, 'dead'))).toEqual(['merged']);
    expect(await merge(statusOf(ref, 'read'))).toEqual(['settle']);
    expect([await state(ref), await isDead(ref)]).toEqual(['sent', false]);
  });

  test('sends what the message says for a closed window, else ends it', async () => {
    const other = await attempting({ name: 'other', outsideWindow: offer });
    expect(await merge(failed(other, 'window_closed'))).toEqual(['again']);
    store.clock.nowMs += 10_000;
    await store.wake();
    expect(await store.claim(other)).toMatchObject({ kind: 'go', alternative: true });
    for (const [name, ends] of [
      ['none', 'dead'],
      ['skip', 'skipped'],
    ] as const) {
      const ref = await attempting({ name, ...(name === 'skip' && { outsideWindow: name }) });
      expect(await merge(failed(ref, 'window_closed'))).toEqual(['settle']);
      expect([await state(ref), await isDead(ref)]).toEqual([ends, ends === 'dead']);
      await settle(store.client, ref);
      expect(await store.client.zscore(store.keys.outbox, ref.mid)).toBeNull();
    }
  });

  test.each([
    ['opted_out', /^out:\d+:error_131000$/],
    ['hold_marketing', null],
  ] as const)('%s holds marketing to this contact', async (act, wish) => {
    const ref = await attempting({ contact: 'c', message: offer });
    expect(await merge(failed(ref, act))).toEqual(['settle']);
    const [hashed = ''] = contactHashes('default', { waId: 'c' });
    const kept = await store.client.hmget(store.keys.optOuts('default'), `m:${hashed}`, `hold:${hashed}`);
    if (wish === null) expect(Number(kept[1])).toBe(store.clock.nowMs + 86_400_000);
    else expect(kept[0]).toMatch(wish);
    await settle(store.client, ref);
    const next = await store.sayOne({ name: 'next', contact: 'c', message: offer });
    expect(await store.claim(next)).toMatchObject({ kind: 'ended', state: 'dead' });
  });

  test('hears a failure once: a contact who came back since is not sent away again', async () => {
    const ref = await attempting({ contact: 'c', message: offer });
    const status = failed(ref, 'opted_out');
    await merge(status);
    await settle(store.client, ref);
    store.clock.nowMs += 5_000;
    const contact = { waId: 'c' };
    const atS = Math.floor(store.clock.nowMs / 1_000);
    const back = { tenant: 'default', contact, change: 'in', scope: 'all', atS, source: 'operator' } as const;
    await setWish(store.client, 0, back);
    store.clock.nowMs += 5_000;
    await merge(status);
    const next = await store.sayOne({ name: 'next', contact: 'c', message: offer });
    expect(await store.claim(next)).toMatchObject({ kind: 'go' });
  });

  test('counts a contact again whose message was taken after all', async () => {
    const number = numberOf({ tier: '250' });
    const ledger = () => store.client.zcard(ledgerKey(store.keys, number));
    const ref = await store.sayOne({ number, message: offer }, { heard: false });
    await store.claim(ref);
    await store.finish(ref, 1, { kind: 'retry', code: '131000', reason: 'retries_exhausted', ms: 10 });
    store.clock.nowMs += 10;
    await store.wake(number);
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', attempt: 2 });
    await merge(failed(ref, 'dead', 2));
    expect(await ledger()).toBe(0);
    expect(await merge(statusOf(ref, 'sent'))).toEqual(['settle']);
    expect(await ledger()).toBe(1);
  });

  test('leaves what was skipped or given up alone', async () => {
    const ref = await attempting();
    for (const now of ['skipped', 'dropped']) {
      await store.client.hset(store.keys.message(ref.mid), 'state', now);
      await store.client.hdel(store.keys.message(ref.mid), 'failed:1');
      expect(await merge(failed(ref, 'retry'))).toEqual(['merged']);
      expect(await state(ref)).toBe(now);
    }
  });
});

// One thing that may be heard of an attempt: a status, or the answer to its POST.
type News = { attempt: number; kind: 'sent' | 'delivered' | 'read' | 'failed' | 'answer' };

describe('whatever the order and the number of copies', () => {
  const acts: [FailureAct, FailureAct] = ['retry', 'dead'];
  let runs = 0;

  async function outcomeOf(attempts: 1 | 2, news: readonly News[], lazy: boolean): Promise<unknown> {
    runs += 1;
    const number = numberOf({ id: String(runs), tier: '250' });
    await learnLimits(store.client, 0, number, { tierLimit: 5 });
    const said = { name: `m${runs}`, number, message: offer };
    const ref = await store.sayOne(said, { heard: false });
    await store.claim(ref);
    if (attempts === 2) {
      await store.finish(ref, 1, unknown);
      await sweep(store.client, ref, { graceMs: 0, floorMs: 0, onUnknown: 'retry_once' });
      store.clock.nowMs += 1_000;
      expect(await store.claim(ref)).toMatchObject({ kind: 'go', attempt: 2 });
    }
    let settles = 0;
    for (const { attempt, kind } of news) {
      if (kind === 'answer') {
        await store.finish(ref, attempt, { kind: 'sent', wamid: `wamid.${ref.mid}.${attempt}` });
        continue;
      }
      const status =
        kind === 'failed'
          ? failed(ref, acts[attempt - 1] ?? 'dead', attempt)
          : statusOf(ref, kind, { attempt });
      const [outcome] = await merge(status);
      if (outcome === 'settle') settles += 1;
      if (outcome === 'settle' && !lazy) await settle(store.client, ref);
    }
    if (settles > 0) await settle(store.client, ref);
    const record = await store.record(ref);
    const isOpen = record['state'] === 'attempting' || record['state'] === 'unknown';
    const isFinal = record['state'] === 'sent' || record['state'] === 'dead';
    const chain = await store.client.lrange(store.keys.chain(ref.cid, ref.class), 0, -1);
    const inOutbox = (await store.client.zscore(store.keys.outbox, ref.mid)) !== null;
    expect({ ...record, inOutbox }).toMatchObject({ inOutbox: !isFinal });
    if (isFinal) expect(chain).toEqual([]);
    return {
      state: isOpen ? 'open' : record['state'],
      rank: record['rank'],
      dead: await isDead(ref),
      ledger: await store.client.zrange(ledgerKey(store.keys, number), '0', '-1'),
      wamids: await Promise.all(
        [...new Set(news.map(({ attempt }) => attempt))].sort().map((attempt) =>
          findAttempt(store.client, 0, {
            ...statusOf(ref, 'sent', { attempt }).status,
            mid: undefined,
            attempt: undefined,
          }),
        ),
      ),
    };
  }

  const kinds = ['sent', 'delivered', 'read', 'failed', 'answer'] as const;
  const readNews = (words: string): News[] =>
    words.split(', ').map((word) => {
      const [kind = '', attempt] = word.split(' ');
      return { kind: kinds.find((known) => known === kind) ?? 'failed', attempt: Number(attempt) };
    });

  test.each([
    ['sent 1', 'sent'],
    ['sent 1, failed 2', 'sent'],
    ['sent 1, failed 1', 'open'],
    ['sent 1, answer 2, failed 1', 'sent'],
    ['answer 1, sent 2, failed 1', 'sent'],
    ['failed 2, sent 1', 'sent'],
    ['sent 1, failed 2, failed 1', 'dead'],
    ['failed 1, failed 2, sent 1, sent 2', 'dead'],
    ['failed 1, failed 2, delivered 1', 'sent'],
  ])('a message that was tried twice: %s, is %s', async (words, state) => {
    expect(await outcomeOf(2, readNews(words), false)).toMatchObject({ state, dead: state === 'dead' });
  });

  const newsOf = (attempts: 1 | 2) =>
    fc.uniqueArray(
      fc.record({
        attempt: fc.constantFrom(...Array.from({ length: attempts }, (_, index) => index + 1)),
        kind: fc.constantFrom(...kinds),
      }),
      { selector: ({ attempt, kind }) => `${attempt}${kind}`, minLength: 1, maxLength: 6 },
    );
  const twoOrders = (attempts: 1 | 2) =>
    newsOf(attempts).chain((news) =>
      fc.tuple(
        fc.shuffledSubarray(news, { minLength: news.length }),
        fc
          .array(fc.constantFrom(...news), { maxLength: 4 })
          .chain((copies) =>
            fc.shuffledSubarray([...news, ...copies], { minLength: news.length + copies.length }),
          ),
        fc.boolean(),
      ),
    );

  test.each([1, 2] as const)(
    'a message of %i attempts ends the same',
    async (attempts) => {
      await fc.assert(
        fc.asyncProperty(twoOrders(attempts), async ([one, other, lazy]) => {
          const first = await outcomeOf(attempts, one, false);
          const second = await outcomeOf(attempts, other, lazy);
          const blind = (value: unknown) => JSON.stringify(value).replace(/[0-9a-f]{32}/g, 'id');
          expect(blind(second)).toBe(blind(first));
        }),
        { numRuns: 60 },
      );
    },
    120_000,
  );
});
