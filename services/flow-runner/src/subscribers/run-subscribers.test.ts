import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { Bundle, Subscriber, Team } from '@alur/bundle';
import { emit as emitOutside, openStore, redeliver, type Store } from '@alur/store';
import { createLogger, createMetrics, type Metrics } from '@alur/telemetry';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { aBundle, aTeam } from '../../../../test/support/bundle.ts';
import { figure } from '../../../../test/support/figure.ts';
import { startRedis, type TestRedis } from '../../../../test/support/redis.ts';
import { waitFor } from '../../../../test/support/wait.ts';
import { createRunnerMetrics, type RunnerMetrics } from '../metrics.ts';
import { startSubscribers, type Subscribers } from './run-subscribers.ts';

interface Heard {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  id: string;
}

/** What a subscriber answers; nothing is left open until it does. */
type Answer = { status: number; headers?: Record<string, string>; text?: string };

const SECRET = 'a-secret-of-sixteen';
const EMITTED = '{s0}:emitted';
let redis: TestRedis;
let store: Store;
let server: Server;
let origin: string;
let heard: Heard[];
let answer: (request: Heard) => Answer | Promise<Answer>;
let bundle: Bundle;
let metrics: Metrics;
let counters: RunnerMetrics;
let running: Subscribers[];
let logged: string;

beforeAll(async () => {
  redis = await startRedis();
  store = await openStore({ url: redis.url, shards: 1 });
});
afterAll(async () => {
  await store.close();
  await redis.stop();
});
beforeEach(async () => {
  await store.client.flushall();
  [heard, running, metrics, logged] = [[], [], createMetrics('test'), ''];
  answer = () => ({ status: 204 });
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url: path = '', headers } = request;
      const one = {
        path,
        headers,
        text: Buffer.concat(chunks).toString(),
        id: String(headers['webhook-id']),
      };
      heard.push(one);
      void Promise.resolve(answer(one)).then(({ status, headers: more, text }) =>
        response.writeHead(status, more).end(text),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  bundle = bundleOf([subscriber('crm')]);
  counters = createRunnerMetrics(metrics);
});
afterEach(async () => {
  // Frees what a test holds open.
  server.closeAllConnections();
  await Promise.all(running.map((each) => each.stop()));
  server.close();
});

const subscriber = (id: string, more: Partial<Subscriber> = {}): Subscriber => {
  return { id, url: `${origin}/${id}`, events: ['*'], secrets: [SECRET], ...more };
};
const bundleOf = (subscribers: Subscriber[], more: Partial<Team> = {}): Bundle =>
  aBundle([aTeam('default', 'default', { httpAllow: [origin], subscribers, ...more })]);

function start(owner = 'a'): Subscribers {
  const subscribers = startSubscribers({
    client: store.client,
    shards: 1,
    bundle: () => bundle,
    owner,
    canWork: () => true,
    metrics: counters,
    logger: createLogger({
      service: 'test',
      level: 'info',
      destination: { write: (line) => (logged += line) },
    }),
  });
  running.push(subscribers);
  return subscribers;
}

/** Starts one, and waits until its subscribers have begun. */
async function begin(owner = 'a'): Promise<Subscribers> {
  const subscribers = start(owner);
  const count = bundle.tenants.flatMap(({ teams }) => teams).flatMap((team) => team.subscribers).length;
  await waitFor(
    async () => ((await store.client.keys('{s0}:subscription:*')).length >= count ? true : undefined),
    'the subscribers to begin',
  );
  return subscribers;
}

/** Emits events as a commit does. */
async function emit(ids: readonly string[], more: { team?: string; type?: string; cid?: string } = {}) {
  const { team = 'default', type = 'order.paid', cid = 'c'.repeat(32) } = more;
  for (const id of ids) {
    const own = ['id', id, 'tenant', 'default', 'team', team, 'number', '100200300', 'cid', cid];
    await store.client.xadd(
      EMITTED,
      '*',
      ...own,
      'type',
      type,
      'at',
      '1700000000',
      'payload',
      `{"of":"${id}"}`,
    );
  }
}

const at = (path: string) => heard.filter((one) => one.path === path).map(({ id }) => id);
const until = (path: string, ...ids: string[]) =>
  waitFor(
    () => Promise.resolve(at(path).length >= ids.length ? true : undefined),
    `${ids.length} at ${path}`,
    20_000,
  ).then(() => expect(at(path)).toEqual(ids));
