import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NumberId } from '@alur/types';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MediaRequest } from './fetch-media.ts';
import { createGraphClient } from '../graph/graph-client.ts';
import { listenOnLoopback } from '../testing/loopback-server.ts';

const TOKEN = 'EAAsecret';
const NUMBER = NumberId.parse('106540352242922');
const BYTES = Buffer.from('a picture of a cat '.repeat(5_000));
const HASH = createHash('sha256').update(BYTES).digest();
const OTHER_HASH = createHash('sha256').update('another').digest();

const cleanups: (() => unknown)[] = [];
let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alur-media-'));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await rm(dir, { recursive: true, force: true });
});

type Answer = (response: ServerResponse, request: IncomingMessage) => void;
interface Graph {
  /** Changes what `GET /{media id}` says. */
  described?: Record<string, unknown>;
  /** Answers `GET url`. */
  file?: Answer;
}

/** A Graph that has one file; gives every request's path and token. */
async function graph({ described = {}, file = (response) => response.end(BYTES) }: Graph) {
  const seen: string[] = [];
  let base = '';
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    seen.push(`${url} ${headers.authorization ?? 'no token'}`);
    if (url.startsWith('/file')) return file(response, request);
    const whole = { url: `${base}/file/1`, mime_type: 'image/jpeg', sha256: HASH.toString('hex') };
    response.end(JSON.stringify({ ...whole, file_size: BYTES.length, id: '77', ...described }));
  });
  const { url, close } = await listenOnLoopback(server);
  base = url;
  cleanups.push(close);
  const client = createGraphClient({ baseUrl: url });
  cleanups.push(() => client.close());
  const path = join(dir, 'got');
  const fetch = (more: Partial<MediaRequest> = {}) =>
    client.fetchMedia({
      mediaId: '77',
      number: NUMBER,
      token: TOKEN,
      apiVersion: 'v25.0',
      file: path,
      timeoutMs: 5_000,
      ...more,
    });
  return { fetch, seen, path, url };
}

describe('GraphClient.fetchMedia()', () => {
  test('asks for the address and streams the file, both with the token', async () => {
    const { fetch, seen, path } = await graph({});
    expect(await fetch()).toEqual({
      kind: 'ok',
      mimeType: 'image/jpeg',
      bytes: BYTES.length,
      sha256: HASH.toString('hex'),
      durationMs: expect.any(Number),
    });
    expect(await readFile(path)).toEqual(BYTES);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(seen).toEqual([`/v25.0/77?phone_number_id=${NUMBER} Bearer ${TOKEN}`, `/file/1 Bearer ${TOKEN}`]);
  });

  test.each([
    ['hex', HASH.toString('hex')],
    ['base64', HASH.toString('base64')],
  ])('takes hashes in %s from both sides', async (_label, sha256) => {
    const { fetch } = await graph({ described: { sha256, file_size: String(BYTES.length) } });
    expect(await fetch({ sha256 })).toMatchObject({ kind: 'ok', sha256: HASH.toString('hex') });
  });

  test('asks for the address again once when the file is gone', async () => {
    let asked = 0;
    const { fetch, seen, path } = await graph({
      file: (response) => {
        asked += 1;
        if (asked === 1) response.writeHead(404).end();
        else response.end(BYTES);
      },
    });
    expect(await fetch()).toMatchObject({ kind: 'ok' });
    expect(seen).toHaveLength(4);
    expect(existsSync(path)).toBe(true);
  });

  test('and no more than once', async () => {
    const { fetch, seen } = await graph({ file: (response) => response.writeHead(404).end() });
    expect(await fetch()).toMatchObject({ kind: 'failed', reason: 'expired', httpStatus: 404 });
    expect(seen).toHaveLength(4);
  });

  test('leaves a file alone that is there already', async () => {
    const { fetch, path } = await graph({});
    await writeFile(path, 'mine');
    expect(await fetch()).toMatchObject({ kind: 'failed', reason: 'file' });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });
});

