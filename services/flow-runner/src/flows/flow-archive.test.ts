import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkFlows, loadFlows } from '@alur/flow';
import { openStore, type Store } from '@alur/store';
import { replyFlow } from '../../../../test/support/flows.ts';
import { startRedis, type TestRedis } from '../../../../test/support/redis.ts';
import type { CheckTask } from './check-task.ts';
import { createFlowArchive, type FlowArchive, type KnownSet, UnreadableFlowsError } from './flow-archive.ts';

let redis: TestRedis;
let store: Store;
let checks: number;
const team = { tenant: 'default', id: 'default' };

beforeEach(async () => {
  redis = await startRedis();
  store = await openStore({ url: redis.url, shards: 1 });
  checks = 0;
});
afterEach(async () => {
  await store.close();
  await redis.stop();
});

/** Each is what another process would have. */
const archive = (check = checkFlows): FlowArchive =>
  createFlowArchive({
    client: store.client,
    shards: 1,
    check: ({ sources, strict }: CheckTask) => {
      checks += 1;
      return Promise.resolve().then(() => check(sources, { strict }));
    },
  });

function setOf(word: string): KnownSet {
  const files = [{ path: 'flows/say.ygtc', text: replyFlow(word) }];
  const { flows } = loadFlows(files);
  if (!flows) throw new Error('the flow does not load');
  return { set: flows, files };
}

describe('createFlowArchive()', () => {
  test('finds what another process kept, and checks it once however many ask', async () => {
    const known = setOf('a');
    await archive().keep(team, known);
    const other = archive();
    const found = await Promise.all([1, 2, 3].map(() => other.find(team, known.set.hash)));
    expect(found.map((each) => [each?.set.hash, each?.files])).toEqual(
      found.map(() => [known.set.hash, known.files]),
    );
    expect(checks).toBe(1);
  });

  test('finds nothing of another team, nor what nobody kept, and asks again for it', async () => {
    const known = setOf('a');
    const own = archive();
    expect(await own.find(team, known.set.hash)).toBeUndefined();
    await own.keep({ ...team, id: 'other' }, known);
    expect(await own.find(team, known.set.hash)).toBeUndefined();
    await own.keep(team, known);
    expect(await own.find(team, known.set.hash)).toBeDefined();
  });

  test('is without a set that a newer version refuses', async () => {
    const known = setOf('a');
    await archive().keep(team, known);
    const refused = archive(() => ({ findings: [] }));
    expect(await refused.find(team, known.set.hash)).toBeUndefined();
  });

  test('tells a set that cannot be checked from one that is gone, and does not try again at once', async () => {
    const known = setOf('a');
    await archive().keep(team, known);
    const broken = archive(() => {
      throw new RangeError('the thread ended early');
    });
    for (let again = 0; again < 3; again += 1)
      await expect(broken.find(team, known.set.hash)).rejects.toBeInstanceOf(UnreadableFlowsError);
    expect(checks).toBe(1);
    expect(await archive().find(team, known.set.hash)).toBeDefined();
  });

  test('starts again with the last good set, and says what it wants to hear of', async () => {
    const [first, second] = [setOf('a'), setOf('b')];
    const one = archive();
    await one.setLastGood(team, first);
    await one.setLastGood(team, second);
    expect((await archive().lastGood(team))?.set.hash).toBe(second.set.hash);
    expect(await archive().lastGood({ ...team, id: 'other' })).toBeUndefined();
    expect(await store.client.hget('{s0}:wants', 'default/default')).toBe('{"statuses":false}');
  });

  test('has at most fifty former sets in memory', async () => {
    const keeper = archive();
    const sets = Array.from({ length: 52 }, (_, index) => setOf(`v${index}`));
    for (const each of sets) await keeper.keep(team, each);
    const own = archive();
    for (const { set } of sets) await own.find(team, set.hash);
    await own.find(team, sets[51]?.set.hash ?? '');
    expect(checks).toBe(52);
    await own.find(team, sets[0]?.set.hash ?? '');
    expect(checks).toBe(53);
  });
});
