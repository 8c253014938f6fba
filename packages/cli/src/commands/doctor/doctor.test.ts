import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { keepAside, openConversation, setWish, shardOf } from '@alur/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { startRedisCluster } from '../../../../../test/support/redis-cluster.ts';
import { buryMessage } from '../../testing/bury-message.ts';
import { runAlur } from '../../testing/run-alur.ts';
import { startTestPlace, type TestPlace } from '../../testing/test-place.ts';
import { JUDGES } from './checks/redis-checks.ts';
import { clockVerdict } from './checks/clock-verdict.ts';

const Report = z.object({
  data: z.object({
    checks: z.array(
      z.looseObject({ id: z.string(), status: z.string(), found: z.string(), fix: z.string().optional() }),
    ),
  }),
});

let place: TestPlace;
let redis: TestPlace['store']['client'];
const shard = shardOf('acme', 3);
beforeAll(async () => {
  place = await startTestPlace();
  redis = place.store.client;
  const path = join(place.cwd, 'one', 'bundle.yaml');
  const text = await readFile(path, 'utf8');
  const mended = text.replace(/public_base_url: .*/, 'public_base_url: https://bot.acme.dev');
  await writeFile(path, mended.replace(/api_version: .*/, 'api_version: v25.0'));
});
afterAll(() => place.stop());
beforeEach(async () => {
  await redis.config('SET', 'maxmemory', '512mb');
  await redis.flushall();
  await redis.hset('alur:meta', 'shards', 3);
  await redis.config('SET', 'appendonly', 'yes');
  await redis.config('SET', 'appendfsync', 'always');
  await redis.config('SET', 'maxmemory-policy', 'noeviction');
});

const NO_OPS = ['--ops', 'http://127.0.0.1:1'];
async function doctor(words: readonly string[], env: Record<string, string> = {}) {
  const ran = await runAlur(['doctor', ...words, ...NO_OPS, '--json'], place.cwd, { env });
  // How far Redis is says nothing on a machine that other tests keep busy.
  const all = Report.parse(JSON.parse(ran.out)).data.checks;
  const checks = all.filter(({ id }) => id !== 'redis.latency');
  const ids = (status: string) => checks.filter((check) => check.status === status).map(({ id }) => id);
  const found = (id: string) => {
    const check = checks.find((each) => each.id === id);
    return `${check?.status} ${check?.found}`;
  };
  return { ...ran, checks, ids, found };
}
const offline = (...more: string[]) => doctor(['one', '--redis', place.redis.url, '--offline', ...more]);

/** What a Redis that no service works with is warned of, and a bundle of which nothing else is wrong. */
const QUIET = [
  'intake.webhooks',
  'intake.statuses',
  'services.ingress',
  'services.flow-runner',
  'services.sender',
];

