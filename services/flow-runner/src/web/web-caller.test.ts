import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { HttpRequest, HttpResult } from '@alur/types';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { figure } from '../../../../test/support/figure.ts';
import { createWebCaller, type CallingTeam, type WebCaller, type WebCallerDeps } from './web-caller.ts';
import { WEB_FAILURE_CODES } from './web-failure.ts';

type Handler = (request: IncomingMessage & { text: string }, response: ServerResponse) => void;

let server: Server;
let origin: string;
let handle: Handler;
let accepted: number;
let callers: WebCaller[];
beforeEach(async () => {
  accepted = 0;
  callers = [];
  handle = (_, response) => response.end('ok');
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      handle(Object.assign(request, { text: Buffer.concat(chunks).toString() }), response);
    });
  });
  server.on('connection', () => {
    accepted += 1;
  });
  origin = `http://127.0.0.1:${await portOf(server)}`;
});
afterEach(async () => {
  for (const caller of callers) caller.close();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function portOf(listening: TcpServer): Promise<number> {
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return address.port;
}

function open(deps: WebCallerDeps = {}): WebCaller {
  const caller = createWebCaller({
    resolve: () => Promise.reject(new Error('nothing is to be resolved')),
    ...deps,
  });
  callers.push(caller);
  return caller;
}

const call = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  key: 'key-1',
  flow: 'shop',
  node: 'ask',
  method: 'GET',
  url: [url],
  headers: [],
  timeoutMs: 5_000,
  ...more,
});
const team = (more: Partial<CallingTeam> = {}): CallingTeam => ({
  tenant: 'acme',
  httpAllow: [origin],
  flowSecrets: new Map(),
  ...more,
});
const ask = (more: Partial<HttpRequest> = {}, of: Partial<CallingTeam> = {}, path = '/') =>
  open().perform(call(`${origin}${path}`, more), team(of));
const answerWith = (headers: Record<string, string | string[]>, body: string | Buffer, status = 200) => {
  handle = (_, response) => response.writeHead(status, headers).end(body);
};
const JSON_TYPE = { 'content-type': 'application/json' };

function codeOf(result: HttpResult): string {
  if (result.kind === 'answer') return 'answer';
  expect(WEB_FAILURE_CODES).toContain(result.code);
  expect(result.ms).toBeGreaterThanOrEqual(1);
  // Nothing of inside networks, and a sentence that can be read.
  expect(result.message).not.toMatch(/127\.0\.0\.1|::1|ECONN|secret-value|\n/);
  expect(result.message.length).toBeLessThan(200);
  return result.code;
}

/** How many connections this process begins while something runs. */
async function connectionsOf(run: () => Promise<void>): Promise<number> {
  let begun = 0;
  const hook = createHook({
    init: (_, type) => {
      if (type === 'TCPCONNECTWRAP') begun += 1;
    },
  }).enable();
  await run().finally(() => hook.disable());
  return begun;
}

