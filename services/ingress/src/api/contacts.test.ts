import { readEmitted, openConversation, enqueue, listWishes } from '@alur/store';
import { hash, MessageId } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { aBundle, aNumber, anApiKey, aTeam } from '../../../../test/support/bundle.ts';
import { everythingIn, keysWith } from '../../../../packages/store/src/testing/everything-in.ts';
import { useApi } from '../testing/use-api.ts';

const KEY = 'key-of-the-team-abcdefgh';
const READER = 'key-that-only-reads-abcd';
const WHOLE = 'key-of-the-tenant-abcdef';
const subscriber = { id: 'crm', url: 'https://crm.test', events: ['contact.*'], secrets: ['s'.repeat(32)] };
const number = aNumber('100200300', { tenant: 'acme', team: 'sales' });
const other = aNumber('200300400', { tenant: 'acme', team: 'care' });
const bundle = aBundle([
  aTeam('acme', 'sales', {
    locale: 'id-ID',
    apiKeys: [anApiKey(KEY), anApiKey(READER, ['read']), anApiKey(WHOLE)],
    numbers: [number],
    subscribers: [subscriber],
  }),
  aTeam('acme', 'care', { apiKeys: [anApiKey(WHOLE)], numbers: [other] }),
]);
const api = useApi(() => bundle);
const WHO = { waId: '6281234567890', userId: 'US.13491208655302741918' };
const TO = { wa_id: '+62 812-3456-7890' };

const post = (path: string, json: unknown, key = KEY) => api.call(`acme/sales/${path}`, { key, json });
const imports = (body: string, query = '') =>
  api.call(`acme/sales/opt-outs/import${query}`, {
    key: KEY,
    method: 'POST',
    body,
    headers: { 'content-type': 'text/csv' },
  });
const Problems = z.object({
  error: z.object({ problems: z.array(z.object({ line: z.number(), col: z.number() })) }),
});

async function queued(of = number): Promise<MessageId> {
  const cid = await openConversation(api.store.client, 0, of, WHO);
  const mid = MessageId.parse(hash('mid', of.id));
  const { id, tenant, team } = of;
  await enqueue(api.store.client, 0, of, [
    {
      data: { mid, cid, class: 'reply', tenant, team, number: id },
      body: { to: WHO, message: { kind: 'text', text: 'Dear Ana' } },
      retryOnRateLimit: false,
    },
  ]);
  return mid;
}

describe('POST contacts/opt-out and opt-in', () => {
  test('change what the contact gets, once, and tell subscribers', async () => {
    const at = '2026-03-01T09:30:00Z';
    expect(await post('contacts/opt-out', { to: TO, scope: 'marketing', at })).toMatchObject({
      status: 200,
      json: { status: 'changed' },
    });
    expect((await post('contacts/opt-out', { to: TO, scope: 'marketing', at })).json).toEqual({
      status: 'unchanged',
    });
    expect((await post('contacts/wishes', { to: { wa_id: '0812-3456-7890' } }, READER)).json).toEqual({
      all: { state: 'in' },
      marketing: { state: 'out', since: '2026-03-01T09:30:00.000Z', source: 'api' },
      may_send: 'no_marketing',
    });
    expect((await post('contacts/opt-in', { to: TO })).json).toEqual({ status: 'changed' });
    expect((await post('contacts/wishes', { to: TO })).json).toMatchObject({ may_send: 'everything' });
    const told = await readEmitted(api.store.client, 0, '', 9);
    expect(told.map(({ type, team, payload }) => [type, team, payload])).toEqual([
      ['contact.opted_out', 'sales', { scope: 'marketing', source: 'api' }],
      ['contact.opted_in', 'sales', { scope: 'all', source: 'api' }],
    ]);
  });

  test('need the scope `contacts`, and tell all that is wrong with a body', async () => {
    expect((await post('contacts/opt-out', { to: TO }, READER)).status).toBe(403);
    const wrong = await post('contacts/opt-out', {
      to: { wa_id: 'x' },
      scope: 'some',
      at: '2999-01-01T00:00:00Z',
    });
    expect(wrong).toMatchObject({ status: 422, json: { error: { problems: [{}, {}, {}] } } });
  });
});

