import { type NumberId, readAs } from '@alur/types';
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { type CallFailed, type CallFault, type CallRefused, judgeCall } from './graph-answer.ts';
import { type GraphChannel, requestHeaders, targetOf } from './graph-channel.ts';
import { type BodySource, exchange } from './graph-exchange.ts';

export interface UploadRequest {
  number: NumberId;
  token: string;
  /** Such as `v25.0`. */
  apiVersion: string;
  file: UploadFile;
  /** For everything; 5 minutes unless given, in which 100 MB go through 3 Mbit/s. */
  timeoutMs?: number;
}

export interface UploadFile {
  /** Where it is. */
  absolute: string;
  bytes: number;
  mimeType: string;
  /** What Meta calls it. */
  name: string;
  /** Hex. A file that has changed since is not handed over. */
  sha256?: string;
}

/** `unreadable`, `changed`: the file was not there, or not the one that was asked for, so Meta has no whole file. */
export type UploadOutcome =
  | { kind: 'ok'; id: string; durationMs: number }
  | CallRefused
  | (Omit<CallFailed, 'reason'> & { reason: CallFault | FileFault });

type FileFault = 'unreadable' | 'changed';

const TIMEOUT_MS = 300_000;
const LINE = '\r\n';
const Uploaded = z.object({ id: z.string().regex(/^[\w.-]{1,256}$/) });

/** Hands a file to Graph as it is read, and gives back its media id. Never rejects. No redirects, no retries. */
export async function uploadMedia(channel: GraphChannel, request: UploadRequest): Promise<UploadOutcome> {
  const { base, connections, connectTimeoutMs } = channel;
  const { number, token, apiVersion, file, timeoutMs = TIMEOUT_MS } = request;
  const startedAt = performance.now();
  const boundary = `alur-${randomBytes(18).toString('hex')}`;
  const form = multipart(file, boundary);
  const result = await exchange({
    target: targetOf(base, [apiVersion, number, 'media']),
    connections,
    headers: { ...requestHeaders(token), 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: form.body,
    timeoutMs,
    connectTimeoutMs,
  });
  const outcome = judgeCall(result, performance.now() - startedAt);
  const fault = form.fault();
  if (outcome.kind === 'failed') return { ...outcome, reason: fault ?? outcome.reason };
  if (outcome.kind === 'refused') return outcome;
  const { durationMs } = outcome;
  const uploaded = readAs(Uploaded, outcome.json);
  return uploaded.success
    ? { kind: 'ok', id: uploaded.data.id, durationMs }
    : { kind: 'failed', reason: 'bad_answer', durationMs };
}

// Source: Meta, "Cloud API: media, upload media". The content type of the file's part is what Meta goes by.
function multipart(
  file: UploadFile,
  boundary: string,
): { body: BodySource; fault: () => FileFault | undefined } {
  const field = (name: string, value: string) =>
    `--${boundary}${LINE}content-disposition: form-data; name="${name}"${LINE}${LINE}${value}${LINE}`;
  const head = Buffer.from(
    field('messaging_product', 'whatsapp') +
      field('type', file.mimeType) +
      `--${boundary}${LINE}content-disposition: form-data; name="file"; filename="${quotable(file.name)}"${LINE}` +
      `content-type: ${file.mimeType}${LINE}${LINE}`,
  );
  const tail = Buffer.from(`${LINE}--${boundary}--${LINE}`);
  let fault: FileFault | undefined;
  const parts = async function* () {
    yield head;
    try {
      yield* checkedFile(file);
    } catch (error) {
      fault = error instanceof ChangedError ? 'changed' : 'unreadable';
      throw error;
    }
    yield tail;
  };
  const bytes = head.length + file.bytes + tail.length;
  return { body: { bytes, open: () => Readable.from(parts()) }, fault: () => fault };
}

class ChangedError extends Error {
  override readonly name = 'ChangedError';
}

/** The file's bytes; throws instead of the last ones when it is not what was said, so that the request cannot end well. */
async function* checkedFile({ absolute, bytes, sha256 }: UploadFile): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let read = 0;
  let held: Buffer | undefined;
  // A pipe that has come in its place would be waited for, and hold up every other file of the process.
  const handle = await open(absolute, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const now = await handle.stat();
    if (!now.isFile() || now.size !== bytes) throw new ChangedError();
    const chunks: AsyncIterable<Buffer> = handle.createReadStream({ autoClose: false });
    for await (const chunk of chunks) {
      read += chunk.length;
      if (read > bytes) throw new ChangedError();
      hash.update(chunk);
      if (held !== undefined) yield held;
      held = chunk;
    }
  } finally {
    await handle.close();
  }
  if (read !== bytes || (sha256 !== undefined && hash.digest('hex') !== sha256)) throw new ChangedError();
  if (held !== undefined) yield held;
}

// As browsers do it: these three would end the quoted name or the header.
function quotable(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