describe('alur doctor --offline', () => {
  test('asks nobody but Redis, and finds it well', async () => {
    const { ids, exit, checks } = await offline();
    expect(ids('fail')).toEqual([]);
    expect(exit).toBe(0);
    expect(ids('warn').sort()).toEqual(QUIET.toSorted());
    expect(checks.filter(({ id }) => /^(webhook|graph|token|number|waba)\./.test(id))).toEqual([]);
  });

  test.each<[string, string, string, string]>([
    ['maxmemory-policy', 'allkeys-lru', 'fail', 'redis.eviction'],
    ['maxmemory', '1mb', 'fail', 'redis.memory'],
    ['maxmemory', '0', 'warn', 'redis.memory'],
    ['appendfsync', 'everysec', 'warn', 'redis.durability'],
    ['appendonly', 'no', 'warn', 'redis.durability'],
  ])('finds %s %s', async (setting, value, status, id) => {
    await redis.config('SET', setting, value);
    const { ids, exit } = await offline();
    expect(ids(status)).toContain(id);
    expect(ids('fail')).toEqual(status === 'fail' ? [id] : []);
    expect(exit).toBe(status === 'fail' ? 5 : 0);
  });

  test('finds a Redis that is not there, and goes on with the rest', async () => {
    const { ids, found, out } = await doctor([
      'one',
      '--redis',
      'redis://user:hush@127.0.0.1:1',
      '--offline',
    ]);
    expect(ids('fail')).toEqual(['redis.reachable']);
    expect(out).not.toContain('hush');
    expect(found('redis.reachable')).toContain('127.0.0.1:1: connect ECONNREFUSED');
    expect(ids('skip')).toEqual(
      expect.arrayContaining(['redis.version', 'intake.backlog', 'services.sender']),
    );
  });

  test('finds a Redis that does not answer, in time', async () => {
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { ids } = await doctor([
      'one',
      '--redis',
      `redis://127.0.0.1:${port}`,
      '--offline',
      '--timeout',
      '1s',
    ]);
    silent.close();
    expect(ids('fail')).toEqual(['redis.reachable']);
  });

  test('finds another number of shards, and a Redis that is nobody’s', async () => {
    const flags = ['one', '--redis', place.redis.url, '--offline'];
    expect((await doctor(flags, { SHARDS: '7' })).found('redis.shards')).toBe(
      'fail SHARDS is 7, and this Redis holds 3',
    );
    await redis.flushall();
    expect((await offline()).found('redis.shards')).toMatch(/^warn this Redis holds nothing of Alur/);
  });

  test('finds events that wait, things set aside and dead messages', async () => {
    await redis.xadd(`{s${shard}}:ready`, '1-0', 'cid', 'c');
    await keepAside(redis, 3, [
      { tenant: 'acme', team: 'default', reason: 'not_an_object', raw: '6281500099' },
      { tenant: 'acme', team: 'default', reason: 'account_field', raw: '{}' },
    ]);
    await buryMessage(place.store, { number: place.number, reason: 'template', code: '132001' });
    const { ids, found, out } = await offline();
    expect(ids('fail')).toEqual(['intake.backlog']);
    expect(found('intake.aside')).toBe('warn not_an_object 1');
    expect(found('outbox.dead')).toBe('warn template 1');
    expect(found('intake.webhooks')).toMatch(/^ok the last event came/);
    expect(out).not.toContain('6281500099');
  });

  test('reads a cluster, and finds a hole in it', async () => {
    const cluster = await startRedisCluster();
    try {
      const env = { REDIS_CLUSTER_NODES: cluster.nodes };
      expect((await doctor(['one', '--offline'], env)).found('redis.cluster')).toBe(
        'ok every slot has a master',
      );
      const [, port = ''] = cluster.nodes.split(',')[0]?.split(':') ?? [];
      const one = new Redis(Number(port));
      await one.cluster('DELSLOTS', 0);
      one.disconnect();
      const { found, ids } = await doctor(['one', '--offline'], env);
      expect(found('redis.cluster')).toBe('fail cluster_state is fail');
      expect(ids('fail').filter((id) => id.startsWith('redis'))).toEqual(['redis.cluster']);
    } finally {
      await cluster.stop();
    }
  });
});

