import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { HttpRequest } from '@alur/types';
import type { Target } from './check-target.ts';
import type { FilledCall } from './fill-call.ts';
import { codeOf, WebFailure } from './web-failure.ts';

// Why Node's own client: it connects to an address that was checked while TLS and `Host` go by the name, follows nothing,
// keeps no cookies and unpacks nothing. `fetch` does the last three by itself and takes no address.

export interface RawAnswer {
  status: number;
  /** Names and values in turn. */
  headers: readonly string[];
  contentType: string;
  bytes: Buffer;
}

/** Connections that are kept open, by address, port and name. */
export interface Pools {
  http: HttpAgent;
  https: HttpsAgent;
}

export interface Sending {
  method: HttpRequest['method'];
  target: Target;
  /** Tried in this order while none can be connected to. */
  addresses: readonly string[];
  call: FilledCall;
  pools: Pools;
  signal: AbortSignal;
  /** Certificate authorities in place of Node's own. */
  ca?: string | undefined;
}

const ANSWER_BYTES_MAX = 262_144;
const HEADER_BYTES_MAX = 16_384;
const IDLE_MS = 4_000;
const IDLE_MAX = 2;
/** What a connection that broke may be sent again of. Others go over a new one, where nothing can have been closed. */
const REPEATABLE: ReadonlySet<HttpRequest['method']> = new Set(['GET', 'PUT', 'DELETE']);

export function openPools(): Pools {
  const options = { keepAlive: true, maxFreeSockets: IDLE_MAX, timeout: IDLE_MS };
  return { http: new HttpAgent(options), https: new HttpsAgent(options) };
}

/** Makes a call, and reads its answer up to a bound. Throws `WebFailure`, or what Node throws. */
export async function sendCall(sending: Sending): Promise<RawAnswer> {
  const { method, target, addresses, pools } = sending;
  const pool = target.isTls ? pools.https : pools.http;
  for (const [index, address] of addresses.entries()) {
    try {
      return await exchange(sending, address, REPEATABLE.has(method) ? pool : undefined);
    } catch (error) {
      if (index === addresses.length - 1 || !isConnecting(error)) throw error;
    }
  }
  throw new WebFailure('unreachable', 'the host has no address');
}

async function exchange(sending: Sending, address: string, pool: HttpAgent | undefined): Promise<RawAnswer> {
  let isReused = false;
  try {
    return await new Promise((resolve, reject) => {
      const request = open(sending, address, pool);
      request.once('socket', () => (isReused = request.reusedSocket));
      request.on('error', reject);
      // Without a listener the connection of a service that changes protocols would stay open.
      request.once('upgrade', (_, socket) => {
        socket.destroy();
        reject(new WebFailure('bad_answer', 'the service wants to change the protocol'));
      });
      request.once('response', (response) => {
        isReused = false;
        void collect(response).then(resolve, reject);
      });
      request.end(sending.call.body);
    });
  } catch (error) {
    // The service closed an idle connection at the moment that we took it.
    if (isReused && codeOf(error) === 'ECONNRESET') return exchange(sending, address, undefined);
    throw error;
  }
}

function open(sending: Sending, address: string, pool: HttpAgent | undefined): ClientRequest {
  const { method, target, call, signal, ca } = sending;
  const options: RequestOptions = {
    host: address,
    port: target.port,
    method,
    path: target.path,
    setHost: false,
    headers: {
      ...call.headers,
      host: target.authority,
      ...(call.body && { 'content-length': String(call.body.length) }),
    },
    agent: pool ?? false,
    signal,
    maxHeaderSize: HEADER_BYTES_MAX,
    insecureHTTPParser: false,
  };
  if (!target.isTls) return httpRequest(options);
  const servername = isIP(target.host) === 0 ? target.host : '';
  // Said here, so that no variable of the environment can turn the check off.
  return httpsRequest({ ...options, servername, rejectUnauthorized: true, ...(ca !== undefined && { ca }) });
}

async function collect(response: IncomingMessage): Promise<RawAnswer> {
  const { statusCode: status = 0, rawHeaders: headers } = response;
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== '') {
    response.destroy();
    throw new WebFailure('bad_answer', 'the answer is compressed although that was not asked for');
  }
  if (Number(response.headers['content-length']) > ANSWER_BYTES_MAX) {
    response.destroy();
    throw tooLarge();
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    // Leaving the loop closes the connection.
    if (size > ANSWER_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  const contentType = response.headers['content-type'] ?? '';
  return { status, headers, contentType, bytes: Buffer.concat(chunks) };
}

function tooLarge(): WebFailure {
  return new WebFailure('too_large', 'the answer is larger than 256 KiB; ask the service for less');
}

function isConnecting(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error && error.syscall === 'connect';
}
