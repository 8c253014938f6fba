import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Arrival } from '../arrival-clock.ts';
import { DEFAULT_VERSION } from './graph-call.ts';

/** One POST to `/{version}/{number}/messages`, as far as the path tells; the version may be missing. */
export interface MessagesCall extends Arrival {
  version: string;
  numberId: string;
  /** Empty when there is none. */
  query: string;
  request: IncomingMessage;
  response: ServerResponse;
}

const PATH = /^\/(?:(v\d+\.\d+)\/)?(\d[^/?]*)\/messages\/?(?:\?(.*))?$/i;

/** The call that a request is, or nothing when it is another one. */
export function matchMessagesCall(
  request: IncomingMessage,
  response: ServerResponse,
  readArrival: () => Arrival,
): MessagesCall | undefined {
  const match = request.method === 'POST' ? PATH.exec(request.url ?? '') : null;
  const [, version = DEFAULT_VERSION, numberId, query = ''] = match ?? [];
  return numberId === undefined
    ? undefined
    : { version, numberId, query, request, response, ...readArrival() };
}