describe('alur doctor about a contact', () => {
  const contact = (written: string) => offline('--contact', written);
  const waId = '6281234567890';
  const talk = async (fields: Record<string, string | number>) => {
    const cid = await openConversation(redis, shard, place.number, { waId });
    await redis.hset(`{s${shard}}:conv:${cid}`, fields);
    return cid;
  };
  const nowS = () => Math.floor(Date.now() / 1_000);

  test('finds a number without its country code, and says no word of it', async () => {
    const { found, out } = await contact('0857-1133-2244');
    expect(found('contact.number')).toMatch(/^fail it does not begin with `\+`/);
    expect(out).not.toContain('2244');
  });

  test('reads a number as it is written in the country of the team', async () => {
    const path = join(place.cwd, 'one', 'bundle.yaml');
    const before = await readFile(path, 'utf8');
    await writeFile(path, before.replace(/^( *)enabled: true$/m, '$&\n$1locale: id-ID'));
    const { found } = await contact('0857-1133-2244');
    await writeFile(path, before);
    expect(found('contact.number')).toBe('ok …44, written right');
  });

  test('finds that there is no conversation', async () => {
    const { found } = await contact('+62 812-3456-7890');
    expect(found('contact.number')).toBe('ok …90, written right');
    expect(found('contact.conversation')).toMatch(/^warn none/);
    expect(found('contact.window')).toMatch(/^warn closed/);
    expect(found('contact.wishes')).toMatch(/^ok/);
    expect(found('contact.pace')).toMatch(/^ok/);
  });

  test('finds an open window, and one that has closed', async () => {
    const cid = await talk({ last: nowS() - 3_600 });
    expect((await contact(waId)).found('contact.window')).toMatch(/^ok open until .*\(in 22h\)/);
    expect((await contact(waId)).found('contact.conversation')).toBe(`ok ${cid}`);
    await talk({ last: nowS() - 90_000 });
    expect((await contact(waId)).found('contact.window')).toMatch(/^warn closed since/);
    await talk({ last: nowS() - 60, closed: nowS() - 60 });
    expect((await contact(waId)).found('contact.window')).toMatch(/^warn closed: /);
  });

  test.each([
    ['all', 'warn opted out of everything'],
    ['marketing', 'warn opted out of marketing'],
  ] as const)('finds an opt-out of %s', async (scope, found) => {
    const wish = { tenant: 'acme', contact: { waId }, scope, atS: nowS(), source: 'operator' } as const;
    await setWish(redis, shard, { ...wish, change: 'out' });
    expect((await contact(waId)).found('contact.wishes')).toBe(found);
    await setWish(redis, shard, { ...wish, scope: 'all', change: 'in', atS: nowS() + 1 });
    expect((await contact(waId)).found('contact.wishes')).toMatch(/^ok/);
  });

  test('finds a pair that has to wait', async () => {
    const cid = await talk({ last: nowS() });
    await redis.hset(`{s${shard}}:pair:${cid}`, { level: -5, at: Date.now() });
    expect((await contact(waId)).found('contact.pace')).toMatch(/^warn so much was sent/);
  });
});