describe('createWebCaller() answers', () => {
  test('sends what was asked for, and gives back status, headers and data', async () => {
    let seen: (IncomingMessage & { text: string }) | undefined;
    handle = (request, response) => {
      seen = request;
      response.writeHead(201, { ...JSON_TYPE, 'X-Id': '7', 'X-Many': ['a', 'b'] }).end('{"a":[1,"ü",null]}');
    };
    const headers = [{ name: 'X-Shop', value: ['one ', 'two'] }];
    const result = await ask({ method: 'POST', headers, body: ['{"q":', '1}'] }, {}, '/orders?a=b%20c');
    expect(result).toMatchObject({ kind: 'answer', status: 201, body: { a: [1, 'ü', null] } });
    expect(result.ms).toBeGreaterThanOrEqual(1);
    expect(result.kind === 'answer' && result.headers).toMatchObject({ 'x-id': '7', 'x-many': 'a, b' });
    expect(seen).toMatchObject({ method: 'POST', url: '/orders?a=b%20c', text: '{"q":1}' });
    expect(seen?.headers).toMatchObject({
      'x-shop': 'one two',
      'idempotency-key': 'key-1',
      'user-agent': 'Alur',
      'accept-encoding': 'identity',
      'content-length': '7',
      host: origin.replace('http://', ''),
    });
    expect(seen?.headers.cookie).toBeUndefined();
  });

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const)(
    'calls with %s, with and without a body',
    async (method) => {
      handle = (request, response) => response.end(`${request.method}:${request.text}`);
      expect(await ask({ method })).toMatchObject({ body: `${method}:` });
      expect(await ask({ method, body: ['x=1'] })).toMatchObject({ body: `${method}:x=1` });
    },
  );

  test.each([
    ['application/json; charset=utf-8', '{"a":-0,"__proto__":{"x":1},"b":"\\ud800"}', { a: 0, b: '\ufffd' }],
    ['application/problem+json', '[true]', [true]],
    ['text/json', '\ufeff"x"', 'x'],
    ['application/json', '', null],
    ['text/html; charset=utf-8', '<b>ü</b>', '<b>ü</b>'],
    ['text/plain', '', null],
    ['', 'plain', 'plain'],
    ['application/octet-stream', 'really text', 'really text'],
    ['application/jsonp', '{}', '{}'],
  ])('a body of type %j: %j', async (type, body, expected) => {
    answerWith(type === '' ? {} : { 'content-type': type }, body);
    const result = await ask();
    expect(result).toMatchObject({ kind: 'answer', status: 200 });
    expect(result.kind === 'answer' && result.body).toEqual(expected);
  });

  test.each([204, 304, 404, 500])('status %i is an answer', async (status) => {
    answerWith({}, '', status);
    expect(await ask()).toMatchObject({ kind: 'answer', status, body: null });
  });

  test('a redirect is an answer: nobody follows it, wherever it leads', async () => {
    answerWith({ location: `${origin}/inside` }, '', 302);
    const connections = await connectionsOf(async () => {
      expect(await ask()).toMatchObject({ status: 302, headers: { location: `${origin}/inside` } });
    });
    expect({ connections, accepted }).toEqual({ connections: 1, accepted: 1 });
  });

  test('cookies are neither kept nor handed on', async () => {
    const cookies: unknown[] = [];
    handle = (request, response) => {
      cookies.push(request.headers.cookie);
      response.writeHead(200, { 'Set-Cookie': ['sid=secret-value', 'b=c'], 'X-A': 'b' }).end();
    };
    const caller = open();
    const first = await caller.perform(call(origin), team());
    await caller.perform(call(origin), team());
    expect(first.kind === 'answer' && Object.keys(first.headers)).not.toContain('set-cookie');
    expect(cookies).toEqual([undefined, undefined]);
  });

  test('keeps 100 headers at most', async () => {
    answerWith(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`x-${index}`, 'v'])), 'ok');
    const result = await ask();
    expect(result.kind === 'answer' && Object.keys(result.headers)).toHaveLength(100);
  });

  test('keeps connections for what may be repeated, and none for the rest', async () => {
    const caller = open();
    for (let index = 0; index < 3; index += 1) await caller.perform(call(origin), team());
    expect(accepted).toBe(1);
    for (let index = 0; index < 3; index += 1) await caller.perform(call(origin, { method: 'POST' }), team());
    expect(accepted).toBe(4);
  });

  test('asks once more when a kept connection was closed at that moment', async () => {
    const caller = open();
    await caller.perform(call(origin), team());
    let asked = 0;
    handle = (request, response) => {
      asked += 1;
      if (asked === 1) request.socket.resetAndDestroy();
      else response.end('again');
    };
    expect(await caller.perform(call(origin), team())).toMatchObject({ kind: 'answer', body: 'again' });
    expect(asked).toBe(2);
  });

  test('connects to the next address when one cannot be connected to', async () => {
    const port = new URL(origin).port;
    const caller = open({ resolve: () => Promise.resolve(['::1', '127.0.0.2', '127.0.0.1']) });
    const result = await caller.perform(call(`http://crm:${port}/`), team({ httpAllow: [`crm:${port}`] }));
    expect(result).toMatchObject({ kind: 'answer', body: 'ok' });
  });
});

