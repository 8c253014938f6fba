import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadFlows, type FlowSet } from '@alur/flow';
import { openStore, type Store } from '@alur/store';
import { createLogger, createMetrics } from '@alur/telemetry';
import { ConversationId, hash } from '@alur/types';
import { aBundle, aNumber, aTeam } from '../../../test/support/bundle.ts';
import { plainIntake } from '../../../test/support/events.ts';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { runClock, type ClockDeps } from './clock.ts';
import type { TeamFlows } from './flows/team-flows.ts';
import { createRunnerMetrics } from './metrics.ts';

let redis: TestRedis;
let store: Store;
let isStopping = false;
let clocks: Promise<void>[] = [];
let lines: { msg: string; schedule?: string }[] = [];

beforeEach(async () => {
  redis = await startRedis();
  store = await openStore({ url: redis.url, shards: 1 });
  [isStopping, clocks, lines] = [false, [], []];
});
afterEach(async () => {
  isStopping = true;
  await Promise.all(clocks);
  await store.close();
  await redis.stop();
});

const number = aNumber('100200300');
const bundle = aBundle([aTeam('default', 'default', { numbers: [number] })]);

/** A flow for each tag, which writes to who has it, once a year. */
function flowsFor(...tags: string[]): FlowSet {
  const sources = tags.map((tag) => ({
    path: `${tag}.ygtc`,
    text: `name: ${tag}
version: '1.0'
nodes:
  - { id: news, type: reply, config: { message: 'The news', outside_window: skip } }
triggers:
  - { type: timer, cron: '0 9 1 1 *', audience: { tag: ${tag} }, target: news }
`,
  }));
  const { flows } = loadFlows(sources);
  if (!flows) throw new Error('the flows do not load');
  return flows;
}

function start(set: FlowSet, more: Partial<ClockDeps> = {}): void {
  const flows: TeamFlows = {
    get: () => set,
    pinned: () => Promise.resolve(undefined),
    keep: () => Promise.resolve(),
    problems: () => new Map(),
    load: () => Promise.resolve(),
  };
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  clocks.push(
    runClock({
      client: store.client,
      shards: 1,
      intake: plainIntake(store),
      bundle: () => bundle,
      flows,
      stopping: () => isStopping,
      canWork: () => true,
      metrics: createRunnerMetrics(createMetrics('test')),
      logger: createLogger({ service: 'test', level: 'warn', destination }),
      ...more,
    }),
  );
}

const cidOf = (tag: string, index: number) => ConversationId.parse(hash('cid', tag, index));

/** Contacts with a tag, as turns would leave them. */
async function audience(tag: string, size: number): Promise<void> {
  const index = `{s0}:tagged:${hash('tag', 'default', 'default', tag)}`;
  for (let each = 0; each < size; each += 1) {
    const cid = cidOf(tag, each);
    const contact = JSON.stringify({
      waId: `${parseInt(hash(tag).slice(0, 8), 16)}${1_000 + each}`,
      tags: [tag],
    });
    await store.client.hset(`{s0}:conv:${cid}`, { version: 1, contact, session: '{"state":{}}', last: 5 });
    await store.client.zadd(index, 0, cid + number.id);
  }
}

const heard = async (tag: string, size: number) => {
  const inboxes = Array.from({ length: size }, (_, each) =>
    store.client.llen(`{s0}:inbox:${cidOf(tag, each)}`),
  );
  return (await Promise.all(inboxes)).reduce((sum, length) => sum + length, 0);
};

/** Lets the time of all schedules have come. */
async function comeDue(count: number): Promise<void> {
  const keys = await waitFor(async () => {
    const known = await store.client.keys('{s0}:schedule:*');
    return known.length === count ? known : undefined;
  }, 'the schedules to be planned');
  const now = Math.floor(Date.now() / 1_000);
  for (const key of keys) await store.client.hset(key, 'next', now);
}

async function isOver(): Promise<true | undefined> {
  const keys = await store.client.keys('{s0}:schedule:*');
  const running = await Promise.all(keys.map((key) => store.client.hexists(key, 'running')));
  return running.some((each) => each === 1) ? undefined : true;
}

describe('runClock()', () => {
  test('gives each contact one event, with two runners', async () => {
    await audience('weekly', 250);
    start(flowsFor('weekly'));
    start(flowsFor('weekly'));
    await comeDue(1);
    await waitFor(async () => ((await heard('weekly', 250)) >= 250 ? true : undefined), 'all to hear');
    await waitFor(isOver, 'the end');
    expect(await heard('weekly', 250)).toBe(250);
    expect(lines).toEqual([]);
  });

  test('keeps the others to their time when one schedule cannot be worked at, and says which', async () => {
    await audience('weekly', 3);
    const set = flowsFor('broken', 'weekly');
    const [broken, ...others] = set.schedules;
    if (!broken) throw new Error('there is no schedule');
    // Time zones go, and come, with the versions of Node.
    start({ ...set, schedules: [{ ...broken, timezone: 'Nowhere/Land' }, ...others] });
    await comeDue(1);
    await waitFor(async () => ((await heard('weekly', 3)) === 3 ? true : undefined), 'all to hear');
    expect(lines.every(({ msg, schedule }) => msg === 'clock.look_failed' && schedule === broken.id)).toBe(
      true,
    );
  });

  test('does not wait for a contact that cannot be read', async () => {
    await audience('weekly', 3);
    await store.client.hset(`{s0}:conv:${cidOf('weekly', 1)}`, 'contact', '{"tags":');
    await store.client.zadd(`{s0}:tagged:${hash('tag', 'default', 'default', 'weekly')}`, 0, 'no member');
    start(flowsFor('weekly'));
    await comeDue(1);
    await waitFor(async () => ((await heard('weekly', 3)) === 2 ? true : undefined), 'the others to hear');
    await waitFor(isOver, 'the end');
    expect(await store.client.hget(`{s0}:conv:${cidOf('weekly', 1)}`, 'contact')).toBe('{"tags":');
    expect(lines).toEqual([]);
  });

  test('fires timers of one shard while another cannot be asked', async () => {
    const cid = cidOf('any', 0);
    await store.client.hset(`{s1}:conv:${cid}`, 'timer', `${hash('evt')}{"at":1}`);
    await store.client.zadd('{s1}:timers', 1, cid);
    await store.client.set('{s0}:timers', 'of another kind');
    start(flowsFor('weekly'), { shards: 2 });
    await waitFor(
      async () => ((await store.client.llen(`{s1}:inbox:${cid}`)) === 1 ? true : undefined),
      'the timer to fire',
    );
  });

  test('brings many occurrences to their ends, a part of each at a time', async () => {
    const tags = Array.from({ length: 12 }, (_, each) => `t${each}`);
    for (const tag of tags) await audience(tag, 60);
    start(flowsFor(...tags));
    await comeDue(tags.length);
    const sizes = () => Promise.all(tags.map((tag) => heard(tag, 60)));
    const isAll = async () => ((await sizes()).every((size) => size === 60) ? true : undefined);
    await waitFor(isAll, 'all to hear', 20_000);
    await waitFor(isOver, 'the end');
  });
});
