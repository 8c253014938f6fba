import { describe, expect, test } from '@jest/globals';
import { ApiScope, type TemplateDefinition } from '@alur/types';
import { aBundle, anApiKey, aNumber, aTeam } from '../../../../test/support/bundle.ts';
import { waitFor } from '../../../../test/support/wait.ts';
import { useApi } from '../testing/use-api.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes/index.ts';

const KEY = 'a-key-of-at-least-24-characters';
const scoped = (scopes: readonly ApiScope[]) => `a-key-that-may-only-${scopes.join('-')}-padding`;
const ONLY = ApiScope.options.map((scope): [ApiScope, string] => [scope, scoped([scope])]);
const ALL_BUT = ApiScope.options.map((scope): [ApiScope, string] => [
  scope,
  scoped(ApiScope.options.filter((each) => each !== scope)),
]);
const template: TemplateDefinition = {
  id: '1',
  name: 'order_update',
  language: 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: 'Your order {{1}} is on its way.' }],
};
const bundle = aBundle([
  aTeam('acme', 'shop', {
    limits: { apiPerSecond: 1_000, waiting: 1_000 },
    apiKeys: [
      anApiKey(KEY),
      ...ONLY.map(([scope, key]) => anApiKey(key, [scope])),
      ...ALL_BUT.map(([scope, key]) =>
        anApiKey(
          key,
          ApiScope.options.filter((each) => each !== scope),
        ),
      ),
    ],
    numbers: [aNumber('100000000000001')],
    templates: [template],
  }),
  aTeam('acme', 'desk', { numbers: [aNumber('200')] }),
]);
const api = useApi(() => bundle);
const LIKE_ROUTES = ROUTES.map((route): [string, Route] => [`${route.method} ${route.path}`, route]);

const callExample = (
  { method, path, query, body, streams, example = {} }: Route,
  { key = KEY, more = {}, at = 'acme/shop' }: { key?: string; more?: object; at?: string } = {},
) => {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => example.params?.[name] ?? '0'.repeat(32));
  const asked = query && example.query ? `?${new URLSearchParams(example.query).toString()}` : '';
  const sent = streams === undefined ? body && JSON.stringify(example.body ?? {}) : (example.stream ?? 'x\n');
  return api.call(`${at}/${filled}${asked}`, {
    key,
    method,
    ...(sent !== undefined && { body: sent }),
    headers: streams === undefined ? {} : { 'content-type': streams.split(',')[0] ?? '' },
    ...more,
  });
};

describe('every route', () => {
  test.each(LIKE_ROUTES)('%s opens to its own scope alone', async (_, route) => {
    for (const [scope, key] of ONLY) {
      const { status } = await callExample(route, { key });
      expect([scope, status === 403]).toEqual([scope, scope !== route.scope]);
    }
    for (const [scope, key] of ALL_BUT) {
      const { status } = await callExample(route, { key });
      expect([scope, status === 403]).toEqual([scope, scope === route.scope]);
    }
  });

  test.each(LIKE_ROUTES)('%s keeps what it says out of caches', async (_, route) => {
    for (const given of [{}, { key: 'wrong' }, { at: 'acme/desk' }]) {
      const { headers } = await callExample(route, given);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  test('answers 503 while Redis is away, whatever it would have said, and logs nothing personal', async () => {
    await api.redis.kill();
    const answers = await Promise.all(
      ROUTES.filter(({ name }) => name !== 'media').map(async (route) => {
        const reply = await callExample(route).catch((err: unknown) => ({ status: String(err) }));
        return [route.name, reply.status];
      }),
    );
    expect(answers.filter(([, status]) => status !== 503)).toEqual([]);
    const [send] = ROUTES;
    expect((send && (await callExample(send)))?.text).toContain('"not_confirmed"');
    expect(api.lines.join('')).not.toMatch(/6281234567890/);
    await api.redis.restart();
    const [first] = ROUTES;
    await waitFor(async () => (first && (await callExample(first)).status === 202) || undefined, 'Redis');
  });
});

const text = (said: unknown) =>
  `{"to":{"wa_id":"6281234567890"},"event_type":"x","input":{"said":${String(said)}}}`;
const long = 'x'.repeat(201);

describe('a body', () => {
  test.each<[string, string, number]>([
    ['half a character', text(String.raw`"\ud800 secret"`), 202],
    ['NUL', text(String.raw`"\u0000secret"`), 202],
    ['a number beyond all', text('1e999'), 422],
    ['names of all objects', text('{"__proto__":{"secret":1},"constructor":1}'), 202],
    ['a member twice', text('1,"said":"secret"'), 202],
    ['too deep', text(`${'['.repeat(50)}"secret"${']'.repeat(50)}`), 400],
    ['deep enough to break a reader', text(`${'['.repeat(120_000)}${']'.repeat(120_000)}`), 400],
    ['a contact that is a prototype', '{"__proto__":{"wa_id":"6281234567890"},"event_type":"secret"}', 422],
    ['what is no JSON', '{"to":secret', 400],
    ['a list', '["secret"]', 422],
    ['nothing', '', 400],
  ])('with %s is answered, and nothing of it is said', async (_, body, status) => {
    const reply = await api.call('acme/shop/events', { key: KEY, method: 'POST', body });
    expect([reply.status, reply.text]).toEqual([status, expect.not.stringMatching(/secret|62812/)]);
    expect(api.lines.join('')).not.toMatch(/secret|62812|failed/);
  });
});

describe('the field idempotency-key', () => {
  test.each<[string, number]>([
    ['', 422],
    ['""', 422],
    [long, 422],
    [`"${'x'.repeat(200)}"`, 202],
    ['\u00ff\u0080', 202],
    ['a, b', 202],
    ['{"$gt":""}', 202],
    ['*:msg:{s0}', 202],
  ])('%j is a key or none', async (key, status) => {
    const call = () =>
      api.call('acme/shop/events', {
        key: KEY,
        json: { to: { wa_id: '6281234567890' }, event_type: 'x' },
        headers: { 'idempotency-key': key },
      });
    expect((await call()).status).toBe(status);
    if (status === 202) expect((await call()).json).toMatchObject({ status: 'known' });
  });
});