describe('createWebCaller() secrets', () => {
  const flowSecrets = new Map([
    ['TOKEN', 'secret-value "1" \\ &='],
    ['BAD', 'secret-value\r\nX-Other: 1'],
    ['WIDE', 'secret-value €'],
  ]);

  test('are put in, each escaped for its place', async () => {
    let seen: unknown[] = [];
    handle = (request, response) => {
      seen = [request.url, request.headers['x-key'], request.text];
      response.end();
    };
    const secret = (as: 'plain' | 'json' | 'url') => ({ secret: 'TOKEN', as });
    await open().perform(
      call('', {
        method: 'POST',
        url: [`${origin}/?k=`, secret('url')],
        headers: [{ name: 'X-Key', value: ['Bearer ', secret('plain')] }],
        body: ['{"k":"', secret('json'), '"}'],
      }),
      team({ flowSecrets }),
    );
    const value = flowSecrets.get('TOKEN') ?? '';
    expect(seen).toEqual([
      `/?k=${encodeURIComponent(value)}`,
      `Bearer ${value}`,
      JSON.stringify({ k: value }),
    ]);
  });

  test('a whole base address may be one', async () => {
    const secrets = new Map([['BASE', origin]]);
    const result = await open().perform(
      call('', { url: [{ secret: 'BASE', as: 'plain' }, '/x'] }),
      team({ flowSecrets: secrets }),
    );
    expect(result).toMatchObject({ kind: 'answer', status: 200 });
  });

  test('one that is not there is named', async () => {
    const result = await ask(
      { headers: [{ name: 'X', value: [{ secret: 'NONE', as: 'plain' }] }] },
      { flowSecrets },
    );
    expect(codeOf(result)).toBe('secret_missing');
    expect(result).toMatchObject({ message: expect.stringContaining('"NONE"') });
    expect(accepted).toBe(0);
  });

  test.each(['BAD', 'WIDE'])('%s cannot stand in a header, and is not told', async (secret) => {
    const result = await ask({ headers: [{ name: 'X', value: [{ secret, as: 'plain' }] }] }, { flowSecrets });
    expect(codeOf(result)).toBe('bad_request');
    expect(accepted).toBe(0);
  });

  test('are hidden in what a service repeats', async () => {
    handle = (request, response) => {
      const key = String(request.headers['x-key']);
      response
        .writeHead(401, { ...JSON_TYPE, 'x-echo': encodeURIComponent(key), location: key })
        .end(JSON.stringify({ error: `bad key ${key}`, [key]: 1 }));
    };
    const headers = [{ name: 'X-Key', value: [{ secret: 'TOKEN', as: 'plain' as const }] }];
    const result = await open().perform(
      call('', { url: [`${origin}/`, { secret: 'TOKEN', as: 'url' }], headers }),
      team({ flowSecrets }),
    );
    expect(result).toMatchObject({
      status: 401,
      body: { error: 'bad key ***', '***': 1 },
      headers: { 'x-echo': '***', location: '***' },
    });
    expect(JSON.stringify(result)).not.toContain('secret-value');
  });

  test.each([
    ['as JSON', (key: string) => JSON.stringify({ key })],
    ['as part of an address', (key: string) => `/?key=${encodeURIComponent(key)}`],
  ])('are hidden in a text that repeats them %s, though they went as they are', async (_label, repeat) => {
    handle = (request, response) => {
      response.writeHead(400, { 'content-type': 'text/plain' }).end(repeat(String(request.headers['x-key'])));
    };
    const headers = [{ name: 'X-Key', value: [{ secret: 'TOKEN', as: 'plain' as const }] }];
    const result = await open().perform(call('', { url: [`${origin}/`], headers }), team({ flowSecrets }));
    expect(result).toMatchObject({ status: 400 });
    expect(JSON.stringify(result)).not.toContain('secret-value');
  });
});

