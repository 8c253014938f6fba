import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { fencesOf, read } from '../docs/markdown.ts';
import { orderWebhook, say } from '../support/inbound.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

// What flows emit reaches web services of the operator, with real processes and a real receiver.

const SECRET = 'a-secret-of-sixteen';
const FLOW = `name: order
version: '1.0'
nodes:
  - id: tell
    type: event
    config: { event_type: order.placed, payload: { what: '{{message.text}}', parts: [1, true] } }
    next: people
  - { id: people, type: handoff, config: { queue: support, note: '{{contact.name}}' }, next: back }
  - { id: back, type: event, config: { event_type: order.done } }
triggers:
  - { type: message, target: tell }
`;

const Body = z.object({
  id: z.string(),
  type: z.string(),
  contact: z.object({ wa_id: z.string() }),
  payload: z.unknown(),
});
interface Heard extends z.infer<typeof Body> {
  path: string;
}

let pipeline: Pipeline | undefined;
let receiver: Server | undefined;
let redis: Redis | undefined;
afterEach(async () => {
  await redis?.quit();
  await pipeline?.stop();
  receiver?.closeAllConnections();
  receiver?.close();
  [pipeline, receiver, redis] = [undefined, undefined, undefined];
}, 60_000);

/** Hears deliveries whose signature is right. `answer` may leave one without an answer. */
async function receive(answer: (heard: Heard, response: ServerResponse) => void) {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
      const digest = createHmac('sha256', SECRET)
        .update(`${String(id)}.${String(at)}.${text}`)
        .digest('base64');
      if (signature !== `v1,${digest}`) return response.writeHead(401).end();
      const one = { path: request.url ?? '', ...Body.parse(JSON.parse(text)) };
      heard.push(one);
      return answer(one, response);
    });
  });
  receiver = server;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { heard, origin: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` };
}

async function release({ apiUrl }: Pipeline, key: string, waId: string): Promise<void> {
  const response = await fetch(`${apiUrl}/release`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ to: { wa_id: waId } }),
  });
  expect(response.status).toBe(202);
}

/** Of one contact at one address: each event once, in the order in which it came first. */
function typesOf(heard: readonly Heard[], path: string, waId: string): string[] {
  const own = heard.filter((one) => one.path === path && one.contact.wa_id === waId);
  return [...new Map(own.map(({ id, type }) => [id, type])).values()];
}

describe('subscribers', () => {
  test('hear all that a flow emits, in order, though runners are killed between delivery and cursor', async () => {
    let isHeld = true;
    const { heard, origin } = await receive(({ path, type }, response) => {
      // The killed runner never learns that this one arrived.
      if (isHeld && path === '/crm' && type === 'handoff.started') return;
      response.writeHead(204).end();
    });
    const key = 'a-key-of-at-least-24-characters';
    pipeline = await startPipeline({
      flows: { 'order.ygtc': FLOW },
      httpAllow: [origin],
      subscribers: [
        { id: 'crm', url: `${origin}/crm`, events: ['order.*', 'handoff.*'] },
        { id: 'desk', url: `${origin}/desk`, events: ['handoff.*'] },
      ],
      secrets: { api_keys: [key], subscriber_secrets: { crm: SECRET, desk: SECRET } },
    });
    const started = pipeline;
    const client = new Redis(started.redis.url);
    redis = client;
    const until = (path: string, waId: string, ...types: string[]) =>
      waitFor(
        () => Promise.resolve(typesOf(heard, path, waId).length >= types.length ? true : undefined),
        `${types.length} events at ${path}`,
        45_000,
      ).then(() => expect(typesOf(heard, path, waId)).toEqual(types));
    await waitFor(
      async () => ((await client.keys('*:subscription:*')).length === 2 ? true : undefined),
      'the subscribers to begin',
    );

    await say(started, { waId: '15550001' }, 'a table');
    await until('/crm', '15550001', 'order.placed', 'handoff.started');
    expect(heard.find(({ type }) => type === 'order.placed')?.payload).toEqual({
      what: 'a table',
      parts: [1, true],
    });
    await started.services.get('flow-runner')?.kill('SIGKILL');
    isHeld = false;
    await Promise.all([started.start('flow-runner'), started.start('flow-runner', 'another')]);
    await say(started, { waId: '15550002' }, 'a chair');
    await until('/desk', '15550002', 'handoff.started');
    await release(started, key, '15550001');
    const ends = ['handoff.ended', 'order.done'];
    // Whoever follows the killed runner waits until its lease is over.
    await until('/crm', '15550001', 'order.placed', 'handoff.started', ...ends);
    await until('/crm', '15550002', 'order.placed', 'handoff.started');
    await until('/desk', '15550001', 'handoff.started', 'handoff.ended');
    const repeats = heard.filter(
      ({ path, type, contact }) =>
        path === '/crm' && type === 'handoff.started' && contact.wa_id === '15550001',
    );
    expect(repeats).toHaveLength(2);
    expect(repeats[0]).toEqual(repeats[1]);
    const runner = started.services.get('another');
    const metrics = await (await fetch(`${runner?.opsUrl ?? ''}/metrics`)).text();
    expect(metrics).toMatch(/^alur_subscribers_oldest_age_seconds \d/m);
    for (const service of started.services.values()) expect(service.output()).not.toContain(SECRET);
  }, 120_000);
});

const TALK = `name: talk
version: '1.0'
nodes:
  - { id: answer, type: reply, config: { message: 'You said {{message.text}}' } }
  - { id: people, type: handoff, config: { queue: support, note: urgent }, next: back }
  - { id: back, type: event, config: { event_type: talk.back } }
triggers:
  - { type: keyword, words: [people], target: people }
  - { type: keyword, words: [hello], target: answer }
`;
const OLD = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OutEvent = z.object({
  id: z.string(),
  type: z.string(),
  contact: z.object({ wa_id: z.string().optional() }),
  payload: z.looseObject({ message_id: z.string().optional() }).nullable(),
});

/** Hears everything at once, and checks no signature: `isSigned` does, as the page has it. */
async function overhear() {
  const heard: { headers: IncomingHttpHeaders; text: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard.push({ headers: request.headers, text: Buffer.concat(chunks).toString() });
      response.writeHead(204).end();
    });
  });
  receiver = server;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const events = () => heard.map(({ text }) => OutEvent.parse(JSON.parse(text)));
  return { heard, events, origin: `http://127.0.0.1:${port}` };
}

