import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { waitFor } from '../../../../test/support/wait.ts';
import { streamAnswer } from './stream-answer.ts';

const FILE = { contentType: 'text/csv', fileName: 'a.csv' };
const PIECE = 'x'.repeat(65_536);
const PIECES = 2_000;

let server: Server;
/** What became of each answer. */
let outcomes: unknown[];
let made: number;
let closed: number;
let pieces: () => AsyncGenerator<string>;

async function* many(): AsyncGenerator<string> {
  try {
    for (made = 0; made < PIECES; made += 1) yield await Promise.resolve(PIECE);
  } finally {
    closed += 1;
  }
}

beforeEach(async () => {
  [outcomes, made, closed, pieces] = [[], 0, 0, many];
  server = createServer((_request, response) => {
    void streamAnswer(response, FILE, pieces()).then(
      (isWhole) => outcomes.push(isWhole),
      (err: unknown) => {
        outcomes.push(err);
        response.end();
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
const outcome = () => waitFor(() => (outcomes.length > 0 ? { of: outcomes[0] } : undefined), 'an outcome');

describe('streamAnswer()', () => {
  test('sends all pieces, and of HEAD looks for the first alone', async () => {
    const response = await fetch(`http://127.0.0.1:${port()}/`);
    expect((await response.text()).length).toBe(PIECES * PIECE.length);
    expect(await outcome()).toEqual({ of: true });
    outcomes.length = 0;
    await fetch(`http://127.0.0.1:${port()}/`, { method: 'HEAD' });
    expect(await outcome()).toEqual({ of: true });
    expect([made, closed]).toEqual([0, 2]);
  });

  test('makes no more than its reader takes, and stops when that has gone', async () => {
    const socket = connect(port(), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.pause();
    let before = -1;
    await waitFor(() => {
      const isStill = made > 0 && made === before;
      before = made;
      return isStill ? true : undefined;
    }, 'it to stand still');
    expect(made).toBeLessThan(PIECES / 2);
    socket.destroy();
    expect(await outcome()).toEqual({ of: false });
    expect(closed).toBe(1);
  });

  test('says nothing when the first piece fails, and breaks off when a later one does', async () => {
    const failure = new Error('Redis is away');
    pieces = async function* () {
      await Promise.reject(failure);
      yield PIECE;
    };
    expect((await fetch(`http://127.0.0.1:${port()}/`)).headers.get('content-type')).toBeNull();
    expect(await outcome()).toEqual({ of: failure });
    outcomes.length = 0;
    pieces = async function* () {
      yield PIECE;
      await Promise.reject(failure);
    };
    const response = await fetch(`http://127.0.0.1:${port()}/`);
    await expect(response.text()).rejects.toThrow();
    expect(await outcome()).toEqual({ of: failure });
  });
});
