import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signBody } from '@alur/whatsapp';
import { Redis } from 'ioredis';
import { replyFlow } from '../support/flows.ts';
import { messagesChange, metaJson, postWebhook, text, webhook } from '../support/meta.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

const FLOW = replyFlow('You said: {{message.text}}');

let pipeline: Pipeline;
let redis: Redis;
let secret: string;
let counter = 0;

beforeAll(async () => {
  pipeline = await startPipeline({ flows: { 'echo.ygtc': FLOW } });
  redis = new Redis(pipeline.redis.url);
  secret = pipeline.team.appSecrets[0] ?? '';
}, 60_000);
afterAll(async () => {
  await redis.quit();
  await pipeline.stop();
});

const body = (words = 'Olá / @') => {
  counter += 1;
  const number = pipeline.number.id;
  const message = { number, from: '6281230001', id: `wamid.B${counter}`, content: text(words) };
  return metaJson(webhook(messagesChange(number, [message])));
};
/** What a stored webhook leaves behind. */
const stored = async () => ({
  seen: (await redis.keys('{s0}:seen:*')).length,
  aside: await redis.xlen('{s0}:quarantine'),
});

describe('a signature that is not Meta’s', () => {
  const signed = () => signBody(body(), secret);
  test.each<[string, (bytes: string) => string | undefined]>([
    ['missing', () => undefined],
    ['empty', () => ''],
    ['without its scheme', (bytes) => signBody(bytes, secret).slice('sha256='.length)],
    ['too short', (bytes) => signBody(bytes, secret).slice(0, -1)],
    ['with a tail', (bytes) => `${signBody(bytes, secret)}zz`],
    ['in upper case', (bytes) => `sha256=${signBody(bytes, secret).slice(7).toUpperCase()}`],
    ['of another secret', (bytes) => signBody(bytes, 'another-secret-of-another-team-0001')],
    ['of the verify token', (bytes) => signBody(bytes, pipeline.team.verifyToken)],
    ['of another body', () => signed()],
    ['of the body parsed and written again', (bytes) => signBody(JSON.stringify(JSON.parse(bytes)), secret)],
    ['of the body and a line break', (bytes) => signBody(`${bytes}\n`, secret)],
  ])('%s: 401 with a constant body, and nothing is stored', async (_label, sign) => {
    const before = await stored();
    const bytes = body();
    expect(await postWebhook(pipeline.webhookUrl, bytes, { signature: sign(bytes) })).toEqual({
      status: 401,
      body: 'unauthorized',
    });
    expect(await stored()).toEqual(before);
  });

  test.each([
    '/webhook/whatsapp/default/nobody',
    '/webhook/whatsapp/__proto__/constructor',
    '/webhook/whatsapp/%2e%2e/x',
  ])('to %s: cannot be told from a wrong signature', async (path) => {
    const url = new URL(path, pipeline.webhookUrl).href.replace('/x', '/x');
    const answer = await postWebhook(url, body(), { secret });
    expect([answer.status, answer.body]).toEqual(
      path.includes('%2e') ? [404, 'not found'] : [401, 'unauthorized'],
    );
  });
});

describe('a good signature over something that cannot be used', () => {
  test.each<[string, () => string]>([
    ['not JSON', () => '{"object":'],
    ['nothing', () => ''],
    ['null', () => 'null'],
    ['a list', () => '[]'],
    ['another product', () => '{"object":"page","entry":[]}'],
    ['too deep', () => '['.repeat(100_000)],
    ['no entries', () => '{"object":"whatsapp_business_account"}'],
    ['a change of another shape', () => metaJson(webhook({ field: 'messages', value: 7 }))],
    ['an unknown field', () => metaJson(webhook({ field: 'in_orbit', value: { a: 1 } }))],
    [
      'a number of nobody',
      () =>
        metaJson(
          webhook(
            messagesChange('424242', [
              { number: '1', from: '6281230002', id: 'wamid.n', content: text('x') },
            ]),
          ),
        ),
    ],
    [
      'nine days old',
      () =>
        metaJson(
          webhook(
            messagesChange(pipeline.number.id, [
              {
                number: '1',
                from: '6281230002',
                id: 'wamid.o',
                at: Math.floor(Date.now() / 1000) - 9 * 86_400,
                content: text('x'),
              },
            ]),
          ),
        ),
    ],
  ])('%s: kept aside, 200', async (_label, make) => {
    const before = await stored();
    expect((await postWebhook(pipeline.webhookUrl, make(), { secret })).status).toBe(200);
    expect(await stored()).toEqual({ ...before, aside: before.aside + 1 });
  });

  test('one bad message: its neighbours are answered', async () => {
    const number = pipeline.number.id;
    const good = (id: string) => ({ number, from: '6281239999', id, content: text(id) });
    const bad = { number, from: '6281239999', id: '', content: text('no id') };
    const change = messagesChange(number, [good('wamid.ok1'), bad, good('wamid.ok2')]);
    expect(
      (
        await postWebhook(pipeline.webhookUrl, metaJson(webhook('x', change, { field: 'messages' })), {
          secret,
        })
      ).status,
    ).toBe(200);
    const answers = await waitFor(() => {
      const sent = pipeline.emulator.ledger().filter(({ to }) => to === '6281239999');
      return sent.length === 2 ? sent.map((entry) => entry.body['text']) : undefined;
    }, 'both answers');
    expect(answers).toEqual([{ body: 'You said: wamid.ok1' }, { body: 'You said: wamid.ok2' }]);
  });

  test('what a contact writes is never rendered', async () => {
    const number = pipeline.number.id;
    const message = {
      number,
      from: '6281238888',
      id: 'wamid.t1',
      content: text('{{7*7}} {{contact.name}} {{'),
    };
    await postWebhook(pipeline.webhookUrl, metaJson(webhook(messagesChange(number, [message]))), { secret });
    const [answer] = await waitFor(() => {
      const sent = pipeline.emulator.ledger().filter(({ to }) => to === '6281238888');
      return sent.length > 0 ? sent : undefined;
    }, 'the answer');
    expect(answer?.body['text']).toEqual({ body: 'You said: {{7*7}} {{contact.name}} {{' });
  });
});

