import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { say } from '../support/inbound.ts';
import { startPipeline, type Pipeline, type PipelineOptions } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

// Runs that wait, and what else the flow-runner does beside turns: with real time, real processes and a real web service.

let pipeline: Pipeline | undefined;
let shop: Server | undefined;
let redis: Redis | undefined;
afterEach(async () => {
  await redis?.quit();
  await pipeline?.stop();
  shop?.closeAllConnections();
  shop?.close();
  [pipeline, shop, redis] = [undefined, undefined, undefined];
}, 60_000);

const KEY = 'a-key-of-at-least-24-characters';

async function begin(options: PipelineOptions): Promise<Pipeline> {
  const started = await startPipeline({ secrets: { api_keys: [KEY] }, ...options });
  pipeline = started;
  redis = new Redis(started.redis.url);
  return started;
}

const texts = ({ emulator }: Pipeline, to: string) =>
  emulator
    .ledger()
    .filter((entry) => entry.to === to)
    .map(({ body }) => JSON.parse(JSON.stringify(body)).text?.body ?? body.type);

const heard = (from: Pipeline, to: string, ...expected: string[]) =>
  waitFor(
    () => Promise.resolve(texts(from, to).length >= expected.length ? true : undefined),
    `${expected.length} messages to ${to}`,
    30_000,
  ).then(() => expect(texts(from, to)).toEqual(expected));