/** The example of the page, over all that was heard. */
function isSigned(secret: string, heard: readonly { headers: IncomingHttpHeaders; text: string }[]): boolean {
  const example = fencesOf(read('docs/subscribers.md')).find(({ info }) => info === 'js verify')?.text ?? '';
  const program = `${example}
import { readFileSync } from 'node:fs';
const secret = ${secret.startsWith('whsec_') ? `Buffer.from(${JSON.stringify(secret.slice(6))}, 'base64')` : JSON.stringify(secret)};
const all = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(String(all.every(({ headers, text }) => isFromAlur(secret, headers, text))));`;
  const input = JSON.stringify(heard);
  return (
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { input }).toString() === 'true'
  );
}

describe('a subscriber to everything', () => {
  test('hears of messages, statuses, wishes and people, signed, though services are killed', async () => {
    const { heard, events, origin } = await overhear();
    const key = 'a-key-of-at-least-24-characters';
    pipeline = await startPipeline({
      flows: { 'talk.ygtc': TALK },
      httpAllow: [origin],
      subscribers: [{ id: 'desk', url: `${origin}/desk` }],
      secrets: { api_keys: [key], subscriber_secrets: { desk: [SECRET, OLD] } },
    });
    const started = pipeline;
    const client = new Redis(started.redis.url);
    redis = client;
    const [a, b] = ['15550001', '15550002'];
    const typesFor = (waId: string) => {
      const own = events().filter(({ contact }) => contact.wa_id === waId);
      return [...new Map(own.map(({ id, type }) => [id, type])).values()];
    };
    const until = (waId: string, ...types: string[]) =>
      waitFor(
        () => Promise.resolve(typesFor(waId).length >= types.length ? true : undefined),
        `${types.length} events of ${waId}`,
        45_000,
      ).then(() => expect(typesFor(waId)).toEqual(types));
    await waitFor(
      async () => ((await client.keys('*:subscription:*')).length === 1 ? true : undefined),
      'the subscriber to begin',
    );

    await say(started, { waId: a }, 'hello');
    const first = ['message.received', 'message.sent', 'message.delivered', 'message.read'];
    await until(a, ...first);
    const [received, sent, , wasRead] = events();
    expect(received?.payload).toMatchObject({ message: { text: 'hello', type: 'text' } });
    expect(sent?.payload).toMatchObject({ state: 'sent', class: 'reply', kind: 'text' });
    expect(wasRead?.payload?.message_id).toBe(sent?.payload?.message_id);

    // Whoever dies in the middle of it is followed: nothing is lost.
    await started.services.get('flow-runner')?.kill('SIGKILL');
    await started.services.get('ingress')?.kill('SIGKILL');
    await Promise.all([started.start('flow-runner', 'runner-2'), started.start('ingress', 'ingress-2')]);
    const fault = { kind: 'error', http: 400, code: 131026, title: 'Message undeliverable' };
    await fetch(`${started.emulator.url}/_emulator/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ times: 1, fault }),
    });
    await say(started, { waId: a }, 'hello');
    const second = [...first, 'message.received', 'message.failed'];
    await until(a, ...second);
    expect(events().find(({ type }) => type === 'message.failed')?.payload).toMatchObject({
      ...{ state: 'dead', code: 131026, reason: 'bad_recipient' },
    });

    await say(started, { waId: a }, 'people');
    await say(started, { waId: a }, 'is anybody there?');
    const third = [...second, 'message.received', 'handoff.started', 'message.received'];
    await until(a, ...third);
    await release(started, key, a);
    const fourth = [...third, 'handoff.ended', 'talk.back'];
    await until(a, ...fourth);

    await say(started, { waId: b }, 'STOP');
    await say(started, { waId: b }, 'STOP');
    await waitFor(
      () => (typesFor(b).includes('message.read') ? true : undefined),
      'the answer to be read',
      45_000,
    );
    expect(typesFor(b).filter((type) => !/^message\.(sent|delivered|read)$/.test(type))).toEqual([
      ...['message.received', 'contact.opted_out', 'message.received'],
    ]);
    await orderWebhook(started, 'account', { event: 'marketing_stopped', contact: a });
    await until(a, ...fourth, 'contact.opted_out');
    expect(events().filter(({ type }) => type === 'contact.opted_out')).toMatchObject([
      { payload: { scope: 'all', source: 'keyword' } },
      { payload: { scope: 'marketing', source: 'whatsapp' } },
    ]);
    expect([isSigned(SECRET, heard), isSigned(OLD, heard), isSigned('another-secret-of-16', heard)]).toEqual([
      true,
      true,
      false,
    ]);
  }, 150_000);
});
