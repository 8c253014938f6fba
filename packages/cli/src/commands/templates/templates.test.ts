import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '@alur/types';
import { runAlur } from '../../testing/run-alur.ts';

const TOKEN = 'EAAsecrettoken';
const one = (name: string, more: Record<string, Json> = {}) => ({
  id: '1',
  name,
  language: 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  quality_score: { score: 'GREEN', date: 1 },
  components: [{ type: 'BODY', text: 'Thank you, {{1}}, for all.' }],
  ...more,
});

let cwd: string;
let graph: Server;
/** What each WABA answers. */
let answers: Record<string, { status?: number; json?: Json }>;
let asked: string[];
let base: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-templates-'));
  answers = { '88': { json: { data: [one('thanks'), one('hello')] } } };
  asked = [];
  graph = createServer((request, response) => {
    const [, version = '', waba = ''] = (request.url ?? '').split('/');
    asked.push(`${version} ${waba} ${request.headers.authorization ?? ''}`);
    const { status = 200, json = null } = answers[waba] ?? { status: 404 };
    response.writeHead(status).end(JSON.stringify(json));
  });
  graph.listen(0, '127.0.0.1');
  await once(graph, 'listening');
  base = `http://127.0.0.1:${portOf(graph)}`;
  await setUp('acme', 'sales', '11', '88');
});
afterEach(async () => {
  graph.closeAllConnections();
  graph.close();
  await rm(cwd, { recursive: true });
});

