import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createReadyReader,
  pauseNumber,
  shardOf,
  startTierWorker,
  takeSubscription,
  type TierWorker,
} from '@alur/store';
import { TIER_NAMES } from '@alur/types';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { waitFor } from '../../../../../test/support/wait.ts';
import { buryMessage } from '../../testing/bury-message.ts';
import { runAlur } from '../../testing/run-alur.ts';
import { startTestPlace, type TestPlace } from '../../testing/test-place.ts';

const Report = z.object({
  ok: z.boolean(),
  data: z.looseObject({ ready: z.boolean(), problems: z.array(z.string()) }),
});

let place: TestPlace;
const shard = shardOf('acme', 3);
beforeAll(async () => {
  place = await startTestPlace();
});
afterAll(() => place.stop());
beforeEach(async () => {
  await place.store.client.flushall();
  await place.store.client.hset('alur:meta', 'shards', 3);
});

let workers: TierWorker[] = [];
let connections: Redis[] = [];
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  for (const connection of connections) connection.disconnect();
  workers = [];
  connections = [];
});

const words = () => ['--bundle', 'one', '--redis', place.redis.url];
const status = () => runAlur(['status', ...words()], place.cwd);
async function json() {
  const { out, exit } = await runAlur(['status', ...words(), '--json'], place.cwd);
  return { ...Report.parse(JSON.parse(out)), exit };
}

function connection(): Redis {
  const made = new Redis(place.redis.url, { maxRetriesPerRequest: null });
  connections.push(made);
  return made;
}

/** What a runner and a sender leave in Redis while they live. */
async function startServices(): Promise<void> {
  const client = connection();
  const reader = createReadyReader({ client, blocking: connection(), shard, consumer: 'runner-1' });
  workers = TIER_NAMES.map((tier) =>
    startTierWorker({
      tier,
      concurrency: 1,
      client: connection(),
      process: () => Promise.resolve({ kind: 'done' }),
      onError: () => undefined,
    }),
  );
  await waitFor(async () => {
    await reader.read(1, 10);
    const { out } = await status();
    return out.includes('1 connected') && out.includes('1 seen') ? true : undefined;
  }, 'both to be seen');
}

describe('alur status', () => {
  test('shows a system that is ready, and exits with 0', async () => {
    await startServices();
    const { exit, out, err } = await status();
    expect(out).toMatch(
      /^redis\n {2}server +7\.\d+\.\d+, \d+ MB, no limit, noeviction, not on disk, [\d.]+ ms$/m,
    );
    expect(out).toMatch(/flow-runners +1 seen in the last minute, 0 conversations in hand/);
    expect(out).toMatch(/100200300 +acme\/default; tier 0 of 1000; nothing waits; 0 on the way/);
    expect(out).toMatch(/ready +0\n {2}timers +none late/);
    expect(out).toMatch(/tier-1 +0 waiting; 0 active; 0 delayed/);
    expect(out).toMatch(/✓ ready\n$/);
    expect(err).toBe('');
    expect(exit).toBe(0);
  });

  test('shows what waits, what is paused and what failed, and says what is not ready', async () => {
    const { client } = place.store;
    await client.xadd(`{s${shard}}:ready`, '1-0', 'cid', 'c');
    await client.zadd(`{s${shard}}:timers`, Date.now() - 90_000, 'c');
    await pauseNumber(client, shard, place.number, { of: 'number', code: 'operator' });
    const { exit, out, err } = await status();
    expect(out).toMatch(/PAUSED until it is lifted/);
    expect(out).toMatch(/ready +1, the oldest since \d+d/);
    expect(out).toMatch(/timers +the latest is 1m late/);
    expect(out).toMatch(
      /✗ not ready: no flow-runner has been seen in the last minute\n✗ not ready: no sender is connected\n$/,
    );
    expect(err).toBe('');
    expect(exit).toBe(5);
  });

  test('--json has every part, and what is not ready', async () => {
    const { data, exit, ok } = await json();
    expect(Object.keys(data)).toEqual([
      'ready',
      'problems',
      'redis',
      'services',
      'numbers',
      'conversations',
      'queues',
      'broadcasts',
      'subscribers',
      'failures',
    ]);
    expect(data.ready).toBe(false);
    expect([ok, exit]).toEqual([false, 5]);
  });

  test('counts dead messages by their reason', async () => {
    await buryMessage(place.store, { number: place.number, reason: 'template', code: '132001' });
    expect((await status()).out).toMatch(/dead +template 1\n/);
  });

  test('a Redis that no service has started with is not ready', async () => {
    await place.store.client.flushall();
    expect((await json()).data.problems).toContain('no service has started with this Redis yet');
  });

  test('a Redis that is away: exit 5 and no screen', async () => {
    const ran = await runAlur(['status', '--bundle', 'one', '--redis', 'redis://127.0.0.1:1'], place.cwd);
    expect([ran.exit, ran.out]).toEqual([5, '']);
  });

  test('tells how far behind a subscriber is', async () => {
    const bundle = join(place.cwd, 'one', 'bundle.yaml');
    const secrets = join(place.cwd, 'one', 'secrets', 'acme', 'default.json');
    const [yaml, json] = await Promise.all([bundle, secrets].map((path) => readFile(path, 'utf8')));
    const told = 'subscribers: [{ id: crm, url: https://crm.acme.dev/hook }]';
    await writeFile(bundle, yaml?.replace(/^( *)enabled: true$/m, `$&\n$1${told}`) ?? '');
    const signed = { ...JSON.parse(json ?? ''), subscriber_secrets: { crm: 'f'.repeat(32) } };
    await writeFile(secrets, JSON.stringify(signed));
    const { client } = place.store;
    const ref = { tenant: 'acme', team: 'default', subscriber: 'crm' };
    await takeSubscription(client, shard, ref, { owner: 'o', reopen: false });
    expect((await status()).out).toMatch(/acme\/default\/crm +has been told everything/);
    await client.xadd(`{s${shard}}:emitted`, `${Date.now() - 120_000}-0`, 'type', 'x');
    expect((await status()).out).toMatch(/acme\/default\/crm +2m behind/);
    await writeFile(bundle, yaml ?? '');
    await writeFile(secrets, json ?? '');
  });
});

describe('alur status --watch', () => {
  test('needs a terminal', async () => {
    expect((await runAlur(['status', ...words(), '--watch'], place.cwd)).exit).toBe(2);
    const tty = await runAlur(['status', ...words(), '--watch', '--json'], place.cwd, { isTTY: true });
    expect(tty.exit).toBe(2);
  });

  test('draws the screen anew until it shall end', async () => {
    const screens: string[] = [];
    let end = () => undefined;
    const stopped = new Promise<void>((resolve) => {
      end = () => void resolve();
    });
    const running = runAlur(['status', ...words(), '--watch'], place.cwd, {
      isTTY: true,
      env: { NO_COLOR: '1' },
      stdout: { write: (text) => screens.push(text) },
      untilStopped: () => stopped,
    });
    await waitFor(() => (screens.length >= 3 ? true : undefined), 'two more screens');
    end();
    expect((await running).exit).toBe(5);
    expect(screens.slice(1, 3).every((screen) => screen.startsWith('\u001b[H\u001b[2J'))).toBe(true);
    expect(screens[1]).toContain('flow-runners');
  });
});
