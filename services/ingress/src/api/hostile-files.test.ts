import { describe, expect, test } from '@jest/globals';
import { aBundle, anApiKey, aNumber, aTeam } from '../../../../test/support/bundle.ts';
import { useApi } from '../testing/use-api.ts';

const KEY = 'a-key-of-at-least-24-characters';
const bundle = aBundle([
  aTeam('acme', 'shop', {
    limits: { apiPerSecond: 1_000, waiting: 1_000 },
    apiKeys: [anApiKey(KEY)],
    numbers: [aNumber('100000000000001')],
  }),
]);
const api = useApi(() => bundle);
type Body = string | Uint8Array<ArrayBuffer>;

async function draft(column = 'name', more: object = {}): Promise<string> {
  const parameters = [{ type: 'text', text: `Hi {{${column}}}` }];
  const template = { name: 'sale', language: 'en', components: [{ type: 'body', parameters }] };
  const made = await api.call('acme/shop/broadcasts', { key: KEY, json: { name: 'x', template, ...more } });
  expect(made.status).toBe(201);
  return String(Object(made.json).id);
}
const send = (path: string, body: Body, type = 'text/csv') =>
  api.call(`acme/shop/${path}`, { key: KEY, method: 'POST', body, headers: { 'content-type': type } });

const utf16 = () => Buffer.from('\uFEFFwa_id,name\n628123456789,secret\n', 'utf16le');
const wide = Array.from({ length: 2_000 }, (_, at) => `c${at}`).join(',');
const ONE = { line: 2, col: 1 };
const ALL = { line: 1, col: 1 };

describe('a file of recipients', () => {
  test.each<[string, Body, number, object]>([
    ['nothing', '', 422, { error: { problems: [ALL] } }],
    ['empty lines alone', '\n'.repeat(200_000), 422, { error: { problems: [ALL] } }],
    ['empty lines', `wa_id,name\n${'\n'.repeat(200_000)}6281234,secret\n`, 200, { read: 1, added: 1 }],
    ['an open quote', `wa_id,name\n"secret${',x\n'.repeat(100_000)}`, 200, { faults: [ONE] }],
    ['a line of 4 MB', `wa_id,name\n62812345,${'secret'.repeat(700_000)}\n`, 200, { faults: [ONE] }],
    ['quotes alone', `wa_id,name\n${'"'.repeat(2_000_000)}`, 200, { faults: [ONE] }],
    ['NUL', 'wa_id,name\n628123456789,secret\0\n', 422, { error: { problems: [ALL] } }],
    ['UTF-16', utf16(), 422, { error: { problems: [ALL] } }],
    ['UTF-16, big-endian', utf16().swap16(), 422, { error: { problems: [ALL] } }],
    ['Latin-1', Buffer.from('wa_id,name\n62812345,é\n', 'latin1'), 200, { faults: [{ line: 2, col: 10 }] }],
    ['many columns', `${wide},wa_id,name\n${'x,'.repeat(2_000)}6281234,a\n`, 200, { added: 1 }],
    ['too many columns', `${wide},${wide},wa_id,name\n`, 422, { error: { problems: [ALL] } }],
    ['names of all objects', 'wa_id,name,__proto__,valueOf\n62812345,a,b,c\n', 200, { added: 1 }],
    ['numbers twice', 'wa_id,name,wa_id\n62812345,a,62812346\n', 422, { error: { problems: [ALL] } }],
    ['values twice', 'wa_id,name, Name\n62812345,a,b\n', 422, { error: { problems: [ALL] } }],
    ['others twice', 'wa_id,name,x,x\n62812345,a,b,c\n', 200, { added: 1 }],
    ['formulas', 'wa_id,name\n62812345,=A1\n=62812346,b\n', 200, { added: 1, faults: [{ line: 3 }] }],
    ['line ends of all sorts', 'wa_id,name\r\n62812345,a\n62812346,b\r62812347,c\r\n', 200, { added: 3 }],
    ['lone carriage returns', 'wa_id,name\r62812345,a\r62812346,b\r', 200, { added: 2 }],
  ])('of %s is read in its limits, and nothing of it is said', async (_, body, status, said) => {
    const id = await draft();
    const reply = await send(`broadcasts/${id}/recipients`, body);
    expect(reply).toMatchObject({ status, json: said });
    expect(reply.text).not.toMatch(/secret|62812/);
    const after = await send(`broadcasts/${id}/recipients`, 'wa_id,name\n628999999,z\n');
    expect(after.json).toMatchObject({ added: 1 });
    expect(api.lines.join('')).not.toMatch(/secret|62812|failed/);
  });

  test.each<[string, string, object]>([
    ['deep', `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}\n`, { added: 0, faulty: 1 }],
    ['long', `${'['.repeat(1_000_000)}\n{"wa_id":"62812345","name":"a"}\n`, { added: 1, faulty: 1 }],
    ['with prototypes', '{"__proto__":{"wa_id":"62812345"},"name":"secret"}\n', { added: 0, faulty: 1 }],
    ['with empty lines', `${'\n'.repeat(200_000)}{"wa_id":"1"}\n`, { faults: [{ line: 200_001 }] }],
  ])('of JSON lines that are %s is read in its limits', async (_, body, said) => {
    const reply = await send(`broadcasts/${await draft()}/recipients`, body, 'application/x-ndjson');
    expect(reply).toMatchObject({ status: 200, json: said });
    expect(reply.text).not.toMatch(/secret|62812/);
  });

  test.each(['constructor', 'valueOf', 'toString'])('may have a column %s', async (name) => {
    const id = await draft(name);
    const path = `broadcasts/${id}/recipients`;
    expect((await send(path, 'wa_id\n62812345\n')).status).toBe(422);
    expect((await send(path, `wa_id,${name}\n62812345,a\n`)).json).toMatchObject({ added: 1 });
    const line = `{"wa_id":"62812346","${name}":"a"}\n`;
    expect((await send(path, line, 'application/x-ndjson')).json).toMatchObject({ added: 1 });
  });

  test('lets others have their turn, however bad it is', async () => {
    const path = `broadcasts/${await draft()}/recipients`;
    let longestMs = 0;
    let last = performance.now();
    const ticking = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }, 5);
    const reply = await send(path, 'x\n'.repeat(60_000), 'text/plain');
    clearInterval(ticking);
    expect(reply.json).toMatchObject({ faulty: 60_000 });
    expect(longestMs).toBeLessThan(500);
  });
});

