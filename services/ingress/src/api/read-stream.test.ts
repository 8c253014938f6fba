import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { waitFor } from '../../../../test/support/wait.ts';
import { allowTime } from './allow-time.ts';
import type { ApiAnswer } from './api-answer.ts';
import { readStream } from './read-stream.ts';
import { writeAnswer } from './write-answer.ts';

const MIB = 1024 * 1024;

let server: Server;
/** What became of each call: its answer, or what was thrown. */
let outcomes: unknown[];
let seen: number;
let limits: Parameters<typeof readStream>[2];
let use: (body: AsyncIterable<Buffer>) => Promise<ApiAnswer>;

async function count(body: AsyncIterable<Buffer>): Promise<ApiAnswer> {
  for await (const piece of body) seen += piece.length;
  return { status: 200, body: { bytes: seen } };
}

beforeEach(async () => {
  [outcomes, seen, limits, use] = [[], 0, {}, count];
  server = createServer({ requestTimeout: 0 }, (request, response) => {
    void readStream(request, use, limits).then(
      (answer) => {
        outcomes.push(answer);
        if (answer) writeAnswer(request, response, answer);
      },
      (err: unknown) => {
        outcomes.push(err);
        response.destroy();
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function port(): number {
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}
const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${port()}/`, { method: 'POST', body, headers });

const until = (isSo: () => boolean, what: string) => waitFor(() => (isSo() ? true : undefined), what);

/** A call whose body is sent by hand. */
function begin(head: string): { socket: Socket; heard: () => string } {
  const socket = connect(port(), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk))).on('error', () => undefined);
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n`);
  return { socket, heard: () => text };
}

describe('readStream()', () => {
  test('hands a body over whole, and answers what was made of it', async () => {
    const response = await post('x'.repeat(20 * MIB));
    expect([response.status, await response.json()]).toEqual([200, { bytes: 20 * MIB }]);
    expect((await post('')).status).toBe(200);
  });

  test('refuses what says that it is too large before a byte of it, so that it can be read', async () => {
    limits = { bytesMax: MIB };
    const response = await post('x'.repeat(30 * MIB));
    expect([response.status, seen]).toEqual([413, 0]);
    expect(await response.json()).toMatchObject({ error: { code: 'bad_body' } });
  });

  test('stops at the limit of what does not say how large it is', async () => {
    limits = { bytesMax: MIB };
    const { socket, heard } = begin('Transfer-Encoding: chunked');
    const piece = 'x'.repeat(200_000);
    for (let each = 0; each < 6; each += 1) socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
    await until(() => heard().includes('\r\n\r\n{'), 'an answer');
    expect(heard()).toMatch(/^HTTP\/1.1 413 /);
    expect(seen).toBeLessThanOrEqual(MIB);
    // Whoever does not stop is cut off.
    await once(socket, 'close');
  });

  test.each([
    ['stands still', { idleMs: 50 }],
    ['takes longer than it may', { wholeMs: 50 }],
  ])('tells who %s', async (_, given) => {
    limits = given;
    const { socket, heard } = begin('Content-Length: 100');
    socket.write('a');
    await until(() => heard().includes('\r\n\r\n{'), 'an answer');
    expect(heard()).toMatch(/^HTTP\/1.1 408 /);
    await once(socket, 'close');
  });

  test('lets the reader know that its sender has gone', async () => {
    const undone: unknown[] = [];
    use = async (body) => {
      try {
        return await count(body);
      } catch (err) {
        undone.push(err);
        throw err;
      }
    };
    const { socket } = begin('Content-Length: 100');
    socket.write('a');
    await until(() => seen === 1, 'the first byte');
    socket.destroy();
    await until(() => outcomes.length === 1, 'the end');
    expect([outcomes, undone.length]).toEqual([[undefined], 1]);
  });

  test('takes no more than its reader does', async () => {
    let go: () => void = () => undefined;
    const wait = new Promise<void>((resolve) => (go = resolve));
    use = async (body) => {
      for await (const piece of body) {
        seen += piece.length;
        await wait;
      }
      return { status: 200, body: {} };
    };
    const size = 40 * MIB;
    const { socket, heard } = begin(`Content-Length: ${size}`);
    socket.write(Buffer.alloc(size, 'x'));
    await until(() => seen > 0, 'the first piece');
    await until(() => socket.writableLength > 0, 'a socket that is full');
    const held = socket.writableLength;
    expect(held).toBeGreaterThan(20 * MIB);
    go();
    await until(() => heard().startsWith('HTTP/1.1 200 '), 'the answer');
    expect(seen).toBe(size);
    socket.destroy();
  });

  test('lets a reader answer early, and an error of its own through', async () => {
    use = () => Promise.resolve({ status: 422, body: { early: true } });
    const early = await post('x'.repeat(5 * MIB));
    expect([early.status, await early.json()]).toEqual([422, { early: true }]);
    use = async (body) => {
      for await (const piece of body) throw new Error(`its own, at ${piece.length > 0}`);
      return { status: 200, body: {} };
    };
    await expect(post('abc')).rejects.toThrow();
    expect(outcomes.at(-1)).toEqual(new Error('its own, at true'));
  });

  test('says what is kept of a stream that is cut off, where something is', async () => {
    limits = { bytesMax: 8, kept: 'good lines were taken' };
    const { socket, heard } = begin('Transfer-Encoding: chunked');
    socket.write('9\r\n123456789\r\n');
    await until(() => heard().includes('413'), 'the answer');
    expect(heard()).toContain('good lines were taken');
    socket.destroy();
  });

  test('leaves the connection to the next call, also when a reader forgot to say that it is done', async () => {
    use = async (body) => {
      await body[Symbol.asyncIterator]().next();
      return { status: 422, body: {} };
    };
    const { socket, heard } = begin(`Content-Length: ${2 * MIB}`);
    socket.write('x'.repeat(MIB));
    await until(() => heard().includes('422'), 'the answer');
    socket.write('x'.repeat(MIB));
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx');
    await until(() => heard().split('HTTP/1.1 422').length === 3, 'the answer to the next call');
    socket.destroy();
  });

  test('refuses a compressed body', async () => {
    expect((await post('abc', { 'content-encoding': 'gzip' })).status).toBe(415);
  });
});

describe('allowTime()', () => {
  test('cuts off a request that is not whole in time, and leaves one that is', async () => {
    use = async (body) => {
      for await (const piece of body) seen += piece.length;
      return { status: 200, body: {} };
    };
    server.prependListener('request', (request) => allowTime(request, 80));
    const { socket } = begin('Content-Length: 100');
    socket.write('a');
    const whole = await post('all of it');
    expect(whole.status).toBe(200);
    await once(socket, 'close');
    expect((await post('again')).status).toBe(200);
  });
});
