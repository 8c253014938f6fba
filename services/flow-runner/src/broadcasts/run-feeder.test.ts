import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  addRecipients,
  broadcastId,
  claim,
  countOutcomes,
  createBroadcast,
  createTierQueues,
  finish,
  learnLimits,
  mergeStatuses,
  moveBroadcast,
  openStore,
  readBroadcast,
  readEmitted,
  type BroadcastRef,
  type MessageRef,
  type Store,
  type TierQueues,
} from '@alur/store';
import { createLogger, createMetrics } from '@alur/telemetry';
import { ConversationId, MessageId } from '@alur/types';
import { z } from 'zod';
import { aBundle, aNumber, aTeam } from '../../../../test/support/bundle.ts';
import { startRedis, type TestRedis } from '../../../../test/support/redis.ts';
import { waitFor } from '../../../../test/support/wait.ts';
import { createRunnerMetrics } from '../metrics.ts';
import { createLateRounds } from './late-rounds.ts';
import { createRates } from './rates.ts';
import type { FeederDeps, FeederMemory } from './feeder.ts';
import { lookAtBroadcasts, runFeeder } from './run-feeder.ts';

let redis: TestRedis;
let store: Store;
let queues: TierQueues;
/** What the runner's clock is ahead of Redis's. */
let aheadMs: number;
let lines: string[];
let isStopping: boolean;
let memory: FeederMemory;

beforeEach(async () => {
  redis = await startRedis();
  store = await openStore({ url: redis.url, shards: 1 });
  queues = createTierQueues(store.bull('queue'));
  [aheadMs, lines, isStopping] = [0, [], false];
  memory = { late: createLateRounds(), rates: createRates() };
});
afterEach(async () => {
  isStopping = true;
  await queues.close();
  await store.close();
  await redis.stop();
});

const NUMBER = aNumber('100200300', { tier: 'unlimited', throughput: 1_000 });
const subscriber = { id: 'crm', url: 'https://crm.example', events: ['broadcast.*'], secrets: ['s'] };
const bundle = aBundle([aTeam('default', 'default', { numbers: [NUMBER], subscribers: [subscriber] })]);
const TEMPLATE = { name: 'news', language: { code: 'en' }, components: [] };

function deps(owner = 'a'): FeederDeps {
  const destination = { write: (line: string) => void lines.push(line) };
  return {
    client: store.client,
    shards: 1,
    queues,
    bundle: () => bundle,
    stopping: () => isStopping,
    canWork: () => true,
    metrics: createRunnerMetrics(createMetrics('test')),
    logger: createLogger({ service: 'test', level: 'info', destination }),
    owner,
    now: () => Date.now() + aheadMs,
  };
}

/** One look, late enough for what had nothing to do before. */
async function look(owner = 'a'): Promise<void> {
  aheadMs += 3_000;
  await lookAtBroadcasts(0, deps(owner), memory);
}

async function draft(count: number, key = 'a'): Promise<BroadcastRef> {
  const ref = { shard: 0, tenant: 'default', team: 'default', bid: broadcastId('default', 'default', key) };
  const plan = { name: 'News', number: NUMBER.id, template: TEMPLATE, columns: [], headings: {} };
  await createBroadcast(store.client, ref, plan);
  const first = 628_000_000_000 + Number.parseInt(ref.bid.slice(0, 4), 16) * 1_000_000;
  for (let from = 0; from < count; from += 1_000) {
    const part = Array.from({ length: Math.min(1_000, count - from) }, (_, place) => ({
      waId: String(first + from + place),
      values: [],
    }));
    await addRecipients(store.client, ref, part);
  }
  return ref;
}

const Facts = z.object({ entry: z.string() });

/** Sends what is in the queue, as a sender does; a few that are held come back. */
async function send(): Promise<MessageRef[]> {
  const mids = await store.client.zrange(`{s0}:admitted:${NUMBER.id}`, '0', '-1');
  const sent: MessageRef[] = [];
  for (const mid of mids) {
    const facts = Facts.parse(JSON.parse((await store.client.hget(`{s0}:msg:${mid}`, 'facts')) ?? ''));
    const cid = ConversationId.parse(facts.entry.slice(32));
    const ref: MessageRef = { mid: MessageId.parse(mid), cid, class: 'broadcast', shard: 0, number: NUMBER };
    const claimed = await claim(store.client, ref, { leaseMs: 15_000, handMs: 200 });
    if (claimed.kind !== 'go') continue;
    const outcome = { kind: 'sent' as const, wamid: `wamid.${mid}` };
    await finish(store.client, ref, claimed.attempt, { outcome, maxTries: 5, credentialMark: '', spread: 1 });
    sent.push(ref);
  }
  return sent;
}

const outcomes = async (ref: BroadcastRef) =>
  (await countOutcomes(store.client, ref, (await readBroadcast(store.client, ref))?.total ?? 0)).states;
const stateOf = async (ref: BroadcastRef) => (await readBroadcast(store.client, ref))?.state;
const events = async () =>
  (await readEmitted(store.client, 0, '', 100)).map(({ type, payload }) => ({ type, payload }));

/** Looks and sends in turn until it is over. */
async function runToEnd(ref: BroadcastRef): Promise<number> {
  let sent = 0;
  await waitFor(
    async () => {
      await look();
      sent += (await send()).length;
      return (await stateOf(ref)) === 'done' ? true : undefined;
    },
    'the broadcast to be done',
    60_000,
  );
  return sent;
}

