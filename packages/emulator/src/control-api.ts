import express, { type ErrorRequestHandler, type Response, type Router } from 'express';
import { z } from 'zod';
import { type ChatLog } from './chat-log.ts';
import { FaultOrder, type Faults } from './faults.ts';
import { InboundRequest } from './inbound-message.ts';
import { type Ledger } from './ledger.ts';
import { type NumberBook } from './number-book.ts';
import { type InboundDeps, sendInbound } from './send-inbound.ts';
import { type Stats } from './stats.ts';
import { streamEvents } from './stream-events.ts';

export interface ControlDeps extends InboundDeps {
  numbers: NumberBook;
  ledger: Ledger;
  faults: Faults;
  stats: Stats;
  chat: ChatLog;
  webhookBaseUrl: string;
}

const Since = z.coerce.number().int().nonnegative().default(0);

/** `/_emulator/…`: what tests and the chat page do that Meta has no call for. */
export function controlApi(deps: ControlDeps): Router {
  const router = express.Router();
  router.use(requireJson, express.json({ limit: '1mb' }));
  router.get('/ledger', (request, response) => {
    const since = Since.safeParse(request.query['since']);
    if (!since.success) return invalid(response, since.error);
    response.json({ entries: deps.ledger.since(since.data) });
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
  addInbound(router, deps);
  router.use(badBody);
  return router;
}

// A form of another site can post without asking, but not as application/json.
const requireJson: express.RequestHandler = (request, response, next) => {
  if (request.method !== 'POST' || request.is('application/json')) return next();
  response.status(415).json({ error: 'Send application/json' });
};

const badBody: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  const reason = error instanceof Error ? error.message : 'unknown reason';
  response.status(400).json({ error: `Cannot read the request: ${reason}` });
};

function addFaults(router: Router, { faults }: ControlDeps): void {
  router.post('/faults', (request, response) => {
    const order = FaultOrder.safeParse(request.body);
    if (!order.success) return invalid(response, order.error);
    faults.add(order.data);
    response.json({ success: true });
  });
  router.delete('/faults', (_request, response) => {
    faults.clear();
    response.json({ success: true });
  });
}

function addInbound(router: Router, deps: ControlDeps): void {
  router.post('/inbound', async (request, response) => {
    const inbound = InboundRequest.safeParse(request.body);
    if (!inbound.success) return invalid(response, inbound.error);
    const number = deps.numbers.find(inbound.data.number);
    if (!number) {
      const known = deps.numbers.list.map(({ id }) => id).join(', ');
      response.status(404).json({ error: `Unknown number ${inbound.data.number}: there are ${known}` });
      return;
    }
    response.json(await sendInbound(inbound.data, number, deps));
  });
}

function invalid(response: Response, error: z.ZodError): void {
  response.status(400).json({ error: z.prettifyError(error) });
}
