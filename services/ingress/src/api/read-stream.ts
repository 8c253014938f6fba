import type { IncomingMessage } from 'node:http';
import { refusal, type ApiAnswer } from './api-answer.ts';

interface StreamLimits {
  bytesMax?: number;
  /** From the first byte to the last. */
  wholeMs?: number;
  /** Without a byte. */
  idleMs?: number;
  /** What `use` keeps of a stream that is cut off, as its sender is told. */
  kept?: string;
}

const LIMITS: Required<StreamLimits> = {
  bytesMax: 64 * 1024 * 1024,
  wholeMs: 600_000,
  idleMs: 30_000,
  kept: 'nothing of it was kept',
};

/** Ends the reading of a stream; `answer` is what its sender is told. */
class StreamCut extends Error {
  override readonly name = 'StreamCut';
  readonly answer: ApiAnswer | undefined;
  constructor(answer: ApiAnswer | undefined) {
    super('Cannot read the stream to its end');
    this.answer = answer;
  }
}

/**
 * Hands the body of a call to `use` piece by piece, as fast as that takes them: 64 MiB in ten minutes at most, unless `limits` are
 * narrower. What `use` answers is the answer. A stream that is too large, too slow, or cut off makes `use` throw where it reads: it must
 * let that through, and undo what it has begun; its sender is told 413, 408, or nothing. What `use` does not read is left unread.
 */
export async function readStream(
  request: IncomingMessage,
  use: (body: AsyncIterable<Buffer>) => Promise<ApiAnswer>,
  limits: StreamLimits = {},
): Promise<ApiAnswer | undefined> {
  const within = { ...LIMITS, ...limits };
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return refusal(415, 'bad_body', 'Send the body as it is, not compressed');
  if (Number(request.headers['content-length'] ?? 0) > within.bytesMax)
    return tooLarge({ ...within, kept: LIMITS.kept });
  const body = bounded(request, within);
  try {
    return await use(body);
  } catch (err) {
    if (err instanceof StreamCut) return err.answer;
    throw err;
  } finally {
    // A reader may stop without a word. As long as the body has a reader, what is left of it does not flow off.
    void body.return(undefined).catch(() => undefined);
  }
}

async function* bounded(request: IncomingMessage, limits: Required<StreamLimits>): AsyncGenerator<Buffer> {
  const { bytesMax, wholeMs, idleMs, kept } = limits;
  // What is left of the body must not take the connection with it: there is an answer to give.
  const pieces: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
  const endsAt = performance.now() + wholeMs;
  let bytes = 0;
  try {
    for (;;) {
      const next = await inTime(pieces.next(), Math.min(idleMs, endsAt - performance.now()), kept);
      if (next.done === true) return;
      bytes += next.value.length;
      if (bytes > bytesMax) throw new StreamCut(tooLarge(limits));
      yield next.value;
    }
  } finally {
    // Not awaited: it would wait for a piece that may never come.
    void pieces.return?.().catch(() => undefined);
  }
}

async function inTime<T>(promise: Promise<T>, ms: number, kept: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const answer = refusal(408, 'too_slow', `The body did not come in time; ${kept}`);
    timer = setTimeout(() => reject(new StreamCut(answer)), Math.max(0, ms));
  });
  // Its sender has gone: nobody is there to be told.
  const gone = promise.catch(() => Promise.reject(new StreamCut(undefined)));
  try {
    return await Promise.race([gone, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooLarge({ bytesMax, kept }: Required<StreamLimits>): ApiAnswer {
  return refusal(413, 'bad_body', `At most ${Math.floor(bytesMax / 1024)} KiB; ${kept}`);
}
