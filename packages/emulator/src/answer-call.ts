import { type OutgoingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type MessagesCall } from './messages-call.ts';

/** A JSON answer of the Graph API. */
export interface GraphAnswer {
  status: number;
  body: string;
  trace: string;
  headers?: OutgoingHttpHeaders;
}

export function answer(call: MessagesCall, graph: GraphAnswer): void {
  writeHead(call, graph);
  call.response.end(graph.body);
}

/** Sends headers and the first half of the body, then closes the connection. */
export function cutAnswer(call: MessagesCall, graph: GraphAnswer): void {
  writeHead(call, graph);
  call.response.write(graph.body.slice(0, graph.body.length / 2), () => call.request.socket.destroy());
}

/** Sends the body byte by byte over `ms`; resolves when it is out or the caller is gone. */
export async function dribbleAnswer(call: MessagesCall, graph: GraphAnswer, ms: number): Promise<void> {
  writeHead(call, graph);
  call.response.flushHeaders();
  const bytes = Buffer.from(graph.body);
  const begin = performance.now();
  for (let sent = 0; sent < bytes.length && !call.response.destroyed;) {
    await delay(ms / bytes.length, undefined, { ref: false });
    // Timers go by whole milliseconds: what fell due meanwhile goes too, so that the whole takes no longer than `ms`.
    const share = ms === 0 ? 1 : (performance.now() - begin) / ms;
    const due = Math.min(bytes.length, Math.max(sent + 1, Math.floor(share * bytes.length)));
    for (; sent < due; sent += 1) call.response.write(bytes.subarray(sent, sent + 1));
  }
  call.response.end();
}

function writeHead(call: MessagesCall, { status, body, trace, headers }: GraphAnswer): void {
  call.response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(body),
    'facebook-api-version': call.version,
    'x-fb-trace-id': trace,
    ...headers,
  });
}