describe('createWebCaller() refuses', () => {
  test.each([
    ['X-A', 'a\r\nb'],
    ['X-A', 'a\nb'],
    ['X-A', 'a\u0000'],
    ['X-A', '€'],
    ['X-A', '\u0085'],
    ['X-A', 'a'.repeat(8_193)],
    ['X A', 'a'],
    ['X-A:', 'a'],
    ['', 'a'],
    ['Host', 'a'],
    ['content-length', '5'],
    ['Transfer-Encoding', 'chunked'],
    ['Connection', 'upgrade'],
    ['Cookie', 'a=b'],
    ['Idempotency-Key', 'a'],
    ['Accept-Encoding', 'gzip'],
    ['Proxy-Authorization', 'a'],
  ])('the header %j: %j', async (name, value) => {
    const connections = await connectionsOf(async () => {
      expect(codeOf(await ask({ headers: [{ name, value: [value] }] }))).toBe('bad_request');
    });
    expect(connections).toBe(0);
  });

  test('a body of more than 1 MiB, more than 100 headers, and what is no address', async () => {
    expect(codeOf(await ask({ method: 'POST', body: ['x'.repeat(1_048_577)] }))).toBe('bad_request');
    const headers = Array.from({ length: 101 }, (_, index) => ({ name: `x-${index}`, value: ['v'] }));
    expect(codeOf(await ask({ headers }))).toBe('bad_request');
    expect(codeOf(await open().perform(call('nowhere'), team()))).toBe('bad_request');
    expect(accepted).toBe(0);
  });

  // Every spelling that the parser of addresses understands, and what embeds one address in another.
  const SPELLINGS =
    `127.0.0.1 127.1 127.0.1 0 0.0.0.0 2130706433 0x7f000001 0x7f.1 0x7F.0x0.0x0.0x1 017700000001 0177.1 0177.0.0.01
    127.0.0.1. 127.255.255.254 %31%32%37.0.0.1 127%2e0%2e0%2e1 １２７.０.０.１ ①②⑦.⓪.⓪.① 127。0。0。1 10.0.0.1 10.1 167772161 0xa.1 012.1
    172.16.0.1 172.31.255.255 2886729729 192.168.0.1 192.168.257 3232235521 0xc0a80001 0300.0250.0.1 169.254.169.254 169.254.43518 2852039166
    0xa9fea9fe 0251.0376.0251.0376 0xa9.0xfe.0xa9.0xfe 0251.254.0xa9fe 100.64.0.1 100.100.100.200 192.0.0.192 192.0.2.1 198.18.0.1 198.51.100.1
    203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 4294967295 0xffffffff 168.63.129.16 0.1.2.3 00000000177.0.0.1
    [::] [::1] [0:0:0:0:0:0:0:1] [0000::0001] [::127.0.0.1] [::7f00:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:10.0.0.1] [0:0:0:0:0:ffff:a00:1]
    [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [::ffff:8.8.8.8] [::ffff:0:127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::127.0.0.1] [64:ff9b::a9fe:a9fe]
    [64:ff9b::8.8.8.8] [64:ff9b:1::10.0.0.1] [2002:7f00:1::] [2002:a9fe:a9fe::1] [2002:808:808::1] [2001:0:4136:e378:8000:63bf:3fff:fdd2] [2001::1]
    [fc00::1] [fd00:ec2::254] [fdff::1] [fe80::1] [fe80::a9fe:a9fe] [fec0::1] [ff02::1] [ff0e::1] [2001:db8::1] [3fff::1] [2001:2::1] [100::1]
    [5f00::1] [4000::1] [2001:10::1] [2001:20::1]
    localhost LOCALHOST localhost. a.localhost foo.local metadata.google.internal metadata.google.internal. redis host.docker.internal ⓛⓞⓒⓐⓛⓗⓞⓢⓣ`
      .trim()
      .split(/\s+/);

  test('every spelling of an address that is not public, without a connection', async () => {
    const caller = open();
    const wrong: string[] = [];
    const connections = await connectionsOf(async () => {
      for (const host of SPELLINGS) {
        const result = await caller.perform(
          call(`https://${host}/latest/meta-data`),
          team({ httpAllow: [] }),
        );
        if (codeOf(result) !== 'address_refused') wrong.push(`${host}: ${codeOf(result)}`);
      }
    });
    figure(`${SPELLINGS.length} spellings of inside addresses: ${connections} connections`);
    expect(wrong).toEqual([]);
    expect({ connections, accepted }).toEqual({ connections: 0, accepted: 0 });
    expect(SPELLINGS.length).toBeGreaterThanOrEqual(60);
  });

  test.each([
    [['127.0.0.1']],
    [['8.8.8.8', '10.0.0.1']],
    [['2606:4700::1111', '::1']],
    [['::ffff:8.8.8.8']],
    [['fe80::1%eth0']],
    [['64:ff9b::808:808']],
    [['not an address']],
  ])('a name that resolves to %j', async (addresses) => {
    const caller = open({ resolve: () => Promise.resolve(addresses) });
    const connections = await connectionsOf(async () => {
      expect(codeOf(await caller.perform(call('https://example.com/'), team()))).toBe('address_refused');
    });
    expect(connections).toBe(0);
  });

  test('a listed name that comes to mean the metadata of a cloud', async () => {
    const caller = open({ resolve: () => Promise.resolve(['169.254.169.254']) });
    const connections = await connectionsOf(async () => {
      expect(codeOf(await caller.perform(call('http://crm/'), team({ httpAllow: ['crm'] })))).toBe(
        'address_refused',
      );
    });
    expect(connections).toBe(0);
  });

  test('a name that changes its address between the check and the call: it is resolved once', async () => {
    let asked = 0;
    const port = new URL(origin).port;
    // 127.0.0.9 stands for what was checked: nothing listens there. Who asks again is led to the server.
    const caller = open({ resolve: () => Promise.resolve([asked++ === 0 ? '127.0.0.9' : '127.0.0.1']) });
    const first = await caller.perform(call(`http://crm:${port}/`), team({ httpAllow: [`crm:${port}`] }));
    expect([codeOf(first), asked, accepted]).toEqual(['unreachable', 1, 0]);
    let turn = 0;
    const rebinding = open({ resolve: () => Promise.resolve([turn++ === 0 ? '192.0.2.1' : '127.0.0.1']) });
    expect(codeOf(await rebinding.perform(call('https://example.com/'), team()))).toBe('address_refused');
    expect(codeOf(await rebinding.perform(call('https://example.com/'), team()))).toBe('address_refused');
    expect(turn).toBe(2);
  });

  test('a kept connection of one team to another that may not have it', async () => {
    const caller = open();
    await caller.perform(call(origin), team());
    const other = await caller.perform(call(origin), team({ tenant: 'other', httpAllow: [] }));
    expect([codeOf(other), accepted]).toEqual(['address_refused', 1]);
  });
});

