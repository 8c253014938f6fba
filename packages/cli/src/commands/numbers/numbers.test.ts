import { join } from 'node:path';
import { readBundle } from '@alur/bundle';
import { enqueue, learnLimits, openConversation, pauseNumber, readNumber, shardOf } from '@alur/store';
import { MessageId } from '@alur/types';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { tryMessage } from '../../testing/bury-message.ts';
import { runAlur } from '../../testing/run-alur.ts';
import { ACME, startTestPlace, TWIN, ZOO, type TestPlace } from '../../testing/test-place.ts';

let place: TestPlace;
beforeAll(async () => {
  place = await startTestPlace();
});
afterAll(() => place.stop());
beforeEach(async () => {
  await place.store.client.flushall();
  await place.store.client.hset('alur:meta', 'shards', 3);
});

const alur = (line: string) =>
  runAlur([...line.split(' '), '--redis', place.redis.url], place.cwd, { env: { BUNDLE_DIR: 'b' } });
const json = async (line: string) => Object(JSON.parse((await alur(`${line} --json`)).out));
const shard = shardOf('acme', 3);
const state = () => readNumber(place.store.client, shard, place.number);

const sendOne = () => tryMessage(place.store, { number: place.number }, { kind: 'sent', wamid: 'wamid.1' });
/** Messages of five contacts, with nobody there to send them. */
async function queueFive() {
  for (const digit of '12345') {
    const to = { waId: `491555000${digit}` };
    const { client } = place.store;
    const cid = await openConversation(client, shard, place.number, to);
    const mid = MessageId.parse(digit.repeat(32));
    const { id, tenant, team } = place.number;
    const data = { mid, cid, class: 'broadcast', tenant, team, number: id } as const;
    const body = { to, message: { kind: 'text', text: 'hi' } } as const;
    await enqueue(client, shard, place.number, [{ data, body, retryOnRateLimit: true }]);
  }
}