async function call({ apiUrl }: Pipeline, path: string, body: unknown, key: string = KEY) {
  const response = await fetch(`${apiUrl}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const BOOKING = (timeout: number) => `name: booking
version: '1.0'
nodes:
  - { id: ask, type: reply, config: { message: 'How many?' }, next: hold }
  - id: hold
    type: wait
    config: { expect: number, save: guests, timeout: ${timeout}, on_timeout: late, on_invalid: again }
    next: done
  - { id: again, type: reply, config: { message: 'A number, please' }, next: hold }
  - { id: done, type: reply, config: { message: 'Table for {{guests}}' } }
  - { id: late, type: reply, config: { message: 'Still there?' } }
triggers:
  - { type: message, target: ask }
`;

const QUICK = BOOKING(4)
  .replace('name: booking', 'name: quick')
  .replace('type: message', 'type: keyword, words: [quick]');

describe('a run that waits', () => {
  test('goes on with the answer, or by itself when its time is up, though the runner is killed', async () => {
    const started = await begin({ flows: { 'booking.ygtc': BOOKING(600), 'quick.ygtc': QUICK } });
    await say(started, { waId: '15550001' }, 'hi');
    await say(started, { waId: '15550002' }, 'quick');
    await heard(started, '15550001', 'How many?');
    await heard(started, '15550002', 'How many?');
    await started.services.get('flow-runner')?.kill('SIGKILL');
    await say(started, { waId: '15550001' }, 'many');
    await Promise.all([started.start('flow-runner'), started.start('flow-runner', 'another')]);
    await heard(started, '15550001', 'How many?', 'A number, please');
    await say(started, { waId: '15550001' }, '4');
    await heard(started, '15550001', 'How many?', 'A number, please', 'Table for 4');
    await heard(started, '15550002', 'How many?', 'Still there?');
    // Nothing is left that could fire.
    expect(await redis?.zcard('{s0}:timers')).toBe(0);
    await say(started, { waId: '15550002' }, 'quick');
    await heard(started, '15550002', 'How many?', 'Still there?', 'How many?');
  }, 90_000);

  test('ends in the version that it waits in, on a runner that never saw it, while new ones begin in the new one', async () => {
    const started = await begin({ flows: { 'booking.ygtc': BOOKING(600) } });
    await say(started, { waId: '15550001' }, 'hi');
    await heard(started, '15550001', 'How many?');
    await writeFile(
      join(started.dir, 'flows/booking.ygtc'),
      BOOKING(600).replaceAll('Table for', 'NEW table for').replace('How many?', 'NEW how many?'),
    );
    await started.services.get('flow-runner')?.kill('SIGKILL');
    await started.start('flow-runner');
    await say(started, { waId: '15550001' }, '4');
    await say(started, { waId: '15550002' }, 'hi');
    await heard(started, '15550001', 'How many?', 'Table for 4');
    await heard(started, '15550002', 'NEW how many?');
    await say(started, { waId: '15550001' }, 'hi');
    await heard(started, '15550001', 'How many?', 'Table for 4', 'NEW how many?');
  }, 90_000);

  test('finds its last good flows again after a restart with faulty ones', async () => {
    const started = await begin({ flows: { 'booking.ygtc': BOOKING(600) } });
    await writeFile(join(started.dir, 'flows/booking.ygtc'), 'name: [');
    await started.services.get('flow-runner')?.kill('SIGTERM');
    const runner = await started.start('flow-runner');
    await say(started, { waId: '15550001' }, 'hi');
    await heard(started, '15550001', 'How many?');
    const ready = await fetch(`${runner.opsUrl}/readyz`);
    expect(await ready.text()).toContain(
      'runs its last good flows; the new ones are refused: flows/booking.ygtc:1:',
    );
  }, 90_000);
});

const ORDER = `name: order
version: '1.0'
input: [order_id]
nodes:
  - id: look
    type: http
    config: { url: '{{secrets.shop}}/orders/{{order_id}}', headers: { Authorization: 'Bearer {{secrets.token}}' } }
    output: found
    next: say
    on_error: sorry
  - { id: say, type: reply, config: { message: 'Order {{order_id}} is {{found.body.state}}', outside_window: skip } }
  - { id: sorry, type: reply, config: { message: 'The shop does not answer', outside_window: skip } }
triggers:
  - { type: event, event_type: order.paid, target: look }
  - { type: keyword, words: [order], target: sorry }
`;

const PAID = `name: paid
version: '1.0'
nodes:
  - { id: paid, type: reply, config: { message: 'Paid' } }
triggers:
  - { type: event, event_type: order.paid, target: paid }
  - { type: message, target: paid }
`;

function openShop(answer: (request: IncomingMessage) => string): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(answer(request));
  });
  shop = server;
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    });
  });
}

describe('the API and web services', () => {
  test('an event starts a run that asks the shop, once, and answers', async () => {
    const asked: (string | undefined)[] = [];
    const host = await openShop((request) => {
      asked.push(request.url, request.headers.authorization, String(request.headers['idempotency-key']));
      return JSON.stringify({ state: 'paid' });
    });
    const secrets = { api_keys: [KEY], flow_secrets: { shop: `http://${host}`, token: 'hunter2' } };
    const started = await begin({ flows: { 'order.ygtc': ORDER }, httpAllow: [`http://${host}`], secrets });
    // The window is open once the contact has written.
    await say(started, { waId: '15550001' }, 'order');
    await heard(started, '15550001', 'The shop does not answer');
    const event = {
      to: { wa_id: '15550001' },
      event_type: 'order.paid',
      input: { order_id: 'A/1' },
      idempotency_key: 'k1',
    };
    const first = await call(started, 'events', event);
    expect(first).toMatchObject({ status: 202, body: { status: 'accepted' } });
    expect(await call(started, 'events', event)).toEqual({
      status: 202,
      body: { id: first.body.id, status: 'known' },
    });
    await heard(started, '15550001', 'The shop does not answer', 'Order A/1 is paid');
    expect(asked).toEqual(['/orders/A%2F1', 'Bearer hunter2', expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(await redis?.exists('{s0}:quarantine')).toBe(0);
    for (const service of started.services.values()) expect(service.output()).not.toContain('hunter2');
  }, 90_000);

  test('an event reaches nobody who wants no message, or may not be written to', async () => {
    const started = await begin({ flows: { 'paid.ygtc': PAID } });
    const event = { event_type: 'order.paid' };
    await say(started, { waId: '15550001' }, 'STOP');
    await waitFor(() => (texts(started, '15550001').length === 1 ? true : undefined), 'the confirmation');
    expect((await call(started, 'events', { ...event, to: { wa_id: '15550001' } })).status).toBe(202);
    // The window of this one was never open.
    expect((await call(started, 'events', { ...event, to: { wa_id: '15550002' } })).status).toBe(202);
    await say(started, { waId: '15550003' }, 'hi');
    await call(started, 'events', { ...event, to: { wa_id: '15550003' } });
    await heard(started, '15550003', 'Paid', 'Paid');
    const dead = await waitFor(async () => {
      const mids = (await redis?.zrange('{s0}:dead', '0', '-1')) ?? [];
      return mids.length === 2 ? mids : undefined;
    }, 'both to be dead');
    const reasons = await Promise.all(dead.map(async (mid) => redis?.hget(`{s0}:msg:${mid}`, 'reason')));
    expect(reasons.sort()).toEqual(['opted_out', 'window_closed']);
    expect([texts(started, '15550001').length, texts(started, '15550002').length]).toEqual([1, 0]);
  }, 90_000);

  test('calls nothing on this machine that the bundle does not allow', async () => {
    let calls = 0;
    const host = await openShop(() => String((calls += 1)));
    const secrets = { api_keys: [KEY], flow_secrets: { shop: `http://${host}`, token: 'x' } };
    const started = await begin({ flows: { 'order.ygtc': ORDER }, secrets });
    await say(started, { waId: '15550001' }, 'order');
    await heard(started, '15550001', 'The shop does not answer');
    await call(started, 'events', { to: { wa_id: '15550001' }, event_type: 'order.paid' });
    await heard(started, '15550001', 'The shop does not answer', 'The shop does not answer');
    expect(calls).toBe(0);
  }, 90_000);

  test('refuses what it cannot take, and stores nothing of it', async () => {
    const started = await begin({ flows: { 'order.ygtc': ORDER } });
    const event = { to: { wa_id: '15550001' }, event_type: 'order.paid' };
    const wrong: [unknown, number, string?][] = [
      ['{', 400],
      [{ ...event, to: {} }, 422],
      [{ ...event, to: { wa_id: '+1 555' } }, 422],
      [{ ...event, phone_number_id: '1' }, 422],
      [{ ...event, inputs: {} }, 422],
      [{ ...event, input: { x: 'y'.repeat(70_000) } }, 422],
      ['x'.repeat(300_000), 413],
      [event, 401, 'another-key-of-at-least-24-characters'],
      [event, 401, 'x'],
    ];
    for (const [body, status, key] of wrong)
      expect((await call(started, 'events', body, key)).status).toBe(status);
    expect((await call(started, 'release', { to: { wa_id: '15550001' } })).status).toBe(409);
    expect((await call(started, 'nothing', {})).status).toBe(404);
    expect((await fetch(`${started.apiUrl}/events`)).status).toBe(405);
    const other = { ...started, apiUrl: started.apiUrl.replace('/default/', '/other/') };
    expect(await call(other, 'events', event)).toEqual(await call(started, 'events', event, 'y'));
    expect(await redis?.keys('*inbox*')).toEqual([]);
  }, 90_000);
});

