import type { IncomingMessage, ServerResponse } from 'node:http';
import { allowTime } from './allow-time.ts';
import type { ApiAnswer } from './api-answer.ts';

/** How long a caller may go on with a body that nobody wants, so that it reads the answer and not a connection that broke. */
const LINGER_MS = 2_000;

/** Writes an answer; what is left of the request is thrown away. */
export function writeAnswer(request: IncomingMessage, response: ServerResponse, given: ApiAnswer): void {
  const { status, body, retryAfterS } = given;
  const text = body === undefined ? undefined : JSON.stringify(body);
  response.writeHead(status, {
    ...(text !== undefined && {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    }),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(retryAfterS !== undefined && { 'retry-after': String(retryAfterS) }),
  });
  response.end(text);
  if (request.complete) return;
  // With a listener it also flows when a reader that is only just leaving is the last to say that it shall not.
  request.on('data', () => undefined).resume();
  allowTime(request, LINGER_MS);
}
