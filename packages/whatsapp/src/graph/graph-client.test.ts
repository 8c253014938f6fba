import { afterEach, describe, expect, test } from '@jest/globals';
import { NumberId } from '@alur/types';
import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, type ServerResponse, createServer } from 'node:http';
import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer as createHttpsServer } from 'node:https';
import { type Socket, createServer as createTcpServer } from 'node:net';
import { type GraphClientOptions, type SendRequest, createGraphClient } from './graph-client.ts';
import { type LoopbackServer, listenOnLoopback } from '../testing/loopback-server.ts';

const NUMBER = NumberId.parse('106540352242922');
const TOKEN = 'EAAsecret';
const BODY = { messaging_product: 'whatsapp', to: '16505551234', type: 'text', text: { body: 'héllo 😀' } };
const ACCEPTED = {
  messaging_product: 'whatsapp',
  contacts: [{ input: '+16505551234', wa_id: '16505551234' }],
  messages: [{ id: 'wamid.1' }],
};

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen(server: LoopbackServer): Promise<string> {
  const { url, close } = await listenOnLoopback(server);
  cleanups.push(close);
  return url;
}

function client(baseUrl: string, options: Partial<GraphClientOptions> = {}) {
  const made = createGraphClient({ baseUrl, timeoutMs: 2_000, ...options });
  cleanups.push(() => made.close());
  return (request: Partial<SendRequest> = {}) =>
    made.send({ number: NUMBER, token: TOKEN, apiVersion: 'v25.0', body: BODY, ...request });
}

/** A client of an HTTP server that reads each request to its end and then answers with `answer`. */
async function served(
  answer: (response: ServerResponse, request: IncomingMessage, body: string) => void,
  options?: Partial<GraphClientOptions>,
) {
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => answer(response, request, body));
  };
  return client(await listen(createServer(listener)), options);
}

const answering = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  served((response) => {
    response.writeHead(status, headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });

/** A client of a TCP server that does `act` with the socket once bytes of a request have come. */
async function raw(act: (socket: Socket) => void, options?: Partial<GraphClientOptions>) {
  const server = createTcpServer((socket) => socket.once('data', () => act(socket)));
  return client(await listen(server), options);
}

describe('GraphClient.send() when Graph takes the message', () => {
  test('posts the exact request and gives back the wamid', async () => {
    const seen: unknown[] = [];
    const send = await served((response, request, body) => {
      seen.push(request.method, request.url, request.headers, JSON.parse(body));
      response.end(JSON.stringify(ACCEPTED));
    });
    expect(await send()).toEqual({
      kind: 'sent',
      wamid: 'wamid.1',
      contact: { waId: '16505551234' },
      httpStatus: 200,
      durationMs: expect.any(Number),
    });
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    expect(seen).toEqual(['POST', `/v25.0/${NUMBER}/messages`, expect.objectContaining(headers), BODY]);
  });

  test('keeps a path of the base address and its connection', async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      seen.push(request.url, request.socket.remotePort);
      request.resume().on('end', () => response.end(JSON.stringify(ACCEPTED)));
    });
    const send = client(`${await listen(server)}/meta/`);
    await send();
    await send();
    expect(seen[0]).toBe(`/meta/v25.0/${NUMBER}/messages`);
    expect(seen[1]).toBe(seen[3]);
  });

  test.each([
    [
      'to a user id',
      { ...ACCEPTED, contacts: [{ input: 'US.1', user_id: 'US.1' }] },
      { contact: { userId: 'US.1' } },
    ],
    [
      'that knows the number by another writing',
      { ...ACCEPTED, contacts: [{ wa_id: '551191234567' }] },
      { contact: { waId: '551191234567' } },
    ],
    ['without contacts', { messages: [{ id: 'wamid.1' }] }, { contact: undefined }],
    [
      'with contacts that are rubbish',
      { messages: [{ id: 'wamid.1' }], contacts: 5 },
      { contact: undefined },
    ],
    ['held for a check', { messages: [{ id: 'wamid.1', message_status: 'held' }] }, { wamid: 'wamid.1' }],
  ])('reads an answer %s', async (_label, answer, expected) => {
    const send = await answering(200, answer);
    expect(await send()).toMatchObject({ kind: 'sent', ...expected });
  });

  test('sends side by side, with more waiting than there are connections', async () => {
    let open = 0;
    let most = 0;
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.end(JSON.stringify(ACCEPTED)));
    });
    server.on('connection', (socket) => {
      most = Math.max(most, (open += 1));
      socket.on('close', () => (open -= 1));
    });
    const send = client(await listen(server), { maxSockets: 3 });
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => send()));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(50).fill('sent'));
    expect(most).toBe(3);
  });
});

