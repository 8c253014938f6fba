import { describe, expect, test } from '@jest/globals';
import { aBundle, aNumber, anApiKey, aTeam } from '../../../../test/support/bundle.ts';
import { waitFor } from '../../../../test/support/wait.ts';
import { useApi } from '../testing/use-api.ts';
import { createStrangers } from './strangers.ts';

const KEY = 'a-key-of-at-least-24-characters';
const SECOND = 'another-key-of-24-characters-or-so';
const READER = 'a-key-that-may-only-read-messages';
const limits = { apiPerSecond: 2, waiting: 100 };
const apiKeys = [anApiKey(KEY), anApiKey(SECOND), anApiKey(READER, ['read'])];
const bundle = aBundle([
  aTeam('acme', 'shop', { apiKeys, limits, numbers: [aNumber('1')] }),
  aTeam('acme', 'desk', { apiKeys, limits, numbers: [aNumber('2')] }),
]);
const api = useApi(() => bundle);
const event = { to: { wa_id: '15550001' }, event_type: 'x' };
const call = (key = KEY, team = 'shop') => api.call(`acme/${team}/events`, { key, json: event });

async function statusesOf(times: number, ...of: Parameters<typeof call>): Promise<number[]> {
  const replies = await Promise.all(Array.from({ length: times }, () => call(...of)));
  return replies.map(({ status }) => status).sort();
}

describe('the limit of calls', () => {
  test('lets a burst through, then tells when to come back, by the names that clients know', async () => {
    const first = await call();
    expect(Object.fromEntries([...first.headers].filter(([name]) => name.startsWith('ratelimit')))).toEqual({
      ratelimit: '"calls";r=9;t=1',
      'ratelimit-policy': '"calls";q=10;w=5',
      'ratelimit-limit': '10',
      'ratelimit-remaining': '9',
      'ratelimit-reset': '1',
    });
    expect(first.headers.get('retry-after')).toBeNull();
    const began = Date.now();
    const replies = await Promise.all(Array.from({ length: 30 }, () => call()));
    const flowedIn = Math.ceil(((Date.now() - began) / 1_000) * limits.apiPerSecond) + 1;
    const taken = replies.filter(({ status }) => status === 202).length;
    expect(taken).toBeGreaterThanOrEqual(9);
    expect(taken).toBeLessThanOrEqual(9 + flowedIn);
    const full = replies.find(({ status }) => status === 429);
    expect(full).toMatchObject({
      status: 429,
      json: {
        error: { code: 'too_many_requests', message: expect.stringContaining('2 calls a second') },
        room: { limit: 'api_per_second', per_second: 2, at_once: 10, left: 0 },
      },
    });
    expect([full?.headers.get('retry-after'), full?.headers.get('ratelimit-remaining')]).toEqual(['1', '0']);
    await waitFor(async () => ((await call()).status === 202 ? true : undefined), 'a call to flow in');
  });

  test('counts other keys, and other teams, for themselves', async () => {
    await statusesOf(15);
    expect(await statusesOf(10, SECOND)).toEqual(Array(10).fill(202));
    expect(await statusesOf(10, KEY, 'desk')).toEqual(Array(10).fill(202));
  });

  test('counts calls that come to nothing, and tells of them too', async () => {
    const refused = await api.call('acme/shop/events', { key: READER, json: event });
    expect([refused.status, refused.headers.get('ratelimit-remaining')]).toEqual([403, '9']);
    const unfit = await api.call('acme/shop/events', { key: READER, method: 'POST', body: '{' });
    expect([unfit.status, unfit.headers.get('ratelimit-remaining')]).toEqual([403, '8']);
  });

  test('goes on without Redis: what needs none is not refused for it', async () => {
    await api.redis.kill();
    const reply = await api.call('acme/shop/media/a.b', { key: KEY });
    expect([reply.status, reply.headers.get('ratelimit')]).toEqual([422, null]);
    await api.redis.restart();
    await waitFor(async () => ((await call()).status === 202 ? true : undefined), 'Redis');
  });
});

describe('calls without a key that fits', () => {
  test('are refused in other words when they are too many, whatever they try, and a right key goes on', async () => {
    const tries = [
      ['acme/shop', 'wrong'],
      ['acme/nobody', KEY],
      ['nobody/nobody', 'wrong'],
    ];
    const texts = new Map<number, Set<string>>();
    for (let each = 0; each < 90; each += 1) {
      const [path = '', key = ''] = tries[each % tries.length] ?? [];
      const { status, text, headers } = await api.call(`${path}/events`, { key, json: event });
      texts.set(status, (texts.get(status) ?? new Set()).add(text));
      expect(headers.get('ratelimit')).toBeNull();
      if (status === 429) expect(headers.get('retry-after')).toBe('1');
    }
    expect([...texts.keys()].sort()).toEqual([401, 429]);
    expect([...texts.values()].map(({ size }) => size)).toEqual([1, 1]);
    expect((await call()).status).toBe(202);
  });
});

describe('createStrangers()', () => {
  const exhaust = (strangers: ReturnType<typeof createStrangers>, address: string) => {
    let allowed = 0;
    while (!strangers.isTooMuch(address)) allowed += 1;
    return allowed;
  };

  test('gives each address 60 calls, and one a second', () => {
    let nowMs = 1_000_000;
    const strangers = createStrangers(() => nowMs);
    expect(exhaust(strangers, '192.0.2.1')).toBe(60);
    expect(exhaust(strangers, '192.0.2.2')).toBe(60);
    nowMs += 3_000;
    expect(exhaust(strangers, '192.0.2.1')).toBe(3);
    nowMs -= 60_000;
    expect(exhaust(strangers, '192.0.2.1')).toBe(0);
  });

  test.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['2001:db8::1', '2001:db8:0:0:5::1', true],
    ['::1', '::2', true],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
  ])('counts %s and %s as one: %s', (one, other, isOne) => {
    const strangers = createStrangers(() => 0);
    exhaust(strangers, one);
    expect(exhaust(strangers, other)).toBe(isOne ? 0 : 60);
  });

  test('remembers a bounded number of addresses, those that come back above all', () => {
    const strangers = createStrangers(() => 0);
    exhaust(strangers, '192.0.2.1');
    for (let each = 0; each < 9_000; each += 1) strangers.isTooMuch(`a${each}`);
    expect(strangers.isTooMuch('192.0.2.1')).toBe(true);
    for (let each = 0; each < 9_000; each += 1) strangers.isTooMuch(`b${each}`);
    expect(strangers.isTooMuch('192.0.2.1')).toBe(true);
    for (let each = 0; each < 10_000; each += 1) strangers.isTooMuch(`c${each}`);
    expect(strangers.isTooMuch('192.0.2.1')).toBe(false);
  });
});
