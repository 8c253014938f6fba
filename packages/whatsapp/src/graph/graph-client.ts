import { type ErrorOverride, type JsonObject, type NumberId } from '@alur/types';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { type Socket } from 'node:net';
import { parseBaseUrl } from './base-url.ts';
import { type MediaOutcome, type MediaRequest, fetchMedia } from '../media/fetch-media.ts';
import { type GraphCallOutcome } from './graph-answer.ts';
import { type GraphCall, callGraph } from './graph-call.ts';
import { type GraphChannel, requestHeaders, targetOf } from './graph-channel.ts';
import { exchange } from './graph-exchange.ts';
import { type UploadOutcome, type UploadRequest, uploadMedia } from './graph-upload.ts';
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

/** Speaks to Graph; the only place that holds a token. */
export interface GraphClient {
  /** Never rejects, except with what `beforeWrite` throws. One call is one POST: no redirects, no retries. */
  send(request: SendRequest): Promise<SendOutcome>;
  /** One management call. Never rejects; one call is one request: no redirects, no retries. */
  call(request: GraphCall): Promise<GraphCallOutcome>;
  /** Hands a file to Graph as it is read, and gives back its media id. Never rejects; no redirects, no retries. */
  upload(request: UploadRequest): Promise<UploadOutcome>;
  /** Fetches a file that a contact sent into a file here, checked against its hash. Never rejects. */
  fetchMedia(request: MediaRequest): Promise<MediaOutcome>;
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
  const connections = { agent: createAgent(base, options), ready: new WeakSet<Socket>() };
  const channel: GraphChannel = { base, connections, timeoutMs, connectTimeoutMs };
  return {
    send: (request) => send(channel, request),
    call: (request) => callGraph(channel, request),
    upload: (request) => uploadMedia(channel, request),
    fetchMedia: (request) => fetchMedia(channel, request),
    close: () => connections.agent.destroy(),
  };
}

async function send(channel: GraphChannel, request: SendRequest): Promise<SendOutcome> {
  const { base, connections, timeoutMs, connectTimeoutMs } = channel;
  const { apiVersion, number, token, body, beforeWrite, overrides } = request;
  const startedAt = performance.now();
  const result = await exchange({
    target: targetOf(base, [apiVersion, number, 'messages']),
    connections,
    headers: { ...requestHeaders(token), 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
    timeoutMs,
    connectTimeoutMs,
    beforeWrite,
  });
  return judgeExchange(result, performance.now() - startedAt, overrides);
}

function createAgent(base: URL, { maxSockets = SOCKETS_MAX, ca }: GraphClientOptions): HttpAgent {
  const shared = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, timeout: IDLE_MS };
  return base.protocol === 'https:' ? new HttpsAgent({ ...shared, ca }) : new HttpAgent(shared);
}
