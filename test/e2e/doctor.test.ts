import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmulator, type EmulatedNumber } from '@alur/emulator';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { runAlur } from '../../packages/cli/src/testing/run-alur.ts';
import { replyFlow } from '../support/flows.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

const CONTACT = '6281500099';
const Report = z.object({
  ok: z.boolean(),
  data: z.object({
    checks: z.array(
      z.object({
        id: z.string(),
        status: z.enum(['ok', 'warn', 'fail', 'skip']),
        about: z.string(),
        found: z.string(),
        fix: z.string().optional(),
      }),
    ),
  }),
});

let pipeline: Pipeline;
let redis: Redis;
let ops: string[];
beforeAll(async () => {
  pipeline = await startPipeline({ flows: { 'say.ygtc': replyFlow('hello') }, fsync: 'always' });
  redis = new Redis(pipeline.redis.url);
  ops = [...pipeline.services.values()].flatMap(({ opsUrl }) => ['--ops', opsUrl]);
  await redis.config('SET', 'maxmemory', '512mb');
  await inbound('hi');
  await waitFor(async () => ((await exists('statuses:')) ? true : undefined), 'a status');
}, 120_000);
afterAll(async () => {
  redis.disconnect();
  await pipeline.stop();
});

const exists = async (part: string) => (await redis.keys(`*${part}*`)).length > 0;
const control = (path: string, body: object) =>
  fetch(`${pipeline.emulator.url}/_emulator/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const inbound = (text: string) =>
  control('inbound', {
    number: pipeline.number.id,
    from: { waId: CONTACT },
    message: { type: 'text', text },
  });
/** A call with the token of the number, as Meta takes it. */
const graph = (method: string, path: string, body?: object) =>
  fetch(`${pipeline.emulator.url}/v25.0/${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${pipeline.number.accessToken}` },
    ...(body && { body: JSON.stringify(body) }),
  });

const said: string[] = [];
async function doctor({ env = {} }: { env?: Record<string, string> } = {}, ...more: string[]) {
  const argv = ['doctor', pipeline.dir, '--redis', pipeline.redis.url, ...ops, ...more];
  const ran = await runAlur([...argv, '--json'], '/', { env });
  said.push(ran.out, ran.err);
  const report = Report.parse(JSON.parse(ran.out));
  // How far Redis is says nothing on a machine that other tests keep busy.
  const told = report.data.checks.filter(({ id }) => id !== 'redis.latency');
  const of = (status: string) => told.filter((check) => check.status === status);
  const found = (id: string) => {
    const check = report.data.checks.find((each) => each.id === id);
    return `${check?.status} ${check?.found}`;
  };
  return {
    ...ran,
    checks: report.data.checks,
    of,
    found,
    ids: (status: string) => of(status).map(({ id }) => id),
  };
}

/** What a loopback address cannot be. */
const LOOPBACK = ['webhook.address', 'webhook.https'];

describe('alur doctor with a system that is well', () => {
  test('finds nothing wrong but that it is on loopback without https', async () => {
    const { exit, of, ids, err } = await doctor();
    expect(of('fail')).toEqual([]);
    expect(ids('warn')).toEqual(LOOPBACK);
    expect(of('skip')).toEqual([]);
    expect(exit).toBe(0);
    expect(err).toBe('');
  });

  test('--strict fails for the warnings', async () => {
    expect((await doctor({}, '--strict')).exit).toBe(5);
  });

  test('--contact tells of its window, and shows no number', async () => {
    const { checks, out } = await doctor({}, '--contact', `+${CONTACT}`);
    const found = Object.fromEntries(checks.map(({ id, status, found }) => [id, `${status} ${found}`]));
    expect(found['contact.window']).toMatch(/^ok open until /);
    expect(found['contact.wishes']).toMatch(/^ok/);
    expect(out).not.toContain(CONTACT.slice(2));
  });

  test('prints a line with a sign and a word for each, and the help below', async () => {
    const ran = await runAlur(['doctor', pipeline.dir, '--redis', pipeline.redis.url, ...ops], '/');
    said.push(ran.out, ran.err);
    expect(ran.out).toMatch(/^✓ ok +webhook\.verify +default\/default: it knows our verify token/m);
    expect(ran.out).toMatch(
      /^! warn +webhook\.https .*\n +http: Meta delivers to https only\n +=? ?help: put/m,
    );
    expect(ran.out).toMatch(/\d+ checks: \d+ ok, [23] warnings, 0 failed, 0 skipped\n$/);
  });
});

/** One thing that is broken, by what it changes in the bundle's files or at Meta, and the line that tells of it. */
interface Break {
  fail?: string[];
  warn?: string[];
  found: RegExp;
  /** In bundle.yaml and in the secrets. */
  edit?: [from: RegExp, to: string][];
  /** At the emulator, and how it is mended. */
  meta?: { wrong: () => Promise<unknown>; right: () => Promise<unknown> };
  /** Another emulator in place of the one that runs. */
  emulator?: () => Partial<EmulatedNumber>;
  flow?: string;
  env?: () => Record<string, string>;
}

const apps = () => `${pipeline.team.businessAccountId}/subscribed_apps`;
const callback = () => pipeline.webhookUrl;
async function subscribeTo(fields: string): Promise<void> {
  const secret = pipeline.team.appSecrets[0] ?? '';
  const info = await graph('GET', `debug_token?input_token=${pipeline.number.accessToken}`);
  const { data } = z.object({ data: z.object({ app_id: z.string() }) }).parse(await info.json());
  const answer = await fetch(`${pipeline.emulator.url}/v25.0/${data.app_id}/subscriptions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${data.app_id}|${secret}` },
    body: JSON.stringify({
      object: 'whatsapp_business_account',
      callback_url: callback(),
      verify_token: pipeline.team.verifyToken,
      fields,
    }),
  });
  expect(answer.status).toBe(200);
}
const override = (uri: string) =>
  graph('POST', pipeline.number.id, {
    webhook_configuration: { override_callback_uri: uri, verify_token: pipeline.team.verifyToken },
  });

const TEMPLATE_FLOW = `
name: reminder
version: "1.0"
nodes:
  - id: remind
    type: reply
    config: {template: {name: no_such_template, language: id}}
triggers:
  - {type: message, pattern: "^remind$", target: remind}
`;

const BREAKS: Record<string, Break> = {
  'another verify token in the bundle': {
    edit: [[/("verify_token": ")[^"]+/, '$1another-token-of-mine']],
    fail: ['webhook.verify'],
    found: /our verify token is refused \(403\)/,
  },
  'another app secret in the bundle': {
    edit: [[/("app_secret": \[?\s*")[^"]+/, '$1another-secret-of-mine']],
    fail: ['webhook.signature'],
    warn: ['waba.fields'],
    found: /signed with the app secret is refused \(401\)/,
  },
  'no app secret': {
    edit: [[/("app_secret": )\[[^\]]*\]/, '$1[]']],
    fail: ['webhook.signature'],
    found: /there is no `app_secret`/,
  },
  'a public address where nobody listens': {
    edit: [[/(public_base_url: ).*/, '$1http://127.0.0.1:1']],
    fail: ['webhook.reachable'],
    warn: ['waba.callback'],
    found: /nothing listens there/,
  },
  'a Graph API that is not there': {
    env: () => ({ GRAPH_BASE_URL: 'http://127.0.0.1:1' }),
    fail: ['graph.reachable'],
    found: /127\.0\.0\.1:1: nothing listens there/,
  },
  'a demo that would go to Meta': {
    env: () => ({ GRAPH_BASE_URL: 'https://graph.facebook.com' }),
    fail: ['bundle.demo'],
    found: /secrets of the demo would go to Meta/,
  },
  'a token that Meta does not know': {
    edit: [[/("100000000000001": ")[^"]+/, '$1EAAnobody']],
    fail: ['token.accepted'],
    found: /the Graph API says no \(190/,
  },
  'a token without a permission': {
    emulator: () => ({ tokenScopes: ['whatsapp_business_messaging'] }),
    fail: ['token.scopes'],
    found: /without whatsapp_business_management/,
  },
  'a token that ends soon': {
    emulator: () => ({ tokenExpiresAt: Math.floor(Date.now() / 1_000) + 86_400 }),
    warn: ['token.expiry'],
    found: /it ends .*\(in 23h\)/,
  },
  'a number that the token does not open': {
    emulator: () => ({ id: '100000000000009' }),
    fail: ['number.known'],
    found: /the Graph API says no \(100\/33/,
  },
  'a number that is not registered': {
    meta: {
      wrong: () => graph('POST', `${pipeline.number.id}/deregister`),
      right: () =>
        graph('POST', `${pipeline.number.id}/register`, { messaging_product: 'whatsapp', pin: '123456' }),
    },
    fail: ['number.registered'],
    found: /it is not registered for the Cloud API/,
  },
  'a number of bad quality': {
    emulator: () => ({ quality: 'RED' }),
    warn: ['number.health'],
    found: /quality RED/,
  },
  'a lower tier at Meta': {
    emulator: () => ({ tierLimit: 250 }),
    warn: ['number.tier'],
    found: /Meta says TIER_250, bundle.yaml says `tier: 1`/,
  },
  'more throughput than Meta gives': {
    edit: [[/throughput: \d+/, 'throughput: 500']],
    warn: ['number.throughput'],
    found: /80 a second \(STANDARD\), bundle.yaml says 500/,
  },
  'a WABA that the token does not open': {
    edit: [[/(business_account_id: )["']?\d+["']?/, '$1"200000000000009"']],
    fail: ['waba.number', 'waba.subscribed'],
    found: /WABA 200000000000009: the Graph API says no/,
  },
  'an app that is not subscribed to the WABA': {
    meta: { wrong: () => graph('DELETE', apps()), right: () => graph('POST', apps()) },
    fail: ['waba.subscribed'],
    found: /the app is not subscribed, so no webhook comes/,
  },
  'an app without the field messages': {
    meta: { wrong: () => subscribeTo('account_update'), right: () => subscribeTo('messages,account_update') },
    fail: ['waba.fields'],
    found: /the app is not subscribed to `messages`/,
  },
  'an address of the number that leads elsewhere': {
    meta: { wrong: () => override(`${callback()}?other`), right: () => override('') },
    warn: ['waba.callback'],
    found: /they go to http.* by the address of the number/,
  },
  'a template that is not there': {
    flow: TEMPLATE_FLOW,
    fail: ['templates.used'],
    found: /reminder\.ygtc:7: There is no template of this name/,
  },
};

describe('alur doctor finds', () => {
  const files = () => [join(pipeline.dir, 'bundle.yaml'), join(pipeline.dir, 'secrets/default/default.json')];
  const flow = () => join(pipeline.dir, 'flows/reminder.ygtc');

  async function edit(edits: [from: RegExp, to: string][]): Promise<() => Promise<void>> {
    const before = await Promise.all(
      files().map(async (path) => [path, await readFile(path, 'utf8')] as const),
    );
    for (const [path, text] of before) {
      const changed = edits.reduce((now, [from, to]) => now.replace(from, to), text);
      await writeFile(path, changed);
    }
    const changed = await Promise.all(files().map((path) => readFile(path, 'utf8')));
    expect(changed).not.toEqual(edits.length > 0 ? before.map(([, text]) => text) : []);
    return async () => {
      for (const [path, text] of before) await writeFile(path, text);
    };
  }

  test.each(Object.entries(BREAKS))('%s', async (_label, broken) => {
    const { team, number } = pipeline;
    const mend = await edit(broken.edit ?? []);
    const other =
      broken.emulator &&
      (await startEmulator({
        webhookUrl: callback(),
        numbers: [
          {
            id: number.id,
            displayNumber: '15550000001',
            wabaId: team.businessAccountId ?? '',
            accessToken: number.accessToken,
            appSecret: team.appSecrets[0] ?? '',
            tierLimit: 1_000,
            ...broken.emulator(),
          },
        ],
      }));
    if (broken.flow !== undefined) await writeFile(flow(), broken.flow);
    await broken.meta?.wrong();
    try {
      const env = { ...broken.env?.(), ...(other && { GRAPH_BASE_URL: other.url }) };
      const { of, ids, exit } = await doctor({ env });
      expect(ids('fail')).toEqual(broken.fail ?? []);
      expect(ids('warn').filter((id) => !LOOPBACK.includes(id))).toEqual(broken.warn ?? []);
      const told = [...of('fail'), ...of('warn').filter(({ id }) => !LOOPBACK.includes(id))];
      expect(told[0]?.found).toMatch(broken.found);
      for (const { fix } of told) expect(fix).toMatch(/\w/);
      expect(exit).toBe(
        broken.fail === undefined ? 0 : broken.fail.every((id) => id.startsWith('bundle.')) ? 3 : 5,
      );
    } finally {
      await broken.meta?.right();
      await mend();
      await rm(flow(), { force: true });
      await other?.close();
    }
  });

  test('an app that is not subscribed, and --fix subscribes it', async () => {
    await graph('DELETE', apps());
    const { checks, exit } = await doctor({}, '--fix');
    expect(checks.find(({ id }) => id === 'waba.subscribed')).toMatchObject({
      status: 'ok',
      found: 'it was not, and is subscribed now',
    });
    expect(exit).toBe(0);
    expect(await (await graph('GET', apps())).text()).toContain('whatsapp_business_api_data');
  });

  test('many webhooks with a wrong signature', async () => {
    for (let count = 0; count < 60; count += 1) {
      const answer = await fetch(callback(), {
        method: 'POST',
        body: '{}',
        headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
      });
      expect(answer.status).toBe(401);
    }
    const { ids, of } = await doctor();
    expect(ids('warn')).toEqual([...LOOPBACK, 'intake.signatures']);
    expect(of('warn').at(-1)?.found).toMatch(/^\d+ refused and \d+ taken since ingress started$/);
  });

  test('services that are gone', async () => {
    await pipeline.services.get('sender')?.kill('SIGTERM');
    const { found } = await doctor();
    expect(found('services.sender')).toBe('warn none is connected');
    expect(found('services.flow-runner')).toMatch(/^ok ready at/);
    await pipeline.services.get('ingress')?.kill('SIGTERM');
    const gone = await doctor();
    expect(gone.found('services.ingress')).toMatch(/^warn http:.*nothing listens there/);
    expect(gone.ids('fail')).toEqual(['webhook.reachable']);
  });
});

test('no secret and no contact is in anything that was printed', () => {
  const { accessToken } = pipeline.number;
  const secrets = [accessToken, pipeline.team.verifyToken, ...pipeline.team.appSecrets, CONTACT];
  expect(said.length).toBeGreaterThan(4);
  for (const secret of secrets) expect(said.join('')).not.toContain(secret);
});
