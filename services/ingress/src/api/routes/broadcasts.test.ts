import { describe, expect, test } from '@jest/globals';
import {
  broadcastId,
  feedRecipients,
  listBroadcasts,
  pauseNumber,
  readBroadcast,
  resumeNumber,
  setWish,
} from '@alur/store';
import type { TemplateDefinition } from '@alur/types';
import { aBundle, anApiKey, aNumber, aTeam } from '../../../../../test/support/bundle.ts';
import { useApi } from '../../testing/use-api.ts';

const KEY = 'a-key-of-at-least-24-characters';
const OTHER = 'another-key-of-at-least-24-chars';
const WEAK = 'a-key-that-may-only-read-things-';
const sale: TemplateDefinition = {
  id: '1',
  name: 'sale',
  language: 'en',
  status: 'APPROVED',
  category: 'MARKETING',
  components: [{ type: 'BODY', text: 'Hi {{1}}, code {{2}}' }],
};
const bundle = aBundle([
  aTeam('acme', 'shop', {
    apiKeys: [anApiKey(KEY), anApiKey(WEAK, ['read'])],
    numbers: [aNumber('100', { tier: '250', throughput: 10 })],
    templates: [sale],
    locale: 'id-ID',
  }),
  aTeam('acme', 'two', { apiKeys: [anApiKey(OTHER)], numbers: [aNumber('200')] }),
]);
const api = useApi(() => bundle);

const TEMPLATE = {
  name: 'sale',
  language: 'en',
  components: [
    {
      type: 'body',
      parameters: [
        { type: 'text', text: '{{name}}' },
        { type: 'text', text: '{{code}}' },
      ],
    },
  ],
};
const BODY = { name: 'Spring', template: TEMPLATE, columns: { wa_id: 'Phone', name: 'First name' } };

const call = (path: string, init: Parameters<typeof api.call>[1] = {}) =>
  api.call(`acme/shop/${path}`, { key: KEY, ...init });
const post = (path: string, json: unknown = {}) => call(path, { json });
async function create(more: object = {}): Promise<string> {
  const made = await post('broadcasts', { ...BODY, ...more });
  expect(made.status).toBe(201);
  return Object(made.json).id;
}
const add = (id: string, body: string, type = 'text/csv', query = '') =>
  call(`broadcasts/${id}/recipients${query}`, { method: 'POST', body, headers: { 'content-type': type } });

const CSV = [
  'Phone;First name;code;note',
  '+62 812-3456-7890;Ana;A1;x',
  '0812 3456 7890;Ana again;A2;x',
  '0812 3456 7891;;A3;x',
  'nobody;Ben;A4;x',
  '0812 3456 7892;Cid;"A\n5";x',
  '0812 3456 7893;Dee;A6;x',
  '0812 3456 7894;Eve;A7',
].join('\r\n');

