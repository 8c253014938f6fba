import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** How long a client may take to read an answer. */
const READ_MS_MAX = 1_800_000;

/**
 * Sends an answer piece by piece, as fast as its reader takes it. Nothing is said before the first piece is there, so a failure until then can
 * still be answered. Later the answer is cut off, so that nobody takes it for whole: it has no length, and its last chunk is missing then.
 * Whether all of it was sent; rejects when `pieces` fail.
 */
export async function streamAnswer(
  response: ServerResponse,
  { contentType, fileName }: { contentType: string; fileName: string },
  pieces: AsyncIterable<string>,
): Promise<boolean> {
  const source = pieces[Symbol.asyncIterator]();
  const first = await source.next();
  if (response.destroyed) {
    await source.return?.();
    return false;
  }
  response.writeHead(200, {
    'content-type': contentType,
    'content-disposition': `attachment; filename="${fileName}"`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  // What nobody reads, as that of HEAD, is not looked for.
  const whole = wholeOf(source, first, response.req.method === 'HEAD');
  try {
    await pipeline(Readable.from(whole.pieces()), response, { signal: AbortSignal.timeout(READ_MS_MAX) });
    return true;
  } catch {
    response.destroy();
    const failure = whole.failure();
    if (failure) throw failure.err;
    return false;
  }
}

/** All pieces, and what their source failed with: a reader that has gone fails too, by another name. */
function wholeOf(source: AsyncIterator<string>, first: IteratorResult<string>, isHead: boolean) {
  let failure: { err: unknown } | undefined;
  const following = () =>
    source.next().catch((err: unknown) => {
      failure = { err };
      throw err;
    });
  return {
    failure: () => failure,
    pieces: async function* (): AsyncGenerator<string> {
      try {
        for (let piece = first; piece.done !== true; piece = await following()) {
          yield piece.value;
          if (isHead) return;
        }
      } finally {
        await source.return?.();
      }
    },
  };
}
