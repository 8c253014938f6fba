import type { ServerResponse } from 'node:http';
import { Slug, readAs } from '@alur/types';
import type { Request } from 'express';
import { readBody } from '../read-body.ts';
import { NOT_CONFIRMED, NOT_STORED, refusal, UNAUTHORIZED, type ApiAnswer } from './api-answer.ts';
import { openWithKey } from './api-key.ts';
import { limitCalls } from './limit-calls.ts';
import { readJson } from './read-json.ts';
import type { ApiCall, ApiDeps, Route } from './route.ts';
import type { Strangers } from './strangers.ts';

const BODY_BYTES_MAX = 262_144;

export interface Exchange {
  request: Request;
  response: ServerResponse;
}

const TOO_MANY_STRANGERS: ApiAnswer = {
  ...refusal(429, 'too_many_requests', 'Too many calls without a key of this team came from this address'),
  retryAfterS: 1,
};

/** Takes a call through key, limit, scope and body to its handler. undefined: there is nobody to answer, or it is answered. */
export async function handleCall(
  route: Route,
  exchange: Exchange,
  deps: ApiDeps & { strangers: Strangers },
): Promise<ApiAnswer | undefined> {
  const opened = open(exchange, deps);
  if ('status' in opened) return opened;
  const limited = await limitCalls(opened, deps);
  if (limited) return limited;
  if (!opened.key.scopes.includes(route.scope))
    return refusal(403, 'forbidden', `This key does not have the scope \`${route.scope}\``);
  const json = await bodyOf(route, exchange.request);
  if (json === undefined) return undefined;
  if (json.kind === 'refused') return json.answer;
  if (route.writes && !deps.hasRoom()) return NOT_STORED;
  try {
    return await route.take(opened, json.value, deps);
  } catch (err) {
    const { tenant, id } = opened.team;
    deps.logger.error({ err, tenant, team: id, route: route.name }, 'api.failed');
    return route.writes
      ? NOT_CONFIRMED
      : refusal(503, 'not_ready', 'Redis is away or slow: ask again in a moment');
  }
}

function open(
  { request, response }: Exchange,
  deps: ApiDeps & { strangers: Strangers },
): ApiCall | ApiAnswer {
  const bundle = deps.bundle();
  if (bundle === undefined)
    return refusal(503, 'no_bundle', 'There is no bundle yet: ask again when there is');
  const tenant = readAs(Slug, request.params['tenant']).data ?? '';
  const team = readAs(Slug, request.params['team']).data ?? '';
  const opened = openWithKey(bundle, { tenant, team }, request.headers.authorization);
  if (!opened)
    return deps.strangers.isTooMuch(request.socket.remoteAddress) ? TOO_MANY_STRANGERS : UNAUTHORIZED;
  const params = Object.fromEntries(
    Object.entries(request.params).map(([name, value]) => [name, String(value)]),
  );
  return { bundle, ...opened, params, request, response };
}

type Json = { kind: 'json'; value: unknown } | { kind: 'refused'; answer: ApiAnswer };

/** undefined: the caller has gone. */
async function bodyOf({ body, streams }: Route, request: Request): Promise<Json | undefined> {
  if (streams !== undefined) return streamOf(streams, request);
  if (body === undefined) return { kind: 'json', value: undefined };
  const read = await readBody(request, BODY_BYTES_MAX);
  if (read.kind === 'aborted') return undefined;
  if (read.kind === 'refused') {
    const message =
      read.status === 415
        ? 'Send the body as it is, not compressed'
        : `At most ${BODY_BYTES_MAX / 1024} KiB of JSON`;
    return { kind: 'refused', answer: refusal(read.status, 'bad_body', message) };
  }
  const json = readJson(read.body);
  return json.kind === 'json' ? json : { kind: 'refused', answer: refusal(400, 'bad_json', json.message) };
}

/** The handler reads it; here only what it says it is. */
function streamOf(types: string, request: Request): Json {
  const known = types.split(', ');
  const [said = ''] = (request.headers['content-type'] ?? types).split(/[;,]/, 1);
  if (known.includes(said.trim().toLowerCase())) return { kind: 'json', value: undefined };
  return {
    kind: 'refused',
    answer: refusal(415, 'bad_body', `Send \`content-type: ${known.join('` or `')}\``),
  };
}