describe('GraphClient.send() reads how much of the quotas is used', () => {
  const usage = { 'x-app-usage': '{"call_count":28,"total_time":25,"total_cputime":25}' };

  test.each([
    ['sent', 200, ACCEPTED],
    ['not_sent', 400, { error: { code: 131047 } }],
    ['unknown', 502, 'bad gateway'],
  ])('of an answer that is %s', async (kind, status, body) => {
    const send = await answering(status, body, usage);
    expect(await send()).toMatchObject({ kind, usage: { percent: 28 } });
  });
});

describe('GraphClient.send() takes the word of the bundle', () => {
  test('on a code', async () => {
    const send = await answering(400, { error: { code: 131026 } });
    const overrides = new Map([[131026, { class: 'retry' as const, retryAfterMs: 30_000 }]]);
    expect(await send({ overrides })).toMatchObject({
      failure: { class: 'retry', code: 131026, retryAfterMs: 30_000, deadReason: 'retries_exhausted' },
    });
    expect(await send()).toMatchObject({ failure: { class: 'bad_recipient' } });
  });
});

describe('GraphClient.send() knows that nothing was sent', () => {
  const error = (code: number, more: object = {}) => ({
    error: { message: '(#1) +16505551234', code, ...more },
  });

  test.each([
    ['a rate limit as 400', 400, error(130429), { class: 'wait_number', code: 130429 }],
    ['a rate limit as 429', 429, error(130429), { class: 'wait_number', code: 130429 }],
    ['a code with 500', 500, error(131000), { class: 'retry', code: 131000 }],
    ['an unknown code with 500', 500, error(777777), { class: 'retry', code: 777777 }],
    ['an unknown code with 400', 400, error(777777), { class: 'permanent', deadReason: 'unknown_code' }],
    ['an error with 200', 200, error(190), { class: 'configuration', code: 190 }],
    ['429 without a word', 429, '', { class: 'wait_number', code: 'throttled' }],
  ])('from %s', async (_label, status, body, failure) => {
    const send = await answering(status, body);
    const outcome = await send();
    expect(outcome).toMatchObject({ kind: 'not_sent', httpStatus: status, failure });
    expect(JSON.stringify(outcome)).not.toMatch(/1650|EAA/);
  });

  test('and when to come back, from Retry-After', async () => {
    const send = await answering(429, '', { 'retry-after': '9' });
    expect(await send()).toMatchObject({ failure: { retryAfterMs: 9_000 } });
  });

  test('when the connection is refused', async () => {
    const server = createTcpServer();
    const base = await listen(server);
    server.close();
    await once(server, 'close');
    cleanups.length = 0;
    expect(await client(base)()).toMatchObject({
      kind: 'not_sent',
      failure: { class: 'retry', code: 'connect_failed', systemCode: 'ECONNREFUSED' },
    });
  });

  test('when the name is not found', async () => {
    // A label over 63 characters is refused by the resolver itself, without asking anybody.
    const send = client(`https://${'x'.repeat(64)}`);
    expect(await send()).toMatchObject({
      kind: 'not_sent',
      failure: { class: 'retry', code: 'connect_failed' },
    });
  });

  test('when TLS cannot be agreed on', async () => {
    let bytes = 0;
    const server = createTcpServer((socket) =>
      socket.on('data', (chunk) => {
        bytes += chunk.includes(TOKEN) ? 1 : 0;
        socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      }),
    );
    const base = await listen(server);
    expect(await client(base.replace('http:', 'https:'))()).toMatchObject({
      kind: 'not_sent',
      failure: { class: 'retry', code: 'connect_failed' },
    });
    expect(bytes).toBe(0);
  });

  test('when the TLS handshake takes too long', async () => {
    const base = await listen(createTcpServer());
    const send = client(base.replace('http:', 'https:'), { connectTimeoutMs: 50 });
    expect(await send()).toMatchObject({ kind: 'not_sent', failure: { code: 'connect_timeout' } });
  });

  test('when no connection became free in time', async () => {
    const send = await served(() => undefined, { maxSockets: 1, timeoutMs: 150 });
    const [first, second] = await Promise.all([send(), send()]);
    expect(first).toMatchObject({ kind: 'unknown', reason: 'timeout' });
    expect(second).toMatchObject({ kind: 'not_sent', failure: { class: 'retry', code: 'no_connection' } });
  });

  test('when the token cannot stand in a header', async () => {
    const send = await answering(200, ACCEPTED);
    const outcome = await send({ token: 'EAA\r\nx: y' });
    expect(outcome).toMatchObject({
      kind: 'not_sent',
      failure: { class: 'configuration', code: 'bad_request' },
    });
    expect(JSON.stringify(outcome)).not.toContain('EAA');
  });
});

