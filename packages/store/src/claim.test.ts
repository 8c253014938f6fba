import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../test/support/events.ts';
import type { Claim } from './claim.ts';
import { createIntake } from './intake.ts';
import { contactHashes, ledgerKey, wabaOf } from './keys.ts';
import type { MessageRef } from './message-ref.ts';
import { learnLimits, learnTemplate, learnTemplateCategory, pauseNumber, resumeNumber } from './numbers.ts';
import type { SendingNumber } from './sending-number.ts';
import { mergeStatuses, settle } from './statuses.ts';
import { cidOf, midsOf, numberOf, refOf, statusOf, templateNamed, type Said } from './testing/said.ts';
import { useStore } from './testing/use-store.ts';
import { setWish } from './wishes.ts';

const store = useStore();
const DAY_MS = 86_400_000;
const fast = numberOf({ throughput: 1_000 });
const offer = templateNamed('offer');
const LIMITS = ['attempting:', 'pair:', 'tier:'];

/** Claims and sends messages one after the other, some milliseconds apart; what does not go is left. */
async function sendAll(said: readonly Said[], stepMs = 5): Promise<Claim[]> {
  const claims: Claim[] = [];
  for (const each of said) {
    store.clock.nowMs += stepMs;
    const ref = refOf(each);
    const claimed = await store.claim(ref);
    claims.push(claimed);
    if (claimed.kind === 'go') await store.finish(ref, claimed.attempt, { kind: 'sent', wamid: each.name });
  }
  return claims;
}
const named = (prefix: string, count: number, over: Partial<Said> = {}): Said[] =>
  Array.from({ length: count }, (_, index) => ({ name: `${prefix}${index}`, ...over }));
const kinds = (claims: readonly Claim[]) => claims.map(({ kind }) => kind);
const opener = (over: Partial<Said> = {}): Partial<Said> => ({ message: offer, number: fast, ...over });
/** As if so many messages had just gone out. */
const spent = (number: SendingNumber, count: number) =>
  store.client.zadd(
    store.keys.throughput(number.id),
    ...Array.from({ length: count }, (_, index) => [store.clock.nowMs, `spent${index}`]).flat(),
  );
const ledger = (number = fast) => store.client.zrange(ledgerKey(store.keys, number), '0', '-1');
const limitTier = (tierLimit: number, number = fast) => learnLimits(store.client, 0, number, { tierLimit });
const wish = (contact: string, change: 'out' | 'in', scope: 'all' | 'marketing') =>
  setWish(store.client, 0, {
    tenant: 'default',
    contact: { waId: contact },
    change,
    scope,
    atS: Math.floor(store.clock.nowMs / 1000),
    source: 'operator',
  });

