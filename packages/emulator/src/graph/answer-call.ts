import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** A call that has no answer yet. */
export interface OpenCall {
  version: string;
  request: IncomingMessage;
  response: ServerResponse;
}

/** A JSON answer of the Graph API. */
export interface GraphAnswer {
  status: number;
  body: string;
  trace: string;
  headers?: OutgoingHttpHeaders;
}

export function answer(call: OpenCall, graph: GraphAnswer): void {
  writeHead(call, graph);
  call.response.end(graph.body);
}

/** Sends headers and the first half of the body, then closes the connection. */
export function cutAnswer(call: OpenCall, graph: GraphAnswer): void {
  writeHead(call, graph);
  call.response.write(graph.body.slice(0, graph.body.length / 2), () => call.request.socket.destroy());
}

/** Sends the body byte by byte over `ms`; resolves when it is out or the caller is gone. */
export async function dribbleAnswer(call: OpenCall, graph: GraphAnswer, ms: number): Promise<void> {
  writeHead(call, graph);
  call.response.flushHeaders();
  const bytes = Buffer.from(graph.body);
  const begin = performance.now();
  for (let sent = 0; sent < bytes.length && !call.response.destroyed;) {
    await delay(ms / bytes.length, undefined, { ref: false });
    // Timers go by whole milliseconds, too early or too late: what is due goes and nothing else, so that it takes `ms`.
    const share = ms === 0 ? 1 : (performance.now() - begin) / ms;
    const due = Math.min(bytes.length, Math.floor(share * bytes.length));
    for (; sent < due; sent += 1) call.response.write(bytes.subarray(sent, sent + 1));
  }
  call.response.end();
}

function writeHead(call: OpenCall, { status, body, trace, headers }: GraphAnswer): void {
  call.response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(body),
    'facebook-api-version': call.version,
    'x-fb-trace-id': trace,
    ...headers,
  });
}
