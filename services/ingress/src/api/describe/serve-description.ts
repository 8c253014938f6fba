import { Router, type Request, type Response } from 'express';
import type { Route } from '../route.ts';
import { docsPage, DOCS_POLICY } from './docs-page.ts';
import { openApi } from './open-api.ts';

interface Page {
  path: string;
  type: string;
  text: string;
  policy?: string;
}

/** `GET /openapi.json` and `GET /docs`: the API described, for whoever can reach the port. Both are made once and say nothing of anybody. */
export function serveDescription(
  routes: readonly Route[],
  count: (name: 'openapi' | 'docs', status: number) => void,
): Router {
  const described = openApi(routes);
  const pages = [
    {
      name: 'openapi',
      path: '/openapi.json',
      type: 'application/json; charset=utf-8',
      text: JSON.stringify(described),
    },
    {
      name: 'docs',
      path: '/docs',
      type: 'text/html; charset=utf-8',
      text: docsPage(described),
      policy: DOCS_POLICY,
    },
  ] as const;
  const router = Router({ strict: true, caseSensitive: true });
  for (const { name, ...page } of pages)
    router.all(page.path, (request, response) => count(name, serve(page, request, response)));
  return router;
}

const ALLOW = 'OPTIONS, GET, HEAD';

function serve({ text, type, policy }: Page, { method }: Request, response: Response): number {
  const isRead = method === 'GET' || method === 'HEAD';
  const status = isRead ? 200 : method === 'OPTIONS' ? 204 : 405;
  response.writeHead(status, {
    ...(isRead && { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
    ...(!isRead && { allow: ALLOW }),
    ...(policy !== undefined && { 'content-security-policy': policy, 'referrer-policy': 'no-referrer' }),
    'x-content-type-options': 'nosniff',
  });
  response.end(isRead ? text : undefined);
  return status;
}