describe('claim()', () => {
  test('gives an attempt to one of many that ask', async () => {
    const ref = await store.sayOne();
    const claims = await Promise.all(Array.from({ length: 20 }, () => store.claim(ref)));
    expect(claims.filter(({ kind }) => kind === 'go')).toHaveLength(1);
    expect(claims.filter(({ kind }) => kind === 'no')).toHaveLength(19);
    expect(await store.record(ref)).toMatchObject({ state: 'attempting', attempt: '1' });
  });

  test('answers no for a message that is not there, is over, or has its place elsewhere', async () => {
    const [first, second] = await store.say([
      { name: 'a', contact: 'c' },
      { name: 'b', contact: 'c' },
    ]);
    if (!first || !second) throw new Error('no messages');
    expect(await store.claim(refOf({ name: 'other' }))).toMatchObject({ kind: 'no', state: 'missing' });
    expect(await store.claim(second)).toMatchObject({ kind: 'no', state: 'queued' });
    await store.claim(first);
    await store.finish(first, 1, { kind: 'sent', wamid: 'w' });
    expect(await store.claim(first)).toMatchObject({ kind: 'no', state: 'sent' });
  });

  test('gives the place of a message that is over to the next', async () => {
    const [first] = await store.say(named('m', 9));
    if (!first) throw new Error('no message');
    await store.client.hset(store.keys.message(first.mid), 'state', 'sent');
    const claimed = await store.claim(first);
    expect(claimed).toMatchObject({
      kind: 'no',
      state: 'sent',
      admitted: [{ mid: refOf({ name: 'm8' }).mid }],
    });
  });

  test('gives the data, the body and the tries that have been used up', async () => {
    const ref = await store.sayOne({ maxRetries: 3 });
    await store.claim(ref);
    await store.finish(ref, 1, { kind: 'retry', code: '1', reason: 'retries_exhausted', ms: 0 });
    await store.wake();
    expect(await store.claim(ref)).toMatchObject({
      kind: 'go',
      attempt: 2,
      tries: 1,
      alternative: false,
      data: { mid: ref.mid, maxRetries: 3, kind: 'text' },
      body: { to: { waId: 'm' }, message: { kind: 'text', text: 'hello' } },
    });
  });

  describe('takes every token or none', () => {
    const later = (agoMs: number) => store.clock.nowMs + agoMs;
    const busy = { level: 0, at: () => store.clock.nowMs };
    const refusals: [string, Claim['kind'], () => Promise<unknown>][] = [
      ['a paused number', 'later', () => pauseNumber(store.client, 0, fast, { of: 'number', code: '1' })],
      [
        'a paused WABA',
        'later',
        () => pauseNumber(store.client, 0, fast, { of: 'waba', untilMs: later(9_000), code: '1' }),
      ],
      ['an opt-out', 'ended', () => wish('c', 'out', 'all')],
      [
        'a blocked template',
        'ended',
        () => learnTemplate(store.client, 0, fast, { name: 'offer', language: 'en', blocked: true }),
      ],
      [
        'a pair without room',
        'later',
        () => store.client.hset(store.keys.pair(cidOf('c', fast)), { level: busy.level, at: busy.at() }),
      ],
      [
        'a tier without room',
        'ended',
        async () => {
          await limitTier(1);
          await store.client.zadd(ledgerKey(store.keys, fast), store.clock.nowMs - 1, 'other');
        },
      ],
      ['a number without throughput', 'wait', () => spent(fast, 1_000)],
    ];
    test.each(refusals)('refused by %s', async (_name, kind, refuse) => {
      const ref = await store.sayOne(opener({ contact: 'c' }), { heard: false });
      await refuse();
      const before = await store.dump(...LIMITS);
      expect(await store.claim(ref)).toMatchObject({ kind });
      expect(await store.dump(...LIMITS)).toEqual(before);
      expect((await store.record(ref))['attempt']).toBe('0');
    });

    test('refused by a closed window', async () => {
      const ref = await store.sayOne({ number: fast }, { heard: false });
      const before = await store.dump(...LIMITS);
      expect(await store.claim(ref)).toMatchObject({ kind: 'ended', reason: 'window_closed' });
      expect(await store.dump(...LIMITS)).toEqual(before);
    });

    test('taken: all three move', async () => {
      const ref = await store.sayOne(opener({ number: { ...fast, tier: '1' } }), { heard: false });
      const before = await store.dump(...LIMITS);
      expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
      const after = await store.dump(...LIMITS);
      expect(Object.keys(after)).toHaveLength(3);
      expect(Object.entries(after).filter(([key, value]) => before[key] === value)).toEqual([]);
    });
  });
});

