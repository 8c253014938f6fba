import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDemoBundle, readBundle, type Bundle } from '@alur/bundle';
import { loadFlows, type FlowSet } from '@alur/flow';
import {
  createReadReceipts,
  createReadyReader,
  createTierQueues,
  createTurns,
  openStore,
  type Store,
} from '@alur/store';
import { InboundEvent } from '@alur/types';
import { createLogger, createMetrics } from '@alur/telemetry';
import { plainIntake, textEvent } from '../../../test/support/events.ts';
import { replyFlow } from '../../../test/support/flows.ts';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { UnreadableFlowsError } from './flows/flow-archive.ts';
import { createRunnerMetrics } from './metrics.ts';
import type { TeamFlows } from './flows/team-flows.ts';
import { createTierRoom } from './tier-room.ts';
import { createWebCaller } from './web/web-caller.ts';
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
    readReceipts: createReadReceipts({ client: store.client, bull: store.bull('queue'), shards: 1 }),
    tierRoom: createTierRoom(store),
    shards: 1,
    bundle: () => bundle,
    flows: teamFlows(flows),
    web: createWebCaller(),
    outside: (wait) => wait(),
    stopping: () => false,
    release: () => Promise.resolve(),
    metrics: createRunnerMetrics(createMetrics('test')),
    logger: createLogger({ service: 'test', level: 'silent' }),
    ...more,
  };
}
function teamFlows(set: FlowSet | undefined): TeamFlows {
  return {
    get: () => set,
    pinned: (_tenant, _team, hash) => Promise.resolve(set?.hash === hash ? set : undefined),
    keep: () => Promise.resolve(),
    problems: () => new Map(),
    load: () => Promise.resolve(),
  };
}
const goodFlows = (): FlowSet => {
  const { flows } = loadFlows([{ path: 'say.ygtc', text: replyFlow('{{message.text}}') }]);
  if (!flows) throw new Error('the flow does not load');
  return flows;
};
/** Calls a service so many times in one turn. */
function greedyFlow(host: string, calls: number): string {
  const nodes = Array.from({ length: calls }, (_, index) => {
    const next = index < calls - 1 ? `c${index + 1}` : 'done';
    return `  - { id: c${index}, type: http, config: { url: '${host}/${index}' }, next: ${next}, on_error: sorry }`;
  });
  return `name: greedy
version: '1.0'
nodes:
${nodes.join('\n')}
  - { id: done, type: reply, config: { message: Done } }
  - { id: sorry, type: reply, config: { message: Too much } }
triggers:
  - { type: message, target: c0 }
`;
}
const sent = async (): Promise<unknown[]> => {
  const keys = await store.client.call('KEYS', '{s0}:msg:*');
  const records = Array.isArray(keys) ? keys.map(String) : [];
  const data = await Promise.all(records.map((key) => store.client.hget(key, 'body')));
  return data.map((json) => JSON.parse(json ?? 'null').message.text).sort();
};
function logged() {
  const lines: { msg: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { lines, logger: createLogger({ service: 'test', level: 'info', destination }) };
}
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

  test('ends the wait of a run whose timer makes the engine throw', async () => {
    const broken = new Proxy(goodFlows(), {
      get: () => {
        throw new Error('broken');
      },
    });
    await accept('a');
    await run(work(goodFlows()));
    const [conversation = ''] = await store.client.keys('{s0}:conv:*');
    const wait = {
      for: 'message',
      flows: 'x',
      flow: 'x',
      node: 'x',
      input: {},
      outputs: {},
      callers: [],
      tries: {},
    };
    await store.client.hset(conversation, 'session', JSON.stringify({ state: { k: 1 }, epoch: 1, wait }));
    const event = textEvent({ wamid: 't', waId: '15550001', number: number() });
    await plainIntake(store).accept([InboundEvent.parse({ ...event, kind: 'timer', epoch: 1 })]);
    const flows = { ...teamFlows(undefined), get: () => broken };
    await run(work(broken, { flows }));
    const session = await store.client.hget(conversation, 'session');
    expect(JSON.parse(session ?? '')).toEqual({ state: { k: 1 }, epoch: 1 });
  });

  test('sets an event aside that lost ten owners', async () => {
    await accept('a', 'b');
    const [entry] = await reader().read(1, 10);
    const turns = createTurns(store.client);
    for (let lost = 0; lost < 10 && entry; lost += 1) await turns.load({ ...entry, recovered: true });
    await run(work(goodFlows()), true);
    expect(await sent()).toEqual(['b']);
    expect([await aside(), await ready()]).toEqual([1, 0]);
  });

  test('leaves an event of a kind that it does not know to others, and sets it aside when ten did not', async () => {
    await accept('a');
    const [inbox = ''] = await store.client.keys('{s0}:inbox:*');
    await store.client.lpush(inbox, `${'0'.repeat(32)}{"kind":"of a newer version"}`);
    await run(work(goodFlows()));
    for (let again = 0; again < 9; again += 1) await run(work(goodFlows()), true);
    expect([await sent(), await aside(), await ready()]).toEqual([[], 0, 1]);
    await run(work(goodFlows()), true);
    expect([await sent(), await aside(), await ready()]).toEqual([['a'], 1, 0]);
  });

  test.each([
    ['session', '{"state":{},"epoch":0,"wait":{"for":"a newer reason"}}'],
    ['session', '{"state":'],
    ['contact', '[]'],
  ])('leaves a conversation whose %s it cannot read, for as long as it takes', async (field, json) => {
    await accept('a');
    const [entry] = await reader().read(1, 10);
    const conversation = `{s0}:conv:${entry?.cid ?? ''}`;
    await store.client.hset(conversation, field, json);
    const { lines, logger } = logged();
    for (let again = 0; again < 12; again += 1) await run(work(goodFlows(), { logger }), true);
    expect([await sent(), await aside(), await ready()]).toEqual([[], 0, 1]);
    expect(lines[0]).toMatchObject({ msg: 'conversation.unreadable' });
    await store.client.hdel(conversation, field);
    await run(work(goodFlows()), true);
    expect(await sent()).toEqual(['a']);
  });

  test('leaves a conversation that waits in flows that cannot be checked now', async () => {
    const flows = {
      ...teamFlows(goodFlows()),
      pinned: () => Promise.reject(new UnreadableFlowsError('the thread ended early')),
    };
    await accept('a');
    const [entry] = await reader().read(1, 10);
    const wait = { for: 'message', flows: 'old', flow: 'say', node: 'say', input: {} };
    const session = { state: {}, epoch: 1, wait: { ...wait, outputs: {}, callers: [], tries: {} } };
    await store.client.hset(`{s0}:conv:${entry?.cid ?? ''}`, 'session', JSON.stringify(session));
    for (let again = 0; again < 12; again += 1) await run(work(goodFlows(), { flows }), true);
    expect([await sent(), await aside(), await ready()]).toEqual([[], 0, 1]);
    await run(work(goodFlows()), true);
    expect(await sent()).toEqual(['a']);
  });

  test('fails a call when the answers of its turn are together more than Redis should carry', async () => {
    let calls = 0;
    const shop = createServer((_, response) => {
      calls += 1;
      response.end('x'.repeat(250_000));
    });
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    const address = shop.address();
    const host = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    const team = bundle.tenants[0]?.teams[0];
    if (team) team.httpAllow = [host];
    const { flows } = loadFlows([{ path: 'greedy.ygtc', text: greedyFlow(host, 40) }]);
    await accept('a');
    const deps = work(flows);
    await run(deps);
    deps.web.close();
    shop.close();
    expect([await sent(), calls]).toEqual([['Too much'], 5]);
  });

  test('says of what the engine threw where, but not its words', async () => {
    const broken = new Proxy(goodFlows(), {
      get: () => {
        throw new SyntaxError('Cannot convert my secret\nwords to a BigInt');
      },
    });
    await accept('my secret\nwords');
    const { lines, logger } = logged();
    await run(work(broken, { logger }));
    expect(JSON.stringify(lines)).not.toMatch(/secret|words/);
    const thrown = { msg: 'turn.threw', type: 'SyntaxError' };
    expect(lines).toContainEqual(expect.objectContaining(thrown));
    expect(JSON.stringify(lines)).toContain('work-conversation.test.ts');
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

  test('lets another have the conversation at once that has changed under the turn', async () => {
    await accept('a');
    let released = 0;
    const release = () => {
      released += 1;
      return Promise.resolve();
    };
    const turns = createTurns(store.client);
    const load: typeof turns.load = async (entry) => {
      const loaded = await turns.load(entry);
      await store.client.hincrby(`{s0}:conv:${entry.cid}`, 'version', 1);
      return loaded;
    };
    await run(work(goodFlows(), { turns: { ...turns, load }, release }));
    expect([await sent(), released, await ready()]).toEqual([[], 1, 1]);
  });
});
