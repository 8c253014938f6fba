import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createReadyReader, openStore, type ReadyEntry, type Store } from '@alur/store';
import { createLogger, createMetrics } from '@alur/telemetry';
import { plainIntake, textEvent } from '../../../test/support/events.ts';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { createRunnerMetrics } from './metrics.ts';
import { startLoops, type LoopDeps, type Loops } from './run-loops.ts';

let redis: TestRedis;
let store: Store;
let loops: Loops[] = [];
let isStopping = false;

beforeEach(async () => {
  redis = await startRedis();
  store = await openStore({ url: redis.url, shards: 1 });
  [loops, isStopping] = [[], false];
});
afterEach(async () => {
  isStopping = true;
  await Promise.all(loops.map((each) => each.stopped()));
  await store.close();
  await redis.stop();
});

const accept = (waId: string) => plainIntake(store).accept([textEvent({ wamid: `wamid.${waId}`, waId })]);

function start(consumer: string, work: LoopDeps['work'], concurrency = 4): void {
  const { client } = store;
  const reader = createReadyReader({ client, blocking: store.blocking(), shard: 0, consumer });
  loops.push(
    startLoops({
      reader,
      work,
      concurrency,
      leaseMs: 500,
      stopping: () => isStopping,
      canWork: () => true,
      metrics: createRunnerMetrics(createMetrics('test')),
      logger: createLogger({ service: 'test', level: 'silent' }),
    }),
  );
}

describe('startLoops()', () => {
  test('keeps a conversation for as long as it takes, however short the lease is', async () => {
    const owners: string[] = [];
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const lengthy = (name: string) => async () => {
      owners.push(name);
      await ended;
    };
    start('a', lengthy('a'));
    await accept('15550001');
    await waitFor(() => (owners.length > 0 ? true : undefined), 'somebody to begin');
    // Out of step with the first, so that it looks while that one does not.
    setTimeout(() => start('b', lengthy('b')), 1_000);
    const longEnough = Date.now() + 4_500;
    await waitFor(
      () => (owners.length > 1 || Date.now() > longEnough ? true : undefined),
      'the lease to pass',
    );
    end();
    expect(owners).toEqual(['a']);
  });

  test('gives the place of a conversation that waits for somebody else to another', async () => {
    const done: string[] = [];
    let answer = () => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    let waiting = '';
    start(
      'a',
      async ({ cid }, outside) => {
        waiting ||= cid;
        if (cid === waiting) await outside(() => answered);
        done.push(cid);
      },
      1,
    );
    await accept('15550001');
    await waitFor(() => (waiting === '' ? undefined : true), 'the first to wait');
    await accept('15550002');
    await accept('15550003');
    await waitFor(() => (done.length === 2 ? true : undefined), 'the others to be taken');
    expect(done).not.toContain(waiting);
    answer();
    await waitFor(() => (done.includes(waiting) ? true : undefined), 'the first to go on');
  });

  test('leaves a conversation that fails by itself, so that others have its place', async () => {
    let failed = 0;
    const done: string[] = [];
    let poison = '';
    const work = async ({ cid }: ReadyEntry) => {
      poison ||= cid;
      if (cid === poison) {
        failed += 1;
        throw new Error('WRONGTYPE');
      }
      done.push(cid);
      await Promise.resolve();
    };
    start('a', work, 1);
    await accept('15550001');
    await waitFor(() => (failed > 0 ? true : undefined), 'the first to fail');
    await accept('15550002');
    await waitFor(() => (done.length > 0 ? true : undefined), 'the second to be taken');
    expect(failed).toBeLessThan(14);
  });
});
