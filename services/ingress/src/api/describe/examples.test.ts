import { beforeEach, describe, expect, test } from '@jest/globals';
import { tmpdir } from 'node:os';
import type { TemplateDefinition } from '@alur/types';
import { aBundle, aNumber, anApiKey, aTeam } from '../../../../../test/support/bundle.ts';
import { useApi } from '../../testing/use-api.ts';
import { createMediaDownloads } from '../media-downloads.ts';
import type { Route } from '../route.ts';
import { ROUTES } from '../routes/index.ts';

const KEY = 'a-key-of-at-least-24-characters';
const template: TemplateDefinition = {
  id: '1',
  name: 'order_update',
  language: 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: 'Your order {{1}} is on its way.' }],
};
const team = aTeam('default', 'default', {
  apiKeys: [anApiKey(KEY)],
  numbers: [aNumber('100000000000001')],
  templates: [template],
});
// Nobody listens there.
const graphBaseUrl = 'http://127.0.0.1:9';
const api = useApi(
  () => aBundle([team], { demo: true, graphBaseUrl }),
  () => ({ downloads: createMediaDownloads({ graphBaseUrl, dir: tmpdir() }) }),
);
const LIKE_ROUTES = ROUTES.map((route): [string, Route] => [`${route.method} ${route.path}`, route]);

/** An id that is nobody's. */
const NOBODYS = '0'.repeat(32);

const callExample = ({ method, path, query, body, streams, example = {} }: Route) => {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => example.params?.[name] ?? NOBODYS);
  const asked = query && example.query ? `?${new URLSearchParams(example.query).toString()}` : '';
  const sent = streams === undefined ? body && JSON.stringify(example.body) : example.stream;
  return api.call(`default/default/${filled}${asked}`, {
    key: KEY,
    method,
    ...(sent !== undefined && { body: sent }),
    headers: streams === undefined ? {} : { 'content-type': streams },
  });
};

beforeEach(() => {
  api.lines.length = 0;
});

describe('the example of', () => {
  test.each(LIKE_ROUTES)('%s is a call that is answered as is said', async (_, route) => {
    const { body, streams, path, example } = route;
    const params = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
    expect(params).toEqual(expect.arrayContaining(Object.keys(example?.params ?? {})));
    if (body) expect(example?.body).toBeDefined();
    if (streams !== undefined) expect(example?.stream).toBeDefined();
    const reply = await callExample(route);
    expect(Object.keys(route.answers)).toContain(String(reply.status));
    const answer = route.answers[reply.status];
    if (answer?.schema) expect(answer.schema.safeParse(reply.json).error).toBeUndefined();
    expect(api.lines.join('')).not.toContain('api.failed');
  });
});

describe('GET /openapi.json and /docs', () => {
  const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${api.port}${path}`, { method });

  test('need no key, and say nothing of who is served', async () => {
    for (const [path, type] of [
      ['/openapi.json', 'application/json; charset=utf-8'],
      ['/docs', 'text/html; charset=utf-8'],
    ] as const) {
      const response = await get(path);
      const text = await response.text();
      expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(text).not.toMatch(/127\.0\.0\.1|APPROVED/);
      const head = await get(path, 'HEAD');
      expect([head.status, await head.text(), head.headers.get('content-length')]).toEqual([
        200,
        '',
        String(Buffer.byteLength(text)),
      ]);
      expect([(await get(path, 'POST')).status, (await get(path, 'OPTIONS')).status]).toEqual([405, 204]);
    }
  });

  test('the page runs nothing, loads nothing, and its links lead somewhere', async () => {
    const response = await get('/docs');
    const page = await response.text();
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; /);
    const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? '';
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style));
    expect(policy).toContain(Buffer.from(digest).toString('base64'));
    expect(page).not.toMatch(/<script|<link|<img|<iframe|src=|style=|\son\w+=|https?:/i);
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...page.matchAll(/ href="([^"]+)"/g)].map(([, href = '']) => href);
    expect(links.filter((href) => href !== 'openapi.json' && !ids.has(href.slice(1)))).toEqual([]);
    for (const { method, path } of ROUTES)
      expect(page).toContain(`${method} /${path.replace(/:(\w+)/g, '{$1}')}`);
  });
});