describe('alur numbers', () => {
  test('shows limits, use and what waits of every number', async () => {
    await sendOne();
    await queueFive();
    const ran = await alur('numbers');
    expect([ran.exit, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(
      /^100200300 {2}acme\/default\n {2}tier +1,000 contacts in 24 h, tier 1\n {2}used +1 contact in the last 24 h \(0 %\)\n {2}throughput +80 a second\n {2}waiting +.+\n {2}on the way +[1-5]\n\n100200400 {2}zoo\/default\n/,
    );
    expect(await json('numbers list')).toMatchObject({
      ok: true,
      command: 'numbers list',
      data: {
        numbers: [
          {
            id: ACME,
            tenant: 'acme',
            team: 'default',
            tier: {
              name: '1',
              counts: 'business_initiated',
              scope: 'number',
              limit: 1000,
              used: 1,
              roomAt: null,
            },
            throughput: { configured: 80, perSecond: 80 },
            learnt: false,
            quality: null,
            pause: null,
            templatesPause: null,
            waiting: { reply: 0, notification: 0, later: 0, tier: 0 },
          },
          { id: ZOO, onTheWay: 0 },
        ],
      },
    });
  });

  test('shows what Meta said: limits, quality, pauses with their title and end', async () => {
    const { client } = place.store;
    await learnLimits(client, shard, place.number, { tierLimit: 1, throughput: 20, quality: 'RED' });
    await sendOne();
    await pauseNumber(client, shard, place.number, { of: 'waba', code: '131042' });
    await queueFive();
    const untilMs = Date.now() + 3_600_500;
    await pauseNumber(client, shard, place.number, { of: 'templates', untilMs, code: 'restriction' });
    const { out } = await alur('numbers');
    expect(out).toMatch(/^100200300 {2}acme\/default {2}paused, tier full\n/);
    expect(out).toMatch(/tier +1 contact in 24 h, as Meta reported; configured is tier 1\n/);
    expect(out).toMatch(/used +1 contact in the last 24 h \(100 %\); room again\s+\S+ \(in 23h\)/);
    expect(out).toMatch(/throughput +20 a second, as Meta reported; configured is 80 a second\n/);
    expect(out).toMatch(/quality +RED\n/);
    expect(out).toMatch(/waiting +reply 0, notification 0, broadcast 5\n {2}on the way +0\n/);
    expect(out).toMatch(/paused +until it is lifted: 131042, The account cannot be billed\n/);
    expect(out).toMatch(/templates +none outside the window until \S+ \(in 1h\)\n/);
    expect((await json('numbers')).data.numbers[0]).toMatchObject({
      pause: { until: null, code: '131042', title: 'The account cannot be billed' },
      templatesPause: { until: new Date(untilMs).toISOString() },
      learnt: true,
      quality: 'RED',
    });
  });

  test('changes nothing, not even a Redis that no service has used', async () => {
    await place.store.client.flushall();
    const ran = await alur('numbers');
    expect([ran.exit, ran.err]).toEqual([0, expect.stringContaining('holds nothing of Alur')]);
    expect(await alur(`numbers pause ${ACME}`)).toMatchObject({ exit: 5, out: '' });
    expect(await alur(`numbers resume ${ACME}`)).toMatchObject({ exit: 5, out: '' });
    expect(await place.store.client.dbsize()).toBe(0);
  });
});

describe('alur numbers pause and resume', () => {
  test('holds a number for a time or until it is lifted, and lets it go', async () => {
    const ran = await alur(`numbers pause ${ACME} --for 1h`);
    expect(ran).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/^Number 100200300 is paused until .*\(in (1h|59m)\)/),
    });
    expect(await state()).toMatchObject({ pausedCode: 'operator' });
    expect((await state()).pausedUntilMs).toBeGreaterThan(Date.now() + 3_500_000);
    expect((await alur(`numbers pause ${ACME}`)).out).toContain('is paused until it is lifted.');
    expect((await state()).pausedUntilMs).toBe(Infinity);
    expect((await alur('numbers')).out).toMatch(
      /paused +until it is lifted: operator, Paused with `alur numbers pause`/,
    );
    expect((await alur(`numbers resume ${ACME}`)).out).toMatch(
      /^Number 100200300 goes on. Lifted:\n {2}the pause until it is lifted: operator/,
    );
    expect((await state()).pausedUntilMs).toBeUndefined();
    expect((await alur(`numbers resume ${ACME}`)).out).toBe('Number 100200300 was not paused.\n');
  });

  test('never shortens a pause that is there', async () => {
    await pauseNumber(place.store.client, shard, place.number, { of: 'number', code: '133010' });
    const ran = await alur(`numbers pause ${ACME} --for 30m`);
    expect(ran.out).toContain(
      'is paused longer than that already, until it is lifted: 133010, The number is not registered',
    );
    expect(await state()).toMatchObject({ pausedUntilMs: Infinity, pausedCode: '133010' });
  });

  test('asks the senders to look at the number at once', async () => {
    await pauseNumber(place.store.client, shard, place.number, { of: 'number', code: '131048' });
    expect(await place.store.client.zscore(`{s${shard}}:wakes`, ACME)).toBeNull();
    await alur(`numbers resume ${ACME}`);
    expect(Number(await place.store.client.zscore(`{s${shard}}:wakes`, ACME))).toBeLessThanOrEqual(
      Date.now(),
    );
  });

  test('lifts what holds the WABA for its other numbers too, and leaves their own pauses', async () => {
    const { client } = place.store;
    const { numbers = [] } = (await readBundle(join(place.cwd, 'twin'))).tenants[0]?.teams[0] ?? {};
    const twin = numbers.find(({ id }) => id === TWIN);
    if (!twin) throw new Error('the bundle has no twin');
    await pauseNumber(client, shard, twin, { of: 'waba', code: '368' });
    await pauseNumber(client, shard, twin, { of: 'number', code: '133010' });
    const ran = await alur(`numbers resume ${ACME} --bundle twin`);
    expect(ran.out).toContain('What held the WABA is lifted for 100200500 too.');
    expect(await readNumber(client, shard, twin)).toMatchObject({ pausedCode: '133010' });
    expect(Number(await client.zscore(`{s${shard}}:wakes`, TWIN))).toBeLessThanOrEqual(Date.now());
    expect(await client.zcard(`{s${shard}}:wakes`)).toBe(2);
  });

  test.each([
    ['numbers pause 1', 4, 'No number "1" in bundle'],
    ['numbers resume x', 4, 'No number "x" in bundle'],
    [`numbers pause ${ACME} --for soon`, 2, '--for must be a length of time'],
    ['numbers pause', 2, "missing required argument 'id'"],
    ['numbers paus 1', 2, 'too many arguments'],
    ['numbers --bundle nowhere', 4, 'there is no such file'],
  ])('%s exits with %d', async (line, exit, message) => {
    expect(await alur(line)).toMatchObject({ exit, out: '', err: expect.stringContaining(message) });
  });
});