describe('claim() and throughput', () => {
  test('lets no second see more than the limit, and uses nine tenths of it', async () => {
    const number = numberOf({ throughput: 80 });
    const said = named('m', 300, { number });
    await store.say(said);
    const refs = new Map<string, MessageRef>(said.map((each) => [refOf(each).mid, refOf(each)]));
    const open = new Set(await store.client.zrange(store.keys.admitted(number.id), '0', '-1'));
    const starts: number[] = [];
    for (let look = 0; look < 3_000 && starts.length < 300; look += 1) {
      let wait = 1_000;
      for (const mid of midsOf((await store.wake(number)).admitted)) open.add(mid);
      for (const mid of open) {
        const ref = refs.get(mid);
        const claimed = ref && (await store.claim(ref));
        if (!ref || claimed === undefined) continue;
        if (claimed.kind === 'wait' || claimed.kind === 'later') wait = Math.min(wait, claimed.ms ?? wait);
        if (claimed.kind === 'wait') continue;
        open.delete(mid);
        for (const next of midsOf(claimed.admitted)) open.add(next);
        if (claimed.kind !== 'go') continue;
        starts.push(store.clock.nowMs);
        const done = await store.finish(ref, 1, { kind: 'sent', wamid: mid });
        for (const next of midsOf(done.admitted)) open.add(next);
      }
      store.clock.nowMs += Math.max(1, wait);
    }
    const inSecond = starts.map((from) => starts.filter((at) => at >= from && at < from + 1_000).length);
    expect(Math.max(...inSecond)).toBeLessThanOrEqual(80);
    expect(starts.filter((at) => at < (starts[0] ?? 0) + 3_000).length).toBeGreaterThanOrEqual(0.9 * 240);
  });

  test('counts a message that is on its way until it is known when it was written', async () => {
    const number = numberOf({ throughput: 1 });
    const [first, second] = await store.say(named('m', 2, { number }));
    if (!first || !second) throw new Error('no message');
    expect(await store.claim(first)).toMatchObject({ kind: 'go' });
    store.clock.nowMs += 3_000;
    expect(await store.claim(second)).toMatchObject({ kind: 'wait' });
    // Written 2.5 s after its claim, so half a second ago.
    await store.finish(first, 1, { kind: 'sent', wamid: 'w' }, { writtenMs: 2_500 });
    expect(await store.claim(second)).toEqual({ kind: 'wait', ms: 550 });
    store.clock.nowMs += 550;
    expect(await store.claim(second)).toMatchObject({ kind: 'go' });
  });

  test('counts nothing for a message that was never written, and a lost one no longer than it can still begin', async () => {
    const number = numberOf({ throughput: 1 });
    const [first, second] = await store.say(named('m', 2, { number }));
    if (!first || !second) throw new Error('no message');
    await store.claim(first);
    await store.finish(first, 1, { kind: 'dead', code: 'x', reason: 'invalid_message' }, { writtenMs: -1 });
    expect(await store.claim(second)).toMatchObject({ kind: 'go' });
    const third = await store.sayOne({ number, name: 'third' });
    store.clock.nowMs += 6_049;
    expect(await store.claim(third)).toMatchObject({ kind: 'wait' });
    store.clock.nowMs += 1;
    expect(await store.claim(third)).toMatchObject({ kind: 'go' });
  });

  test('counts a message that its status told of before its answer', async () => {
    const number = numberOf({ throughput: 1 });
    const [first, second] = await store.say(named('m', 2, { number }));
    if (!first || !second) throw new Error('no message');
    await store.claim(first);
    store.clock.nowMs += 300;
    const status = {
      mid: first.mid,
      attempt: 1,
      number: number.id,
      wamid: 'w',
      status: 'sent',
      at: 1,
    } as const;
    await mergeStatuses(store.client, 0, [{ number, status }]);
    await settle(store.client, first);
    expect(await store.claim(second)).toEqual({ kind: 'wait', ms: 1_050 });
  });

  test('counts what came in', async () => {
    const number = numberOf({ throughput: 20 });
    const ref = await store.sayOne({ number });
    const intake = createIntake({ client: store.client, shards: 1, wishOf: () => undefined });
    const events = Array.from({ length: 20 }, (_, index) =>
      textEvent({ wamid: `w${index}`, waId: '1', at: Math.floor(store.clock.nowMs / 1_000) }),
    );
    await intake.accept(events);
    await intake.accept(events);
    const claimed = await store.claim(ref, { handMs: 10_000 });
    // Twenty in 1.05 s is all there is; repetitions count nothing.
    expect(claimed).toEqual({ kind: 'wait', ms: 1_050 });
    store.clock.nowMs += 1_050;
    expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
  });

  test('keeps room for a reply: a quarter of a second takes less than a third of it', async () => {
    const number = numberOf({ throughput: 20 });
    await spent(number, 6);
    const ref = await store.sayOne({ number });
    expect(await store.claim(ref, { handMs: 10_000 })).toEqual({ kind: 'wait', ms: 263 });
    store.clock.nowMs += 263;
    expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
  });

  test('is waited for in hand, however little the hand is to hold: it is a second at most', async () => {
    const ref = await store.sayOne();
    await spent(numberOf(), 80);
    expect(await store.claim(ref, { handMs: 0 })).toEqual({ kind: 'wait', ms: 1_050 });
    store.clock.nowMs += 1_050;
    expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
  });

  test('obeys a rate that Meta raises or lowers, until the operator configures another', async () => {
    const number = numberOf({ throughput: 20 });
    const ref = await store.sayOne({ number });
    await spent(number, 25);
    await learnLimits(store.client, 0, number, { throughput: 100 });
    const other = { ...ref, number: { ...number, throughput: 21 } };
    expect(await store.claim(other)).toMatchObject({ kind: 'wait' });
    expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
  });
});

