import { z } from 'zod';
import { takesKey } from '../idempotency-key.ts';
import type { DescribedAnswer, Route } from '../route.ts';
import { commonAnswers, commonRefs, HEADERS, LIMIT_HEADERS } from './common-answers.ts';
import { capitals, ErrorAnswer, namedSchemas, type NamedSchemas } from './named-schemas.ts';
import {
  JSON_TYPE,
  type Answer,
  type Content,
  type OpenApi,
  type Operation,
  type Parameter,
} from './open-api-type.ts';

/** The API in the terms of OpenAPI 3.1, from the very schemas that read its calls. Says nothing of whoever is served here. */
export function openApi(routes: readonly Route[]): OpenApi {
  const schemas = namedSchemas(routes);
  const paths: OpenApi['paths'] = {};
  for (const route of routes) {
    const path = `/${route.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, schemas) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Alur HTTP API',
      version: '1',
      description:
        'For your own systems: WhatsApp messages, contacts, conversations and broadcasts of one team. A key opens one team, or all teams of a tenant, for the scopes that it has.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: '/v1/{tenant}/{team}',
        variables: { tenant: { default: 'default' }, team: { default: 'default' } },
      },
    ],
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'One of the keys of the team.' },
      },
      headers: HEADERS,
      responses: commonAnswers(schemas),
      schemas: schemas.all,
    },
  };
}

function operationOf(route: Route, schemas: NamedSchemas): Operation {
  const { name, summary, scope } = route;
  const content = contentOf(route, schemas);
  const id = capitals(name);
  const own = Object.entries(route.answers).map(([status, answer]): [string, Answer] => [
    status,
    answerOf(Number(status), answer, schemas),
  ]);
  return {
    operationId: id.slice(0, 1).toLowerCase() + id.slice(1),
    summary,
    description: `Needs the scope \`${scope}\`.`,
    parameters: parametersOf(route),
    ...(content && { requestBody: { required: true, content } }),
    responses: { ...commonRefs(route), ...Object.fromEntries(own) },
  };
}

function contentOf({ body, streams, example }: Route, { refTo }: NamedSchemas): Content | undefined {
  const shown = example?.stream ?? example?.body;
  const more = shown === undefined ? {} : { example: shown };
  if (streams !== undefined) {
    // The example is of the first of them.
    const types = streams.split(', ').map((type, at): [string, Content[string]] => {
      return [type, { schema: { type: 'string' }, ...(at === 0 && more) }];
    });
    return Object.fromEntries(types);
  }
  return body && { [JSON_TYPE]: { schema: refTo(body), ...more } };
}

function answerOf(
  status: number,
  { description, schema, contentType }: DescribedAnswer,
  { refTo }: NamedSchemas,
): Answer {
  const told = schema ?? (status >= 400 ? ErrorAnswer : undefined);
  const type = contentType ?? JSON_TYPE;
  const content = told ? { [type]: { schema: refTo(told) } } : contentType && { [type]: { schema: {} } };
  return { description, headers: LIMIT_HEADERS, ...(content && { content }) };
}

/** In its path, in its query, and the field that may name the call. */
function parametersOf({ path, query, body, example }: Route): Parameter[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']): Parameter => {
    const shown = example?.params?.[name];
    return {
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
      ...(shown !== undefined && { example: shown }),
    };
  });
  return [...inPath, ...queryParameters(query, example?.query), ...(takesKey(body) ? [IDEMPOTENCY_KEY] : [])];
}

function queryParameters(query: Route['query'], shown: Readonly<Record<string, string>> = {}): Parameter[] {
  if (!query) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = typeof schema === 'object' ? schema : {};
    const example = shown[name];
    return {
      name,
      in: 'query',
      required: required.includes(name),
      schema: rest,
      ...(description !== undefined && { description }),
      ...(example !== undefined && { example }),
    };
  });
}

const IDEMPOTENCY_KEY: Parameter = {
  name: 'idempotency-key',
  in: 'header',
  required: false,
  description: 'The same as `idempotency_key` in the body.',
  schema: { type: 'string', maxLength: 202 },
};