describe('a body that is too large, encoded, or by another method', () => {
  test('4 MiB and one byte: 413 at once, before the body is sent, and the connection ends', async () => {
    const answer = await new Promise<{ status: number | undefined; connection: string | undefined }>(
      (resolve, reject) => {
        const call = request(pipeline.webhookUrl, {
          method: 'POST',
          headers: {
            'content-length': 4 * 1024 * 1024 + 1,
            'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
          },
        });
        call.on('response', (response) => {
          resolve({ status: response.statusCode, connection: response.headers.connection });
          call.destroy();
        });
        call.on('error', reject);
        call.flushHeaders();
      },
    );
    expect(answer).toEqual({ status: 413, connection: 'close' });
  });

  test('without a length: 413 as soon as it is too long', async () => {
    const big = Buffer.alloc(5 * 1024 * 1024, 'x');
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < big.length; at += 65_536) controller.enqueue(big.subarray(at, at + 65_536));
        controller.close();
      },
    });
    const init = { method: 'POST', body: stream, duplex: 'half' };
    const status = await fetch(pipeline.webhookUrl, init).then(
      (response) => response.status,
      () => 'cut',
    );
    expect([413, 'cut']).toContain(status);
  });

  test('3 MiB that Meta may send: taken', async () => {
    const number = pipeline.number.id;
    const messages = Array.from({ length: 1_000 }, (_, index) => ({
      number,
      from: String(628_500_000_000 + index),
      id: `wamid.big${index}`,
      content: { type: 'unsupported', filler: 'x'.repeat(2_700) },
    }));
    const bytes = metaJson(webhook(messagesChange(number, messages)));
    expect(bytes.length).toBeGreaterThan(2_800_000);
    const before = (await stored()).aside;
    expect((await postWebhook(pipeline.webhookUrl, bytes, { secret })).status).toBe(200);
    expect((await stored()).aside).toBe(before);
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])('%s: 405', async (method) => {
    const response = await fetch(pipeline.webhookUrl, { method });
    expect(response.status).toBe(405);
  });

  test('a compressed body: 415', async () => {
    const response = await fetch(pipeline.webhookUrl, {
      method: 'POST',
      body: 'x',
      headers: { 'content-encoding': 'gzip' },
    });
    expect(response.status).toBe(415);
  });

  test.each([
    '/webhook/whatsapp/default/default/',
    '/WEBHOOK/whatsapp/default/default',
    '/metrics',
    '/healthz',
    '/',
  ])('another address (%s): 404, and no header tells what runs here', async (path) => {
    const response = await fetch(new URL(path, pipeline.webhookUrl), { method: 'POST', body: '{}' });
    expect(response.status).toBe(404);
    expect(response.headers.get('x-powered-by')).toBeNull();
  });
});

describe('GET verification', () => {
  const verify = (query: string) => fetch(`${pipeline.webhookUrl}?${query}`);
  const good = () =>
    `hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${pipeline.team.verifyToken}`;

  test('echoes the bare challenge as text', async () => {
    const response = await verify(good());
    expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([
      200,
      '1158201444',
      'text/plain; charset=utf-8',
    ]);
  });

  test.each<[string, () => string]>([
    ['a wrong token', () => good().replace(/verify_token=.*/, 'verify_token=wrong')],
    ['no token', () => good().replace(/&hub.verify_token=.*/, '')],
    ['an empty token', () => good().replace(/verify_token=.*/, 'verify_token=')],
    ['half the token', () => good().slice(0, -4)],
    ['the token twice', () => `${good()}&hub.verify_token=${pipeline.team.verifyToken}`],
    ['another mode', () => good().replace('subscribe', 'unsubscribe')],
    ['no mode', () => good().replace('hub.mode=subscribe&', '')],
    ['a challenge with markup', () => good().replace('1158201444', '<script>')],
    ['no challenge', () => good().replace('hub.challenge=1158201444&', '')],
  ])('refuses %s with 403', async (_label, query) => {
    const response = await verify(query());
    expect([response.status, await response.text()]).toEqual([403, 'forbidden']);
  });
});
