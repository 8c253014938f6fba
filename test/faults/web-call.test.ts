import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { messagesChange, metaJson, postWebhook, text, webhook } from '../support/meta.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

// A runner that is stopped, killed or slow while a web service has not answered yet.

let pipeline: Pipeline | undefined;
let shop: Server | undefined;
afterEach(async () => {
  await pipeline?.stop();
  shop?.closeAllConnections();
  shop?.close();
  [pipeline, shop] = [undefined, undefined];
});

const FLOW = (host: string) => `name: order
version: '1.0'
nodes:
  - id: look
    type: http
    timeout: 25000
    config: { method: POST, url: 'http://${host}/orders' }
    output: found
    next: say
  - { id: say, type: reply, config: { message: 'It is {{found.body.state}}' } }
triggers:
  - { type: message, target: look }
`;

interface Shop {
  /** The idempotency keys of the calls, as they came. */
  keys: string[];
  /** Answers the calls that came so far, and all that come later. */
  answer(): void;
}

async function begin(): Promise<{ started: Pipeline; calls: Shop }> {
  const waiting: ServerResponse[] = [];
  let isOpen = false;
  const reply = (response: ServerResponse) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"state":"paid"}');
  };
  const calls: Shop = {
    keys: [],
    answer: () => {
      isOpen = true;
      for (const response of waiting) reply(response);
    },
  };
  const server = createServer((request, response) => {
    calls.keys.push(String(request.headers['idempotency-key']));
    if (isOpen) reply(response);
    else waiting.push(response);
  });
  shop = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const started = await startPipeline({
    flows: { 'order.ygtc': FLOW(host) },
    httpAllow: [`http://${host}`],
    fsync: 'always',
    env: { RUNNER_LEASE_MS: '1000' },
  });
  pipeline = started;
  return { started, calls };
}

async function say({ webhookUrl, team, number }: Pipeline): Promise<void> {
  const message = { number: number.id, from: '15550001', id: 'wamid.1', content: text('hi') };
  const body = metaJson(webhook(messagesChange(number.id, [message])));
  expect((await postWebhook(webhookUrl, body, { secret: team.appSecrets[0] ?? '' })).status).toBe(200);
}

const called = (calls: Shop, times: number) =>
  waitFor(() => (calls.keys.length >= times ? true : undefined), `call ${times}`, 30_000);

async function answered({ emulator }: Pipeline): Promise<void> {
  await waitFor(() => (emulator.ledger().length > 0 ? true : undefined), 'the answer', 30_000);
  const texts = emulator.ledger().map(({ body }) => JSON.parse(JSON.stringify(body)).text.body);
  expect(texts).toEqual(['It is paid']);
}

describe('a runner that waits for a web service', () => {
  test('keeps its conversation though that takes many leases: another runner makes no second call', async () => {
    const { started, calls } = await begin();
    await started.start('flow-runner', 'another');
    await say(started);
    await called(calls, 1);
    const longEnough = Date.now() + 6_000;
    await waitFor(
      () => (calls.keys.length > 1 || Date.now() > longEnough ? true : undefined),
      'leases to pass',
    );
    calls.answer();
    await answered(started);
    expect(calls.keys).toHaveLength(1);
  }, 120_000);

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'and ends by %s: the call is made again under its key',
    async (signal) => {
      const { started, calls } = await begin();
      await say(started);
      await called(calls, 1);
      const code = await started.services.get('flow-runner')?.kill(signal);
      expect(code).toBe(signal === 'SIGTERM' ? 0 : null);
      calls.answer();
      await started.start('flow-runner');
      await answered(started);
      expect(new Set(calls.keys).size).toBe(1);
    },
    120_000,
  );
});
