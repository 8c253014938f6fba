import { type ErrorOverride, type JsonObject, type NumberId } from '@alur/types';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { parseBaseUrl } from './base-url.ts';
import { type Connections, exchange } from './graph-exchange.ts';
import { type SendOutcome, judgeExchange } from './send-outcome.ts';

export interface GraphClientOptions {
  /** Meta's is https://graph.facebook.com; a path in it is kept. */
  baseUrl: string;
  /** For a whole send, waiting for a connection and the answer's last byte included. */
  timeoutMs?: number;
  connectTimeoutMs?: number;
  /** Connections at once, and so sends at once; more wait their turn within their time. */
  maxSockets?: number;
  /** Lets the token travel unencrypted beyond private networks. */
  allowHttp?: boolean;
  /** Certificates to trust instead of the system's, PEM. */
  ca?: string;
}

export interface SendRequest {
  number: NumberId;
  token: string;
  /** Such as `v25.0`. */
  apiVersion: string;
  /** From `renderMessage`. */
  body: JsonObject;
  /** The bundle's own word on Graph's codes. */
  overrides?: ReadonlyMap<number, ErrorOverride>;
  /**
   * Called when the connection stands and nothing has been written; false abandons the send (`lease_expired`). It is the
   * last moment at which that can be done.
   */
  beforeWrite?: () => boolean;
}

/** Posts messages to Graph; the only place that holds a token. */
export interface GraphClient {
  /** Never rejects, except with what `beforeWrite` throws. One call is one POST: no redirects, no retries. */
  send(request: SendRequest): Promise<SendOutcome>;
  /** Drops all connections. A send under way ends as `unknown` or `not_sent`: wait for them first. */
  close(): void;
}

const TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
const SOCKETS_MAX = 256;
// A reused connection that the other side is just closing makes an unknown outcome, so idle ones go early.
const IDLE_MS = 4_000;

/** Throws `BaseUrlError` for an address that is not http or https, or would show the token on the way. */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const base = parseBaseUrl(options.baseUrl, { allowHttp: options.allowHttp ?? false });
  const { timeoutMs = TIMEOUT_MS, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const connections: Connections = { agent: createAgent(base, options), ready: new WeakSet() };
  const host = {
    secure: base.protocol === 'https:',
    hostname: base.hostname.replace(/^\[|\]$/g, ''),
    port: base.port,
  };
  return {
    send: async ({ beforeWrite, ...request }) => {
      const startedAt = performance.now();
      const result = await exchange({
        target: { ...host, path: messagesPath(base, request) },
        connections,
        headers: requestHeaders(request.token),
        body: Buffer.from(JSON.stringify(request.body)),
        timeoutMs,
        connectTimeoutMs,
        beforeWrite,
      });
      return judgeExchange(result, performance.now() - startedAt, request.overrides);
    },
    close: () => connections.agent.destroy(),
  };
}

function createAgent(base: URL, { maxSockets = SOCKETS_MAX, ca }: GraphClientOptions): HttpAgent {
  const shared = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, timeout: IDLE_MS };
  return base.protocol === 'https:' ? new HttpsAgent({ ...shared, ca }) : new HttpAgent(shared);
}

function messagesPath(base: URL, { apiVersion, number }: Pick<SendRequest, 'apiVersion' | 'number'>): string {
  const path = [apiVersion, number, 'messages'].map((part) => encodeURIComponent(part)).join('/');
  return `${base.pathname.replace(/\/+$/, '')}/${path}`;
}

function requestHeaders(token: string): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'alur',
  };
}
