import type { ServerResponse } from 'node:http';
import type { Bundle, Team } from '@alur/bundle';
import { Slug, readAs } from '@alur/types';
import express, { type Express, type Request, type Router } from 'express';
import type { Logger } from '@alur/telemetry';
import type { z } from 'zod';
import type { IngressMetrics } from '../metrics.ts';
import { readBody } from '../read-body.ts';
import { NOT_STORED, refusal, UNAUTHORIZED, type ApiAnswer } from './api-answer.ts';
import { teamOfKey } from './api-key.ts';
import { EventBody, ReleaseBody } from './contact-body.ts';
import type { MediaDownloads } from './media-downloads.ts';
import { readJson } from './read-json.ts';
import { sendMedia } from './send-media.ts';
import { takeEvent, takeRelease, type TakeDeps } from './take-event.ts';

const BODY_BYTES_MAX = 262_144;

export interface ApiDeps extends TakeDeps {
  bundle: () => Bundle | undefined;
  /** Whether Redis is there and has room. */
  hasRoom: () => boolean;
  downloads: MediaDownloads;
  metrics: IngressMetrics;
  logger: Logger;
}

type Take = (team: Team, body: unknown, deps: ApiDeps) => Promise<ApiAnswer>;

/** Paths under /v1/{tenant}/{team}, and what takes a POST there. */
const ROUTES: Readonly<Record<string, Take>> = {
  events: parsed(EventBody, takeEvent),
  release: parsed(ReleaseBody, takeRelease),
};

/** The HTTP API: JSON in, JSON out, a bearer key of the team on every call. Never on the public port. */
export function createApi(deps: ApiDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  const router = express.Router({ strict: true, caseSensitive: true });
  for (const [name, take] of Object.entries(ROUTES)) {
    const path = `/v1/:tenant/:team/${name}`;
    router.post(path, async (request, response) => {
      answer(response, name, await call(request, take, deps), deps);
    });
    router.all(path, (_request, response) => {
      response.setHeader('allow', 'POST');
      answer(response, name, refusal(405, 'method_not_allowed', 'Use POST'), deps);
    });
  }
  serveMedia(router, deps);
  app.use(router);
  app.use((_request: Request, response: ServerResponse) =>
    answer(response, 'other', refusal(404, 'not_found', 'There is nothing at this address'), deps),
  );
  // The error handler that Express knows by its four parameters: a path that cannot be decoded, above all.
  app.use((_error: unknown, _request: Request, response: ServerResponse, _next: unknown) =>
    answer(response, 'other', refusal(400, 'bad_request', 'The address cannot be read'), deps),
  );
  return app;
}

/** Files that contacts sent: fetched from Meta for whoever asks, checked, kept nowhere. */
function serveMedia(router: Router, deps: ApiDeps): void {
  router.all('/v1/:tenant/:team/media/:media', async (request, response) => {
    if (request.method === 'GET')
      return answer(response, 'media', await getMedia(request, response, deps), deps);
    response.setHeader('allow', 'GET');
    answer(response, 'media', refusal(405, 'method_not_allowed', 'Use GET'), deps);
  });
}

async function getMedia(
  request: Request,
  response: ServerResponse,
  deps: ApiDeps,
): Promise<ApiAnswer | undefined> {
  const bundle = deps.bundle();
  if (bundle === undefined)
    return refusal(503, 'no_bundle', 'There is no bundle yet: ask again when there is');
  const team = teamOf(bundle, request);
  if (!team) return UNAUTHORIZED;
  const mediaId = String(request.params['media']);
  const refused = await sendMedia({ bundle, team, mediaId, request, response }, deps);
  if (refused === undefined) deps.metrics.apiRequests.inc({ route: 'media', code: '200' });
  return refused;
}

function teamOf(bundle: Bundle, request: Request): Team | undefined {
  const tenant = readAs(Slug, request.params['tenant']).data ?? '';
  const team = readAs(Slug, request.params['team']).data ?? '';
  return teamOfKey(bundle, { tenant, team }, request.headers.authorization);
}

async function call(request: Request, take: Take, deps: ApiDeps): Promise<ApiAnswer | undefined> {
  const bundle = deps.bundle();
  if (bundle === undefined) return NOT_STORED;
  const found = teamOf(bundle, request);
  if (!found) return UNAUTHORIZED;
  const read = await readBody(request, BODY_BYTES_MAX);
  if (read.kind === 'aborted') return undefined;
  if (read.kind === 'refused')
    return refusal(read.status, 'bad_body', `At most ${BODY_BYTES_MAX / 1024} KiB of JSON`);
  const json = readJson(read.body);
  if (json.kind === 'refused') return refusal(400, 'bad_json', json.message);
  if (!deps.hasRoom()) return NOT_STORED;
  try {
    return await take(found, json.value, deps);
  } catch (err) {
    deps.logger.error({ err, tenant: found.tenant, team: found.id }, 'api.not_stored');
    return NOT_STORED;
  }
}

function parsed<Body>(
  schema: z.ZodType<Body>,
  take: (team: Team, body: Body, deps: ApiDeps) => Promise<ApiAnswer>,
): Take {
  return async (team, value, deps) => {
    const body = readAs(schema, value);
    if (body.success) return take(team, body.data, deps);
    const problems = body.error.issues.map(({ path, message }) => ({ at: path.join('.'), message }));
    return refusal(422, 'invalid', 'The body does not fit; nothing was stored', problems);
  };
}

function answer(response: ServerResponse, route: string, given: ApiAnswer | undefined, deps: ApiDeps): void {
  if (given === undefined || response.headersSent || response.destroyed) return;
  deps.metrics.apiRequests.inc({ route, code: String(given.status) });
  const body = JSON.stringify(given.body);
  response.writeHead(given.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(given.retryAfterS !== undefined && { 'retry-after': String(given.retryAfterS) }),
    ...(given.status === 413 && { connection: 'close' }),
  });
  response.end(body);
}
