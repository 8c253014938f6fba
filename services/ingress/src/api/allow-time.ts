import type { IncomingMessage } from 'node:http';

// Node has one time for all requests of a port, and a stream may take longer than what comes in one piece.
const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/** Cuts the connection when the request is not whole in `ms` from now on; the last word holds. */
export function allowTime(request: IncomingMessage, ms: number): void {
  clearTimeout(timers.get(request));
  if (request.complete) return;
  const timer = setTimeout(() => request.socket.destroy(), ms);
  if (!timers.has(request)) request.once('close', () => clearTimeout(timers.get(request)));
  timers.set(request, timer);
}
