import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { say } from '../support/inbound.ts';
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
        { id: 'crm', url: `${origin}/crm` },
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