describe('GraphClient.send() asks beforeWrite', () => {
  test('once the connection stands and before a byte of the request has gone', async () => {
    const events: string[] = [];
    const server = createTcpServer((socket) => {
      events.push('connected');
      socket.on('data', () => {
        events.push('bytes');
        socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}`);
      });
    });
    const send = client(await listen(server));
    await send({ beforeWrite: () => events.push('asked') > 0 });
    expect(events.indexOf('asked')).toBeLessThan(events.indexOf('bytes'));
    expect(events.filter((event) => event !== 'connected')).toEqual(['asked', 'bytes']);
  });

  test.each(['a new connection', 'a reused connection'])(
    'and sends nothing on its no, on %s',
    async (which) => {
      let requests = 0;
      const send = await served((response) => {
        requests += 1;
        response.end(JSON.stringify(ACCEPTED));
      });
      if (which === 'a reused connection') await send();
      const before = requests;
      expect(await send({ beforeWrite: () => false })).toMatchObject({
        kind: 'not_sent',
        failure: { class: 'retry', code: 'lease_expired' },
      });
      expect(await send()).toMatchObject({ kind: 'sent' });
      expect(requests).toBe(before + 1);
    },
  );

  test('and rejects with what it throws', async () => {
    const send = await answering(200, ACCEPTED);
    const beforeWrite = () => {
      throw new Error('broken lease');
    };
    await expect(send({ beforeWrite })).rejects.toThrow('broken lease');
  });
});

describe('GraphClient.send() does not know', () => {
  const half = 'HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"messages":[{"id":"wamid.1"}]}';

  test.each<[string, (socket: Socket) => void, object]>([
    ['after a reset', (socket) => socket.resetAndDestroy(), { reason: 'reset' }],
    ['after a FIN', (socket) => socket.end(), { reason: 'reset' }],
    ['after half an answer', (socket) => socket.end(half), { reason: 'reset' }],
    [
      'after a reset in the answer',
      (socket) => socket.write(half, () => socket.resetAndDestroy()),
      { reason: 'reset' },
    ],
    ['after something that is not HTTP', (socket) => socket.end('+PONG\r\n'), { reason: 'bad_answer' }],
  ])('%s', async (_label, act, expected) => {
    const send = await raw(act);
    expect(await send()).toMatchObject({ kind: 'unknown', ...expected });
  });

  test.each<[string, (socket: Socket) => void]>([
    ['nothing', () => undefined],
    ['half a head', (socket) => socket.write('HTTP/1.1 200')],
    ['half a body', (socket) => socket.write(half)],
  ])('in time, when %s comes', async (_label, act) => {
    const send = await raw(act, { timeoutMs: 150 });
    const outcome = await send();
    expect(outcome).toMatchObject({ kind: 'unknown', reason: 'timeout' });
    expect(outcome.durationMs).toBeGreaterThan(140);
    expect(outcome.durationMs).toBeLessThan(1_500);
  });

  test('in time, when the answer drips', async () => {
    const send = await served(
      (response) => {
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
      { timeoutMs: 150 },
    );
    expect(await send()).toMatchObject({ kind: 'unknown', reason: 'timeout' });
  });

  test.each([
    ['500 in HTML', 500, '<html>', 'server_error'],
    ['502 without a word', 502, '', 'server_error'],
    ['503 with JSON of another', 503, { status: 'busy' }, 'server_error'],
    ['404 in HTML', 404, '<html>', 'bad_answer'],
    ['200 in HTML', 200, '<html>', 'bad_answer'],
    ['200 without a word', 200, '', 'bad_answer'],
    ['200 without id', 200, { messages: [{}] }, 'bad_answer'],
    ['200 with an empty id', 200, { messages: [{ id: '' }] }, 'bad_answer'],
    ['200 without messages', 200, { messages: [] }, 'bad_answer'],
    ['200 that only says success', 200, { success: true }, 'bad_answer'],
  ])('from %s', async (_label, status, body, reason) => {
    const send = await answering(status, body);
    expect(await send()).toMatchObject({ kind: 'unknown', reason, httpStatus: status });
  });

  test('from a redirect, which it does not follow', async () => {
    let requests = 0;
    const send = await served((response) => {
      requests += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await send()).toMatchObject({ kind: 'unknown', reason: 'bad_answer', httpStatus: 307 });
    expect(requests).toBe(1);
  });

  test('from an answer over 256 KiB', async () => {
    const send = await served((response) => {
      const pad = 'x'.repeat(300 * 1024);
      response.end(JSON.stringify({ ...ACCEPTED, pad }));
    });
    expect(await send()).toMatchObject({ kind: 'unknown', reason: 'bad_answer' });
  });

  test('when it is closed in the middle', async () => {
    const made = createGraphClient({
      baseUrl: await listen(
        createTcpServer((socket) => {
          socket.once('data', () => made.close());
        }),
      ),
    });
    const outcome = await made.send({ number: NUMBER, token: TOKEN, apiVersion: 'v25.0', body: BODY });
    expect(outcome).toMatchObject({ kind: 'unknown', reason: 'reset' });
  });
});

describe('GraphClient.send() over TLS', () => {
  async function secure(options: Partial<GraphClientOptions>, host = '127.0.0.1') {
    const { key, cert } = selfSigned();
    const seen: unknown[] = [];
    const server = createHttpsServer({ key, cert }, (request, response) => {
      seen.push(request.socket.remotePort);
      request.resume().on('end', () => response.end(JSON.stringify(ACCEPTED)));
    });
    const base = await listen(server);
    const trust = 'ca' in options ? { ca: cert } : {};
    return { seen, send: client(base.replace('http://127.0.0.1', `https://${host}`), trust) };
  }

  test('sends to a server that it trusts, and keeps the connection', async () => {
    const { seen, send } = await secure({ ca: '' });
    expect(await send()).toMatchObject({ kind: 'sent' });
    expect(await send()).toMatchObject({ kind: 'sent' });
    expect(seen[0]).toBe(seen[1]);
  });

  test.each([
    ['nobody vouches for', '127.0.0.1', {}, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['bears another name', 'localhost', { ca: '' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('shows nothing to a server that %s', async (_label, host, options, systemCode) => {
    const { seen, send } = await secure(options, host);
    let asked = false;
    const outcome = await send({ beforeWrite: () => (asked = true) });
    expect(outcome).toMatchObject({ kind: 'not_sent', failure: { code: 'connect_failed', systemCode } });
    expect([seen, asked]).toEqual([[], false]);
  });
});

/** A certificate for 127.0.0.1 that vouches for itself, so that no key has to lie in the repository. */
function selfSigned(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = (tag: number, ...parts: Buffer[]): Buffer => {
    const content = Buffer.concat(parts);
    const size = content.length;
    const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
    return Buffer.concat([Buffer.from([tag, ...length]), content]);
  };
  const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
  const algorithm = der(0x30, oid('2a8648ce3d040302'));
  const name = der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from('test')))));
  const validity = der(0x30, ...['200101000000Z', '491231235959Z'].map((at) => der(0x17, Buffer.from(at))));
  const address = der(0x30, der(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = der(0xa3, der(0x30, der(0x30, oid('551d11'), der(0x04, address))));
  const serial = der(0x02, Buffer.from([1]));
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const publicInfo = publicKey.export({ type: 'spki', format: 'der' });
  const parts = [version, serial, algorithm, name, validity, name, publicInfo, extensions];
  const toBeSigned = der(0x30, ...parts);
  const signature = der(0x03, Buffer.from([0]), sign('sha256', toBeSigned, privateKey));
  const base64 = der(0x30, toBeSigned, algorithm, signature).toString('base64');
  const cert = `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
}