describe('opt-outs/import and export', () => {
  test('take lines as people of the country write them, and give them back', async () => {
    const body = 'wa_id,scope,at\n0812-3456-7890,all,2026-03-01T09:30:00Z\nnobody,all,\n';
    const taken = await imports(body);
    expect(taken).toMatchObject({
      status: 200,
      json: { taken: 1, unchanged: 0, refused: 1, problems: [{ line: 3, col: 1 }] },
    });
    const exported = await api.call('acme/sales/opt-outs/export', { key: KEY });
    expect(exported.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(exported.text).toMatch(
      /^wa_id,user_id,contact_hash,scope,change,at,source\r\n,,[0-9a-f]{32},all,out,2026-03-01T09:30:00Z,import\r\n$/,
    );
    await api.store.client.flushall();
    expect((await imports(exported.text)).json).toMatchObject({ taken: 1 });
  });

  test('take nothing of a bad file with `strict`', async () => {
    const refused = await imports('wa_id\n6281234567890\nnobody\n', '?strict=true');
    expect(refused.status).toBe(422);
    expect(Problems.parse(refused.json).error.problems).toMatchObject([{ line: 3, col: 1 }]);
    const wishes = listWishes(api.store.client, { shard: 0, tenant: 'acme', teams: [] });
    expect((await wishes.next()).done).toBe(true);
    expect((await imports('wa_id\n6281234567890\n', '?strict=perhaps')).status).toBe(422);
  });
});

describe('POST contacts/export and erase', () => {
  test('export what the team keeps, with a key of the tenant all of it, and of another nothing', async () => {
    await queued();
    await queued(other);
    const lines = async (key: string) =>
      (await post('contacts/export', { to: TO }, key)).text.trim().split('\n').length;
    expect(await lines(WHOLE)).toBeGreaterThan(await lines(KEY));
    const own = await post('contacts/export', { to: TO });
    expect(own.headers.get('content-type')).toBe('application/x-ndjson');
    expect(own.text).toContain('Dear Ana');
    expect(own.text).not.toContain(hash('mid', other.id));
    expect(await lines(WHOLE)).toBe(6);
    const nobody = await post('contacts/export', { to: { wa_id: '6281111111111' } });
    expect(nobody.text.trim().split('\n')).toHaveLength(2);
  });

  test('export what lists of broadcasts hold, and erase it; those of another team by a key of the tenant alone', async () => {
    const parameters = [{ type: 'text', text: '{{name}}' }];
    const template = { name: 'sale', language: 'en', components: [{ type: 'body', parameters }] };
    for (const team of ['sales', 'care']) {
      const call = (path: string, init: object) => api.call(`acme/${team}/${path}`, { key: WHOLE, ...init });
      const made = await call('broadcasts', { json: { name: `of ${team}`, template } });
      const body = `wa_id,name\n6281999999,Ben\n${TO.wa_id},Dear Ana\n`;
      const path = `broadcasts/${String(Object(made.json).id)}/recipients`;
      const headers = { 'content-type': 'text/csv' };
      expect((await call(path, { method: 'POST', body, headers })).json).toMatchObject({ added: 2 });
    }
    const places = async (key: string) => {
      const { text } = await post('contacts/export', { to: TO }, key);
      expect(text).not.toContain('Ben');
      const parts: unknown[] = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      return parts.filter((part) => Object(part).kind === 'broadcast_recipient');
    };
    expect(await places(KEY)).toMatchObject([
      { team: 'sales', name: 'of sales', place: 2, values: { name: 'Dear Ana' }, state: 'waiting' },
    ]);
    expect(await places(WHOLE)).toHaveLength(2);
    const [one, other] = await Promise.all([1, 2].map(() => post('contacts/erase', { to: TO })));
    expect([one?.status, other?.status]).toEqual([200, 200]);
    expect(await places(WHOLE)).toEqual([]);
    expect((await post('contacts/erase', { to: TO })).json).toMatchObject({ recipients: 0 });
  });

  test('erase over all numbers of the tenant, and say how much; logs name nobody', async () => {
    await queued();
    await queued(other);
    await api.store.client.xadd(
      '{s0}:quarantine',
      '*',
      'tenant',
      'acme',
      'team',
      'sales',
      'raw',
      '{"from":"6281234567890"}',
    );
    expect(await post('contacts/erase', { to: TO })).toMatchObject({
      status: 200,
      json: { conversations: 2, messages: 2, aside: 1 },
    });
    const secrets = [WHO.waId, WHO.userId, 'Dear Ana'];
    expect(keysWith(await everythingIn(api.store.client), secrets)).toEqual([]);
    expect(secrets.filter((secret) => api.lines.join().includes(secret))).toEqual([]);
    expect((await post('contacts/erase', { to: TO })).json).toMatchObject({ conversations: 0, messages: 0 });
    expect((await post('contacts/erase', { to: TO }, READER)).status).toBe(403);
  });
});