describe('claim() and the pair', () => {
  test('lets 44 go at once, then one in six seconds; another contact is free', async () => {
    const said = named('m', 46, { contact: 'c', number: fast });
    await store.say(said);
    const began = store.clock.nowMs;
    expect(kinds(await sendAll(said.slice(0, 44)))).toEqual(said.slice(0, 44).map(() => 'go'));
    const [waits] = await sendAll(said.slice(44, 45));
    expect(waits).toMatchObject({ kind: 'later', scope: 'pair' });
    if (waits?.kind !== 'later') throw new Error('it went');
    // Six seconds from the first, and a millisecond for what rounding loses.
    const dueMs = store.clock.nowMs + (waits.ms ?? 0);
    expect([0, 1]).toContain(dueMs - began - 5 - 6_000);
    await store.say([{ name: 'other', number: fast }]);
    expect(kinds(await sendAll([{ name: 'other', number: fast }]))).toEqual(['go']);
    store.clock.nowMs = dueMs - 1;
    expect((await store.wake(fast)).admitted).toEqual([]);
    store.clock.nowMs = dueMs;
    expect(midsOf((await store.wake(fast)).admitted)).toEqual([refOf({ ...said[44], name: 'm44' }).mid]);
    expect(kinds(await sendAll(said.slice(44), 0))).toEqual(['go', 'later']);
  });

  test('waits in hand for what comes in a moment', async () => {
    const ref = await store.sayOne();
    await store.client.hset(store.keys.pair(ref.cid), { level: 0.98, at: store.clock.nowMs });
    const claimed = await store.claim(ref);
    if (claimed.kind !== 'wait') throw new Error('it did not wait');
    expect([120, 121]).toContain(claimed.ms);
    store.clock.nowMs += claimed.ms;
    expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
  });
});