describe('createWebCaller() bounds', () => {
  test('an answer of 1 GB is cut, whether it says its size or not', async () => {
    let written = 0;
    const piece = Buffer.alloc(65_536, 'x');
    const pour = (response: ServerResponse): void => {
      const more = () => {
        while (!response.destroyed && written < 2 ** 30) {
          written += piece.length;
          if (!response.write(piece)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    };
    handle = (_, response) => {
      pour(response);
    };
    expect(codeOf(await ask())).toBe('too_large');
    figure(`an answer of 1 GB: cut after the service had written ${Math.round(written / 1024)} KiB`);
    expect(written).toBeLessThan(2 ** 26);
    handle = (_, response) => {
      response.writeHead(200, { 'content-length': String(2 ** 30) });
      pour(response);
    };
    expect(codeOf(await ask())).toBe('too_large');
  });

  test('256 KiB are an answer, one byte more is not', async () => {
    answerWith({}, Buffer.alloc(262_144, 'x'));
    expect(codeOf(await ask())).toBe('answer');
    handle = (_, response) => {
      response.write(Buffer.alloc(262_144, 'x'));
      response.end('x');
    };
    expect(codeOf(await ask())).toBe('too_large');
  });

  test.each(['gzip', 'br', 'deflate', 'identity, gzip'])(
    'an answer packed with %s is not unpacked',
    async (encoding) => {
      answerWith({ ...JSON_TYPE, 'content-encoding': encoding }, gzipSync(Buffer.alloc(50_000_000)));
      expect(codeOf(await ask())).toBe('bad_answer');
    },
  );

  test.each([
    ['no JSON', '{"a":', 'bad_json'],
    ['41 deep', `${'['.repeat(41)}1${']'.repeat(41)}`, 'bad_json'],
    ['100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'bad_json'],
    ['a number without end', '[1e999]', 'bad_json'],
    ['40 deep', `${'['.repeat(40)}1${']'.repeat(40)}`, 'answer'],
  ])('data that is %s', async (_, body, code) => {
    answerWith(JSON_TYPE, body);
    const result = await ask();
    expect(codeOf(result)).toBe(code);
    expect(JSON.stringify(result).length).toBeLessThan(1_000);
  });

  test('bytes that are no text', async () => {
    answerWith({ 'content-type': 'image/png' }, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]));
    expect(codeOf(await ask())).toBe('bad_answer');
    answerWith({ 'content-type': 'text/plain; charset=latin1' }, Buffer.from([0xfc]));
    expect(codeOf(await ask())).toBe('bad_answer');
  });

  test('headers of more than 16 KiB', async () => {
    answerWith(
      Object.fromEntries(Array.from({ length: 1_900 }, (_, index) => [`x-header-${index}`, 'v'])),
      'ok',
    );
    expect(codeOf(await ask())).toBe('too_large');
  });

  test.each<[string, Handler]>([
    ['never answers', () => undefined],
    ['never ends its answer', (_, response) => void response.write('a')],
    [
      'drips',
      (_, response) => {
        const timer = setInterval(() => response.write('a'), 20);
        response.once('close', () => {
          clearInterval(timer);
        });
      },
    ],
    [
      'drips its headers',
      (_, response) => {
        response.socket?.write('HTTP/1.1 200 OK\r\nX-A: ');
        const timer = setInterval(() => response.socket?.write('a'), 20);
        response.once('close', () => {
          clearInterval(timer);
        });
      },
    ],
    [
      'announces without end',
      (_, response) => {
        const timer = setInterval(() => {
          response.writeEarlyHints({ link: '</a>; rel=preload' });
        }, 20);
        response.once('close', () => {
          clearInterval(timer);
        });
      },
    ],
  ])('a service that %s costs its time-out and no more', async (_, handler) => {
    handle = handler;
    const result = await ask({ timeoutMs: 300 });
    expect(codeOf(result)).toBe('timeout');
    expect(result.ms).toBeLessThan(3_000);
  });

  test('a name server that never answers costs the time-out', async () => {
    const caller = open({ resolve: () => new Promise(() => undefined) });
    expect(codeOf(await caller.perform(call('https://example.com/', { timeoutMs: 100 }), team()))).toBe(
      'timeout',
    );
  });

  test('an unknown name, a closed port and a reset are unreachable', async () => {
    const unknown = open({
      resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    });
    expect(codeOf(await unknown.perform(call('https://example.com/'), team()))).toBe('unreachable');
    const closed = createTcpServer();
    const port = await portOf(closed);
    closed.close();
    const at = `http://127.0.0.1:${port}`;
    expect(codeOf(await open().perform(call(at), team({ httpAllow: [at] })))).toBe('unreachable');
    handle = (request) => request.socket.resetAndDestroy();
    expect(codeOf(await ask())).toBe('unreachable');
    handle = (request, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('abc');
      setImmediate(() => request.socket.resetAndDestroy());
    };
    expect(codeOf(await ask())).toBe('unreachable');
  });

  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'bad_answer'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na', 'bad_answer'],
    [
      'another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
      'bad_answer',
    ],
    ['a header named __proto__', 'HTTP/1.1 200 OK\r\n__proto__: x\r\nContent-Length: 0\r\n\r\n', 'answer'],
  ])('a service that speaks %s', async (_, text, code) => {
    const raw = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write(text));
    });
    const at = `http://127.0.0.1:${await portOf(raw)}`;
    const result = await open().perform(call(at, { method: 'POST' }), team({ httpAllow: [at] }));
    expect(codeOf(result)).toBe(code);
    for (const caller of callers) caller.close();
    raw.close();
    await once(raw, 'close');
  });
});

