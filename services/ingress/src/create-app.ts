import type { IncomingMessage, ServerResponse } from 'node:http';
import { Slug, readAs } from '@alur/types';
import express, { type Express, type Request } from 'express';
import type { Bundle } from '@alur/bundle';
import type { IngressMetrics } from './metrics.ts';
import { readBody } from './read-body.ts';
import type { WebhookRequest, WebhookStatus } from './receive-webhook.ts';
import { verifySubscription } from './verify-subscription.ts';

export interface AppDeps {
  bundle: () => Bundle | undefined;
  receive: (request: WebhookRequest) => Promise<WebhookStatus>;
  metrics: IngressMetrics;
}

const PATHS = ['/webhook/whatsapp/:tenant/:team', '/v1/messaging/ingress/messaging-whatsapp/:tenant/:team'];

// Constant bodies: an answer tells nothing about what is configured here.
const BODIES: Record<number, string> = {
  200: 'ok',
  400: 'bad request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not found',
  405: 'method not allowed',
  413: 'payload too large',
  415: 'unsupported media type',
  503: 'not stored, send again',
};

/** The public face: the webhook under its two addresses, and nothing else. */
export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  const router = express.Router({ strict: true, caseSensitive: true });
  for (const path of PATHS) {
    router.post(path, (request, response) => post(request, response, deps));
    router.get(path, (request, response) => get(request, response, deps));
    router.all(path, (_request, response) =>
      answer(response, 405, { deps, headers: { allow: 'GET, POST' } }),
    );
  }
  app.use(router);
  app.use((_request: Request, response: ServerResponse) => answer(response, 404, { deps, route: 'other' }));
  // The error handler that Express knows by its four parameters: a path that cannot be decoded, above all.
  app.use((_error: unknown, _request: Request, response: ServerResponse, _next: unknown) =>
    answer(response, 400, { deps, route: 'other' }),
  );
  return app;
}

async function post(request: Request, response: ServerResponse, deps: AppDeps): Promise<void> {
  const result = await readBody(request);
  if (result.kind === 'aborted') return;
  if (result.kind === 'refused') {
    answer(response, result.status, { deps, headers: { connection: 'close' } });
    return;
  }
  const { tenant, team } = routeOf(request);
  const status = await deps.receive({
    tenant,
    team,
    signature: request.headers['x-hub-signature-256'],
    body: result.body,
    receivedAtMs: Date.now(),
  });
  answer(response, status, { deps });
}

function get(request: Request, response: ServerResponse, deps: AppDeps): void {
  if (request.method !== 'GET') {
    answer(response, 405, { deps, headers: { allow: 'GET, POST' } });
    return;
  }
  const challenge = verifySubscription(deps.bundle(), routeOf(request), queryOf(request));
  if (challenge === undefined) answer(response, 403, { deps });
  else answer(response, 200, { deps, body: challenge });
}

/** Names that are no slugs belong to nobody: they meet the same dead end as unknown ones. */
function routeOf(request: Request): { tenant: string; team: string } {
  const tenant = readAs(Slug, request.params['tenant']);
  const team = readAs(Slug, request.params['team']);
  return tenant.success && team.success ? { tenant: tenant.data, team: team.data } : { tenant: '', team: '' };
}

function queryOf(request: IncomingMessage): URLSearchParams {
  const url = request.url ?? '';
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}

interface AnswerOptions {
  deps: AppDeps;
  route?: 'webhook' | 'other';
  body?: string;
  headers?: Record<string, string>;
}

function answer(response: ServerResponse, status: number, options: AnswerOptions): void {
  const { deps, route = 'webhook', body = BODIES[status] ?? '', headers } = options;
  deps.metrics.requests.inc({ route, code: String(status) });
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}
