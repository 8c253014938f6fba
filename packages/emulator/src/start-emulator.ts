import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import express, { type Express } from 'express';
import { type AcceptDeps, acceptMessages } from './accept-messages.ts';
import { type ArrivalClock, createArrivalClock } from './arrival-clock.ts';
import { createChatLog } from './chat-log.ts';
import { chatPage } from './chat-page.ts';
import { type ControlDeps, controlApi } from './control-api.ts';
import { createFaults } from './faults.ts';
import { graphApi } from './graph-api.ts';
import { guardHost } from './guard-host.ts';
import { createIds } from './ids.ts';
import { type LedgerEntry, createLedger } from './ledger.ts';
import { createContactBook } from './limits/contact-book.ts';
import { type NumberLimits, createLimits } from './limits/limits.ts';
import { matchMessagesCall } from './messages-call.ts';
import { createNumberBook } from './number-book.ts';
import { EmulatorOptions, type EmulatorSettings } from './options.ts';
import { createStatusPlanner } from './plan-statuses.ts';
import { createWebhookPoster } from './post-webhook.ts';
import { countRefusal, createStats } from './stats.ts';
import { createTemplateBook } from './template-book.ts';
import { createWebhookQueue } from './webhook-queue.ts';

export interface Emulator {
  /** `http://host:port`: `GRAPH_BASE_URL` for a sender; the chat page is at `/chat`. */
  url: string;
  port: number;
  /** Every accepted message, oldest first. */
  ledger(): LedgerEntry[];
  /** How near each limit of each number was ever come, by `phone_number_id`; `violations` tells whether any broke. */
  limits(): Record<string, NumberLimits>;
  /** Ends connections, receipts and repeats; resolves when nothing is left running. */
  close(): Promise<void>;
}

/**
 * Starts a Graph API that behaves like Meta's for the given numbers, with status webhooks and the chat page.
 * Rejects when the options are wrong (ZodError) or the port is taken (EADDRINUSE).
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const settings = EmulatorOptions.parse(options);
  const deps = wire(settings);
  const server = serve(deps, app(settings, deps));
  server.listen(settings.port, settings.host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : settings.port;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return {
    url: `http://${host}:${port}`,
    port,
    ledger: () => deps.ledger.since(0),
    limits: () => deps.limits.report(),
    async close() {
      deps.queue.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      deps.arrivals.close();
    },
  };
}

type Deps = AcceptDeps & ControlDeps & { arrivals: ArrivalClock };

function wire(settings: EmulatorSettings): Deps {
  const seed = settings.seed ?? randomUUID();
  const webhookBaseUrl = settings.webhookBaseUrl.replace(/\/+$/, '');
  const nowMs = () => Date.now();
  const stats = createStats();
  const chat = createChatLog(nowMs());
  const { statusBatch: batch, statusDelayMs: delays, autoRead, failedStatusTag, throttleHttp } = settings;
  const queue = createWebhookQueue({ baseUrl: webhookBaseUrl, batch, poster: createWebhookPoster(), stats });
  const numbers = createNumberBook(settings.numbers);
  const contacts = createContactBook();
  const arrivals = createArrivalClock();
  return {
    numbers,
    templates: createTemplateBook(),
    contacts,
    limits: createLimits(settings, { numbers, contacts }),
    throttleHttp,
    ids: createIds(seed),
    ledger: createLedger(),
    faults: createFaults(seed),
    statuses: createStatusPlanner({ delays, autoRead, failedStatusTag, seed, queue, chat }),
    webhookBaseUrl,
    nowMs,
    clockMs: () => performance.timeOrigin + performance.now(),
    arrivals,
    readArrival: () => arrivals.read(),
    stats,
    chat,
    queue,
  };
}

function app(settings: EmulatorSettings, deps: Deps): Express {
  const guard = guardHost(settings.host, settings.allowedHosts);
  return express()
    .disable('x-powered-by')
    .use('/_emulator', guard, controlApi(deps))
    .use('/chat', guard, chatPage())
    .get('/', (_request, response) => response.redirect('/chat'))
    .use(graphApi(deps));
}

// Longer than any client keeps an idle connection: a reset by us must be one that was ordered.
const KEEP_ALIVE_MS = 65_000;

// Sending is what benchmarks do thousands of times a second, so it passes no middleware.
function serve(deps: Deps, rest: Express): Server {
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