describe('claim() and the tier', () => {
  const long = { long: true };
  const outside = { heard: false };

  test('counts contacts, not messages, and only those whose window is closed', async () => {
    await limitTier(2);
    const said = [
      { name: 'a1', contact: 'a' },
      { name: 'a2', contact: 'a' },
      { name: 'b1', contact: 'b' },
      { name: 'c1', contact: 'c' },
    ].map((each) => ({ ...each, ...opener() }));
    await store.say(said, outside);
    await store.hear('free', 60, fast);
    await store.say([{ name: 'free', ...opener() }], { heard: true });
    const claims = await sendAll([...said, { name: 'free', number: fast }]);
    expect(kinds(claims)).toEqual(['go', 'go', 'go', 'ended', 'go']);
    expect(claims[3]).toMatchObject({ state: 'dead', reason: 'rate_limited' });
    expect(await ledger()).toHaveLength(2);
  });

  test('counts every message where the bundle says so', async () => {
    const number = { ...fast, tierCounts: 'all' as const };
    await limitTier(2, number);
    const said = named('m', 3, { contact: 'c', number });
    await store.say(said);
    expect(kinds(await sendAll(said))).toEqual(['go', 'go', 'ended']);
  });

  test('lets a message that may wait do so, and go when there is room', async () => {
    await limitTier(1);
    await store.say(named('m', 2, opener(long)), outside);
    const began = store.clock.nowMs + 5;
    const [first, second] = await sendAll(named('m', 2, opener()));
    expect(first).toMatchObject({ kind: 'go' });
    expect(second).toMatchObject({ kind: 'later', scope: 'tier', ms: DAY_MS - 5 });
    store.clock.nowMs = began + DAY_MS - 1;
    expect((await store.wake(fast)).admitted).toEqual([]);
    store.clock.nowMs = began + DAY_MS;
    expect(midsOf((await store.wake(fast)).admitted)).toEqual([refOf({ name: 'm1' }).mid]);
    expect(kinds(await sendAll(named('m', 2, opener()).slice(1), 0))).toEqual(['go']);
  });

  test('has room again after 24 hours, whoever looks first', async () => {
    await limitTier(1);
    await store.say(named('m', 2, opener()), outside);
    expect(kinds(await sendAll(named('m', 1, opener())))).toEqual(['go']);
    store.clock.nowMs += DAY_MS;
    expect(kinds(await sendAll(named('m', 2, opener()).slice(1)))).toEqual(['go']);
  });

  test('shares one ledger between the numbers of a portfolio', async () => {
    const shared = { tierScope: 'portfolio', portfolio: 'p', throughput: 1_000 } as const;
    const [one, two] = [numberOf({ ...shared, id: '1' }), numberOf({ ...shared, id: '2' })];
    await limitTier(1, one);
    await limitTier(1, two);
    const said = [
      { name: 'a', message: offer, number: one },
      { name: 'b', message: offer, number: two },
      { name: 'a-by-two', contact: 'a', message: offer, number: two },
    ];
    await store.say(said, outside);
    expect(kinds(await sendAll(said))).toEqual(['go', 'ended', 'go']);
  });

  test('keeps no ledger for a number without a limit', async () => {
    await store.say(named('m', 3, opener()), outside);
    expect(kinds(await sendAll(named('m', 3, opener())))).toEqual(['go', 'go', 'go']);
    expect(await store.dump('tier:')).toEqual({});
  });

  test('counts 24 hours from the delivery', async () => {
    await limitTier(1);
    await store.say(named('m', 2, opener(long)), outside);
    await sendAll(named('m', 1, opener()));
    store.clock.nowMs += 3_600_000;
    await mergeStatuses(store.client, 0, [statusOf(refOf({ name: 'm0', number: fast }), 'delivered')]);
    expect(await store.claim(refOf({ name: 'm1', number: fast }))).toMatchObject({
      scope: 'tier',
      ms: DAY_MS,
    });
  });

  test('gives back what a failed message took, and no more', async () => {
    await limitTier(2);
    await store.say(
      [
        { name: 'a1', contact: 'a', ...opener() },
        { name: 'a2', contact: 'a', ...opener() },
        { name: 'b1', contact: 'b', ...opener() },
        { name: 'c1', contact: 'c', ...opener() },
      ],
      outside,
    );
    await sendAll(['a1', 'a2', 'b1'].map((name) => ({ name, contact: name.charAt(0), number: fast })));
    const fail = (name: string) =>
      mergeStatuses(store.client, 0, [
        statusOf(refOf({ name, contact: name.charAt(0), number: fast }), 'failed', { errorCode: 131026 }),
      ]);
    // Its contact was counted again by a later message, and that one took no place of its own.
    await fail('a1');
    await fail('a2');
    expect(await ledger()).toHaveLength(2);
    await fail('b1');
    await fail('b1');
    expect(await ledger()).toHaveLength(1);
    expect(kinds(await sendAll([{ name: 'c1', contact: 'c', number: fast }]))).toEqual(['go']);
  });

  test('gives back what a message took that Graph refused, or that may not go after all', async () => {
    await limitTier(1);
    await store.say(named('m', 1, opener()), outside);
    const ref = refOf({ name: 'm0', number: fast });
    await store.claim(ref);
    await store.finish(ref, 1, { kind: 'retry', code: '1', reason: 'retries_exhausted', ms: 10 });
    expect(await ledger()).toHaveLength(1);
    store.clock.nowMs += 10;
    await store.wake(fast);
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', attempt: 2 });
    expect(await ledger()).toHaveLength(1);
    await store.finish(ref, 2, { kind: 'dead', code: '131026', reason: 'bad_recipient' });
    expect(await ledger()).toHaveLength(0);
    const other = await store.sayOne(opener({ name: 'other' }), outside);
    await store.claim(other);
    await store.finish(other, 1, { kind: 'retry', code: '1', reason: 'retries_exhausted', ms: 10 });
    await wish('other', 'out', 'all');
    store.clock.nowMs += 10;
    await store.wake(fast);
    expect(await store.claim(other)).toMatchObject({ kind: 'ended', reason: 'opted_out' });
    expect(await ledger()).toHaveLength(0);
  });

  test('keeps an entry when the clock goes back', async () => {
    await limitTier(5);
    await store.say(named('a', 2, { ...opener(), contact: 'a' }), outside);
    await sendAll(named('a', 1, { contact: 'a', number: fast }));
    const key = ledgerKey(store.keys, fast);
    const [, before] = await store.client.zrange(key, '0', '-1', 'WITHSCORES');
    store.clock.nowMs -= 60_000;
    await store.client.del(store.keys.throughput(fast.id));
    await sendAll(named('a', 2, { contact: 'a', number: fast }).slice(1));
    const [, after] = await store.client.zrange(key, '0', '-1', 'WITHSCORES');
    expect(Number(after)).toBeGreaterThan(Number(before));
  });

  test('obeys a limit that Meta lowers or raises at run time, and the operator above both', async () => {
    const number = { ...fast, tier: '250' as const };
    await limitTier(1, number);
    const said = named('m', 6, { message: offer, number, long: true });
    await store.say(said, outside);
    expect(kinds(await sendAll(said.slice(0, 3)))).toEqual(['go', 'later', 'later']);
    await limitTier(2, number);
    expect(midsOf((await store.wake(number)).admitted)).toEqual([refOf(said[1] ?? { name: '' }).mid]);
    expect(kinds(await sendAll(said.slice(1, 2)))).toEqual(['go']);
    const [, , , fourth] = said;
    const other = { ...number, tier: '1' as const };
    expect(await store.claim({ ...refOf(fourth ?? { name: '' }), number: other })).toMatchObject({
      kind: 'go',
    });
  });
});

