import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createStatusTeller, createTierQueues, openStore, type Store, type TierQueues } from '@alur/store';
import { createLogger, createMetrics } from '@alur/telemetry';
import { hash } from '@alur/types';
import { plainIntake } from '../../../test/support/events.ts';
import { aBundle, aNumber, aTeam } from '../../../test/support/bundle.ts';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { createSenderMetrics } from './metrics.ts';
import { createReport } from './report.ts';
import { sweepOutbox, wakeNumbers, wakeOne, type SweepDeps } from './sweep-outbox.ts';
import { createWaker, type Waker } from './waker.ts';

let redis: TestRedis;
let store: Store;
let queues: TierQueues;
let waker: Waker;
const number = aNumber('7');
const bundle = aBundle([aTeam('default', 'default', { numbers: [number] })]);
const mid = hash('m');
const cid = hash('c');

beforeEach(async () => {
  redis = await startRedis();
  store = await openStore({ url: redis.url, shards: 1 });
  queues = createTierQueues(store.bull('queue'));
  waker = createWaker({ wake: (woken) => wakeOne(woken, deps()), onError: () => undefined });
});
afterEach(async () => {
  await waker.stop();
  await queues.close();
  await store.close();
  await redis.stop();
});

const deps = () => ({ client: store.client, queues, shards: 1, bundle: () => bundle });
const logger = createLogger({ service: 'test', level: 'silent' });
const sweep = (more: Partial<SweepDeps> = {}) =>
  sweepOutbox({
    ...deps(),
    logger,
    teller: createStatusTeller({ ...deps(), intake: plainIntake(store) }),
    graceMs: 1,
    floorMs: 1,
    waker,
    report: createReport(createSenderMetrics(createMetrics('test')), logger),
    ...more,
  });
const jobs = () => store.client.keys('{q-1}:tier-1:m-*');

describe('sweepOutbox()', () => {
  test('looks at numbers whose time has come, and lets go what waits in their lanes', async () => {
    await store.client.rpush('{s0}:lane:7:reply', mid + cid);
    await sweep();
    expect(await jobs()).toEqual([]);
    await store.client.zadd('{s0}:wakes', 1, '7');
    await sweep();
    await waitFor(async () => ((await jobs()).length === 1 ? true : undefined), 'the job');
    expect(await store.client.zcard('{s0}:wakes')).toBe(0);
  });

  test('adds the job of an admitted message again when it was lost', async () => {
    const data = { mid, cid, class: 'reply', tenant: 'default', team: 'default', number: '7', kind: 'text' };
    await store.client.hset(`{s0}:msg:${mid}`, { state: 'queued', attempt: 0, data: JSON.stringify(data) });
    await store.client.zadd('{s0}:admitted:7', 1, mid);
    await store.client.zadd('{s0}:outbox', 1, mid);
    await sweep();
    expect(await jobs()).toEqual([`{q-1}:tier-1:m-${mid}-1`]);
  });

  test('puts off what belongs to a number that is not in the bundle', async () => {
    const data = { mid, cid, class: 'reply', tenant: 'default', team: 'default', number: '8', kind: 'text' };
    await store.client.hset(`{s0}:msg:${mid}`, { state: 'queued', attempt: 0, data: JSON.stringify(data) });
    await store.client.zadd('{s0}:outbox', 1, mid);
    await store.client.zadd('{s0}:wakes', 1, '8');
    await sweep();
    const inAMinute = Date.now() + 50_000;
    expect(Number(await store.client.zscore('{s0}:outbox', mid))).toBeGreaterThan(inAMinute);
    expect(Number(await store.client.zscore('{s0}:wakes', '8'))).toBeGreaterThan(inAMinute);
  });

  test('tells the flows of a message that it parks', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const data = {
      mid,
      cid,
      class: 'broadcast',
      tenant: 'default',
      team: 'default',
      number: '7',
      kind: 'text',
    };
    const body = { to: { waId: '15550001' }, message: { kind: 'text', text: 'hi' } };
    const record = { state: 'unknown', attempt: 2, started: now * 1_000 - 60_000 };
    const json = { data: JSON.stringify(data), body: JSON.stringify(body), facts: '{}' };
    await store.client.hset(`{s0}:msg:${mid}`, { ...record, ...json });
    await store.client.zadd('{s0}:outbox', 1, mid);
    await store.client.hset('{s0}:wants', 'default/default', '{"statuses":true}');
    await sweep();
    await sweep();
    const [inbox = ''] = await store.client.keys('{s0}:inbox:*');
    const items = await store.client.lrange(inbox, 0, -1);
    expect(items.map((item) => JSON.parse(item.slice(32)).status)).toEqual([
      { state: 'dead', reason: 'unknown_outcome' },
    ]);
  });

  test('takes a message without a record off the books', async () => {
    await store.client.zadd('{s0}:outbox', 1, mid);
    await sweep();
    expect(await store.client.zcard('{s0}:outbox')).toBe(0);
  });
});

describe('wakeNumbers()', () => {
  test('looks at every number of the bundle', async () => {
    await store.client.rpush('{s0}:lane:7:reply', mid + cid);
    await wakeNumbers(deps());
    expect(await jobs()).toHaveLength(1);
  });
});
