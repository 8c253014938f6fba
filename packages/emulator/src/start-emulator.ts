import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import express, { type Express } from 'express';
import { acceptMessages } from './graph/accept-messages.ts';
import { chatPage } from './control/chat-page.ts';
import { controlApi } from './control/control-api.ts';
import { graphApi } from './graph/graph-api.ts';
import { guardHost } from './control/guard-host.ts';
import { type LedgerEntry } from './ledger.ts';
import { type NumberLimits } from './limits/limits.ts';
import { matchMessagesCall } from './graph/messages-call.ts';
import { EmulatorOptions, type EmulatorSettings } from './options.ts';
import { countRefusal } from './stats.ts';
import { type EmulatorDeps, wireEmulator } from './wire-emulator.ts';

export interface Emulator {
  /** `http://host:port`: `GRAPH_BASE_URL` for a sender; the chat page is at `/chat`. */
  url: string;
  port: number;
  /** Every accepted message, oldest first. */
  ledger(): LedgerEntry[];
  /** How near each limit of each number was ever come, by `phone_number_id`; `violations` tells whether any broke. */
  limits(): Record<string, NumberLimits>;
  /** Puts the clock on; resolves when all that falls due on the way has happened. Milliseconds. */
  advance(ms: number): Promise<void>;
  /** Ends connections, receipts and repeats; resolves when nothing is left running. */
  close(): Promise<void>;
}

/**
 * Starts a Graph API that behaves like Meta's for the given numbers, with status webhooks and the chat page.
 * Rejects when the options are wrong (ZodError) or the port is taken (EADDRINUSE).
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const settings = EmulatorOptions.parse(options);
  const deps = wireEmulator(settings);
  const server = serve(deps, app(settings, deps));
  server.listen(settings.port, settings.host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : settings.port;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  deps.place.url = `http://${host}:${port}`;
  return {
    url: deps.place.url,
    port,
    ledger: () => deps.ledger.since(0),
    limits: () => deps.limits.report(),
    advance: (ms) => deps.clock.advance(ms),
    async close() {
      deps.queue.close();
      deps.clock.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      deps.arrivals.close();
    },
  };
}

function app(settings: EmulatorSettings, deps: EmulatorDeps): Express {
  const guard = guardHost(settings.host, settings.allowedHosts);
  return express()
    .disable('x-powered-by')
    .use('/_emulator', guard, controlApi(deps))
    .use('/chat', guard, chatPage(deps.media))
    .get('/', (_request, response) => response.redirect('/chat'))
    .use(graphApi(deps));
}

// Longer than any client keeps an idle connection: a reset by us must be one that was ordered.
const KEEP_ALIVE_MS = 65_000;

// Sending is what benchmarks do thousands of times a second, so it passes no middleware.
function serve(deps: EmulatorDeps, rest: Express): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const call = matchMessagesCall(request, response, deps.readArrival);
    if (!call) return void rest(request, response);
    acceptMessages(call, deps).catch(() => {
      // The caller went away in the middle of its request.
      countRefusal(deps.stats, 'broken_off');
      request.socket.destroy();
    });
  });
  return server.on('connection', () => deps.arrivals.noteConnection());
}