describe('a broadcast', () => {
  test('is another one under the same key when anything of it is another', async () => {
    const same = { idempotency_key: 'k', ttl_seconds: 60 };
    await draft('name', same);
    const again = (more: object) =>
      api.call('acme/shop/broadcasts', {
        key: KEY,
        json: {
          template: {
            components: [{ type: 'body', parameters: [{ type: 'text', text: 'Hi {{name}}' }] }],
            language: 'en',
            name: 'sale',
          },
          name: 'x',
          ...same,
          ...more,
        },
      });
    expect((await again({})).status).toBe(200);
    expect((await again({ ttl_seconds: 600 })).status).toBe(409);
    expect((await again({ stop_at_failed_percent: 5 })).status).toBe(409);
  });
});

describe('a file of opt-outs', () => {
  test.each<[string, Body, object]>([
    ['nothing', '', { error: { code: 'invalid', problems: [ALL] } }],
    ['twice the same heading', 'wa_id,wa_id\n62812345,62812346\n', { error: { problems: [ALL] } }],
    ['a heading of no meaning', 'wa_id,secret\n62812345,1\n', { error: { problems: [ALL] } }],
    ['an open quote', `wa_id\n62812345\n"${'x\n'.repeat(100_000)}`, { taken: 1, problems: [{ line: 3 }] }],
    ['formulas', "wa_id\n'+62 812 3456 789\n=62812345\n", { taken: 1, problems: [{ line: 3, col: 1 }] }],
    ['UTF-16', utf16(), { error: { problems: [ALL] } }],
  ])('with %s is read in its limits, and nothing of it is said', async (_, body, said) => {
    const reply = await send('opt-outs/import', body);
    expect(reply.json).toMatchObject(said);
    expect(reply.status).toBe('error' in said ? 422 : 200);
    expect(reply.text).not.toMatch(/secret|62812/);
  });
});
