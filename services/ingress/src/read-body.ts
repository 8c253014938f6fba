import type { IncomingMessage } from 'node:http';

/** Above Meta's own limit of 3 MB. */
const WEBHOOK_BYTES_MAX = 4 * 1024 * 1024;

/** `refused` comes before the body is read, so the connection must be closed after the answer. */
export type BodyResult =
  { kind: 'body'; body: Buffer } | { kind: 'refused'; status: 400 | 413 | 415 } | { kind: 'aborted' };

/** The raw bytes of a request, as the signature covers them. Too large is known from the header where there is one. */
export function readBody(request: IncomingMessage, bytesMax = WEBHOOK_BYTES_MAX): Promise<BodyResult> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    return Promise.resolve({ kind: 'refused', status: 415 });
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > bytesMax) return Promise.resolve({ kind: 'refused', status: 413 });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bytesMax) {
        chunks.push(chunk);
        return;
      }
      // Whoever answers decides what becomes of the rest.
      request.off('data', take).pause();
      resolve({ kind: 'refused', status: 413 });
    };
    request.on('data', take);
    request.on('end', () =>
      resolve({ kind: 'body', body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) }),
    );
    request.on('error', () => resolve({ kind: 'aborted' }));
    request.on('close', () => resolve({ kind: 'aborted' }));
  });
}
