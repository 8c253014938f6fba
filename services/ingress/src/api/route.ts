import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiKey, Bundle, Team } from '@alur/bundle';
import type { Intake, RedisClient, TierQueues } from '@alur/store';
import type { Logger } from '@alur/telemetry';
import { type ApiScope, readAs } from '@alur/types';
import type { z } from 'zod';
import type { IngressMetrics } from '../metrics.ts';
import { refusal, type ApiAnswer } from './api-answer.ts';
import { takesKey, withKey } from './idempotency-key.ts';
import { withWaId } from './local-number.ts';
import type { MediaDownloads } from './media-downloads.ts';
import { problemsOf, type ApiProblem } from './problems.ts';

/** What every handler may use. */
export interface ApiDeps {
  bundle: () => Bundle | undefined;
  /** Whether Redis is there and has room. */
  hasRoom: () => boolean;
  client: RedisClient;
  shards: number;
  intake: Intake;
  queues: TierQueues;
  downloads: MediaDownloads;
  metrics: IngressMetrics;
  logger: Logger;
  /** Unix ms. */
  now: () => number;
}

/** A call whose key fits, before its body is read. */
export interface ApiCall {
  bundle: Bundle;
  team: Team;
  key: ApiKey;
  /** Parts of the path that begin with a colon in the route. */
  params: Readonly<Record<string, string>>;
  /** For handlers that read or write a stream of their own. */
  request: IncomingMessage;
  response: ServerResponse;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What an answer of a route holds, for the description of the API. */
export interface DescribedAnswer {
  description: string;
  /** Of its body; an answer without one has none, or is a file of this type. */
  schema?: z.ZodType;
  contentType?: string;
}

/** A call that is right: the description of the API shows it, and a test makes it. */
interface Example {
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  body?: unknown;
  /** Of a route with `streams`. */
  stream?: string;
}

interface Described {
  method: Method;
  /** Under /v1/{tenant}/{team}/, such as `messages/:mid`. */
  path: string;
  /** What calls are counted under. */
  name: string;
  scope: ApiScope;
  summary: string;
  example?: Example;
  /** Of 200 to 299, and those refusals that are the route's own. */
  answers: Readonly<Record<number, DescribedAnswer>>;
}

/** A path of the API, as `defineRoute` makes it. */
export interface Route extends Described {
  body?: z.ZodType;
  query?: z.ZodType;
  /** The media type of a body that the handler reads itself; a comma between several. */
  streams?: string;
  /** Whether it writes, so needs room in Redis. */
  writes: boolean;
  /** `body` is JSON as it came; undefined where the route has none. undefined: the handler has answered by itself. */
  take: (call: ApiCall, body: unknown, deps: ApiDeps) => Promise<ApiAnswer | undefined>;
}

interface Definition<Body, Query> extends Described {
  body?: z.ZodType<Body>;
  /** Of the query's parameters, each a string. */
  query?: z.ZodType<Query>;
  streams?: string;
  writes?: boolean;
  handle: (
    call: ApiCall & { body: Body; query: Query },
    deps: ApiDeps,
  ) => Promise<ApiAnswer | undefined> | ApiAnswer;
}

/** A path with its schemas and its handler, which gets what they read. Routes that are not GET write unless they say otherwise. */
export function defineRoute<Body = undefined, Query = undefined>(definition: Definition<Body, Query>): Route {
  const { handle, body, query, writes = definition.method !== 'GET', ...described } = definition;
  return {
    ...described,
    writes,
    ...(body && { body }),
    ...(query && { query }),
    take: async (call, given, deps) => {
      const keyed = takesKey(body) ? withKey(given, call.request.headers) : { body: given, problems: [] };
      const readQuery = readPart(query, queryOf(call.request));
      const readBody = readPart(body, withWaId(keyed.body, call.team));
      if (readQuery.success && readBody.success && keyed.problems.length === 0)
        return handle({ ...call, body: readBody.data, query: readQuery.data }, deps);
      return unfit(readQuery.error, readBody.error, keyed.problems);
    },
  };
}

function readPart<T>(schema: z.ZodType<T> | undefined, value: unknown): z.ZodSafeParseResult<T>;
function readPart(schema: z.ZodType | undefined, value: unknown): z.ZodSafeParseResult<unknown> {
  return schema === undefined ? { success: true, data: undefined } : readAs(schema, value);
}

/** Nobody mends more of them at once. */
const PROBLEMS_MAX = 100;

/** All that is wrong with a call, each with its place. */
function unfit(
  query: z.ZodError | undefined,
  body: z.ZodError | undefined,
  more: readonly ApiProblem[],
): ApiAnswer {
  const parts = [...(query ? ['query'] : []), ...(body || more.length > 0 ? ['body'] : [])];
  const found = [query, body].flatMap((error) => (error ? problemsOf(error) : []));
  const message = `What the ${parts.join(' and the ')} says does not fit; nothing was stored`;
  return refusal(422, 'invalid', message, [...found, ...more].slice(0, PROBLEMS_MAX));
}

/** The query's parameters; of one that is given twice, the last. */
function queryOf({ url = '' }: IncomingMessage): Record<string, string> {
  const start = url.indexOf('?');
  return Object.fromEntries(new URLSearchParams(start < 0 ? '' : url.slice(start + 1)));
}