async function counted(outcome: string, metricsOf = metrics): Promise<number> {
  const pattern = new RegExp(`^alur_subscriber_deliveries_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm');
  return Number(pattern.exec(await metricsOf.text())?.[1]);
}
const untilCounted = (outcome: string, count: number) =>
  waitFor(async () => ((await counted(outcome)) >= count ? true : undefined), `${count} ${outcome}`, 20_000);
async function keyOf(): Promise<string> {
  const [key = ''] = await store.client.keys('{s0}:subscription:*');
  return key;
}

/** The scheme as its specification has it, without a line of ours. */
function verify(secret: string | Buffer, { headers, text }: Heard): boolean {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${text}`;
  const expected = createHmac('sha256', secret).update(signed).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .map((each) => each.split(','))
    .some(([version, value = '']) => {
      const given = Buffer.from(value, 'base64');
      return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
    });
}

describe('startSubscribers()', () => {
  test('tells events in order, each signed, with what is known of the contact', async () => {
    const cid = 'd'.repeat(32);
    const contact = { waId: '15550001', userId: 'u.1', name: 'Sari ü', language: 'id', tags: ['vip'] };
    await store.client.hset(
      `{s0}:conv:${cid}`,
      'contact',
      JSON.stringify(contact),
      'session',
      'of a newer version',
    );
    await emit(['before']);
    await begin();
    const ids = Array.from({ length: 120 }, (_, index) => `e${index}`);
    await emit(ids, { cid });
    await until('/crm', ...ids);
    await emit(['last']);
    await until('/crm', ...ids, 'last');
    const [first] = heard;
    expect(JSON.parse(first?.text ?? '')).toEqual({
      ...{ id: 'e0', type: 'order.paid', at: 1_700_000_000, tenant: 'default', team: 'default' },
      number: '100200300',
      contact: { wa_id: '15550001', user_id: 'u.1', name: 'Sari ü' },
      payload: { of: 'e0' },
    });
    expect(JSON.parse(heard.at(-1)?.text ?? '')).toMatchObject({ contact: {} });
    expect(first?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'e0' });
    expect(Math.abs(Number(first?.headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(60);
    for (const one of heard) expect(verify(SECRET, one)).toBe(true);
    expect(first && verify('another-secret-of-16', first)).toBe(false);
    await untilCounted('delivered', 121);
  });

  test('tells only what its team emits and it wants to hear', async () => {
    const other = aTeam('default', 'other', { httpAllow: [origin], subscribers: [subscriber('other')] });
    const own = aTeam('default', 'default', {
      httpAllow: [origin],
      subscribers: [
        subscriber('orders', { events: ['order.*', 'paid'] }),
        subscriber('people', { events: ['handoff.started'] }),
      ],
    });
    bundle = aBundle([own, other]);
    await begin();
    await emit(['a'], { type: 'order.paid' });
    await emit(['b'], { type: 'handoff.started' });
    await emit(['c'], { type: 'order' });
    await emit(['d'], { team: 'other' });
    await emit(['e'], { type: 'order.sent' });
    await until('/orders', 'a', 'e');
    await until('/people', 'b');
    await until('/other', 'd');
    // The cursor of each is at the end, though the last event was not for all.
    const [last] = await store.client.xrevrange(EMITTED, '+', '-', 'COUNT', 1);
    for (const key of await store.client.keys('{s0}:subscription:*')) {
      await waitFor(
        async () => ((await store.client.hget(key, 'cursor')) === last?.[0] ? true : undefined),
        'the cursor to be at the end',
      );
    }
  });

  test('tells each event once with two runners, in order', async () => {
    await begin('a');
    start('b');
    const ids = Array.from({ length: 60 }, (_, index) => `e${index}`);
    for (const id of ids) await emit([id]);
    await until('/crm', ...ids);
  });

  test('tells an event again whose deliverer is lost before the cursor moves, and lets the late one change nothing', async () => {
    let late: (answer: Answer) => void = () => undefined;
    answer = () => (heard.length === 1 ? new Promise((resolve) => (late = resolve)) : { status: 200 });
    await begin('a');
    await emit(['one', 'two']);
    await until('/crm', 'one');
    start('b');
    // The lease of the lost one is over.
    await store.client.hset(await keyOf(), 'lease', '1');
    await until('/crm', 'one', 'one', 'two');
    expect(heard[0]?.headers['webhook-id']).toBe(heard[1]?.headers['webhook-id']);
    late({ status: 500 });
    await emit(['three']);
    await until('/crm', 'one', 'one', 'two', 'three');
    expect(await store.client.hmget(await keyOf(), 'tries', 'next')).toEqual([null, null]);
  });

  test('tries again what fails, in order, while others are told at once', async () => {
    bundle = bundleOf([subscriber('bad'), subscriber('slow'), subscriber('good')]);
    let open: (answer: Answer) => void = () => undefined;
    let isMended = false;
    answer = ({ path }) => {
      if (path === '/slow') return new Promise((resolve) => (open = resolve));
      return {
        status: path === '/bad' && !isMended ? 503 : 200,
        text: 'no JSON',
        headers: { 'content-type': 'application/json' },
      };
    };
    await begin();
    await emit(['one', 'two']);
    await until('/good', 'one', 'two');
    await until('/bad', 'one', 'one');
    expect(at('/slow')).toEqual(['one']);
    isMended = true;
    for (const key of await store.client.keys('{s0}:subscription:*')) await store.client.hdel(key, 'next');
    await until('/bad', 'one', 'one', 'one', 'two');
    const [first, again] = heard.filter(({ path }) => path === '/bad');
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(again && verify(SECRET, again)).toBe(true);
    answer = () => ({ status: 200 });
    open({ status: 200 });
    await until('/slow', 'one', 'two');
    expect(await counted('failed')).toBe(2);
  });

  test('tells conversations beside each other, each in its order, no more than 16 calls at once', async () => {
    const open = new Map<string, (answer: Answer) => void>();
    const cidOf = new Map<string, string>();
    let [now, most] = [0, 0];
    answer = async ({ id }) => {
      const cid = cidOf.get(id) ?? '';
      expect(open.has(cid)).toBe(false);
      [now, most] = [now + 1, Math.max(most, now + 1)];
      await new Promise<Answer>((resolve) => {
        open.set(cid, resolve);
        setTimeout(() => resolve({ status: 200 }), 20);
      });
      open.delete(cid);
      now -= 1;
      return { status: 200 };
    };
    await begin();
    for (let index = 0; index < 150; index += 1) {
      const cid = String(index % 30).padStart(32, '0');
      cidOf.set(`e${index}`, cid);
      await emit([`e${index}`], { cid });
    }
    await untilCounted('delivered', 150);
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThanOrEqual(16);
    for (const cid of new Set(cidOf.values())) {
      const own = at('/crm').filter((id) => cidOf.get(id) === cid);
      expect(own).toEqual([...cidOf].filter(([, of]) => of === cid).map(([id]) => id));
      expect(own).toHaveLength(5);
    }
  });

  test('tells only what failed again, not what was delivered beside it', async () => {
    answer = ({ id }) => ({
      status: id === 'e3' && at('/crm').filter((each) => each === 'e3').length < 3 ? 500 : 200,
    });
    await begin();
    const ids = Array.from({ length: 12 }, (_, index) => `e${index}`);
    for (const [index, id] of ids.entries()) await emit([id], { cid: String(index).padStart(32, '0') });
    await untilCounted('failed', 1);
    const key = await keyOf();
    const next = () =>
      waitFor(async () => ((await store.client.hexists(key, 'next')) === 1 ? true : undefined), 'a wait');
    await next();
    await store.client.hset(key, 'next', 0);
    await untilCounted('failed', 2);
    await next();
    await store.client.hset(key, 'next', 0);
    await untilCounted('delivered', 12);
    expect(at('/crm').filter((id) => id === 'e3')).toHaveLength(3);
    expect(at('/crm')).toHaveLength(14);
    const [last] = await store.client.xrevrange(EMITTED, '+', '-', 'COUNT', 1);
    expect(await store.client.hget(key, 'cursor')).toBe(last?.[0]);
    expect(await store.client.hexists(key, 'done')).toBe(0);
  });

  test('signs with every secret while one is rotated', async () => {
    const old = 'an-older-one-of-16';
    bundle = bundleOf([subscriber('crm', { secrets: [SECRET, old] })]);
    await begin();
    await emit(['one']);
    await until('/crm', 'one');
    const [one] = heard;
    expect(String(one?.headers['webhook-signature']).split(' ')).toHaveLength(2);
    expect(one && [verify(SECRET, one), verify(old, one), verify('another-secret-of-16', one)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('keeps what it passed over, and tells it once more when somebody wants that, and nobody else', async () => {
    bundle = bundleOf([subscriber('crm', { events: ['order.*'] }), subscriber('good')]);
    answer = ({ path, id }) => ({ status: path === '/crm' && id === 'one' ? 503 : 200 });
    await begin();
    await emit(['one', 'two']);
    await until('/good', 'one', 'two');
    await untilCounted('failed', 1);
    const keys = await store.client.keys('{s0}:subscription:*');
    for (const key of keys)
      if ((await store.client.hexists(key, 'tries')) === 1)
        await store.client.hset(key, 'since', Date.now() - 86_400_000, 'next', 0);
    await untilCounted('skipped', 1);
    const [id = ''] = await store.client.zrange('{s0}:undelivered', '0', '-1');
    answer = () => ({ status: 200 });
    // It wants other types since.
    bundle = bundleOf([subscriber('crm', { events: ['handoff.*'] }), subscriber('good')]);
    expect(await redeliver(store.client, 0, [id])).toBe(1);
    await waitFor(
      () => Promise.resolve(at('/crm').at(-1) === 'one' ? true : undefined),
      'the event once more',
    );
    await emit(['three']);
    await until('/good', 'one', 'two', 'three');
    expect(at('/crm')).toEqual(['one', 'one', 'two', 'one']);
    expect(await store.client.exists('{s0}:undelivered')).toBe(0);
  });

  test('names a contact that no conversation does, and nobody where there is none', async () => {
    await begin();
    const own = { tenant: 'default', team: 'default', at: 100, payload: null };
    await emitOutside(store.client, 0, [
      { ...own, id: 'a', type: 'contact.opted_out', contact: { waId: '15550001' } },
      { ...own, id: 'b', type: 'broadcast.done' },
    ]);
    await until('/crm', 'a', 'b');
    expect(heard.map(({ text }) => JSON.parse(text))).toMatchObject([
      { contact: { wa_id: '15550001' } },
      { contact: {}, type: 'broadcast.done' },
    ]);
  });

  test('keeps up with hundreds of events a second though each takes 50 ms', async () => {
    answer = () => new Promise((resolve) => setTimeout(() => resolve({ status: 200 }), 50));
    await begin();
    const perSecond = async (conversations: number, events: number): Promise<number> => {
      const before = await counted('delivered');
      for (let index = 0; index < events; index += 1)
        await emit([`${conversations}/${index}`], { cid: String(index % conversations).padStart(32, '0') });
      const startedAt = performance.now();
      await untilCounted('delivered', before + events);
      return Math.round(events / ((performance.now() - startedAt) / 1_000));
    };
    const [one, many] = [await perSecond(1, 20), await perSecond(200, 400)];
    figure(`a subscriber that takes 50 ms: ${one} events/s of one conversation, ${many} events/s of 200`);
    expect(many).toBeGreaterThan(2 * one);
  }, 120_000);

  test('does not follow a redirect: it is a failure', async () => {
    answer = ({ path }) =>
      path === '/crm' ? { status: 302, headers: { location: '/elsewhere' } } : { status: 200 };
    await begin();
    await emit(['one']);
    await untilCounted('failed', 2);
    expect(at('/elsewhere')).toEqual([]);
  });

  test('passes over an event that failed for a day, and tells the next one', async () => {
    answer = ({ id }) => ({ status: id === 'one' ? 500 : 200 });
    await begin();
    await emit(['one', 'two']);
    await untilCounted('failed', 1);
    const key = await keyOf();
    await waitFor(async () => ((await store.client.hexists(key, 'next')) === 1 ? true : undefined), 'a wait');
    await store.client.hset(key, 'since', Date.now() - 86_400_000, 'next', 0);
    await untilCounted('delivered', 1);
    expect(at('/crm')).toEqual(['one', 'one', 'two']);
    expect(await counted('skipped')).toBe(1);
  });

  test('leaves a subscriber alone that says 410, until the bundle is read again', async () => {
    bundle = bundleOf([subscriber('crm'), subscriber('good')]);
    answer = ({ path }) => ({ status: path === '/crm' ? 410 : 200 });
    await begin('a');
    // That the second one has begun shows in what it opens again.
    const keys = await store.client.keys('{s0}:subscription:*');
    for (const key of keys) await store.client.hset(key, 'next', Date.now() + 86_400_000);
    start('b');
    for (const key of keys)
      await waitFor(
        async () => ((await store.client.hexists(key, 'next')) === 0 ? true : undefined),
        'b to begin',
      );
    await emit(['one']);
    await untilCounted('gone', 1);
    await emit(['two']);
    await until('/good', 'one', 'two');
    await emit(['three']);
    await until('/good', 'one', 'two', 'three');
    expect(at('/crm')).toEqual(['one']);
    answer = () => ({ status: 200 });
    bundle = bundleOf([subscriber('crm'), subscriber('good')]);
    await until('/crm', 'one', 'one', 'two', 'three');
  });

  test('counts what fell out of the stream while a subscriber was away', async () => {
    answer = () => ({ status: 500 });
    await begin();
    await emit(['one', 'two', 'three', 'four']);
    await untilCounted('failed', 1);
    await store.client.xtrim(EMITTED, 'MAXLEN', 1);
    answer = () => ({ status: 200 });
    await untilCounted('delivered', 1);
    expect(at('/crm').at(-1)).toBe('four');
    expect(await counted('missed')).toBe(3);
  });

  test('calls nothing on this machine that the team does not list', async () => {
    bundle = bundleOf([subscriber('crm')], { httpAllow: [] });
    await begin();
    await emit(['one']);
    await untilCounted('failed', 2);
    expect(heard).toEqual([]);
    bundle = bundleOf([subscriber('crm')]);
    await until('/crm', 'one');
  });

  test('takes the address and the secret that the bundle has now, and stops with a subscriber that is taken out', async () => {
    await begin();
    await emit(['one']);
    await until('/crm', 'one');
    bundle = bundleOf([
      subscriber('crm', { url: `${origin}/new?a=b`, secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] }),
    ]);
    await emit(['two']);
    await until('/new?a=b', 'two');
    const [second] = heard.slice(-1);
    expect(second && verify(Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'), second)).toBe(true);
    bundle = bundleOf([subscriber('erp')]);
    await waitFor(
      async () => ((await store.client.keys('{s0}:subscription:*')).length === 2 ? true : undefined),
      'the new subscriber to begin',
    );
    await emit(['three']);
    await until('/erp', 'three');
    expect(at('/new?a=b')).toEqual(['two']);
  });

  test('stops within seconds though a subscriber does not answer, and gives its place to others at once', async () => {
    answer = () => (heard.length === 1 ? new Promise(() => undefined) : { status: 200 });
    const first = await begin('a');
    await emit(['one']);
    await until('/crm', 'one');
    const stoppedAt = performance.now();
    await first.stop();
    expect(performance.now() - stoppedAt).toBeLessThan(6_000);
    expect(await store.client.hmget(await keyOf(), 'owner', 'tries')).toEqual([null, null]);
    start('b');
    await until('/crm', 'one', 'one');
  });

  test('goes on after a fault of Redis, and logs nothing of contacts, payloads or secrets', async () => {
    await store.client.hset(`{s0}:conv:${'c'.repeat(32)}`, 'contact', '{"waId":"15550001","name":"Sari"}');
    await begin();
    await store.client.set(EMITTED, 'not a stream');
    await waitFor(() => Promise.resolve(logged.includes('look_failed') ? true : undefined), 'a fault');
    await store.client.del(EMITTED);
    answer = () => ({ status: heard.length === 1 ? 500 : 200, text: 'an answer' });
    await emit(['one']);
    await until('/crm', 'one', 'one');
    await waitFor(() => Promise.resolve(logged.includes('subscriber.told') ? true : undefined), 'a line');
    expect(logged).toContain('"subscriber":"crm","event":"one"');
    expect(logged).not.toMatch(/Sari|15550001|a-secret|an answer|payload|127\.0\.0\.1/);
  });
});
