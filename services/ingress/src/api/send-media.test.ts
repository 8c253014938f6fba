import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '@alur/bundle';
import { aBundle, aNumber, anApiKey, aTeam } from '../../../../test/support/bundle.ts';
import { waitFor } from '../../../../test/support/wait.ts';
import { useApi } from '../testing/use-api.ts';
import { createMediaDownloads } from './media-downloads.ts';

const KEY = 'a-key-of-at-least-24-characters';
const BYTES = Buffer.from('a voice '.repeat(40_000));
const HASH = createHash('sha256').update(BYTES).digest();

let dir: string;
let graph: Server;
let bundle: Bundle;
/** The same with a second tenant. */
let shared: Bundle;
let seen: string[];
/** Changes what the Graph API says; false lets it answer as always. */
let instead: (...given: Parameters<RequestListener>) => boolean;

beforeEach(async () => {
  [seen, instead] = [[], () => false];
  dir = await mkdtemp(join(tmpdir(), 'alur-downloads-'));
  graph = createServer((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization}`);
    if (instead(request, response)) return;
    if (request.url === '/file') return response.end(BYTES);
    const described = {
      mime_type: 'audio/ogg; codecs=opus',
      sha256: HASH.toString('hex'),
      file_size: BYTES.length,
    };
    return response.end(JSON.stringify({ ...described, url: `${graphUrl()}/file` }));
  });
  graph.listen(0, '127.0.0.1');
  await once(graph, 'listening');
  const team = { apiKeys: [anApiKey(KEY)], numbers: [aNumber('100200300')] };
  const two = {
    apiKeys: [anApiKey(KEY)],
    numbers: [aNumber('1'), aNumber('2', { accessToken: 'token-of-2' })],
  };
  const teams = [aTeam('acme', 'shop', team), aTeam('acme', 'two', two)];
  const other = aTeam('globex', 'shop', { apiKeys: [anApiKey(KEY)], numbers: [aNumber('3')] });
  bundle = aBundle(teams, { graphBaseUrl: graphUrl() });
  shared = aBundle([...teams, other], { graphBaseUrl: graphUrl() });
});
const api = useApi(
  () => bundle,
  () => ({ downloads: createMediaDownloads({ graphBaseUrl: undefined, dir }) }),
);
const { lines } = api;
afterEach(async () => {
  graph.closeAllConnections();
  graph.close();
  await waitFor(async () => ((await kept()).length === 0 ? true : undefined), 'all files to go');
  await rm(dir, { recursive: true });
});

function graphUrl(): string {
  const address = graph.address();
  return `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
}

const kept = () => readdir(dir);
const get = (path: string, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${api.port}/v1/acme/${path}`, {
    headers: { authorization: `Bearer ${KEY}` },
    ...init,
  });
const codeOf = async (response: Response) => [
  response.status,
  (JSON.parse(await response.text()) as { error: { code: string } }).error.code,
];
const refuseWith = (status: number, error: object) => {
  instead = (_request, response) => {
    response.writeHead(status).end(JSON.stringify({ error }));
    return true;
  };
};

describe('GET /v1/{tenant}/{team}/media/{media id}', () => {
  test.each(['', `?sha256=${HASH.toString('hex')}`, `?sha256=${HASH.toString('base64')}`])(
    'sends the checked file%s',
    async (query) => {
      const response = await get(`shop/media/1003383421387256${query}`);
      expect(response.status).toBe(200);
      expect(Buffer.from(await response.arrayBuffer()).equals(BYTES)).toBe(true);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'audio/ogg; codecs=opus',
        'content-length': String(BYTES.length),
        'content-disposition': 'attachment',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'repr-digest': `sha-256=:${HASH.toString('base64')}:`,
      });
      expect(seen).toEqual([
        '/v25.0/1003383421387256?phone_number_id=100200300 Bearer token',
        '/file Bearer token',
      ]);
      expect(lines.join('')).toContain('media.fetched');
    },
  );

  test('asks with the token of the number that is named', async () => {
    expect((await get('two/media/7?phone_number_id=2')).status).toBe(200);
    expect(seen[0]).toContain('phone_number_id=2 Bearer token-of-2');
  });

  test.each([
    ['without a key', 'shop/media/7', { headers: {} }, [401, 'unauthorized']],
    ['for a team without this key', 'none/media/7', {}, [401, 'unauthorized']],
    ["for a number that is not the team's", 'shop/media/7?phone_number_id=2', {}, [422, 'unknown_number']],
    ['without a number where there are two', 'two/media/7', {}, [422, 'unknown_number']],
    ['for an id that is a path', 'shop/media/..%2F7', {}, [422, 'invalid']],
    ['for an id with a query in it', 'shop/media/7%3Fx', {}, [422, 'invalid']],
    ['for a hash that is none', 'shop/media/7?sha256=abc', {}, [422, 'invalid']],
    ['with POST', 'shop/media/7', { method: 'POST', headers: {} }, [405, 'method_not_allowed']],
  ])('asks nobody %s', async (_label, path, init, expected) => {
    expect(await codeOf(await get(path, init))).toEqual(expected);
    expect(seen).toEqual([]);
  });

  test.each([
    ['code 100/33', 400, { code: 100, error_subcode: 33 }, [404, 'media_gone']],
    ['404', 404, { code: 1 }, [404, 'media_gone']],
    ['a token that is over', 401, { code: 190, message: 'of +1650' }, [502, 'graph_refused']],
  ])('says so when Graph answers with %s, and none of its words', async (_label, status, error, expected) => {
    refuseWith(status, error);
    const response = await get('shop/media/7');
    const text = await response.clone().text();
    expect(await codeOf(response)).toEqual(expected);
    expect(text + lines.join('')).not.toContain('1650');
  });

  test.each<[string, RequestListener, unknown]>([
    ['other bytes', (_request, response) => response.end('other'), [502, 'wrong_hash']],
    [
      'a redirect',
      (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      [502, 'media_failed'],
    ],
    ['404', (_request, response) => response.writeHead(404).end(), [404, 'media_gone']],
    [
      'more bytes',
      (_request, response) => response.end(Buffer.alloc(BYTES.length + 1)),
      [502, 'media_failed'],
    ],
  ])('sends nothing when the file is %s', async (_label, answer, expected) => {
    instead = (request, response) => {
      if (request.url === '/file') answer(request, response);
      return request.url === '/file';
    };
    expect(await codeOf(await get('shop/media/7'))).toEqual(expected);
  });

  test('has only so many under way', async () => {
    const waiting: (() => void)[] = [];
    instead = (request, response) => {
      if (request.url === '/file') waiting.push(() => response.end(BYTES));
      return request.url === '/file';
    };
    const going = Array.from({ length: 4 }, () => get('shop/media/7'));
    await waitFor(() => (waiting.length === 4 ? true : undefined), 'four downloads');
    const fifth = await get('shop/media/7');
    expect(fifth.headers.get('retry-after')).toBe('5');
    expect(await codeOf(fifth)).toEqual([503, 'busy']);
    for (const go of waiting) go();
    const answers = await Promise.all(going);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await Promise.all(answers.map((response) => response.arrayBuffer()));
    instead = () => false;
    const sixth = await waitFor(async () => {
      const response = await get('shop/media/7');
      await response.arrayBuffer();
      return response.status === 200 ? true : undefined;
    }, 'room');
    expect(sixth).toBe(true);
  });

  test('keeps room for other tenants while one has many under way', async () => {
    bundle = shared;
    const waiting: (() => void)[] = [];
    instead = (request, response) => {
      if (request.url === '/file') waiting.push(() => response.end(BYTES));
      return request.url === '/file';
    };
    const going = [get('shop/media/7'), get('two/media/7?phone_number_id=1')];
    await waitFor(() => (waiting.length === 2 ? true : undefined), 'two downloads');
    expect(await codeOf(await get('shop/media/7'))).toEqual([503, 'busy']);
    going.push(get('../globex/shop/media/7'));
    await waitFor(() => (waiting.length === 3 ? true : undefined), 'a third download');
    for (const go of waiting) go();
    const answers = await Promise.all(going);
    await Promise.all(answers.map((response) => response.arrayBuffer()));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test('keeps nothing of a file whose reader has gone', async () => {
    const socket = connect(api.port, '127.0.0.1');
    socket.write(`GET /v1/acme/shop/media/7 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\n\r\n`);
    await once(socket, 'data');
    socket.destroy();
    await waitFor(async () => ((await kept()).length === 0 ? true : undefined), 'the file to go');
  });
});
