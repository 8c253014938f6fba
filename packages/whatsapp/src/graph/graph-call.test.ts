import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type GraphCall } from './graph-call.ts';
import { createGraphClient } from './graph-client.ts';
import { type LoopbackServer, listenOnLoopback } from '../testing/loopback-server.ts';

const TOKEN = 'EAAsecret';
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen(server: LoopbackServer): Promise<string> {
  const { url, close } = await listenOnLoopback(server);
  cleanups.push(close);
  return url;
}

function client(baseUrl: string) {
  const made = createGraphClient({ baseUrl, timeoutMs: 2_000 });
  cleanups.push(() => made.close());
  return (call: Partial<GraphCall> = {}) =>
    made.call({ method: 'GET', path: '1/message_templates', token: TOKEN, apiVersion: 'v25.0', ...call });
}

/** A client of a server that reads each request to its end and then answers with `answer`. */
async function served(answer: (response: ServerResponse, request: IncomingMessage, body: string) => void) {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => answer(response, request, body));
  });
  return client(await listen(server));
}

const answering = (status: number, body: string | object, headers: Record<string, string> = {}) =>
  served((response) => {
    response.writeHead(status, headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });

describe('GraphClient.call() asks', () => {
  test.each<[string, Partial<GraphCall>, unknown]>([
    [
      'with a query, encoded',
      { query: { fields: 'name,status', after: 'a&b=c' } },
      ['GET', '/v25.0/1/message_templates?fields=name%2Cstatus&after=a%26b%3Dc', undefined, ''],
    ],
    [
      'with JSON',
      { method: 'POST', json: { name: 'é' } },
      ['POST', '/v25.0/1/message_templates', '13', '{"name":"é"}'],
    ],
    ['with an empty POST', { method: 'POST' }, ['POST', '/v25.0/1/message_templates', '0', '']],
    ['to delete', { method: 'DELETE', path: '77' }, ['DELETE', '/v25.0/77', undefined, '']],
    ['with each part of the path encoded', { path: 'a?b/c#d' }, ['GET', '/v25.0/a%3Fb/c%23d', undefined, '']],
  ])('%s', async (_label, request, expected) => {
    const seen: unknown[] = [];
    const call = await served((response, { method, url, headers }, body) => {
      seen.push(method, url, headers['content-length'], body);
      expect(headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, 'accept-encoding': 'identity' });
      response.end('{"data":[]}');
    });
    expect(await call(request)).toEqual({ kind: 'ok', json: { data: [] }, durationMs: expect.any(Number) });
    expect(seen).toEqual(expected);
  });

  test.each(['', '/1', '1//2', '1/../2', '.'])('nothing at the path "%s"', async (path) => {
    let requests = 0;
    const call = await served((response) => {
      requests += 1;
      response.end('{}');
    });
    expect(await call({ path })).toMatchObject({ kind: 'failed', reason: 'bad_request' });
    expect(requests).toBe(0);
  });

  test('over a kept connection', async () => {
    const ports: unknown[] = [];
    const call = await served((response, request) => {
      ports.push(request.socket.remotePort);
      response.end('{}');
    });
    await call();
    await call({ method: 'POST', json: {} });
    expect(ports[0]).toBe(ports[1]);
  });
});

describe('GraphClient.call() gives back', () => {
  const usage = { 'x-app-usage': '{"call_count":28}' };

  test('an answer with the use of the quotas', async () => {
    const call = await answering(200, { success: true }, usage);
    expect(await call()).toMatchObject({ kind: 'ok', json: { success: true }, usage: { percent: 28 } });
  });

  test.each([
    [{ message: '(#100) Invalid parameter', error_user_msg: 'Add an example' }, 'Add an example'],
    [{ message: '(#100) Invalid parameter', error_data: { details: 'bad language' } }, 'bad language'],
    [{ message: '(#100) Invalid parameter', error_data: 'text' }, '(#100) Invalid parameter'],
    [{}, undefined],
  ])('a refusal with the most telling of its words', async (words, expected) => {
    const error = { code: 100, error_subcode: 33, ...words };
    const call = await answering(400, { error }, { ...usage, 'retry-after': '9' });
    const outcome = await call();
    expect(outcome).toMatchObject({
      kind: 'refused',
      error: { code: 100, error_subcode: 33 },
      httpStatus: 400,
      retryAfter: '9',
      usage: { percent: 28 },
    });
    expect(outcome.kind === 'refused' && outcome.words).toBe(expected);
  });

  test('a refusal that came with 200', async () => {
    const call = await answering(200, { error: { code: 190 } });
    expect(await call()).toMatchObject({ kind: 'refused', error: { code: 190 } });
  });

  test.each([
    ['502 in HTML', 502, '<html>'],
    ['200 without a word', 200, ''],
    ['404 without an envelope', 404, '{}'],
  ])('a failure for %s', async (_label, httpStatus, body) => {
    const call = await answering(httpStatus, body);
    expect(await call()).toMatchObject({ kind: 'failed', reason: 'bad_answer', httpStatus });
  });

  test('a failure for a redirect, which it does not follow', async () => {
    let requests = 0;
    const call = await served((response) => {
      requests += 1;
      response.writeHead(302, { location: '/elsewhere' }).end('{}');
    });
    expect(await call()).toMatchObject({ kind: 'failed', reason: 'bad_answer', httpStatus: 302 });
    expect(requests).toBe(1);
  });

  test('a failure for an answer over the cap', async () => {
    const call = await answering(200, { data: 'x'.repeat(100) });
    expect(await call({ answerBytesMax: 50 })).toMatchObject({ kind: 'failed', reason: 'too_large' });
    expect(await call({ answerBytesMax: 500 })).toMatchObject({ kind: 'ok' });
  });

  test('a failure when the answer does not come in time', async () => {
    const call = await served(() => undefined);
    expect(await call({ timeoutMs: 50 })).toMatchObject({ kind: 'failed', reason: 'timeout' });
  });

  test('a failure when nobody is there', async () => {
    const server = createServer();
    const url = await listen(server);
    server.close();
    await once(server, 'close');
    cleanups.length = 0;
    const outcome = await client(url)();
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'connection', systemCode: 'ECONNREFUSED' });
  });

  test('a failure that says nothing of a broken token', async () => {
    const call = await answering(200, {});
    const outcome = await call({ token: 'EAA\r\nx: y' });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'bad_request' });
    expect(JSON.stringify(outcome)).not.toContain('EAA');
  });
});
