import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setupBundle } from '@alur/bundle';
import { startEmulator, type Emulator } from '@alur/emulator';
import { signBody } from '@alur/whatsapp';
import { replyFlow } from '../support/flows.ts';
import { messagesChange, metaJson, postWebhook, text, webhook } from '../support/meta.ts';
import { freePort, startRedis, type TestRedis } from '../support/redis.ts';
import { startService, type TestService } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';

// A bundle as `alur setup` makes it, of several teams, with the services as they run for real.

const SHARED = 'app-secret-of-the-shared-app-01';
const THEIRS = 'app-secret-of-another-tenant-01';
const NUMBERS = { shop: '100000000000001', help: '100000000000002', theirs: '100000000000003' };

let dir: string;
let port: number;
let redis: TestRedis;
let emulator: Emulator;
let services: TestService[];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alur-teams-'));
  redis = await startRedis({ fsync: 'no' });
  const graphPort = await freePort();
  port = await freePort();
  const team = (number: string, app_secret: string, more: object = {}) => ({
    enabled: true,
    public_base_url: 'https://bot.acme.io',
    phone_number_id: number,
    access_token: `EAA${number}`,
    verify_token: 'verify-token',
    business_account_id: app_secret === SHARED ? '201' : '202',
    app_secret,
    api_version: 'v25.0',
    tier: '250',
    ...more,
  });
  const off = team('100000000000004', SHARED, { enabled: false });
  const acme = { teams: { shop: team(NUMBERS.shop, SHARED), help: team(NUMBERS.help, SHARED), off } };
  const globex = { teams: { main: team(NUMBERS.theirs, THEIRS) } };
  const answers = { path: 'answers.json', text: JSON.stringify({ tenants: { acme, globex } }) };
  await mkdir(join(dir, 'flows'));
  await writeFile(join(dir, 'flows/say.ygtc'), replyFlow('hello'));
  await setupBundle({ answers, dir });
  const webhookBaseUrl = `http://127.0.0.1:${port}`;
  const emulated = { displayNumber: '15550000001', wabaId: '201', appSecret: SHARED };
  emulator = await startEmulator({
    port: graphPort,
    webhookBaseUrl,
    numbers: Object.values(NUMBERS).map((id) => ({ ...emulated, id, accessToken: `EAA${id}` })),
  });
  const env = {
    REDIS_URL: redis.url,
    BUNDLE_DIR: dir,
    GRAPH_BASE_URL: `http://127.0.0.1:${graphPort}`,
    PORT: String(port),
  };
  services = await Promise.all(
    (['ingress', 'flow-runner', 'sender'] as const).map(async (name) =>
      startService(name, env, { opsPort: await freePort() }),
    ),
  );
}, 120_000);
afterAll(async () => {
  await Promise.all(services.map((service) => service.kill('SIGKILL')));
  await emulator.close();
  await redis.stop();
  await rm(dir, { recursive: true, force: true });
});

const urlOf = (path: string) => `http://127.0.0.1:${port}/webhook/whatsapp/${path}`;
const bodyFor = (...numbers: string[]) =>
  metaJson(
    webhook(
      ...numbers.map((number) =>
        messagesChange(number, [
          { number, from: `62815${number.slice(-7)}`, id: `wamid.${number}`, content: text('hi') },
        ]),
      ),
    ),
  );

describe('a bundle of several teams', () => {
  test('one app whose callback is that of one team serves all teams with its secret, and no other', async () => {
    const body = bodyFor(NUMBERS.shop, NUMBERS.theirs, NUMBERS.help);
    expect((await postWebhook(urlOf('acme/shop'), body, { secret: SHARED })).status).toBe(200);
    const answered = () => emulator.ledger().map(({ number }) => number);
    await waitFor(() => (answered().length >= 2 ? true : undefined), 'the answers of both teams');
    // What the other tenant's own app brings is the first that its number hears of.
    const own = bodyFor(NUMBERS.theirs);
    expect((await postWebhook(urlOf('globex/main'), own, { secret: THEIRS })).status).toBe(200);
    await waitFor(() => (answered().length >= 3 ? true : undefined), 'the answer of the other tenant');
    expect(answered()).toEqual([expect.any(String), expect.any(String), NUMBERS.theirs]);
    expect(answered().sort()).toEqual(Object.values(NUMBERS).sort());
  });
});

/** All bytes of an answer but its date. */
function rawAnswer(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.once('error', reject);
    socket.once('close', () => resolve(answer.replace(/^date: .*\r\n/im, '')));
  });
}

describe('teams that are not there', () => {
  const WRONG = [
    ['a team that is not enabled', 'acme/off'],
    ['an unknown team', 'acme/none'],
    ['an unknown tenant', 'nobody/shop'],
    ['a tenant and team of other tenants', 'globex/shop'],
    ['a tenant of wrong shape', 'ACME/shop'],
    ['a team of wrong shape', `acme/${'x'.repeat(64)}`],
    ['a team with a slash in it', 'acme/sh%2Fop'],
    ['a team with odd characters', 'acme/%3Cshop%3E'],
    ['a name of the prototype', '__proto__/constructor'],
  ] as const;
  const post = (path: string, secret: string) => {
    const body = bodyFor(NUMBERS.shop);
    const head = `POST /webhook/whatsapp/${path} HTTP/1.1\r\nhost: bot\r\nconnection: close\r\ncontent-type: application/json`;
    const signature = signBody(Buffer.from(body), secret);
    return rawAnswer(
      `${head}\r\nx-hub-signature-256: ${signature}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  };
  const get = (path: string, token: string) =>
    rawAnswer(
      `GET /webhook/whatsapp/${path}?hub.mode=subscribe&hub.challenge=42&hub.verify_token=${token} HTTP/1.1\r\nhost: bot\r\nconnection: close\r\n\r\n`,
    );

  test.each(WRONG)('%s answers a POST as a wrong signature does, byte for byte', async (_, path) => {
    const refused = await post('acme/shop', 'a-wrong-secret');
    expect(refused).toMatch(/^HTTP\/1\.1 401 /);
    expect(await post(path, SHARED)).toBe(refused);
    expect(await post(path, 'a-wrong-secret')).toBe(refused);
  });

  test.each(WRONG)('%s answers a GET as a wrong verify token does, byte for byte', async (_, path) => {
    const refused = await get('acme/shop', 'wrong');
    expect(refused).toMatch(/^HTTP\/1\.1 403 /);
    expect(await get(path, 'verify-token')).toBe(refused);
    expect(await get('acme/shop', 'verify-token')).toMatch(/^HTTP\/1\.1 200 [^]*42$/);
  });
});