describe('broadcasts over the API', () => {
  test('a draft takes a file of people as they write their numbers; what is wrong is told with its place', async () => {
    const id = await create();
    const added = await add(id, `\uFEFF${CSV}\n`);
    expect(added.status).toBe(200);
    expect(added.json).toMatchObject({ read: 7, added: 2, duplicates: 1, faulty: 4, recipients: 2 });
    expect(Object(added.json).faults).toEqual([
      { line: 4, col: 16, code: 'empty_value', message: expect.stringContaining('`name` is empty') },
      { line: 5, col: 1, code: 'bad_number', message: expect.stringContaining('phone number') },
      { line: 6, col: 20, code: 'bad_value', message: expect.stringContaining('line break') },
      { line: 9, col: 20, code: 'unreadable', message: expect.stringContaining('3 values') },
    ]);
    expect(added.text).not.toMatch(/Ben|nobody|0812/);
    const again = await add(id, CSV);
    expect(again.json).toMatchObject({ added: 0, duplicates: 3, recipients: 2 });
  });

  test('strict: one bad line keeps all out, and nothing of the file stays', async () => {
    const id = await create();
    expect((await add(id, 'Phone,First name,code\n628123456789,Ana,A1\n')).status).toBe(200);
    const refused = await add(id, CSV, 'text/csv', '?strict=true');
    expect(refused).toMatchObject({ status: 422, json: { error: { code: 'invalid' } } });
    expect((await call(`broadcasts/${id}`)).json).toMatchObject({ recipients: 1 });
    expect((await add(id, CSV)).json).toMatchObject({ added: 2 });
  });

  test('JSON lines and plain numbers, and files that are none', async () => {
    const id = await create();
    const lines = ['{"Phone":"081234567890","First name":"Ana","code":7}', '{"Phone":', '[]', ''];
    expect((await add(id, lines.join('\n'), 'application/x-ndjson')).json).toMatchObject({
      added: 1,
      faulty: 2,
    });
    expect((await add(id, 'Nama,Kode\na,b\n')).json).toMatchObject({
      error: {
        problems: [{ line: 1, message: expect.stringContaining('no column `Phone`, `First name`, `code`') }],
      },
    });
    expect((await add(id, '')).status).toBe(422);
    expect((await add(id, 'PK\u0003\u0004\0\0')).status).toBe(422);
    expect((await add(id, 'x', 'application/pdf')).status).toBe(415);
    const plain = await create({ template: { name: 'sale', language: 'en', components: [] } }).catch(
      () => '',
    );
    expect(plain).toBe('');
  });

  test('goes from draft to running, paused, running and cancelled, and says what is allowed', async () => {
    const id = await create();
    expect(await post(`broadcasts/${id}/start`)).toMatchObject({
      status: 409,
      json: { error: { code: 'no_recipients' } },
    });
    await add(id, CSV);
    expect(await post(`broadcasts/${id}/pause`)).toMatchObject({
      status: 409,
      json: {
        error: {
          code: 'not_now',
          message: expect.stringContaining('it is draft; allowed now: start, cancel'),
        },
      },
    });
    const at = new Date(Date.now() + 3_600_000).toISOString();
    expect((await post(`broadcasts/${id}/start`, { at })).json).toMatchObject({
      state: 'scheduled',
      starts_at: at,
    });
    expect((await post(`broadcasts/${id}/start`)).json).toMatchObject({ state: 'running' });
    expect((await add(id, CSV)).status).toBe(409);
    const [number] = bundle.tenants[0]?.teams[0]?.numbers ?? [];
    const [broadcast] = await listBroadcasts(api.store.client, 0, { tenant: 'acme', team: 'shop' }, 1);
    if (!number || !broadcast) throw new Error('nothing runs');
    await feedRecipients(api.store.client, { shard: 0, ...broadcast }, { broadcast, number, count: 10 });
    expect((await call(`broadcasts/${id}`)).json).toMatchObject({ outcomes: { queued: 2, waiting: 0 } });
    const untilMs = Date.now() + 60_000;
    await pauseNumber(api.store.client, 0, number, { of: 'number', untilMs, code: '80007' });
    expect((await call(`broadcasts/${id}`)).json).toMatchObject({
      waits: [{ for: 'number', until: new Date(untilMs).toISOString(), code: '80007' }],
    });
    await resumeNumber(api.store.client, 0, number);
    expect((await post(`broadcasts/${id}/pause`)).json).toMatchObject({ state: 'paused' });
    expect((await call(`broadcasts/${id}`)).json).toMatchObject({ outcomes: { queued: 0, waiting: 2 } });
    expect((await post(`broadcasts/${id}/resume`)).json).toMatchObject({ state: 'running' });
    expect((await call(`broadcasts/${id}`, { method: 'DELETE' })).status).toBe(409);
    expect((await post(`broadcasts/${id}/cancel`)).json).toMatchObject({ state: 'cancelled', allowed: [] });
    expect((await call(`broadcasts/${id}`)).json).toMatchObject({
      outcomes: { waiting: 0, cancelled: 2 },
      waits: [],
    });
    const report = await call(`broadcasts/${id}/report?contacts=true`);
    expect(report.text).toBe(
      'recipient,message,state,reason,code,wa_id,user_id\n1,,cancelled,,,6281234567890,\n2,,cancelled,,,6281234567893,\n',
    );
    expect((await call(`broadcasts/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await call(`broadcasts/${id}`)).status).toBe(404);
  });

  test('a check says who is passed over and when it would be over', async () => {
    const id = await create();
    await add(id, CSV);
    const wish = { tenant: 'acme', change: 'out', scope: 'marketing', atS: 1, source: 'operator' } as const;
    await setWish(api.store.client, 0, { ...wish, contact: { waId: '6281234567893' } });
    expect((await post(`broadcasts/${id}/check`)).json).toMatchObject({
      recipients: 2,
      opted_out: 1,
      to_send: 1,
      at_once: 1,
      tier: { limit: 250, used: 0 },
      per_second: 10,
    });
  });

  test('is made once by its key, and never another by the same', async () => {
    const id = await create({ idempotency_key: 'k' });
    const again = await post('broadcasts', { ...BODY, idempotency_key: 'k' });
    expect([again.status, Object(again.json).id]).toEqual([200, id]);
    const other = await post('broadcasts', { ...BODY, name: 'Other', idempotency_key: 'k' });
    expect(other).toMatchObject({ status: 409, json: { error: { code: 'idempotency_mismatch' } } });
    expect((await call('broadcasts')).json).toMatchObject({ broadcasts: [{ id, name: 'Spring' }] });
  });

  test.each([
    ['a template that was not pulled', { template: { ...TEMPLATE, name: 'none' } }, 'template.name'],
    [
      'too few parameters',
      {
        template: {
          ...TEMPLATE,
          components: [{ type: 'body', parameters: [{ type: 'text', text: '{{name}}' }] }],
        },
      },
      'template.components',
    ],
    ['a placeholder outside of components', { template: { ...TEMPLATE, name: '{{name}}' } }, 'template.name'],
    ['a column that nothing needs', { columns: { wa_id: 'Phone', city: 'City' } }, 'columns.city'],
    ['an unknown member', { colour: 'red' }, 'colour'],
  ])('refuses %s', async (_, more, at) => {
    const refused = await post('broadcasts', { ...BODY, ...more });
    expect(refused.status).toBe(422);
    expect(
      Object(refused.json).error.problems.some((problem: { at: string }) => problem.at.startsWith(at)),
    ).toBe(true);
    expect((await call('broadcasts')).json).toEqual({ broadcasts: [] });
  });

  test('another team learns nothing, and a key without the scope may do nothing', async () => {
    const id = await create();
    const calls: [string, Parameters<typeof api.call>[1]][] = [
      ['', {}],
      ['', { method: 'DELETE' }],
      ['/recipients', { method: 'POST', body: CSV, headers: { 'content-type': 'text/csv' } }],
      ['/report', {}],
      ...['start', 'pause', 'resume', 'cancel', 'check'].map(
        (what): [string, Parameters<typeof api.call>[1]] => [`/${what}`, { json: {} }],
      ),
    ];
    for (const [path, init] of calls) {
      const theirs = await api.call(`acme/two/broadcasts/${id}${path}`, { ...init, key: OTHER });
      const none = await api.call(`acme/two/broadcasts/${broadcastId('x', 'y', 'z')}${path}`, {
        ...init,
        key: OTHER,
      });
      expect([theirs.status, theirs.text]).toEqual([404, none.text]);
      expect((await call(`broadcasts/${id}${path}`, { ...init, key: WEAK })).status).toBe(403);
    }
    const bid = broadcastId('acme', 'shop', 'none');
    expect(
      await readBroadcast(api.store.client, { shard: 0, tenant: 'acme', team: 'two', bid }),
    ).toBeUndefined();
  });
});
