import { Json, type HttpResult } from '@alur/types';
import { z } from 'zod';
import { checkHeader, checkUrl } from '../http/check-request.ts';
import {
  formPieces,
  headerPieces,
  jsonPieces,
  textPieces,
  urlPieces,
  type RenderPieces,
} from '../http/http-template.ts';
import { isObject } from '../json-object.ts';
import { defineNode, NodeFailure, type NodeCompiler, type NodeOutcome } from './define-node.ts';

const TIMEOUT_MS = 5_000;
const HEADERS_MAX = 30;

const HttpConfig = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
  url: z.string().min(1).max(4096),
  headers: z
    .record(z.string(), z.string())
    .refine((headers) => Object.keys(headers).length <= HEADERS_MAX, `at most ${HEADERS_MAX} headers`)
    .optional(),
  body: Json.optional(),
  /** ms */
  timeout: z.int().min(1).max(30_000).optional(),
});
type HttpConfig = z.infer<typeof HttpConfig>;

/** Calls a web service. An answer of any status is a result; no answer at all is a failure. */
export const http = defineNode<HttpConfig>({
  type: 'http',
  doc: 'Calls a web service; the result is `{ok, status, headers, body}`.',
  example: {
    config: {
      url: 'https://shop.example.com/orders/{{order_id}}',
      headers: { Authorization: 'Bearer {{secrets.shop_token}}' },
    },
  },
  config: HttpConfig,
  declares: () => ({ mayFail: true }),
  compile: (config, compiler) => {
    checkUrl(config.url, compiler);
    const { method = config.body === undefined ? 'GET' : 'POST' } = config;
    const body = compileBody(config, method, compiler);
    const url = urlPieces(compiler.secretTemplate(config.url, ['url']));
    const headers = compileHeaders(config, body?.type, compiler);
    const timeoutMs = config.timeout ?? compiler.timeoutMs ?? TIMEOUT_MS;
    return ({ scope, answer }) => {
      if (answer) return resultOf(answer);
      return {
        request: {
          method,
          url: url(scope),
          headers: headers.map(({ name, render }) => ({ name, value: render(scope) })),
          ...(body && { body: body.render(scope) }),
          timeoutMs,
        },
      };
    };
  },
});

interface Body {
  render: RenderPieces;
  type: string;
}

const FORM = 'application/x-www-form-urlencoded';

function compileBody(
  { body, headers = {} }: HttpConfig,
  method: string,
  compiler: NodeCompiler,
): Body | undefined {
  if (body === undefined) return undefined;
  if (method === 'GET') {
    compiler.report(
      'E116',
      ['body'],
      'A GET has no body',
      'use `method: POST`, or put the values into the address',
    );
  }
  if (typeof body === 'string') {
    return { render: textPieces(compiler.secretTemplate(body, ['body'])), type: 'text/plain; charset=utf-8' };
  }
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (type?.toLowerCase().startsWith(FORM) && isObject(body))
    return { render: formPieces(body, compiler), type: FORM };
  return { render: jsonPieces(body, ['body'], compiler), type: 'application/json' };
}

function compileHeaders(
  { headers = {} }: HttpConfig,
  bodyType: string | undefined,
  compiler: NodeCompiler,
): { name: string; render: RenderPieces }[] {
  const given = Object.entries(headers).map(([name, value]) => {
    checkHeader(name, compiler);
    return { name, render: headerPieces(name, compiler.secretTemplate(value, ['headers', name])) };
  });
  const names = given.map(({ name }) => name.toLowerCase());
  const preset = {
    accept: 'application/json, */*;q=0.5',
    ...(bodyType !== undefined && { 'content-type': bodyType }),
  };
  const missing = Object.entries(preset).filter(([name]) => !names.includes(name));
  return [...given, ...missing.map(([name, value]) => ({ name, render: () => [value] }))];
}

function resultOf(answer: HttpResult): NodeOutcome {
  if (answer.kind === 'failed') throw new NodeFailure('http', `${answer.code}: ${answer.message}`);
  const { status, headers, body } = answer;
  const ok = status >= 200 && status < 300;
  return { result: { ok, status, headers, body }, note: `status ${status}` };
}
