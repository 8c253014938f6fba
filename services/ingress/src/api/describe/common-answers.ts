import type { Route } from '../route.ts';
import { ErrorAnswer, type NamedSchemas } from './named-schemas.ts';
import { JSON_TYPE, type Answer } from './open-api-type.ts';

/** The fields of every answer to a call with a key, and of a refusal that passes by itself. */
export const HEADERS: Record<string, object> = {
  'ratelimit-policy': {
    description: 'How many calls (`q`) in how many seconds (`w`).',
    schema: { type: 'string' },
  },
  ratelimit: {
    description: 'How many are left (`r`), and in how many seconds all are there again (`t`).',
    schema: { type: 'string' },
  },
  'ratelimit-limit': { description: 'The most calls at once.', schema: { type: 'integer' } },
  'ratelimit-remaining': { description: 'How many are left.', schema: { type: 'integer' } },
  'ratelimit-reset': { description: 'In how many seconds all are there again.', schema: { type: 'integer' } },
  'retry-after': { description: 'When to ask again, in seconds.', schema: { type: 'integer' } },
};

const refTo = (name: string) => ({ $ref: `#/components/headers/${name}` });
const headersOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, refTo(name)]));

export const LIMIT_HEADERS = headersOf(Object.keys(HEADERS).filter((name) => name !== 'retry-after'));

interface Common {
  /** As it is named among the answers. */
  name: string;
  description: string;
  isOf: (route: Route) => boolean;
}

const hasBody = ({ body, streams }: Route) => body !== undefined || streams !== undefined;
const always = () => true;

const COMMON: Readonly<Record<number, Common>> = {
  400: {
    name: 'BadJson',
    description: 'The body is not JSON (`bad_json`).',
    isOf: ({ body }) => body !== undefined,
  },
  401: { name: 'Unauthorized', description: 'No key of this team (`unauthorized`).', isOf: always },
  403: { name: 'Forbidden', description: 'The key does not have the scope (`forbidden`).', isOf: always },
  408: {
    name: 'TooSlow',
    description: 'The body did not come in time (`too_slow`).',
    isOf: ({ streams }) => streams !== undefined,
  },
  413: { name: 'TooLarge', description: 'The body is too large (`bad_body`).', isOf: hasBody },
  415: {
    name: 'WrongType',
    description: 'The body is compressed, or of another type (`bad_body`).',
    isOf: hasBody,
  },
  422: {
    name: 'Invalid',
    description:
      "Something does not fit (`invalid`; `problems` has all of it), or the number is not the team's (`unknown_number`).",
    isOf: (route) => hasBody(route) || route.query !== undefined,
  },
  429: {
    name: 'TooMany',
    description: 'As many calls were made as may (`too_many_requests`); `retry-after` says when.',
    isOf: always,
  },
  503: {
    name: 'Unavailable',
    description:
      'Not now: nothing was stored (`not_stored`, `not_ready`, `no_bundle`), or nobody knows (`not_confirmed`). Send the same again.',
    isOf: always,
  },
};

/** What any call may be answered with. */
export function commonAnswers({ refTo: schemaRef }: NamedSchemas): Record<string, Answer> {
  const content = { [JSON_TYPE]: { schema: schemaRef(ErrorAnswer) } };
  return Object.fromEntries(
    Object.entries(COMMON).map(([status, { name, description }]) => {
      const headers = status === '429' ? headersOf(Object.keys(HEADERS)) : LIMIT_HEADERS;
      return [name, { description, ...(status !== '401' && { headers }), content }];
    }),
  );
}

export function commonRefs(route: Route): Record<string, { $ref: string }> {
  const own = Object.entries(COMMON).filter(([, { isOf }]) => isOf(route));
  return Object.fromEntries(
    own.map(([status, { name }]) => [status, { $ref: `#/components/responses/${name}` }]),
  );
}
