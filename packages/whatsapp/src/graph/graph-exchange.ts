import { type Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Socket } from 'node:net';
import { type Readable } from 'node:stream';

/** One request on a kept-alive connection: bytes in, bytes out, and no opinion on what they mean. */
export interface ExchangeRequest {
  /** POST unless given. */
  method?: Method;
  /** `port` is empty for the scheme's own. */
  target: { secure: boolean; hostname: string; port: string; path: string };
  connections: Connections;
  headers: Record<string, string>;
  /** None with GET and DELETE. */
  body?: Buffer | BodySource;
  /** For everything, from the call to the last byte of the answer. */
  timeoutMs: number;
  /** For a new connection, TLS included. */
  connectTimeoutMs: number;
  /** Called once the connection stands, right before the first byte: false gives up without sending. */
  beforeWrite?: () => boolean;
  /** Largest answer that is kept; 256 KiB unless given. */
  answerBytesMax?: number;
  /** Takes the answer in place of keeping its bytes, and calls one of the ends once. */
  receive?: (response: IncomingMessage, ends: Ends) => void;
}

export type Method = 'GET' | 'POST' | 'DELETE';

/** A body that is read while it is sent: just so many bytes, or an error, with which the request is given up (`bad_request`). */
export interface BodySource {
  bytes: number;
  open: () => Readable;
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
  | 'bad_answer' // not HTTP
  | 'too_large' // over the cap
  | 'bad_request'; // the request could not even be made, or its body not be read

/** A Graph answer to a message has less than 2 KiB. */
const ANSWER_BYTES_MAX = 256 * 1024;

/** How an exchange ends; only the first call counts. */
export interface Ends {
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
      // An answer that came before the end of a long body: nobody reads the rest.
      if (result.kind === 'fault' || !(request.writableFinished || Buffer.isBuffer(input.body)))
        request.destroy();
    };
    const fault: Ends['fault'] = (cause, systemCode) => settle({ kind: 'fault', written, cause, systemCode });
    const answer: Ends['answer'] = ({ statusCode = 0, headers }, body) =>
      settle({ kind: 'answer', status: statusCode, headers, body });
    const total = setTimeout(() => fault('timeout'), input.timeoutMs);
    const write = () => {
      if (!mayWrite(input, reject)) return fault('abandoned');
      written = true;
      writeBody(request, input.body, fault);
    };
    request.on('error', (error) => fault(faultCause(error), systemCode(error)));
    request.once('response', (response) =>
      (input.receive ?? keeper(input.answerBytesMax))(response, { answer, fault }),
    );
    request.once('socket', (socket) => whenReady(socket, input, { write, fault }));
  });
}

// Undefined when Node refuses a header's value, such as a token with a line break in it.
function openRequest({
  method = 'POST',
  target,
  connections,
  headers,
  body,
}: ExchangeRequest): ClientRequest | undefined {
  const { secure, ...where } = target;
  try {
    return (secure ? httpsRequest : httpRequest)({
      ...where,
      method,
      agent: connections.agent,
      headers: body === undefined ? headers : { ...headers, 'content-length': bytesOf(body) },
    });
  } catch {
    return undefined;
  }
}

function bytesOf(body: Buffer | BodySource): number {
  return Buffer.isBuffer(body) ? body.length : body.bytes;
}

function writeBody(request: ClientRequest, body: ExchangeRequest['body'], fault: Ends['fault']): void {
  if (body === undefined || Buffer.isBuffer(body)) {
    request.end(body);
    return;
  }
  const source = body.open();
  source.once('error', (error) => fault('bad_request', systemCode(error)));
  request.once('close', () => source.destroy());
  source.pipe(request);
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

/** Keeps an answer's bytes up to a cap. */
export function keeper(bytesMax = ANSWER_BYTES_MAX): (response: IncomingMessage, ends: Ends) => void {
  return (response, { answer, fault }) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) return fault('too_large');
      chunks.push(chunk);
    });
    response.on('error', (error) => fault('connection', systemCode(error)));
    // Not emitted for an answer that was cut off: that is an error.
    response.once('end', () => answer(response, Buffer.concat(chunks)));
  };
}

// The parser's own errors are HPE_…; everything else comes from the connection.
function faultCause(error: Error): FaultCause {
  return systemCode(error)?.startsWith('HPE_') === true ? 'bad_answer' : 'connection';
}

/** Node's word for what went wrong, such as ECONNRESET. */
function systemCode(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
