import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Arrival } from './arrival-clock.ts';

/** One POST to `/{version}/{number}/messages`, as far as the path tells. */
export interface MessagesCall extends Arrival {
  version: string;
  numberId: string;
  request: IncomingMessage;
  response: ServerResponse;
}

const PATH = /^\/(v\d+\.\d+)\/([^/?]+)\/messages\/?(?:\?|$)/;

/** The call that a request is, or nothing when it is another one. */
export function matchMessagesCall(
  request: IncomingMessage,
  response: ServerResponse,
  readArrival: () => Arrival,
): MessagesCall | undefined {
  const match = request.method === 'POST' ? PATH.exec(request.url ?? '') : null;
  const [, version, numberId] = match ?? [];
  return version && numberId ? { version, numberId, request, response, ...readArrival() } : undefined;
}