describe('alur doctor about the bundle', () => {
  const secrets = () => join(place.cwd, 'one', 'secrets', 'acme', 'default.json');
  const yaml = () => join(place.cwd, 'one', 'bundle.yaml');
  let before: string;
  beforeEach(async () => {
    before = await readFile(yaml(), 'utf8');
  });
  afterEach(async () => {
    await writeFile(yaml(), before);
    await chmod(secrets(), 0o600);
    await rm(join(place.cwd, 'one', 'flows', 'broken.ygtc'), { force: true });
  });
  const change = (from: RegExp, to: string) => writeFile(yaml(), before.replace(from, to));

  test('finds secrets that others may read', async () => {
    await chmod(secrets(), 0o644);
    const { ids, exit, found } = await offline();
    expect(ids('fail')).toEqual(['bundle.secrets']);
    expect(found('bundle.secrets')).toMatch(/others may read or change it \(mode 644\)/);
    expect(ids('ok')).toContain('redis.version');
    expect(exit).toBe(3);
  });

  test.each<[string, RegExp, string, string, RegExp]>([
    [
      'a key that is none',
      /^ *enabled: true/m,
      '$&\n        colour: red',
      'bundle.readable',
      /bundle\.yaml:\d+/,
    ],
    [
      'a version that Meta ended',
      /api_version: .*/,
      'api_version: v18.0',
      'bundle.api-version',
      /number 100200300 has v18.0/,
    ],
  ])('finds %s', async (_label, from, to, id, found) => {
    await change(from, to);
    const all = await offline();
    expect(all.ids('fail')).toEqual([id]);
    expect(all.found(id)).toMatch(found);
  });

  test('finds a flow with a fault, by its first', async () => {
    await writeFile(join(place.cwd, 'one', 'flows', 'broken.ygtc'), 'name: broken\nversion: "1"\nnodes: 7\n');
    const { ids, found } = await offline();
    expect(ids('fail')).toEqual(['bundle.flows']);
    expect(found('bundle.flows')).toMatch(
      /\d flow files: \d errors?, \d warnings?; first E\d+ in .*broken.ygtc:\d/,
    );
  });

  test('finds an address that is an example', async () => {
    await change(/public_base_url: .*/, 'public_base_url: https://your-domain.ngrok-free.app');
    const { ids, found } = await offline();
    expect(ids('fail')).toEqual(['bundle.placeholders']);
    expect(found('bundle.placeholders')).toBe('fail still an example: public_base_url of acme/default');
  });

  test('finds a phone number in place of an id, and does not show it', async () => {
    await change(/100200300/, '6281234567890');
    const file = await readFile(secrets(), 'utf8');
    await writeFile(secrets(), file.replace('100200300', '6281234567890'));
    const { found } = await offline();
    await writeFile(secrets(), file);
    expect(found('bundle.numbers')).toBe('warn `phone_number_id` of acme/default looks like a phone number');
  });

  test('says where it looked for a bundle that is not there', async () => {
    const { ids, found, exit } = await doctor(['nowhere', '--redis', place.redis.url]);
    expect(ids('fail')).toEqual(['bundle.readable']);
    expect(found('bundle.readable')).toContain('nowhere');
    expect(exit).toBe(3);
  });

  test('looks at one tenant alone, and refuses one that is not there', async () => {
    const { found } = await doctor(['b', '--redis', place.redis.url, '--offline', '--tenant', 'zoo']);
    expect(found('bundle.placeholders')).toBe('fail still an example: public_base_url of zoo/default');
    const ran = await runAlur(['doctor', 'b', '--tenant', 'nobody'], place.cwd);
    expect(ran.exit).toBe(4);
  });
});

describe('alur doctor at a terminal', () => {
  test('says how far it is on standard error, and nothing of it elsewhere', async () => {
    const words = ['doctor', 'one', '--redis', place.redis.url, '--offline', ...NO_OPS];
    const { out, err } = await runAlur(words, place.cwd, { isTTY: true, env: { NO_COLOR: '1' } });
    expect(err).toMatch(/Looking at .*one …/);
    expect(err).toMatch(/\d+ of \d+: redis\.reachable/);
    expect(err.endsWith('\r\u001b[K')).toBe(true);
    expect(out).not.toContain('\r');
  });
});

describe('what a master says of itself', () => {
  const well = {
    node: '',
    version: '7.2.4',
    usedBytes: 1,
    maxBytes: 100,
    policy: 'noeviction',
    appendOnly: 'yes',
    appendFsync: 'always',
    isAofWell: true,
    latencyMs: 1,
    skewMs: 0,
  };
  test.each<[keyof typeof JUDGES, Partial<typeof well> & { appendOnly?: undefined }, string]>([
    ['redis.version', { version: '6.0.16' }, 'fail'],
    ['redis.version', { version: '6.2.0' }, 'warn'],
    ['redis.aof', { isAofWell: false }, 'fail'],
    ['redis.memory', { usedBytes: 70 }, 'warn'],
    ['redis.memory', { usedBytes: 80 }, 'fail'],
    ['redis.latency', { latencyMs: 40 }, 'warn'],
    ['redis.latency', { latencyMs: 400 }, 'fail'],
    ['clock.redis', { skewMs: -6_000 }, 'warn'],
    ['clock.redis', { skewMs: 61_000 }, 'fail'],
  ])('%s with %j: %s', (id, wrong, status) => {
    expect(JUDGES[id](well).status).toBe('ok');
    expect(JUDGES[id]({ ...well, ...wrong }).status).toBe(status);
  });

  test('settings that it does not tell are no fault', () => {
    expect(JUDGES['redis.durability']({ ...well, appendOnly: undefined }).status).toBe('skip');
    expect(clockVerdict(undefined).status).toBe('skip');
  });
});
