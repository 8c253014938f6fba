import { type Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Socket } from 'node:net';

/** One POST on a kept-alive connection: bytes in, bytes out, and no opinion on what they mean. */
export interface ExchangeRequest {
  /** `port` is empty for the scheme's own. */
  target: { secure: boolean; hostname: string; port: string; path: string };
  connections: Connections;
  headers: Record<string, string>;
  body: Buffer;
  /** For everything, from the call to the last byte of the answer. */
  timeoutMs: number;
  /** For a new connection, TLS included. */
  connectTimeoutMs: number;
  /** Called once the connection stands, right before the first byte: false gives up without sending. */
  beforeWrite?: () => boolean;
}

/** The kept-alive connections of one client. `ready` are those whose handshake is over. */
export interface Connections {
  agent: Agent;
  ready: WeakSet<Socket>;
}

/**
 * `fault.written` is what decides whether the other side may have acted: true from the moment the first byte of the
 * request was handed to the connected socket. Node buffers nothing before that, because the request is ended only then.
 */
export type Exchange =
  | { kind: 'answer'; status: number; headers: IncomingMessage['headers']; body: Buffer }
  | { kind: 'fault'; written: boolean; cause: FaultCause; systemCode?: string };

export type FaultCause =
  | 'abandoned' // beforeWrite said no
  | 'connect_timeout'
  | 'timeout'
  | 'connection' // refused, unreachable, name not found, TLS, reset, closed early
  | 'bad_answer' // not HTTP, or over the cap
  | 'bad_request'; // the request could not even be made

/** Largest answer that is read; a Graph answer has less than 2 KiB. */
const ANSWER_BYTES_MAX = 256 * 1024;

interface Ends {
  answer: (response: IncomingMessage, body: Buffer) => void;
  fault: (cause: FaultCause, systemCode?: string) => void;
}

/** Never rejects, except with what `beforeWrite` throws. No redirects, no retries. */
export function exchange(input: ExchangeRequest): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    let written = false;
    const request = openRequest(input);
    if (request === undefined) return resolve({ kind: 'fault', written, cause: 'bad_request' });
    const settle = (result: Exchange) => {
      clearTimeout(total);
      resolve(result);
      if (result.kind === 'fault') request.destroy();
    };
    const fault: Ends['fault'] = (cause, systemCode) => settle({ kind: 'fault', written, cause, systemCode });
    const answer: Ends['answer'] = ({ statusCode = 0, headers }, body) =>
      settle({ kind: 'answer', status: statusCode, headers, body });
    const total = setTimeout(() => fault('timeout'), input.timeoutMs);
    const write = () => {
      if (!mayWrite(input, reject)) return fault('abandoned');
      written = true;
      request.end(input.body);
    };
    request.on('error', (error) => fault(faultCause(error), systemCode(error)));
    request.once('response', (response) => collect(response, { answer, fault }));
    request.once('socket', (socket) => whenReady(socket, input, { write, fault }));
  });
}

// Undefined when Node refuses a header's value, such as a token with a line break in it.
function openRequest({ target, connections, headers, body }: ExchangeRequest): ClientRequest | undefined {
  const { secure, ...where } = target;
  try {
    return (secure ? httpsRequest : httpRequest)({
      ...where,
      method: 'POST',
      agent: connections.agent,
      headers: { ...headers, 'content-length': body.length },
    });
  } catch {
    return undefined;
  }
}

function mayWrite({ beforeWrite }: ExchangeRequest, reject: (cause: unknown) => void): boolean {
  try {
    return beforeWrite?.() ?? true;
  } catch (cause) {
    reject(cause);
    return false;
  }
}

// Nothing has been written yet: Node sends the head with the first write, and that is ours to time.
function whenReady(
  socket: Socket,
  { target, connections, connectTimeoutMs }: ExchangeRequest,
  { write, fault }: { write: () => void; fault: Ends['fault'] },
): void {
  if (connections.ready.has(socket)) return write();
  const timer = setTimeout(() => fault('connect_timeout'), connectTimeoutMs);
  socket.once('close', () => clearTimeout(timer));
  socket.once(target.secure ? 'secureConnect' : 'connect', () => {
    clearTimeout(timer);
    connections.ready.add(socket);
    write();
  });
}

function collect(response: IncomingMessage, { answer, fault }: Ends): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) return fault('bad_answer');
    chunks.push(chunk);
  });
  response.on('error', (error) => fault('connection', systemCode(error)));
  // Not emitted for an answer that was cut off: that is an error.
  response.once('end', () => answer(response, Buffer.concat(chunks)));
}

// The parser's own errors are HPE_…; everything else comes from the connection.
function faultCause(error: Error): FaultCause {
  return systemCode(error)?.startsWith('HPE_') === true ? 'bad_answer' : 'connection';
}

function systemCode(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
