import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Express, type Request } from 'express';
import { allowTime } from './allow-time.ts';
import { refusal, type ApiAnswer } from './api-answer.ts';
import { serveDescription } from './describe/serve-description.ts';
import { handleCall, type Exchange } from './handle-call.ts';
import type { ApiDeps, Route } from './route.ts';
import { ROUTES } from './routes/index.ts';
import { createStrangers, type Strangers } from './strangers.ts';
import { writeAnswer } from './write-answer.ts';

/** How long the body of a call may take, and a stream: a little more than its reader allows, so that it can say so. */
const BODY_MS = 15_000;
const STREAM_MS = 620_000;

/** The HTTP API: a bearer key of the team on every call, JSON in all answers but files. Never on the public port. */
export function createApi(deps: ApiDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.use((request: IncomingMessage, _response: unknown, next: () => void) => {
    allowTime(request, BODY_MS);
    next();
  });
  const strangers = createStrangers(deps.now);
  const router = express.Router({ strict: true, caseSensitive: true });
  for (const [path, routes] of byPath(ROUTES)) {
    router.all(`/v1/:tenant/:team/${path}`, (request, response) =>
      dispatch(routes, { request, response }, { ...deps, strangers }),
    );
  }
  app.use(router);
  app.use(
    serveDescription(ROUTES, (route, status) =>
      deps.metrics.apiRequests.inc({ route, code: String(status) }),
    ),
  );
  app.use((request: Request, response: ServerResponse) => {
    const nothing = refusal(404, 'not_found', 'There is nothing at this address');
    answer({ request, response }, 'other', nothing, deps);
  });
  // The error handler that Express knows by its four parameters: a path that cannot be decoded, above all.
  app.use((_error: unknown, request: Request, response: ServerResponse, _next: unknown) => {
    answer({ request, response }, 'other', refusal(400, 'bad_request', 'The address cannot be read'), deps);
  });
  return app;
}

function byPath(routes: readonly Route[]): Map<string, Route[]> {
  const found = new Map<string, Route[]>();
  for (const route of routes) found.set(route.path, [...(found.get(route.path) ?? []), route]);
  return found;
}

async function dispatch(
  routes: readonly Route[],
  exchange: Exchange,
  deps: ApiDeps & { strangers: Strangers },
): Promise<void> {
  const { request, response } = exchange;
  // Of HEAD, Node leaves the body out.
  const wanted = request.method === 'HEAD' ? 'GET' : request.method;
  const route = routes.find(({ method }) => method === wanted);
  if (route) {
    if (route.streams !== undefined) allowTime(request, STREAM_MS);
    answer(exchange, route.name, await handleCall(route, exchange, deps), deps);
    return;
  }
  const allow = ['OPTIONS', ...routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : method))];
  response.setHeader('allow', allow.join(', '));
  const refused = refusal(405, 'method_not_allowed', `Use ${allow.slice(1).join(', ')}`);
  const told = request.method === 'OPTIONS' ? { status: 204, body: undefined } : refused;
  answer(exchange, routes[0]?.name ?? 'other', told, deps);
}

function answer(
  { request, response }: Exchange,
  route: string,
  given: ApiAnswer | undefined,
  deps: ApiDeps,
): void {
  if (given === undefined || response.headersSent || response.destroyed) return;
  deps.metrics.apiRequests.inc({ route, code: String(given.status) });
  writeAnswer(request, response, given);
}