describe('claim() and pauses', () => {
  const number = numberOf({ businessAccountId: 'w' });
  const pause = (of: 'number' | 'waba', untilMs?: number) =>
    pauseNumber(store.client, 0, number, { of, untilMs, code: '131048' });

  test.each(['number', 'waba'] as const)(
    'holds everything while the %s is paused, to the very end',
    async (of) => {
      const ref = await store.sayOne({ number });
      const second = await store.sayOne({ name: 'second', number });
      await pause(of, store.clock.nowMs + 30_000);
      expect(await store.claim(ref)).toEqual({ kind: 'later', admitted: [], ms: 30_000, scope: 'pause' });
      store.clock.nowMs += 29_999;
      expect(await store.wake(number)).toEqual({ admitted: [], nextMs: 1 });
      expect(await store.claim(second)).toMatchObject({ kind: 'later', ms: 1, scope: 'pause' });
      expect(await store.client.zcard(store.keys.admitted(number.id))).toBe(0);
      store.clock.nowMs += 1;
      expect(midsOf((await store.wake(number)).admitted)).toContain(ref.mid);
      expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
    },
  );

  test('admits nothing new while paused', async () => {
    await pause('number');
    const ref = await store.sayOne({ number });
    expect(await store.client.zcard(store.keys.admitted(number.id))).toBe(0);
    await resumeNumber(store.client, 0, number);
    expect(midsOf((await store.wake(number)).admitted)).toEqual([ref.mid]);
  });

  test('holds a number without an end until it is resumed; another number of the WABA sees that within a minute', async () => {
    const sister = numberOf({ id: '200', businessAccountId: 'w' });
    const ref = await store.sayOne({ number: sister });
    await pause('waba');
    expect(await store.claim(ref)).toMatchObject({ kind: 'later', ms: undefined, scope: 'pause' });
    await resumeNumber(store.client, 0, number);
    const wakeAt = Number(await store.client.zscore(store.keys.wakes, sister.id));
    expect(wakeAt).toBe(store.clock.nowMs + 60_000);
    store.clock.nowMs = wakeAt;
    expect(midsOf((await store.wake(sister)).admitted)).toEqual([ref.mid]);
  });

  test('keeps the longer of two pauses', async () => {
    await pause('number', store.clock.nowMs + 30_000);
    await pause('number', store.clock.nowMs + 10_000);
    store.clock.nowMs += 20_000;
    expect(await store.wake(number)).toMatchObject({ nextMs: 10_000 });
  });

  test('stops a template by name and language, or by name; a message that may wait does so', async () => {
    const block = (language: string | undefined, untilMs?: number) =>
      learnTemplate(store.client, 0, fast, { name: 'offer', language, blocked: true, untilMs });
    await block('de');
    expect(await store.claim(await store.sayOne(opener(), { heard: false }))).toMatchObject({ kind: 'go' });
    await block('en', store.clock.nowMs + 9_000);
    const [short, patient] = await store.say(
      [opener({ name: 'short' }), opener({ name: 'patient', long: true })].map((said) => ({
        name: '',
        ...said,
      })),
      { heard: false },
    );
    if (!short || !patient) throw new Error('no messages');
    expect(await store.claim(short)).toMatchObject({ kind: 'ended', reason: 'template' });
    expect(await store.claim(patient)).toMatchObject({ kind: 'later', scope: 'template', ms: 9_000 });
    store.clock.nowMs += 9_000;
    expect(midsOf((await store.wake(fast)).admitted)).toEqual([patient.mid]);
    await block(undefined);
    expect(await store.claim(patient)).toMatchObject({ kind: 'ended', reason: 'template' });
    await learnTemplate(store.client, 0, fast, { name: 'offer', language: 'en', blocked: false });
    const again = await store.sayOne(opener({ name: 'again' }), { heard: false });
    expect(await store.claim(again)).toMatchObject({ kind: 'go' });
  });

  test('holds templates of a restricted WABA to closed windows alone', async () => {
    await pauseNumber(store.client, 0, fast, { of: 'templates', code: '368' });
    const closed = await store.sayOne(opener({ name: 'closed' }), { heard: false });
    const open = await store.sayOne(opener({ name: 'open' }));
    expect(wabaOf(fast)).toBe(`n-${fast.id}`);
    expect(await store.claim(closed)).toMatchObject({ kind: 'ended', reason: 'template' });
    expect(await store.claim(open)).toMatchObject({ kind: 'go' });
  });
});

