import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDemoBundle, readBundle, type Bundle } from '@alur/bundle';
import { loadFlows, type FlowSet } from '@alur/flow';
import { createReadyReader, createTierQueues, createTurns, openStore, type Store } from '@alur/store';
import { createLogger, createMetrics } from '@alur/telemetry';
import { plainIntake, textEvent } from '../../../test/support/events.ts';
import { replyFlow } from '../../../test/support/flows.ts';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { createRunnerMetrics } from './metrics.ts';
import { createTierRoom } from './tier-room.ts';
import { workConversation, type WorkDeps } from './work-conversation.ts';

let redis: TestRedis;
let store: Store;
let dir: string;
let bundle: Bundle;

beforeEach(async () => {
  redis = await startRedis();
  store = await openStore({ url: redis.url, shards: 1 });
  dir = await mkdtemp(join(tmpdir(), 'alur-runner-'));
  const url = 'http://127.0.0.1:1';
  await makeDemoBundle({
    dir,
    publicBaseUrl: url,
    graphBaseUrl: url,
    flows: [],
    random: (bytes) => 'ab'.repeat(bytes),
  });
  bundle = await readBundle(dir);
});
afterEach(async () => {
  await store.close();
  await redis.stop();
  await rm(dir, { recursive: true });
});

const number = () => bundle.tenants[0]?.teams[0]?.numbers[0]?.id ?? '';
const reader = () =>
  createReadyReader({ client: store.client, blocking: store.client, shard: 0, consumer: 'a' });
const accept = (...words: string[]) =>
  plainIntake(store).accept(
    words.map((text) => textEvent({ wamid: `wamid.${text}`, waId: '15550001', number: number(), text })),
  );

function work(flows: FlowSet | undefined, more: Partial<WorkDeps> = {}): WorkDeps {
  const queues = createTierQueues(store.bull('queue'));
  return {
    turns: createTurns(store.client),
    queues,
    client: store.client,
    tierRoom: createTierRoom(store),
    shards: 1,
    bundle: () => bundle,
    flows: { get: () => flows, problems: () => new Map(), load: () => Promise.resolve() },
    stopping: () => false,
    release: () => Promise.resolve(),
    metrics: createRunnerMetrics(createMetrics('test')),
    logger: createLogger({ service: 'test', level: 'silent' }),
    ...more,
  };
}
const goodFlows = (): FlowSet => {
  const { flows } = loadFlows([{ path: 'say.ygtc', text: replyFlow('{{message.text}}') }]);
  if (!flows) throw new Error('the flow does not load');
  return flows;
};
const sent = async (): Promise<unknown[]> => {
  const keys = await store.client.call('KEYS', '{s0}:msg:*');
  const records = Array.isArray(keys) ? keys.map(String) : [];
  const data = await Promise.all(records.map((key) => store.client.hget(key, 'body')));
  return data.map((json) => JSON.parse(json ?? 'null').message.text).sort();
};
const aside = () => store.client.xlen('{s0}:quarantine');
const ready = () => store.client.xlen('{s0}:ready');

async function run(deps: WorkDeps, recovered = false): Promise<void> {
  const entries = recovered ? await reader().recover(10, 0) : await reader().read(10, 10);
  for (const entry of entries) await workConversation(entry, deps);
  await deps.queues.close();
}

describe('workConversation()', () => {
  test('takes all events of a conversation in order', async () => {
    await accept('a', 'b', 'c');
    await run(work(goodFlows()));
    expect(await sent()).toEqual(['a', 'b', 'c']);
    expect(await ready()).toBe(0);
  });

  test('keeps an event aside that makes the engine throw, answers with the fallback, and goes on', async () => {
    const broken = new Proxy(goodFlows(), {
      get: () => {
        throw new Error('broken');
      },
    });
    const team = bundle.tenants[0]?.teams[0];
    if (team) team.fallbackMessage = 'Sorry, something went wrong';
    await accept('a', 'b');
    await run(work(broken));
    expect(await sent()).toEqual(['Sorry, something went wrong', 'Sorry, something went wrong']);
    expect([await aside(), await ready()]).toEqual([2, 0]);
  });

  test('sets an event aside that lost ten owners, and an item that is no event', async () => {
    await accept('a', 'b');
    const [entry] = await reader().read(1, 10);
    const turns = createTurns(store.client);
    for (let lost = 0; lost < 10 && entry; lost += 1) await turns.load({ ...entry, recovered: true });
    if (entry) await store.client.rpush(`{s0}:inbox:${entry.cid}`, `${'0'.repeat(32)}{"kind":"of nothing"}`);
    await run(work(goodFlows()), true);
    expect(await sent()).toEqual(['b']);
    expect([await aside(), await ready()]).toEqual([2, 0]);
  });

  test('leaves a conversation pending while its team has no flows, without counting that as a loss', async () => {
    await accept('a');
    await run(work(undefined));
    for (let again = 0; again < 12; again += 1) await run(work(undefined), true);
    expect([await ready(), await aside()]).toEqual([1, 0]);
    await run(work(goodFlows()), true);
    expect(await sent()).toEqual(['a']);
  });

  test('stops after the event in hand and gives the rest back', async () => {
    await accept('a', 'b');
    let released = 0;
    const release = () => {
      released += 1;
      return Promise.resolve();
    };
    await run(work(goodFlows(), { stopping: () => true, release }));
    expect([await sent(), released, await ready()]).toEqual([['a'], 1, 1]);
  });
});