function portOf(server: Server): number {
  const address: string | AddressInfo | null = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function setUp(tenant: string, team: string, number: string, waba: string | undefined) {
  const given = {
    enabled: true,
    public_base_url: 'https://bot.example',
    phone_number_id: number,
    access_token: TOKEN,
    verify_token: 'v'.repeat(16),
    app_secret: 'a'.repeat(32),
    ...(waba !== undefined && { business_account_id: waba }),
  };
  await writeFile(join(cwd, 'answers.json'), JSON.stringify(given));
  const line = ['setup', '--answers', 'answers.json', '--tenant', tenant, '--team', team, 'b'];
  const ran = await runAlur(line, cwd);
  if (ran.exit !== 0) throw new Error(ran.err);
  await writeFlow('config: {message: "hi"}');
}

async function writeFlow(config: string) {
  await mkdir(join(cwd, 'b/flows'), { recursive: true });
  for (const name of await readdir(join(cwd, 'b/flows'))) await rm(join(cwd, 'b/flows', name));
  const flow = `name: say\nversion: "1.0"\nnodes:\n  - id: say\n    type: reply\n    ${config}\ntriggers:\n  - {type: message, target: say}\n`;
  await writeFile(join(cwd, 'b/flows/say.ygtc'), flow);
}

const alur = async (line: string, env: Record<string, string> = {}) => {
  const ran = await runAlur(line.split(' '), cwd, { env: { BUNDLE_DIR: 'b', GRAPH_BASE_URL: base, ...env } });
  expect(JSON.stringify(ran)).not.toContain(TOKEN);
  return ran;
};
const json = async (line: string) => Object(JSON.parse((await alur(`${line} --json`)).out));
const file = (waba = '88') => readFile(join(cwd, `b/templates/${waba}.json`), 'utf8');
const refused = (code: number) => ({
  status: 400,
  json: { error: { code, message: `no ${TOKEN}`, type: 'x' } },
});

describe('alur templates pull', () => {
  test('writes what Meta has, and says what is other than before', async () => {
    const first = await alur('templates pull');
    expect(first).toMatchObject({ exit: 0, err: 'WABA 88: 2 templates so far\n' });
    expect(first.out).toBe(
      'WABA 88 (acme/sales): 2 templates, written to templates/88.json\n  new      hello (en)\n  new      thanks (en)\n',
    );
    expect(asked).toEqual([`v18.0 88 Bearer ${TOKEN}`]);
    const text = await file();
    expect(JSON.parse(text)).toMatchObject({
      waba: '88',
      templates: [{ name: 'hello' }, { name: 'thanks' }],
    });
    expect((await alur('templates pull')).out).toContain('nothing has changed');
    answers['88'] = { json: { data: [one('thanks', { status: 'PAUSED', components: [] }), one('new')] } };
    const dry = await alur('templates pull --dry-run');
    expect(dry.out).toBe(
      'WABA 88 (acme/sales): 2 templates, nothing is written\n  gone     hello (en)\n  new      new (en)\n  changed  thanks (en): status APPROVED → PAUSED, components\n',
    );
    expect(JSON.parse(await file()).templates).toEqual(JSON.parse(text).templates);
  });

  test('pulls each WABA once, and tells of teams that have none', async () => {
    await setUp('acme', 'support', '12', '88');
    await setUp('zoo', 'default', '13', undefined);
    const ran = await json('templates pull');
    expect(ran).toMatchObject({
      ok: true,
      data: { dryRun: false, wabas: [{ waba: '88', teams: ['acme/sales', 'acme/support'], templates: 2 }] },
      warnings: ['team zoo/default has no `business_account_id`: nothing is pulled for it'],
    });
    expect(asked).toHaveLength(1);
    const none = await alur('templates pull --tenant zoo');
    expect(none).toMatchObject({ exit: 3, err: expect.stringContaining('add `business_account_id`') });
    expect(await alur('templates pull --team nobody')).toMatchObject({ exit: 4, out: '' });
  });

  test('writes the others when one fails, and leaves what was pulled of that one', async () => {
    await setUp('zoo', 'default', '13', '99');
    answers['99'] = { json: { data: [one('zebra'), one('B B')] } };
    const ran = await alur('templates pull');
    expect(ran.err).toContain('WABA 99: template B B (en) is left out: `name` is not as documented');
    answers['88'] = refused(190);
    answers['99'] = { json: { data: [] } };
    const before = await file();
    const failed = await alur('templates pull');
    expect(failed).toMatchObject({ exit: 7 });
    expect(failed.out).toContain('Graph refuses the access token of number 11 (190)');
    expect(failed.out).toContain('put a new one into secrets/acme/sales.json');
    expect(failed.out).toContain('gone     zebra (en)');
    expect(await file()).toBe(before);
    expect(JSON.parse(await file('99')).templates).toEqual([]);
  });

  test.each([
    ['a right', refused(200), 7, 'whatsapp_business_management'],
    ['the WABA', refused(100), 4, 'check `business_account_id` in bundle.yaml'],
    ['patience', refused(80008), 5, 'Graph refused it (80008'],
    ['sense', { json: { data: 7 } }, 5, 'the answer is not one that the Graph API gives'],
    ['luck', { status: 502 }, 5, '(HTTP 502)'],
  ])('says what to do where %s is missing', async (_, answer, exit, words) => {
    answers['88'] = answer;
    const ran = await alur('templates pull');
    expect(ran.exit).toBe(exit);
    expect(ran.out).toContain(words);
    expect(await readdir(join(cwd, 'b'))).not.toContain('templates');
  });

  test('mends a file that cannot be read', async () => {
    await mkdir(join(cwd, 'b/templates'));
    await writeFile(join(cwd, 'b/templates/88.json'), '{');
    expect(await alur('validate b')).toMatchObject({
      exit: 3,
      out: expect.stringContaining('templates/88.json:1:2'),
    });
    expect(await alur('templates list')).toMatchObject({ exit: 3 });
    expect(await alur('templates pull')).toMatchObject({ exit: 0 });
    expect(await alur('validate b')).toMatchObject({ exit: 0 });
  });

  test('asks nobody who cannot be reached, and shows Meta no demo', async () => {
    const away = await alur('templates pull', { GRAPH_BASE_URL: 'http://127.0.0.1:1' });
    expect(away).toMatchObject({ exit: 5, out: expect.stringContaining('cannot be reached (ECONNREFUSED)') });
    const open = await alur('templates pull', { GRAPH_BASE_URL: 'http://graph.example.com' });
    expect(open).toMatchObject({ exit: 3, err: expect.stringContaining('use https') });
    const demo =
      'demo-bundle demo --flows b/flows --graph-base-url http://127.0.0.1:1 --public-base-url http://127.0.0.1:2';
    expect(await alur(demo)).toMatchObject({ exit: 0 });
    const meta = await alur('templates pull --bundle demo', { GRAPH_BASE_URL: 'https://graph.facebook.com' });
    expect(meta).toMatchObject({ exit: 7, err: expect.stringContaining('demo') });
  });
});

describe('alur templates list', () => {
  test('shows what a send has to bring', async () => {
    const named: Json[] = [
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'BODY', text: 'Hi {{customer}}, bye.' },
    ];
    const buttons: Json[] = [
      { type: 'URL', text: 'x', url: 'https://a.example/{{1}}' },
      { type: 'PHONE_NUMBER', text: 'y' },
    ];
    answers['88'] = {
      json: {
        data: [
          one('thanks'),
          one('sale', {
            status: 'PAUSED',
            parameter_format: 'NAMED',
            components: [...named, { type: 'BUTTONS', buttons }],
          }),
        ],
      },
    };
    expect(await alur('templates list')).toMatchObject({
      exit: 4,
      err: expect.stringContaining('templates pull'),
    });
    await alur('templates pull');
    const { out } = await alur('templates list');
    expect(out.replace(/pulled .*/, 'pulled …')).toBe(
      [
        'WABA 88 (acme/sales), pulled …',
        'name    language  category  status    quality  parameters',
        'sale    en        UTILITY   PAUSED    GREEN    body: customer, header: image, buttons: url',
        'thanks  en        UTILITY   APPROVED  GREEN    body: 1',
        '',
      ].join('\n'),
    );
    expect((await alur('templates list --status paused')).out).not.toContain('thanks');
    expect((await json('templates list --name Thank')).data.wabas).toMatchObject([
      { waba: '88', templates: [{ name: 'thanks', parameters: 'body: 1' }] },
    ]);
  });
});

