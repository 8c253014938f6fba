import { readAs } from '@alur/types';
import express, { type ErrorRequestHandler, type Router } from 'express';
import { z } from 'zod';
import { type ChatLog } from './chat-log.ts';
import { addAccount } from './control-account.ts';
import { addClock } from './control-clock.ts';
import { addContacts } from './control-contacts.ts';
import { type ControlWebhooksDeps, addWebhooks } from './control-webhooks.ts';
import { invalid, onNumber, unknownNumber } from './control-order.ts';
import { FaultOrder, type Faults } from '../faults.ts';
import { InboundBatchRequest, InboundRequest } from '../inbound/inbound-message.ts';
import { type Ledger } from '../ledger.ts';
import { type GraphOrderDeps, addGraphOrders } from '../graph/graph-orders.ts';
import { type NumberBook } from '../graph/number-book.ts';
import { type AccountDeps } from './send-account.ts';
import { type InboundDeps, sendInbound, sendInboundBatch } from '../inbound/send-inbound.ts';
import { type Stats } from '../stats.ts';
import { streamEvents } from './stream-events.ts';
import { type TemplateBook } from '../templates/template-book.ts';

export interface ControlDeps extends InboundDeps, AccountDeps, ControlWebhooksDeps, GraphOrderDeps {
  numbers: NumberBook;
  templates: TemplateBook;
  ledger: Ledger;
  faults: Faults;
  stats: Stats;
  chat: ChatLog;
  windowMs: number;
}

const Page = z.object({
  since: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().min(1).optional(),
});

// A video of 16 MB as base64, with some room.
const BODY_MAX = '24mb';

/** `/_emulator/…`: what tests and the chat page do that Meta has no call for. */
export function controlApi(deps: ControlDeps): Router {
  const router = express.Router();
  router.use(requireJson, express.json({ limit: BODY_MAX }));
  router.get('/ledger', (request, response) => {
    const page = readAs(Page, request.query);
    if (!page.success) return invalid(response, page.error);
    response.json({ entries: deps.ledger.since(page.data.since, page.data.limit) });
  });
  router.delete('/ledger', (_request, response) => {
    deps.ledger.clear();
    response.json({ success: true });
  });
  router.get('/stats', (_request, response) => {
    response.json({ ...deps.stats, webhooks: { ...deps.stats.webhooks, pending: deps.queue.pending } });
  });
  router.get('/events', (request, response) => streamEvents(request, response, deps));
  addFaults(router, deps);
  addLimits(router, deps);
  addInbound(router, deps);
  addAccount(router, deps);
  addGraphOrders(router, deps);
  addWebhooks(router, deps);
  addContacts(router, deps);
  addClock(router, deps);
  router.use(unknownCall, badBody);
  return router;
}

// A form of another site can post without asking, but not as application/json.
const requireJson: express.RequestHandler = (request, response, next) => {
  if (request.method !== 'POST' || request.is('application/json')) return next();
  response.status(415).json({ error: 'Send application/json' });
};

// Else the Graph API would answer, and ask for a token.
const unknownCall: express.RequestHandler = ({ method, originalUrl }, response) => {
  const [path = ''] = originalUrl.split('?');
  response.status(404).json({ error: `There is no ${method} ${path}: docs/emulator.md lists the calls` });
};

const badBody: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  const reason = error instanceof Error ? error.message : 'unknown reason';
  response.status(400).json({ error: `Cannot read the request: ${reason}` });
};

function addFaults(router: Router, { faults, numbers }: ControlDeps): void {
  router.post('/faults', (request, response) => {
    const order = readAs(FaultOrder, request.body);
    if (!order.success) return invalid(response, order.error);
    const { number } = order.data.match;
    // An order that can never be met would be a test that proves nothing.
    if (number !== undefined && !numbers.find(number)) return unknownNumber(response, number, numbers);
    faults.add(order.data);
    response.json({ success: true });
  });
  router.delete('/faults', (_request, response) => {
    faults.clear();
    response.json({ success: true });
  });
}

function addInbound(router: Router, deps: ControlDeps): void {
  router.post(
    '/inbound',
    onNumber(InboundRequest, deps, (inbound, number) => sendInbound(inbound, number, deps)),
  );
  router.post('/inbound/batch', async (request, response) => {
    const order = readAs(InboundBatchRequest, request.body);
    if (!order.success) return invalid(response, order.error);
    const unknown = order.data.messages.find(({ number }) => !deps.numbers.find(number));
    if (unknown) return unknownNumber(response, unknown.number, deps.numbers);
    response.json(await sendInboundBatch(order.data, deps));
  });
}

function addLimits(router: Router, { limits }: ControlDeps): void {
  router.get('/limits', (_request, response) => {
    response.json({ numbers: limits.report() });
  });
  router.delete('/limits', (_request, response) => {
    limits.reset();
    response.json({ success: true });
  });
}