describe('createWebCaller() places', () => {
  test('a tenant has so many calls at once; more wait, then are busy, and others are not kept', async () => {
    const waiting: ServerResponse[] = [];
    let arrived: () => void = () => undefined;
    handle = (_, response) => {
      waiting.push(response);
      arrived();
    };
    const caller = open({ callsPerTenantMax: 2 });
    const begin = (tenant: string, timeoutMs: number) =>
      caller.perform(call(origin, { timeoutMs }), team({ tenant }));
    const inTime = async (count: number) => {
      while (waiting.length < count) await new Promise<void>((resolve) => (arrived = resolve));
    };
    const first = [begin('acme', 5_000), begin('acme', 5_000)];
    const queued = begin('acme', 5_000);
    const late = begin('acme', 100);
    const other = begin('other', 5_000);
    await inTime(3);
    expect(codeOf(await late)).toBe('busy');
    expect(waiting).toHaveLength(3);
    waiting[0]?.end('a');
    await inTime(4);
    for (const response of waiting) response.end('a');
    expect((await Promise.all([...first, queued, other])).map(codeOf)).toEqual([
      'answer',
      'answer',
      'answer',
      'answer',
    ]);
    // All places are free again.
    handle = (_, response) => response.end();
    expect((await Promise.all(Array.from({ length: 4 }, () => begin('acme', 5_000)))).map(codeOf)).toEqual(
      Array(4).fill('answer'),
    );
  });

  test('close() ends what is under way, what waits and what comes later', async () => {
    let arrived: () => void = () => undefined;
    const there = new Promise<void>((resolve) => (arrived = resolve));
    handle = () => {
      arrived();
    };
    const caller = open({ callsPerTenantMax: 1 });
    const calls = [caller.perform(call(origin), team()), caller.perform(call(origin), team())];
    await there;
    caller.close();
    calls.push(caller.perform(call(origin), team()));
    expect((await Promise.all(calls)).map(codeOf)).toEqual(['stopped', 'stopped', 'stopped']);
    expect(accepted).toBe(1);
  });
});