describe('lookAtBroadcasts()', () => {
  test('keeps only so many open, goes on as they go, and tells of the beginning and the end', async () => {
    const ref = await draft(3_000);
    await moveBroadcast(store.client, ref, 'start');
    await look();
    expect(await outcomes(ref)).toMatchObject({ queued: 2_000, waiting: 1_000 });
    await look();
    expect(await outcomes(ref)).toMatchObject({ queued: 2_000, waiting: 1_000 });
    const sent = (await send()).length;
    await look();
    expect(await outcomes(ref)).toMatchObject({ sent });
    expect(sent + (await runToEnd(ref))).toBe(3_000);
    await look();
    expect((await events()).map(({ type }) => type)).toEqual(['broadcast.started', 'broadcast.done']);
    expect(lines.join('')).not.toContain('62800');
  }, 90_000);

  test('two broadcasts of one number share what may be open', async () => {
    const [one, two] = [await draft(3_000, 'a'), await draft(3_000, 'b')];
    await moveBroadcast(store.client, one, 'start');
    await moveBroadcast(store.client, two, 'start');
    await look();
    expect([(await outcomes(one)).queued, (await outcomes(two)).queued]).toEqual([1_000, 1_000]);
  });

  test('stops itself when the quality goes down, takes back what waits, and goes on only when told', async () => {
    const ref = await draft(500);
    await moveBroadcast(store.client, ref, 'start');
    await look();
    const sent = (await send()).length;
    await learnLimits(store.client, 0, NUMBER, { quality: 'flagged' });
    await look();
    expect(await stateOf(ref)).toBe('stopped');
    expect(await send()).toEqual([]);
    await look();
    expect(await outcomes(ref)).toMatchObject({ sent, waiting: 500 - sent, queued: 0 });
    expect((await events()).at(-1)).toMatchObject({
      type: 'broadcast.stopped',
      payload: { reason: 'quality' },
    });
    await look();
    expect(await stateOf(ref)).toBe('stopped');
    await moveBroadcast(store.client, ref, 'resume', { quality: 'flagged' });
    expect(sent + (await runToEnd(ref))).toBe(500);
  }, 60_000);

  test('takes back what a caller who was lost had only paused', async () => {
    const ref = await draft(50);
    await moveBroadcast(store.client, ref, 'start');
    await look();
    await moveBroadcast(store.client, ref, 'pause');
    expect((await outcomes(ref)).queued).toBe(50);
    await look();
    expect(await outcomes(ref)).toMatchObject({ queued: 0, waiting: 50 });
  });

  test('one that is scheduled begins at its time', async () => {
    const ref = await draft(5);
    await moveBroadcast(store.client, ref, 'schedule', { startAtMs: Date.now() + aheadMs + 60_000 });
    await look();
    expect(await stateOf(ref)).toBe('scheduled');
    // A feeder that has just put it off did not know of its new time: it is looked at too early.
    await store.client.zadd('{s0}:feeds', 'XX', Date.now(), `default/default/${ref.bid}`);
    await look();
    expect(await stateOf(ref)).toBe('scheduled');
    aheadMs += 60_000;
    await look();
    expect(await stateOf(ref)).toBe('running');
  });

  test.each([
    ['the end', async (ref: BroadcastRef) => runToEnd(ref)],
    [
      'a cancel that took the second recipient back',
      async (ref: BroadcastRef) => {
        await moveBroadcast(store.client, ref, 'cancel');
        await store.client.hset(`{s0}:broadcast:${ref.bid}`, 'fed', 1);
        await look();
      },
    ],
  ])('receipts that come after %s are in the outcomes', async (_what, end) => {
    const ref = await draft(3);
    await moveBroadcast(store.client, ref, 'start');
    await look();
    const sent = await send();
    await end(ref);
    const statuses = sent.map(({ mid }) => ({
      number: NUMBER,
      status: { number: NUMBER.id, wamid: `wamid.${mid}`, status: 'read' as const, at: 1, mid, attempt: 1 },
    }));
    await mergeStatuses(store.client, 0, statuses);
    aheadMs += 1_000;
    await look();
    expect((await outcomes(ref)).read).toBe(0);
    for (let round = 0; round < 5; round += 1) {
      aheadMs += 60_000;
      await look();
    }
    expect((await outcomes(ref)).read).toBe(3);
  });

  test('another runner takes over from one that was lost, not from one that lives', async () => {
    const ref = await draft(10);
    await moveBroadcast(store.client, ref, 'start');
    await store.client.set('{s0}:feeder', 'a', 'PX', 60_000);
    await look('b');
    expect((await outcomes(ref)).queued).toBe(0);
    await store.client.del('{s0}:feeder');
    await look('b');
    expect((await outcomes(ref)).queued).toBe(10);
  });

  test('a broadcast whose number is gone waits and harms no other', async () => {
    const ref = await draft(5, 'a');
    await store.client.hset(
      `{s0}:broadcast:${ref.bid}`,
      'plan',
      JSON.stringify({ name: 'x', number: '9', template: TEMPLATE, columns: [], headings: {} }),
    );
    const other = await draft(5, 'b');
    await moveBroadcast(store.client, ref, 'start');
    await moveBroadcast(store.client, other, 'start');
    await look();
    expect([(await outcomes(ref)).queued, (await outcomes(other)).queued]).toEqual([0, 5]);
  });
});

test('runFeeder() looks until it is to stop', async () => {
  const ref = await draft(5);
  aheadMs = 3_600_000;
  const running = runFeeder(deps());
  await moveBroadcast(store.client, ref, 'start');
  await waitFor(async () => ((await outcomes(ref)).queued === 5 ? true : undefined), 'it to be fed');
  isStopping = true;
  await running;
});
