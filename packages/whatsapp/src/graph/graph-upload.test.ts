import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NumberId } from '@alur/types';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createGraphClient } from './graph-client.ts';
import { type UploadFile } from './graph-upload.ts';
import { listenOnLoopback } from '../testing/loopback-server.ts';

const NUMBER = NumberId.parse('106540352242922');
const BYTES = randomBytes(300_000);
const SHA = createHash('sha256').update(BYTES).digest('hex');

const cleanups: (() => unknown)[] = [];
let file: UploadFile;
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alur-upload-'));
  cleanups.push(() => rm(dir, { recursive: true }));
  const absolute = join(dir, 'menu.pdf');
  await writeFile(absolute, BYTES);
  file = { absolute, bytes: BYTES.length, mimeType: 'application/pdf', name: 'menü "1".pdf', sha256: SHA };
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Seen {
  request: IncomingMessage;
  body: Buffer;
}

/** An uploader to a server that answers once it has read everything; `whole` are the requests that came to their end. */
async function served(answer: (response: ServerResponse, request: IncomingMessage) => void, early = false) {
  const whole: Seen[] = [];
  const server = createServer((request, response) => {
    if (early) return answer(response, request);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      whole.push({ request, body: Buffer.concat(chunks) });
      answer(response, request);
    });
  });
  const { url, close } = await listenOnLoopback(server);
  cleanups.push(close);
  const client = createGraphClient({ baseUrl: url });
  cleanups.push(() => client.close());
  const upload = (more: Partial<UploadFile> = {}, timeoutMs = 3_000) =>
    client.upload({
      number: NUMBER,
      token: 'EAAsecret',
      apiVersion: 'v25.0',
      file: { ...file, ...more },
      timeoutMs,
    });
  return { upload, whole };
}

describe('GraphClient.upload()', () => {
  test('sends the file as a form and gives back its id', async () => {
    const { upload, whole } = await served((response) => response.end('{"id":"4490709327384033"}'));
    expect(await upload()).toEqual({
      kind: 'ok',
      id: '4490709327384033',
      durationMs: expect.any(Number),
    });
    const [{ request, body } = { request: undefined, body: Buffer.alloc(0) }] = whole;
    expect(request?.url).toBe(`/v25.0/${NUMBER}/media`);
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer EAAsecret',
      'content-length': String(body.length),
    });
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': request?.headers['content-type'] ?? '' },
    }).formData();
    expect([form.get('messaging_product'), form.get('type')]).toEqual(['whatsapp', 'application/pdf']);
    const part = form.get('file');
    if (!(part instanceof File)) throw new Error('no file came');
    expect([part.type, part.name]).toEqual(['application/pdf', 'menü "1".pdf']);
    expect(Buffer.from(await part.arrayBuffer()).equals(BYTES)).toBe(true);
  });

  test.each<[string, Partial<UploadFile>, string]>([
    ['is not there', { absolute: '/nowhere/menu.pdf' }, 'unreadable'],
    ['has grown', { bytes: BYTES.length - 1 }, 'changed'],
    ['has shrunk', { bytes: BYTES.length + 1 }, 'changed'],
    ['has other bytes', { sha256: createHash('sha256').update('x').digest('hex') }, 'changed'],
  ])('gives up a file that %s, before Meta has the whole', async (_label, more, reason) => {
    const { upload, whole } = await served((response) => response.end('{"id":"1"}'));
    expect(await upload(more)).toMatchObject({ kind: 'failed', reason });
    expect(whole).toEqual([]);
  });

  test('gives up at once where a pipe has come in the place of the file', async () => {
    await rm(file.absolute);
    await promisify(execFile)('mkfifo', [file.absolute]);
    const { upload, whole } = await served((response) => response.end('{"id":"1"}'));
    expect(await upload()).toMatchObject({ kind: 'failed', reason: 'changed' });
    expect(whole).toEqual([]);
  });

  test('hands on nothing of another file that has come in its place', async () => {
    const secret = join(dir, 'secret');
    await writeFile(secret, 'x'.repeat(1_000_000));
    await rm(file.absolute);
    await symlink(secret, file.absolute);
    let received = '';
    const { upload } = await served((response, request) => {
      request.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
      request.on('close', () => response.destroy());
    }, true);
    expect(await upload()).toMatchObject({ kind: 'failed', reason: 'changed' });
    expect(received).not.toContain('xxxx');
  });

  test.each<[string, number, string, object]>([
    [
      'a refusal',
      400,
      '{"error":{"code":131053,"message":"Media upload error"}}',
      { kind: 'refused', error: { code: 131053 }, words: 'Media upload error' },
    ],
    ['an answer without id', 200, '{"ok":true}', { kind: 'failed', reason: 'bad_answer' }],
    ['an id that is no id', 200, '{"id":"../1"}', { kind: 'failed', reason: 'bad_answer' }],
    ['a redirect', 307, '', { kind: 'failed', reason: 'bad_answer', httpStatus: 307 }],
  ])('gives back %s', async (_label, status, body, expected) => {
    const { upload } = await served((response) => response.writeHead(status, { location: '/x' }).end(body));
    expect(await upload()).toMatchObject(expected);
  });

  test('takes a refusal that comes before the file has gone', async () => {
    const { upload } = await served(
      (response) => response.writeHead(413).end('{"error":{"code":131053}}'),
      true,
    );
    expect(await upload()).toMatchObject({ kind: 'refused', httpStatus: 413 });
  });

  test('ends in time when nobody reads', async () => {
    const { upload } = await served((_response, request) => request.pause(), true);
    const startedAt = performance.now();
    expect(await upload({}, 100)).toMatchObject({ kind: 'failed', reason: 'timeout' });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
