import { type Request, type Response } from 'express';
import { type ChatLog } from './chat-log.ts';
import { type NumberBook } from '../graph/number-book.ts';
import { type WebhookAddresses } from '../webhooks/webhook-addresses.ts';

export interface StreamDeps {
  chat: ChatLog;
  numbers: Pick<NumberBook, 'list'>;
  addresses: Pick<WebhookAddresses, 'callbackFor'>;
  /** How long a contact's message keeps its window open. */
  windowMs: number;
}

const KEEP_ALIVE_MS = 15_000;
const UNREAD_MAX = 16 * 1_024 * 1_024;

/** Server-sent events: `hello` with the numbers, then the kept chat events, then new ones as they happen. */
export function streamEvents(request: Request, response: Response, deps: StreamDeps): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const numbers = deps.numbers.list().map((number) => ({
    id: number.id,
    displayNumber: number.displayNumber,
    webhook: deps.addresses.callbackFor(number, 'messages')?.url,
  }));
  const { era } = deps.chat;
  response.write(`event: hello\ndata: ${JSON.stringify({ era, numbers, windowMs: deps.windowMs })}\n\n`);
  const unfollow = deps.chat.follow(lastSeen(request, era), ({ id, event }) => {
    // A page that stopped reading: it asks again, and gets what is kept by then.
    if (response.writableLength > UNREAD_MAX) return void response.destroy();
    response.write(`id: ${era}.${id}\ndata: ${JSON.stringify(event)}\n\n`);
  });
  const keepAlive = setInterval(() => response.write(': still here\n\n'), KEEP_ALIVE_MS).unref();
  response.on('close', () => {
    clearInterval(keepAlive);
    unfollow();
  });
}

// A page that outlived the emulator asks with an id of the era before; it has seen nothing of this one.
function lastSeen(request: Request, era: number): number {
  const [seenEra, id] = String(request.headers['last-event-id'] ?? '').split('.');
  return Number(seenEra) === era ? Number(id) || 0 : 0;
}