describe('claim() and the window', () => {
  test('sends free-form text until a minute before 24 hours are over', async () => {
    const [early, late] = await store.say([{ name: 'early' }, { name: 'late' }]);
    if (!early || !late) throw new Error('no messages');
    store.clock.nowMs = Math.floor(store.clock.nowMs / 1_000) * 1_000;
    await store.hear('early', 86_400 - 61);
    await store.hear('late', 86_400 - 60);
    expect(await store.claim(early)).toMatchObject({ kind: 'go', alternative: false });
    expect(await store.claim(late)).toMatchObject({ kind: 'ended', state: 'dead', reason: 'window_closed' });
  });

  test('sends what the message says for a closed window, or skips it', async () => {
    const [other, skip] = await store.say(
      [
        { name: 'other', outsideWindow: offer },
        { name: 'skip', outsideWindow: 'skip' },
      ],
      { heard: false },
    );
    if (!other || !skip) throw new Error('no messages');
    expect(await store.claim(other)).toMatchObject({ kind: 'go', alternative: true });
    expect(await store.claim(skip)).toMatchObject({
      kind: 'ended',
      state: 'skipped',
      reason: 'window_closed',
    });
    expect(await store.record(skip)).not.toHaveProperty('body');
    expect(await store.client.zcard(store.keys.dead)).toBe(0);
  });

  test('believes Graph that a window is closed until the contact writes again', async () => {
    const [first, second] = await store.say([
      { name: 'a', contact: 'c' },
      { name: 'b', contact: 'c' },
    ]);
    if (!first || !second) throw new Error('no messages');
    await store.claim(first);
    await store.finish(first, 1, { kind: 'window_closed', code: '131047', reason: 'window_closed' });
    expect(await store.claim(second)).toMatchObject({ kind: 'ended', reason: 'window_closed' });
    const third = await store.sayOne({ name: 'd', contact: 'c' }, { heard: false });
    await store.hear('c', 30);
    expect(await store.claim(third)).toMatchObject({ kind: 'go' });
  });
});

