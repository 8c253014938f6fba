import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startEmulator, type Emulator } from '@alur/emulator';
import { say } from '../support/inbound.ts';
import { postWebhook } from '../support/meta.ts';
import { freePort, startRedis, type TestRedis } from '../support/redis.ts';
import { startService, type TestService } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';

// The provider's page as a reader follows it: its answers and its command line, letter for letter, in an empty folder.

const ANSWERS = `{
"messaging-whatsapp": {
"enabled": true,
"public_base_url": "https://your-domain.ngrok-free.app",
"phone_number_id": "123456789012345",
"access_token": "EAAxxxxx...",
"verify_token": "your-verify-token",
"business_account_id": "987654321098765"
}
}
`;
const COMMAND = 'gtc setup --answers answers.json ./my-bundle';
const APP_SECRET = '0123456789abcdef0123456789abcdef';
const NUMBER = '123456789012345';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let folder: string | undefined;
let redis: TestRedis | undefined;
let emulator: Emulator | undefined;
let services: TestService[] = [];
afterEach(async () => {
  await Promise.all(services.map((service) => service.kill('SIGKILL')));
  await emulator?.close();
  await redis?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  [folder, redis, emulator, services] = [undefined, undefined, undefined, []];
}, 60_000);

/** Runs a line as a shell does, with the command line of the build under its second name. */
async function shell(line: string, cwd: string): Promise<{ code: unknown; output: string }> {
  const bin = join(cwd, '..', 'bin');
  await mkdir(bin, { recursive: true });
  const gtc = join(ROOT, 'packages/cli/bin/alur.js');
  await chmod(gtc, 0o755);
  await rm(join(bin, 'gtc'), { force: true });
  await symlink(gtc, join(bin, 'gtc'));
  const path = [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn('sh', ['-c', line], { cwd, env: { PATH: path }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const closed: unknown[] = await once(child, 'close');
  return { code: closed[0], output };
}

async function startAll(dir: string): Promise<string> {
  redis = await startRedis();
  const [port, graphPort] = [await freePort(), await freePort()];
  const base = `http://127.0.0.1:${port}`;
  emulator = await startEmulator({
    port: graphPort,
    webhookBaseUrl: base,
    numbers: [
      {
        ...{ id: NUMBER, displayNumber: '15550000001', wabaId: '987654321098765' },
        ...{ accessToken: 'EAAxxxxx...', appSecret: APP_SECRET },
      },
    ],
  });
  const env = { REDIS_URL: redis.url, BUNDLE_DIR: dir, PORT: String(port), GRAPH_BASE_URL: emulator.url };
  for (const name of ['ingress', 'flow-runner', 'sender'] as const) {
    services.push(await startService(name, env, { opsPort: await freePort() }));
  }
  return `${base}/webhook/whatsapp/default/default`;
}

describe("the provider's page", () => {
  test('its command makes a bundle of its answers, with which Meta and a contact get their answers', async () => {
    folder = await mkdtemp(join(tmpdir(), 'alur-seed-'));
    const cwd = join(folder, 'empty');
    await mkdir(cwd);
    await writeFile(join(cwd, 'answers.json'), ANSWERS);
    const made = await shell(COMMAND, cwd);
    expect(made).toMatchObject({ code: 0 });
    expect(made.output).toContain('https://your-domain.ngrok-free.app/webhook/whatsapp/default/default');
    expect((await readdir(cwd)).sort()).toEqual(['answers.json', 'my-bundle']);

    // What the page leaves out, and setup has said so: without the app secret nothing of Meta's is believed.
    expect(made.output).toContain('app_secret');
    const dir = join(cwd, 'my-bundle');
    for (const name of await readdir(join(dir, 'flows')).catch(() => [])) await rm(join(dir, 'flows', name));
    for (const name of ['ask_action.ygtc', 'on_button.ygtc']) {
      await cp(join(ROOT, 'flows/seed', name), join(dir, 'flows', name));
    }
    const webhookUrl = await startAll(dir);
    const query = 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=';
    const verified = await fetch(`${webhookUrl}?${query}your-verify-token`);
    expect([verified.status, await verified.text()]).toEqual([200, '1158201444']);
    expect((await fetch(`${webhookUrl}?${query}another`)).status).toBe(403);
    expect((await postWebhook(webhookUrl, '{}', { secret: APP_SECRET })).status).toBe(401);

    const whole = ANSWERS.replace('"enabled": true', `"enabled": true, "app_secret": "${APP_SECRET}"`);
    await writeFile(join(cwd, 'answers.json'), whole);
    expect(await shell(COMMAND, cwd)).toMatchObject({ code: 0 });
    for (const service of services) service.signal('SIGHUP');
    await waitFor(async () => {
      const { status } = await postWebhook(webhookUrl, '{}', { secret: APP_SECRET });
      return status === 200 ? true : undefined;
    }, 'the app secret to be known');
    await talk();
  }, 180_000);
});

async function talk(): Promise<void> {
  const running = emulator;
  if (running === undefined) throw new Error('no emulator');
  const place = { emulator: running, number: { id: NUMBER } };
  const from = { waId: '6281230001', name: 'Ana' };
  const answers = (count: number) =>
    waitFor(() => (running.ledger().length >= count ? running.ledger() : undefined), `${count} answers`);
  await say(place, from, 'hi');
  const [question] = await answers(1);
  expect(question?.body['interactive']).toMatchObject({ body: { text: 'What would you like to do?' } });
  await say(place, from, { type: 'button_reply', id: 'help', title: 'Get Help' });
  const [, help] = await answers(2);
  expect(help?.body['text']).toMatchObject({ body: "Here's how I can help..." });
}
