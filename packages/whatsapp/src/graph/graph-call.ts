import { type JsonObject } from '@alur/types';
import { type GraphCallOutcome, judgeCall } from './graph-answer.ts';
import { type GraphChannel, requestHeaders, targetOf } from './graph-channel.ts';
import { type Exchange, type Method, exchange } from './graph-exchange.ts';

/** One management call. */
export interface GraphCall {
  method: Method;
  /** Below the version, such as `<waba id>/message_templates`; each part is encoded. */
  path: string;
  token: string;
  /** Such as `v25.0`. */
  apiVersion: string;
  query?: Readonly<Record<string, string>>;
  json?: JsonObject;
  /** For everything; the client's unless given. */
  timeoutMs?: number;
  /** Largest answer that is read; 1 MiB unless given. */
  answerBytesMax?: number;
}

/** A page of 100 templates with all their parts has some hundred KiB. */
const ANSWER_BYTES_MAX = 1_048_576;

/** Never rejects. No redirects, no retries. */
export async function callGraph(channel: GraphChannel, call: GraphCall): Promise<GraphCallOutcome> {
  const startedAt = performance.now();
  const parts = [call.apiVersion, ...call.path.split('/')];
  // Such parts are steps in a path, whatever they stand for here.
  const isBroken = parts.some((part) => part === '' || part === '.' || part === '..');
  const result: Exchange = isBroken
    ? { kind: 'fault', written: false, cause: 'bad_request' }
    : await exchange(requestOf(channel, call, parts));
  return judgeCall(result, performance.now() - startedAt);
}

function requestOf(channel: GraphChannel, call: GraphCall, parts: readonly string[]) {
  const { method, json, query, timeoutMs = channel.timeoutMs, answerBytesMax = ANSWER_BYTES_MAX } = call;
  const { base, connections, connectTimeoutMs } = channel;
  const headers = requestHeaders(call.token);
  const shared = { method, target: targetOf(base, parts, query), connections, connectTimeoutMs };
  const request = { ...shared, timeoutMs, answerBytesMax };
  if (json !== undefined) {
    const body = Buffer.from(JSON.stringify(json));
    return { ...request, headers: { ...headers, 'content-type': 'application/json' }, body };
  }
  return method === 'POST' ? { ...request, headers, body: Buffer.alloc(0) } : { ...request, headers };
}