describe('GraphClient.fetchMedia() refuses and leaves no file', () => {
  const drip: Answer = (response) => {
    const timer = setInterval(() => response.write('x'), 10);
    response.on('close', () => clearInterval(timer));
  };
  const half: Answer = (response) => {
    response.writeHead(200, { 'content-length': BYTES.length });
    response.write(BYTES.subarray(0, 40_000), () => response.destroy());
  };

  test.each<[string, Graph, Partial<MediaRequest>, object]>([
    ['other bytes', { described: { sha256: OTHER_HASH.toString('hex') } }, {}, { reason: 'corrupt' }],
    ['another file', {}, { sha256: OTHER_HASH.toString('base64') }, { reason: 'corrupt' }],
    ['fewer bytes', { file: (response) => response.end(BYTES.subarray(1)) }, {}, { reason: 'corrupt' }],
    [
      'more bytes than announced',
      { file: (response) => response.end(Buffer.concat([BYTES, BYTES])) },
      {},
      { reason: 'too_large' },
    ],
    [
      'more bytes than announced, without a length',
      {
        file: (response) => {
          response.write(BYTES);
          response.end('x');
        },
      },
      {},
      { reason: 'too_large' },
    ],
    ['a file over the cap', {}, { bytesMax: 1_000 }, { reason: 'too_large' }],
    [
      'a file over the cap that hides its size',
      { described: { file_size: undefined } },
      { bytesMax: 1_000 },
      { reason: 'too_large' },
    ],
    ['a drip', { file: drip }, { timeoutMs: 200 }, { reason: 'timeout' }],
    [
      'a stall',
      { file: (response) => response.write(BYTES.subarray(0, 9)) },
      { stallMs: 50 },
      { reason: 'stalled' },
    ],
    ['a broken connection', { file: half }, {}, { reason: 'connection' }],
    [
      'a redirect',
      { file: (response) => response.writeHead(302, { location: '/file/2' }).end() },
      {},
      { reason: 'redirect', httpStatus: 302 },
    ],
    [
      'a page in its place',
      { file: (response) => response.writeHead(500).end('<html>') },
      {},
      { reason: 'bad_answer', httpStatus: 500 },
    ],
    ['no hash', { described: { sha256: undefined } }, {}, { reason: 'bad_answer' }],
    ['a hash of another length', { described: { sha256: 'abcd' } }, {}, { reason: 'bad_answer' }],
    ['a type with a line break', { described: { mime_type: 'a\r\nx: y' } }, {}, { reason: 'bad_answer' }],
    ['a hash that is none', {}, { sha256: 'abcd' }, { reason: 'bad_hash' }],
    ['an id that is a path', {}, { mediaId: '../1' }, { reason: 'bad_request' }],
  ])('%s', async (_label, answers, request, expected) => {
    const { fetch, path, seen } = await graph(answers);
    expect(await fetch(request)).toMatchObject({ kind: 'failed', ...expected });
    expect(existsSync(path)).toBe(false);
    expect(seen.filter((line) => line.startsWith('/file')).length).toBeLessThan(2);
  });

  test('a connection that breaks at any moment', async () => {
    const moments: ((end: () => void) => void)[] = [
      (end) => end(),
      (end) => setImmediate(end),
      (end) => process.nextTick(end),
    ];
    for (let round = 0; round < 30; round += 1) {
      const { fetch, path } = await graph({
        file: (response) => {
          response.write(BYTES.subarray(0, 100));
          moments[round % moments.length]?.(() => response.socket?.destroy());
        },
      });
      expect((await fetch()).kind).toBe('failed');
      expect(existsSync(path)).toBe(false);
    }
  });

  test('what Graph itself refuses, with its code', async () => {
    const { fetch } = await graph({
      file: (response) => response.writeHead(401).end('{"error":{"code":190}}'),
    });
    expect(await fetch()).toMatchObject({ kind: 'refused', error: { code: 190 }, httpStatus: 401 });
  });

  test.each([
    ['another port', (url: string) => `${url.slice(0, -1)}${url.endsWith('1') ? '2' : '1'}/file`],
    ['another host', () => 'https://lookaside.fbsbx.com/file'],
    ['https in place of http', (url: string) => `${url.replace('http:', 'https:')}/file`],
    ['a name before the host', (url: string) => `${url.replace('//', '//me@')}/file`],
    ['a name that looks like the host', (url: string) => `${url}@evil.example/file`],
    ['another name of this machine', (url: string) => `${url.replace('127.0.0.1', 'localhost')}/file`],
  ])('to take the token to %s', async (_label, place) => {
    const described: Record<string, unknown> = {};
    const { fetch, seen, path, url } = await graph({ described });
    described['url'] = place(url);
    expect(await fetch()).toMatchObject({ kind: 'failed', reason: 'bad_url' });
    expect(seen).toHaveLength(1);
    expect(existsSync(path)).toBe(false);
  });
});