describe('claim() and opt-outs', () => {
  test('stops everything for who wants nothing, and templates for who wants no marketing', async () => {
    await wish('none', 'out', 'all');
    await wish('quiet', 'out', 'marketing');
    const said: Said[] = [
      { name: 'none' },
      { name: 'answer', contact: 'none', exempt: true },
      { name: 'quiet' },
      { name: 'quiet-offer', contact: 'quiet', message: offer },
    ];
    await store.say(said.map((each) => ({ number: fast, ...each })));
    const claims = await sendAll(said.map((each) => ({ number: fast, ...each })));
    expect(kinds(claims)).toEqual(['ended', 'go', 'go', 'ended']);
    expect(claims.flatMap((each) => (each.kind === 'ended' ? each.reason : []))).toEqual([
      'opted_out',
      'opted_out',
    ]);
  });

  test.each([
    [undefined, undefined, 'ended'],
    ['MARKETING', undefined, 'ended'],
    ['SOMETHING_NEW', undefined, 'ended'],
    ['UTILITY', undefined, 'go'],
    ['AUTHENTICATION', undefined, 'go'],
    ['UTILITY', 'MARKETING', 'ended'],
    ['MARKETING', 'UTILITY', 'go'],
    [undefined, 'AUTHENTICATION', 'go'],
  ])('takes a template of category %s, of which Meta says %s, as %s', async (category, said, kind) => {
    for (const contact of ['open', 'closed']) await wish(contact, 'out', 'marketing');
    if (said !== undefined)
      await learnTemplateCategory(store.client, 0, fast, { name: 'offer', category: said });
    const known = category === undefined ? {} : { category, outsideCategory: category };
    const direct = await store.sayOne({ name: 'open', number: fast, message: offer, ...known });
    expect(await store.claim(direct)).toMatchObject({ kind });
    const instead = { name: 'closed', number: fast, outsideWindow: offer, ...known };
    const ref = await store.sayOne(instead, { heard: false });
    expect(await store.claim(ref)).toMatchObject(kind === 'go' ? { kind, alternative: true } : { kind });
  });

  test('holds utility templates, too, for who wants nothing, and lets a category change neither', async () => {
    await wish('none', 'out', 'all');
    await learnTemplateCategory(store.client, 0, fast, { name: 'offer', category: 'UTILITY' });
    await learnTemplate(store.client, 0, fast, { name: 'offer', language: 'en', blocked: true });
    const said = { contact: 'none', number: fast, message: offer, category: 'UTILITY' };
    const ref = await store.sayOne({ name: 'a', ...said });
    expect(await store.claim(ref)).toMatchObject({ kind: 'ended', reason: 'opted_out' });
    const other = await store.sayOne({ name: 'b', ...said, contact: 'other' });
    expect(await store.claim(other)).toMatchObject({ kind: 'ended', reason: 'template' });
  });

  test('lets go what was said again after an opt-in, and holds marketing for a time', async () => {
    await wish('back', 'out', 'all');
    store.clock.nowMs += 2_000;
    await wish('back', 'in', 'all');
    const [hashed] = contactHashes('default', { waId: 'held' });
    await store.client.hset(store.keys.optOuts('default'), `hold:${hashed}`, store.clock.nowMs + 1_000);
    const said: Said[] = [
      { name: 'back', number: fast },
      { name: 'held', number: fast },
      { name: 'held-offer', contact: 'held', message: offer, number: fast },
    ];
    await store.say(said);
    const claims = await sendAll(said);
    expect(claims).toMatchObject([
      { kind: 'go' },
      { kind: 'go' },
      { kind: 'ended', reason: 'undeliverable' },
    ]);
    store.clock.nowMs += 1_000;
    const after = await store.sayOne({ name: 'after', contact: 'held', message: offer });
    expect(await store.claim(after)).toMatchObject({ kind: 'go' });
  });

  test('heeds a STOP that is still unread in the inbox', async () => {
    const ref = await store.sayOne({ name: 'm', contact: '15550001' });
    const intake = createIntake({
      client: store.client,
      shards: 1,
      wishOf: () => 'out',
    });
    await intake.accept([
      textEvent({ wamid: 'w', waId: '15550001', at: Math.floor(store.clock.nowMs / 1_000) }),
    ]);
    expect(await store.claim(ref)).toMatchObject({ kind: 'ended', reason: 'opted_out' });
  });
});