describe('alur templates check', () => {
  const send = (name: string, text = 'Sari') =>
    `config: {template: {name: ${name}, language: en, components: [{type: body, parameters: [{type: text, text: "${text}"}]}]}}`;

  test('finds sends that do not fit, and definitions over a limit', async () => {
    answers['88'] = {
      json: { data: [one('thanks'), one('edge', { components: [{ type: 'BODY', text: '{{1}} came.' }] })] },
    };
    await alur('templates pull');
    await writeFlow(send('thankss'));
    const ran = await alur('templates check');
    expect(ran.exit).toBe(3);
    expect(ran.out).toContain('b/flows/say.ygtc:6:31');
    expect(ran.out).toContain('did you mean `thanks`?');
    expect(ran.out).toMatch(/b\/templates\/88\.json:\d+:19/);
    expect(ran.out).toContain('1 flow file: 1 error, 1 warning');
    await writeFlow(send('thanks'));
    expect(await alur('templates check')).toMatchObject({ exit: 0 });
    expect((await json('templates check')).data).toMatchObject({ errors: 0, warnings: 1 });
  });

  test('looks at what Meta has now with --live, and writes nothing', async () => {
    await writeFlow(send('thanks'));
    await alur('templates pull');
    const before = await file();
    answers['88'] = { json: { data: [one('thanks', { status: 'REJECTED' })] } };
    expect(await alur('templates check')).toMatchObject({ exit: 0 });
    const live = await alur('templates check --live');
    expect(live).toMatchObject({ exit: 3, out: expect.stringContaining('its status is REJECTED') });
    expect(await file()).toBe(before);
    answers['88'] = refused(190);
    expect((await alur('templates check --live')).out).toContain('refuses the access token');
  });

  test('tells validate, test and chat the same', async () => {
    await alur('templates pull');
    await writeFlow(send('other'));
    await writeFile(
      join(cwd, 'b/flows/say.test.yaml'),
      'tests:\n  - name: says it\n    steps:\n      - in: hi\n        out:\n          - template: other\n',
    );
    for (const line of [
      'validate b',
      'validate b/flows',
      'validate b/flows/say.ygtc',
      'test b',
      'test b/flows/say.test.yaml',
      'chat b',
    ])
      expect({ line, ...(await alur(line)) }).toMatchObject({ line, out: expect.stringContaining('E304') });
    await rm(join(cwd, 'b/secrets'), { recursive: true });
    expect((await alur('validate b/flows')).out).toContain('E304');
    await rm(join(cwd, 'b/templates'), { recursive: true });
    expect(await alur('validate b')).toMatchObject({ exit: 0 });
  });

  test('has tests fail at what is computed', async () => {
    await alur('templates pull');
    await writeFlow(send('"{{message}}"'));
    const tests = (name: string) =>
      `tests:\n  - name: says it\n    steps:\n      - in: ${name}\n        out:\n          - template: ${name}\n`;
    await writeFile(join(cwd, 'b/flows/say.test.yaml'), tests('thanks'));
    expect(await alur('test b')).toMatchObject({ exit: 0 });
    await writeFile(join(cwd, 'b/flows/say.test.yaml'), tests('other'));
    expect(await alur('test b')).toMatchObject({ exit: 6, out: expect.stringContaining('invalid_message') });
  });
});
