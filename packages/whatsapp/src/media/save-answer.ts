import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';

/** What was saved, or why it was not: `too_large`, `stalled`, `file` (it cannot be written) or the connection broke. */
export type Saved =
  | { kind: 'ok'; bytes: number; sha256: Buffer }
  | { kind: 'failed'; reason: 'too_large' | 'stalled' | 'file' | 'connection' };

export interface SaveOptions {
  /** A new file, for its owner alone. */
  file: string;
  bytesMax: number;
  /** The longest time in which nothing comes. */
  stallMs: number;
}

/** Streams an answer into a file and hashes it on the way. Never rejects; half a file is removed. */
export async function saveAnswer(response: IncomingMessage, options: SaveOptions): Promise<Saved> {
  const { file, bytesMax, stallMs } = options;
  // What is announced need not be waited for.
  if (Number(response.headers['content-length'] ?? 0) > bytesMax) {
    return { kind: 'failed', reason: 'too_large' };
  }
  // A connection that breaks before anybody listens is told by the pipeline all the same.
  response.on('error', () => undefined);
  // Before anything else: a file that is still to be opened when the connection breaks would be there afterwards.
  const handle = await open(file, 'wx', 0o600).catch(() => undefined);
  if (handle === undefined) return { kind: 'failed', reason: 'file' };
  const hash = createHash('sha256');
  let bytes = 0;
  let reason: 'too_large' | 'stalled' | undefined;
  const stall = setTimeout(() => {
    reason = 'stalled';
    response.destroy();
  }, stallMs);
  const meter = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      stall.refresh();
      bytes += chunk.length;
      if (bytes > bytesMax) {
        reason = 'too_large';
        throw new Error('the answer is over its cap');
      }
      hash.update(chunk);
      yield chunk;
    }
  };
  const sink = handle.createWriteStream();
  let isFileFault = false;
  // The pipeline hands the connection's errors on to the file.
  sink.once('error', () => (isFileFault = response.errored === null));
  try {
    await pipeline(response, meter, sink);
    return { kind: 'ok', bytes, sha256: hash.digest() };
  } catch {
    await rm(file, { force: true });
    return { kind: 'failed', reason: reason ?? (isFileFault ? 'file' : 'connection') };
  } finally {
    clearTimeout(stall);
  }
}