describe('a conversation that people have', () => {
  test('is silent until it is released', async () => {
    const flow = `name: help
version: '1.0'
nodes:
  - { id: call, type: handoff, config: { queue: support }, next: back }
  - { id: back, type: reply, config: { message: 'The bot again', outside_window: skip } }
  - { id: hello, type: reply, config: { message: 'Hello' } }
triggers:
  - { type: keyword, words: [help], target: call }
  - { type: message, target: hello }
`;
    const started = await begin({ flows: { 'help.ygtc': flow } });
    await say(started, { waId: '15550001' }, 'help');
    await say(started, { waId: '15550001' }, 'anybody?');
    await waitFor(
      async () => ((await redis?.xlen('{s0}:emitted')) === 1 ? true : undefined),
      'subscribers to be told',
      30_000,
    );
    await say(started, { waId: '15550002' }, 'hi');
    await heard(started, '15550002', 'Hello');
    const release = { to: { wa_id: '15550001' } };
    expect(await call(started, 'release', release)).toMatchObject({ status: 202 });
    await heard(started, '15550001', 'The bot again');
    await say(started, { waId: '15550001' }, 'hi');
    await heard(started, '15550001', 'The bot again', 'Hello');
    expect(await call(started, 'release', release)).toMatchObject({ status: 409 });
  }, 90_000);
});

describe('a status trigger', () => {
  test('hears what became of a message, but not of what it says itself', async () => {
    const flow = `name: receipts
version: '1.0'
nodes:
  - { id: hello, type: reply, config: { message: 'Hello' } }
  - id: which
    type: branch
    config:
      conditions: [{ expression: "status.state == 'delivered' && window.open", next: thanks }]
  - { id: thanks, type: reply, config: { message: 'It is there', outside_window: skip } }
triggers:
  - { type: message, target: hello }
  - { type: status, target: which }
`;
    const started = await begin({ flows: { 'receipts.ygtc': flow } });
    await say(started, { waId: '15550001' }, 'hi');
    await heard(started, '15550001', 'Hello', 'It is there');
    await say(started, { waId: '15550002' }, 'hi');
    await heard(started, '15550002', 'Hello', 'It is there');
    expect(texts(started, '15550001')).toEqual(['Hello', 'It is there']);
  }, 90_000);
});

describe('a timer trigger', () => {
  test('writes once to each contact with its tag, with several runners', async () => {
    const flow = `name: weekly
version: '1.0'
nodes:
  - { id: join, type: tag, config: { add: weekly }, next: joined }
  - { id: joined, type: reply, config: { message: 'Joined' } }
  - { id: news, type: reply, config: { message: 'The news', outside_window: skip } }
triggers:
  - { type: keyword, words: [join], target: join }
  - { type: message, target: joined }
  - { type: timer, cron: '0 9 1 1 *', timezone: Asia/Jakarta, audience: { tag: weekly }, target: news }
`;
    const started = await begin({ flows: { 'weekly.ygtc': flow } });
    await started.start('flow-runner', 'another');
    const members = Array.from({ length: 12 }, (_, index) => String(15_550_001 + index));
    for (const contact of members) await say(started, { waId: contact }, 'join');
    await say(started, { waId: '15559999' }, 'hi');
    for (const contact of [...members, '15559999']) await heard(started, contact, 'Joined');
    const key = await waitFor(
      async () => (await redis?.keys('{s0}:schedule:*'))?.[0],
      'the schedule to be planned',
      30_000,
    );
    // Its time has come.
    await redis?.hset(key, 'next', Math.floor(Date.now() / 1000));
    for (const contact of members) await heard(started, contact, 'Joined', 'The news');
    expect(texts(started, '15559999')).toEqual(['Joined']);
    const following = Number(await redis?.hget(key, 'next'));
    expect(new Date(following * 1000).toISOString()).toMatch(/-01-01T02:00:00/);
  }, 90_000);
});
