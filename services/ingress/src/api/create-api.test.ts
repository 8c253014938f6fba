import { beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { aBundle, aNumber, anApiKey, aTeam } from '../../../../test/support/bundle.ts';
import { HOSTILE, inEachPlace, UNMEASURABLE } from '../../../../test/support/hostile.ts';
import { useApi } from '../testing/use-api.ts';

const KEY = 'a-key-of-at-least-24-characters';
const NEW_KEY = 'the-next-key-while-both-are-live';
const bundle = aBundle([
  aTeam('acme', 'shop', { apiKeys: [anApiKey(KEY), anApiKey(NEW_KEY)], numbers: [aNumber('100200300')] }),
  aTeam('acme', 'two', {
    apiKeys: [anApiKey('key-of-the-team-with-two')],
    numbers: [aNumber('1'), aNumber('2')],
  }),
  aTeam('acme', 'off', { apiKeys: [anApiKey(KEY)], enabled: false, numbers: [aNumber('3')] }),
  aTeam('acme', 'keyless', { numbers: [aNumber('4')] }),
]);

let nowMs: number;
const api = useApi(
  () => bundle,
  () => ({ now: () => nowMs }),
);
const { lines } = api;
beforeEach(() => {
  nowMs = Date.now();
});

async function post(path: string, body: string | object, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const sent = { authorization: `Bearer ${KEY}`, ...headers };
  const { status, text: said } = await api.call(path, { method: 'POST', body: text, headers: sent });
  return { status, body: JSON.parse(said) };
}

const event = { to: { wa_id: '15550001' }, event_type: 'order.paid' };
const stored = async (): Promise<{ at: number; input: object }[]> => {
  const inboxes = await api.store.client.keys('{s0}:inbox:*');
  const items = await Promise.all(inboxes.map((key) => api.store.client.lrange(key, 0, -1)));
  return items.flat().map((item) => JSON.parse(item.slice(32)));
};

describe('createApi()', () => {
  test.each([
    ['no key', 'acme/shop', {}],
    ['another key', 'acme/shop', { authorization: 'Bearer another-key-of-24-characters' }],
    ['the beginning of the key', 'acme/shop', { authorization: `Bearer ${KEY.slice(0, -1)}` }],
    ['the key of another team', 'acme/two', { authorization: `Bearer ${KEY}` }],
    ['a team that is disabled', 'acme/off', { authorization: `Bearer ${KEY}` }],
    ['a team without keys', 'acme/keyless', { authorization: `Bearer ${KEY}` }],
    ['an empty key', 'acme/keyless', { authorization: 'Bearer ' }],
    ['a team that is not there', 'acme/nobody', { authorization: `Bearer ${KEY}` }],
    ['a name that every object has', '__proto__/constructor', { authorization: `Bearer ${KEY}` }],
    ['another scheme', 'acme/shop', { authorization: `Basic ${KEY}` }],
  ])('refuses %s in the same words, before it reads the body', async (_, path, headers) => {
    const without = await post('acme/shop/events', '{', { authorization: '' });
    expect(without.status).toBe(401);
    expect(await post(`${path}/events`, '{', { authorization: '', ...headers })).toEqual(without);
    expect(await stored()).toEqual([]);
  });

  test('takes an event by either of two keys, and each idempotency key once', async () => {
    const first = await post('acme/shop/events', { ...event, idempotency_key: 'k' });
    expect(first).toMatchObject({ status: 202, body: { status: 'accepted' } });
    const authorization = `Bearer ${NEW_KEY}`;
    const again = await post('acme/shop/events', { ...event, idempotency_key: 'k' }, { authorization });
    expect(again).toEqual({ status: 202, body: { id: first.body.id, status: 'known' } });
    const named = await post('acme/shop/events', event, { 'idempotency-key': '"k"' });
    expect(named).toEqual(again);
    await post('acme/shop/events', event);
    await post('acme/shop/events', event);
    expect(await stored()).toHaveLength(3);
  });

  test.each([
    [{ wa_id: '+1 (555) 000-1234' }, { waId: '15550001234' }],
    [{ wa_id: '15550001' }, { waId: '15550001' }],
    [{ user_id: 'US.13491208655302741918' }, { userId: 'US.13491208655302741918' }],
  ])('takes a contact named %j', async (to, from) => {
    expect((await post('acme/shop/events', { ...event, to })).status).toBe(202);
    expect(await stored()).toMatchObject([{ from }]);
  });

  test.each([
    [{ wa_id: '(11) 91234-5678' }, 'to.wa_id', 'it does not begin with `+` and a country code'],
    [{ wa_id: '+1 555' }, 'to.wa_id', 'it has too few digits for its country'],
    [{ user_id: 'ana' }, 'to.user_id', 'a business-scoped user id'],
    [{}, 'to', 'give `wa_id` or `user_id`'],
  ])('says what is wrong with a contact named %j, and not what was written', async (to, at, message) => {
    const { status, body } = await post('acme/shop/events', { ...event, to });
    expect(status).toBe(422);
    expect(body.error.problems).toEqual([{ at, message: expect.stringContaining(message) }]);
    expect(JSON.stringify(body)).not.toMatch(/91234|ana"/);
    expect(await stored()).toEqual([]);
  });

  test('tells each key that is not known where it stands', async () => {
    const to = { wa_id: '15550001234', nick: 'Ana', age: 7 };
    const { status, body } = await post('acme/shop/events', { ...event, to, colour: 'red' });
    expect(status).toBe(422);
    expect(body.error.problems).toEqual([
      { at: 'to.nick', message: '`nick` is not known here' },
      { at: 'to.age', message: '`age` is not known here' },
      { at: 'colour', message: '`colour` is not known here' },
    ]);
  });

  test('knows an idempotency key across midnight', async () => {
    const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000;
    nowMs = midnight - 1;
    await post('acme/shop/events', { ...event, idempotency_key: 'k' });
    nowMs = midnight + 1;
    const again = await post('acme/shop/events', { ...event, idempotency_key: 'k' });
    expect(again.body).toMatchObject({ status: 'known' });
    expect(await stored()).toHaveLength(1);
  });

  test.each(['events', 'release'])(
    'does not say of %s that it took what Redis refuses for its time',
    async (path) => {
      await post('acme/shop/events', event);
      const [inbox = ''] = await api.store.client.keys('{s0}:inbox:*');
      const session = {
        state: {},
        epoch: 1,
        wait: { for: 'release', flows: 'f', flow: 'f', node: 'n', input: {} },
      };
      const wait = { ...session.wait, outputs: {}, callers: [], tries: {} };
      await api.store.client.hset(
        inbox.replace('inbox', 'conv'),
        'session',
        JSON.stringify({ ...session, wait }),
      );
      nowMs += 3 * 86_400_000;
      const answer = await post(`acme/shop/${path}`, path === 'events' ? event : { to: event.to });
      expect(answer).toMatchObject({ status: 503, body: { error: { code: 'not_stored' } } });
      expect(await stored()).toHaveLength(1);
    },
  );

  test.each([
    ['not JSON', '{', 400],
    ['empty', '', 400],
    ['a list', '[]', 422],
    ['nested far too deep', `{"input":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`, 400],
    [
      'nested too deep',
      JSON.stringify({ ...event, input: { a: JSON.parse('['.repeat(60) + ']'.repeat(60)) } }),
      400,
    ],
    ['a number without end', `{"to":{"wa_id":"15550001"},"event_type":"x","input":{"a":1e999}}`, 422],
    ['too large', JSON.stringify({ ...event, input: { x: 'y'.repeat(300_000) } }), 413],
  ])('refuses a body that is %s, and logs nothing of it', async (_, body, status) => {
    expect((await post('acme/shop/events', body)).status).toBe(status);
    expect([await stored(), lines]).toEqual([[], []]);
  });

  test.each(HOSTILE)(
    'takes or refuses %s in any place of a body, and a neighbour is unharmed',
    async (_, json) => {
      const whole = {
        to: { wa_id: '+1 555 000 1234', user_id: 'US.13491208655302741918', name: 'Ana' },
        phone_number_id: '100200300',
        event_type: 'order.paid',
        input: { a: { b: [1] } },
        idempotency_key: 'k',
      };
      for (const text of inEachPlace(whole, json))
        expect([202, 400, 422]).toContain((await post('acme/shop/events', text)).status);
      for (const text of inEachPlace({ to: whole.to }, json))
        expect([400, 409, 422]).toContain((await post('acme/shop/release', text)).status);
      expect((await post('acme/shop/events', event)).status).toBe(202);
      expect(lines).toEqual([]);
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    },
  );

  test('tells what cannot be measured as any other value of the wrong kind', async () => {
    const problemsOf = async (json: string) =>
      (await post('acme/shop/events', `{"to":{"wa_id":"15550001","name":${json}},"event_type":${json}}`)).body
        .error.problems;
    const expected = [{ at: 'to.name' }, { at: 'event_type' }];
    expect(await problemsOf(UNMEASURABLE)).toMatchObject(expected);
    expect(await problemsOf('{}')).toEqual(await problemsOf(UNMEASURABLE));
  });

  test('refuses a compressed body, an address that cannot be read, and what is at none', async () => {
    expect((await post('acme/shop/events', event, { 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await post('%ff/shop/events', event)).status).toBe(400);
    for (const path of ['acme/shop', 'acme/shop/nothing', 'acme/shop/events/', 'acme/shop/Events'])
      expect(await post(path, event)).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
  });

  test.each([
    ['acme/shop/events', 'GET', 405, 'OPTIONS, POST'],
    ['acme/shop/events', 'HEAD', 405, 'OPTIONS, POST'],
    ['acme/shop/events', 'PATCH', 405, 'OPTIONS, POST'],
    ['acme/shop/events', 'OPTIONS', 204, 'OPTIONS, POST'],
    ['acme/nobody/events', 'OPTIONS', 204, 'OPTIONS, POST'],
    ['acme/shop/media/1', 'OPTIONS', 204, 'OPTIONS, GET, HEAD'],
    ['acme/shop/media/1', 'POST', 405, 'OPTIONS, GET, HEAD'],
  ])('says of %s %s which methods there are, with or without a key', async (path, method, status, allow) => {
    for (const key of [KEY, undefined]) {
      const reply = await api.call(path, { method, ...(key !== undefined && { key }) });
      expect([reply.status, reply.headers.get('allow')]).toEqual([status, allow]);
      if (status === 204) expect([reply.text, reply.headers.get('content-type')]).toEqual(['', null]);
    }
  });

  test('answers HEAD as GET, without the body', async () => {
    const got = await api.call('acme/shop/media/a.b', { key: KEY });
    const head = await api.call('acme/shop/media/a.b', { key: KEY, method: 'HEAD' });
    expect([head.status, head.text]).toEqual([422, '']);
    expect(head.headers.get('content-length')).toBe(got.headers.get('content-length'));
    expect((await api.call('acme/shop/media/a.b', { method: 'HEAD' })).status).toBe(401);
  });

  test('cuts off who sends a head that is too large, or never ends', async () => {
    const began = Date.now();
    const socket = connect(api.port, '127.0.0.1');
    socket.write('POST /v1/acme/shop/events HTTP/1.1\r\nHost: api\r\n');
    const cut = once(socket.resume(), 'close');
    const large = await fetch(`http://127.0.0.1:${api.port}/v1/acme/shop/events`, {
      method: 'POST',
      headers: { 'x-large': 'y'.repeat(20_000) },
    });
    expect(large.status).toBe(431);
    await cut;
    expect(Date.now() - began).toBeLessThan(12_000);
  });

  test('takes names that every object has as data, and of a key that comes twice the last', async () => {
    const body = `{"to":{"wa_id":"1","wa_id":"15550001"},"event_type":"x","input":{"__proto__":{"a":1},"constructor":"c"}}`;
    expect((await post('acme/shop/events', body)).status).toBe(202);
    expect(await stored()).toMatchObject([{ from: { waId: '15550001' }, input: { constructor: 'c' } }]);
  });

  test('asks for the number where the team has two, and takes none of another team', async () => {
    const authorization = 'Bearer key-of-the-team-with-two';
    const refused = await post('acme/two/events', event, { authorization });
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'unknown_number' } } });
    const others = await post(
      'acme/two/events',
      { ...event, phone_number_id: '100200300' },
      { authorization },
    );
    expect(others).toEqual(refused);
    expect(
      (await post('acme/two/events', { ...event, phone_number_id: '2' }, { authorization })).status,
    ).toBe(202);
  });

  test('answers 503 while Redis is away, and takes the same again', async () => {
    await api.redis.kill();
    expect((await post('acme/shop/events', { ...event, idempotency_key: 'k' })).status).toBe(503);
    await api.redis.restart();
    await api.store.client.ping().catch(() => undefined);
    let answer = await post('acme/shop/events', { ...event, idempotency_key: 'k' });
    for (let tries = 0; answer.status === 503 && tries < 200; tries += 1)
      answer = await post('acme/shop/events', { ...event, idempotency_key: 'k' });
    expect(answer).toMatchObject({ status: 202 });
    expect(lines.join('')).not.toMatch(/15550001|order\.paid/);
  });
});
