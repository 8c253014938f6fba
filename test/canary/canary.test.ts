import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { figure } from '../support/figure.ts';
import { startPipeline, type Pipeline, type PipelineOptions } from '../support/pipeline.ts';
import { freePort } from '../support/redis.ts';
import { startService } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';
import { createSearch, formsOf, PERSONAL, SECRETS } from './canaries.ts';
import { createEvidence, type Evidence } from './evidence.ts';
import { canaryFlows } from './flows.ts';
import {
  broadcast,
  callApi,
  lookAtOps,
  reportFailures,
  say,
  sayEveryKind,
  sendBentBodies,
  type Stage,
} from './paths.ts';

// Secrets and what people say go through every path there is, in all services at their most talkative. Whatever others can read
// is searched for each of them in every spelling: logs, metrics, health, refusals, names of keys, jobs, command lines, files.

const CLI = fileURLToPath(new URL('../../packages/cli/bin/alur.js', import.meta.url));
const NUMBER = '100000000000001';

let pipeline: Pipeline | undefined;
let web: Server | undefined;
let evidence: Evidence | undefined;
let scratch: string | undefined;

afterEach(async () => {
  evidence?.close();
  await pipeline?.stop();
  web?.closeAllConnections();
  web?.close();
  if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  [pipeline, web, evidence, scratch] = [undefined, undefined, undefined, undefined];
}, 60_000);

describe('the search for canaries', () => {
  const line =
    '{"level":"info","time":"2026-01-31T10:00:00.000Z","service":"sender","msg":"delivery.attempted"}';

  test.each(Object.entries({ ...SECRETS, ...PERSONAL }))(
    'finds %s in a log line in every form',
    (name, value) => {
      const search = createSearch({ ...SECRETS, ...PERSONAL });
      expect(search(line)).toEqual([]);
      for (const [form, text] of formsOf(value)) {
        const planted = line.replace('sender', () => `sender ${text}`);
        expect([name, form, search(planted).length > 0]).toEqual([name, form, true]);
      }
    },
  );

  test('finds a phone number however it is written', () => {
    const search = createSearch(PERSONAL);
    for (const text of [
      '6281298764532',
      '+6281298764532',
      '081298764532',
      '62 812 9876 4532',
      '62-812-9876-4532',
    ]) {
      expect([text, search(text).length > 0]).toEqual([text, true]);
    }
  });
});

describe('canaries', () => {
  test('are nowhere but where they belong, whatever succeeds or fails', async () => {
    const startedAt = performance.now();
    const stage = await setStage();
    for (const step of STEPS) {
      await step(stage);
      const { counts } = stage.evidence;
      figure(
        `${step.name}: ${((performance.now() - startedAt) / 1_000).toFixed(0)} s, ${JSON.stringify(counts)}`,
      );
    }
    const { kinds } = stage.evidence;
    figure(`kinds of keys: ${[...kinds].sort().join(' ')}`);
    expect(stage.evidence.findings()).toEqual([]);
    // Else the search would have had nothing to look at.
    for (const kind of ['inbox', 'conv', 'msg', 'quarantine', 'emitted', 'dead'])
      expect(kinds).toContain(kind);
    for (const [name, service] of stage.pipeline.services)
      expect([name, service.output().length > 0]).toEqual([name, true]);
  }, 600_000);
});

const STEPS = [
  goThroughGoodAndBad,
  meetGraphFaults,
  useCommands,
  loadBadBundles,
  loseRedis,
  endProcesses,
  lookAtFiles,
];

async function setStage(): Promise<Stage> {
  scratch = await mkdtemp(join(tmpdir(), 'alur-canary-'));
  const webUrl = await startWeb();
  const settings: PipelineOptions = {
    flows: canaryFlows(webUrl, `http://127.0.0.1:${await freePort()}`),
    env: {
      LOG_LEVEL: 'trace',
      TMPDIR: scratch,
      SEND_TIMEOUT_MS: '1000',
      UNKNOWN_GRACE_MS: '500',
      UNKNOWN_FLOOR_MS: '1000',
    },
    redisPassword: SECRETS.redis_password,
    secrets: {
      verify_token: SECRETS.verify_token,
      app_secret: SECRETS.app_secret,
      access_tokens: { [NUMBER]: SECRETS.access_token },
      api_keys: [SECRETS.api_key],
      flow_secrets: { key: SECRETS.flow_secret },
      subscriber_secrets: { crm: SECRETS.subscriber_secret, down: SECRETS.subscriber_secret },
    },
    httpAllow: [webUrl],
    subscribers: [
      { id: 'crm', url: `${webUrl}/ok` },
      { id: 'down', url: `${webUrl}/echo` },
    ],
    readReceipts: 'typing',
    settings: 'record_days: 3\n',
  };
  pipeline = await startPipeline(settings);
  evidence = createEvidence();
  evidence.watch(pipeline.redis.url);
  return { pipeline, evidence };
}

/** A web service that answers well, badly or not at all, and repeats what it was told. */
async function startWeb(): Promise<string> {
  const answer = (request: IncomingMessage, response: ServerResponse, body: string) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const told = `${request.url ?? ''} ${body} ${JSON.stringify(request.headers)}`;
    if (path === '/cut') return request.socket.destroy();
    if (path === '/hang') return undefined;
    if (path === '/redirect')
      return response.writeHead(302, { location: `/ok?${encodeURIComponent(told)}` }).end();
    if (path === '/bad-json')
      return response.writeHead(200, { 'content-type': 'application/json' }).end(`{${told}`);
    const status = path === '/echo' ? 500 : 200;
    return response.writeHead(status, { 'content-type': 'text/plain' }).end(`${PERSONAL.answer} ${told}`);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()));
  });
  web = server;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

/** So many lines of this event have been written. */
async function lines(
  { pipeline: { services } }: Stage,
  name: string,
  msg: string,
  atLeast: number,
): Promise<void> {
  const written = () => services.get(name)?.output().split(`"msg":"${msg}"`).length ?? 0;
  await waitFor(() => (written() > atLeast ? true : undefined), `${atLeast} lines ${msg} of ${name}`, 30_000);
}

async function goThroughGoodAndBad(stage: Stage): Promise<void> {
  await sayEveryKind(stage);
  await sendBentBodies(stage, 100);
  for (const word of [
    'qa-log',
    'qa-fail',
    'qa-long',
    'qa-tell',
    'qa-ask',
    'qa-template',
    'qa-file',
    'qa-raw',
    'qa-call',
  ]) {
    await say(stage, `${word} ${PERSONAL.text}`, `6281298764${100 + word.length}`);
    await say(stage, `${word} ${PERSONAL.text}`);
  }
  await callApi(stage);
  await broadcast(stage);
  await say(stage, `qa-people ${PERSONAL.text}`);
  await say(stage, 'STOP');
  await say(stage, PERSONAL.text);
  await say(stage, 'START');
  const { webhookUrl } = stage.pipeline;
  for (const token of [SECRETS.verify_token, `${SECRETS.verify_token}x`]) {
    const query = new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.challenge': '1',
      'hub.verify_token': token,
    });
    const answer = await fetch(`${webhookUrl}?${query.toString()}`);
    stage.evidence.look(`the answer to a verification (${answer.status})`, await answer.text());
  }
  await lines(stage, 'flow-runner', 'subscriber.not_told', 1);
  await lookAtOps(stage);
}

const CODES = [
  ...[131_026, 131_047, 131_050, 131_049, 130_429, 131_056, 131_005, 132_000, 132_001, 131_009, 131_051],
  ...[100, 2, 1, 80_007, 4, 131_000, 131_016, 131_042, 190, 368, 131_031],
];

async function meetGraphFaults(stage: Stage): Promise<void> {
  const personal = `${PERSONAL.meta_text} ${PERSONAL.phone} ${PERSONAL.text} ${SECRETS.access_token}`;
  const faults = [
    ...CODES.map((code) => ({ kind: 'error', code, title: personal, details: personal, message: personal })),
    { kind: 'http', status: 502, body: personal },
    { kind: 'http', status: 200, body: personal },
    { kind: 'http', status: 400, body: `{"error": {"message": "${personal}"` },
    ...[{ kind: 'reset_before_accept' }, { kind: 'reset_after_accept' }, { kind: 'cut_answer' }],
    { kind: 'delay', ms: 1_500 },
    { kind: 'slow_answer', ms: 1_500 },
    { kind: 'failed_status', code: 131_026, title: personal, details: personal },
    { kind: 'late_failed_status', code: 131_047, title: personal, details: personal, ms: 50 },
  ];
  const client = new Redis(stage.pipeline.redis.url);
  for (const [index, fault] of faults.entries()) {
    await fetch(`${stage.pipeline.emulator.url}/_emulator/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ fault }),
    }).then((response) => expect([fault.kind, response.status]).toEqual([fault.kind, 200]));
    const before = stage.pipeline.services.get('sender')?.output().split('"delivery.attempted"').length ?? 0;
    await say(stage, PERSONAL.text, `62812987645${10 + index}`);
    await lines(stage, 'sender', 'delivery.attempted', before - 1);
    // What holds the number or its account must not hold what comes next.
    for (const key of await client.keys('{s*}:number:*')) await client.del(key);
    for (const key of await client.keys('{s*}:waba:*')) await client.del(key);
  }
  client.disconnect();
  await reportFailures(stage, CODES);
  await lookAtOps(stage);
}

/** Stands for a password that is not Redis's. */
const WRONG = 'with a wrong password';

/** The commands of an operator, which write nothing that people said unless they are asked to. */
async function useCommands(stage: Stage): Promise<void> {
  const { dir, redis } = stage.pipeline;
  const mid = await newestDead(redis.url);
  const commands = [
    ...[
      ['status'],
      ['doctor', dir, '--timeout', '2s'],
      ['numbers', 'list'],
      ['numbers', 'pause', NUMBER],
      ['numbers', 'resume', NUMBER],
    ],
    ...[
      ['dead', 'list'],
      ['dead', 'show', mid],
      ['dead', 'replay', mid],
      ['dead', 'drop', mid],
      ['explain', mid],
    ],
    ...[
      ['explain', 'wamid.canary1'],
      ['templates', 'list', dir],
      ['templates', 'pull', dir],
      ['media', 'list', dir],
    ],
    ...[
      ['validate', dir],
      ['keys', 'list', dir],
      ['subscribers', 'list'],
      ['broadcast', 'list'],
      ['version'],
    ],
    ...[
      ['contacts', 'list'],
      ['status', WRONG],
      ['dead', 'list', WRONG],
      ['doctor', dir, '--offline', '--timeout', '2s', WRONG],
    ],
    ...[
      ['setup', dir, '--answers', await badAnswers(), '--non-interactive'],
      ['nothing', PERSONAL.text],
    ],
  ];
  // Addresses with a password are for the environment: a command line is everybody's to read.
  const env = { REDIS_URL: redis.url, BUNDLE_DIR: dir, GRAPH_BASE_URL: stage.pipeline.emulator.url };
  await inTurns(
    commands.flatMap((words) => [words, [...words, '--json']]),
    async (words) => {
      const needsBundle = ['dead', 'numbers'].includes(words[0] ?? '');
      const url = words.includes(WRONG) ? { REDIS_URL: redis.url.replace('@', 'x@') } : {};
      const args = words.filter((word) => word !== WRONG);
      const text = await run([...args, ...(needsBundle ? ['--bundle', dir] : [])], { ...env, ...url });
      const holds = words[0] === 'contacts' || words[0] === 'nothing' ? 'people' : 'nothing';
      const name = args.slice(0, 2).join(' ').replace(dir, 'DIR').replace(mid, 'MID');
      stage.evidence.look(`alur ${name}`, text, holds);
    },
  );
}

/** Some at a time: each is a process. */
async function inTurns<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...list];
  const next = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all([next(), next(), next(), next()]);
}

async function newestDead(url: string): Promise<string> {
  const client = new Redis(url);
  const [mid] = await client.zrange('{s0}:dead', '-1', '-1').catch(() => []);
  client.disconnect();
  return mid ?? 'f'.repeat(32);
}

/** Answers with every fault at once, and secrets where they do not belong. */
async function badAnswers(): Promise<string> {
  const path = join(scratch ?? '', 'answers.json');
  const answers = {
    enabled: SECRETS.flow_secret,
    public_base_url: `https://user:${SECRETS.app_secret}@example.com`,
    phone_number_id: SECRETS.access_token,
    access_token: `${SECRETS.access_token} with a space`,
    verify_token: 7,
    app_secret: { secret: SECRETS.app_secret },
    acess_token: SECRETS.access_token,
    api_version: SECRETS.api_key,
  };
  await writeFile(path, JSON.stringify({ 'messaging-whatsapp': answers }));
  return path;
}

async function run(args: readonly string[], env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { PATH: process.env['PATH'], TMPDIR: scratch, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await once(child, 'close');
  clearTimeout(late);
  return text;
}

/** Bundles that no service may take. What is wrong with a file of secrets is told without a word of it. */
async function loadBadBundles(stage: Stage): Promise<void> {
  const { dir, services } = stage.pipeline;
  const secretsPath = join(dir, 'secrets/default/default.json');
  const [secrets, bundle] = [
    await readFile(secretsPath, 'utf8'),
    await readFile(join(dir, 'bundle.yaml'), 'utf8'),
  ];
  const broken: [string, string][] = [
    [secretsPath, secrets.slice(0, secrets.indexOf(SECRETS.access_token) + 20)],
    [secretsPath, secrets.replace('"verify_token"', `"${'verify_tokn'}"`)],
    [secretsPath, secrets.replaceAll('"', '')],
    [secretsPath, `${secrets}${secrets}`],
    [secretsPath, secrets.replace(/"access_tokens":\{/, `"access_tokens":{"x":"${SECRETS.access_token}",`)],
    [join(dir, 'bundle.yaml'), `${bundle}\naccess_token: ${SECRETS.access_token}\n`],
    [join(dir, 'bundle.yaml'), `${bundle}\n  - [${SECRETS.access_token}\n`],
    [join(dir, 'flows/say.ygtc'), `name: "${SECRETS.flow_secret.slice(0, 6)}\nnodes: 7`],
  ];
  const redisOnly = { REDIS_URL: stage.pipeline.redis.url };
  for (const [path, text] of broken) {
    const before = await readFile(path, 'utf8');
    await writeFile(path, text);
    for (const service of services.values()) service.signal('SIGHUP');
    await inTurns([['validate'], ['doctor', '--offline', '--timeout', '2s']], async (words) =>
      stage.evidence.look(`alur ${words[0] ?? ''} of a bad bundle`, await run([...words, dir], redisOnly)),
    );
    await lookAtOps(stage);
    const service = await startService(
      'ingress',
      { BUNDLE_DIR: dir, REDIS_URL: stage.pipeline.redis.url, LOG_LEVEL: 'trace', PORT: '0' },
      { opsPort: await freePort(), waitReady: false },
    );
    await waitFor(() => (service.output().length > 0 ? true : undefined), 'ingress to say what is wrong');
    await service.kill('SIGKILL');
    stage.evidence.look('ingress on a bad bundle', service.output());
    await writeFile(path, before);
  }
  await appendFile(join(dir, 'bundle.yaml'), '\n');
  for (const service of services.values()) service.signal('SIGHUP');
}

/** Redis slow, full, broken in places, gone and back. */
async function loseRedis(stage: Stage): Promise<void> {
  const { redis } = stage.pipeline;
  const client = new Redis(redis.url, { maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  await client.config('SET', 'maxmemory', '1');
  await meet(stage);
  await client.config('SET', 'maxmemory', '0');
  for (const key of await client.keys('{s0}:conv:*')) await client.set(key, 'not a hash');
  for (const key of ['{s0}:optouts:default', '{s0}:outbox']) await client.set(key, 'neither');
  await meet(stage);
  for (const key of await client.keys('{s0}:*'))
    if ((await client.type(key)) === 'string') await client.del(key);
  await client.client('PAUSE', 2_500, 'ALL');
  await meet(stage);
  await redis.kill();
  await meet(stage);
  await redis.restart();
  stage.evidence.watch(redis.url);
  await waitFor(
    async () => ((await say(stage, PERSONAL.text)) && (await hasAnswer(stage)) ? true : undefined),
    'an answer',
  );
  client.disconnect();
}

/** Everything that comes in while Redis is not well. */
async function meet(stage: Stage): Promise<void> {
  await sayEveryKind(stage);
  await callApi(stage);
  await reportFailures(stage, CODES.slice(0, 3));
  await lookAtOps(stage);
}

async function hasAnswer({ pipeline: { emulator } }: Stage): Promise<boolean> {
  const count = emulator.ledger().length;
  return waitFor(() => (emulator.ledger().length > count ? true : undefined), 'a message', 2_000).catch(
    () => false,
  );
}

/** Faults that nobody caught, signals, and starts that come to nothing. */
async function endProcesses(stage: Stage): Promise<void> {
  const { pipeline: target } = stage;
  const env = {
    REDIS_URL: target.redis.url,
    BUNDLE_DIR: target.dir,
    LOG_LEVEL: 'trace',
    PORT: '0',
    SEND_TIMEOUT_MS: '1000',
  };
  const hung = JSON.stringify({ ...SECRETS, ...PERSONAL });
  // In a file: a stack names where it was thrown.
  const fault = `const waiting = setInterval(() => {
    if (process.listenerCount('uncaughtException') === 0) return;
    clearInterval(waiting);
    const cause = Object.assign(new Error('deep'), { request: ${hung} });
    throw Object.assign(new Error('boom', { cause }), { request: ${hung} });
  }, 20);`;
  const module = join(target.dir, 'fault.mjs');
  await writeFile(module, fault);
  const starts: Record<string, string>[] = [
    { ...env, NODE_OPTIONS: `--import ${module}` },
    { ...env, REDIS_URL: target.redis.url.replace('@', 'x@') },
    { ...env, REDIS_URL: target.redis.url.replace('redis://', 'http://') },
    { ...env, REDIS_URL: `${target.redis.url}:port:port` },
    { ...env, SEND_TIMEOUT_MS: SECRETS.api_key, SHARDS: SECRETS.api_key },
    { ...env, BUNDLE_DIR: `/nowhere/at/all` },
    { ...env, SHARDS: '3' },
  ];
  const names = ['ingress', 'flow-runner', 'sender'] as const;
  const all = names.flatMap((name) => starts.map((each) => ({ name, each })));
  await inTurns(all, async ({ name, each }) => {
    const service = await startService(name, each, { opsPort: await freePort(), waitReady: false });
    await waitFor(() => (service.running() ? undefined : true), 'it to end', 8_000).catch(() =>
      service.kill('SIGTERM'),
    );
    stage.evidence.look(`${name} that ends early`, service.output());
  });
  for (const [name, service] of target.services) {
    stage.evidence.look(
      `the command line of ${name}`,
      await readFile(`/proc/${service.pid}/cmdline`, 'utf8').catch(() => ''),
    );
  }
  await say(stage, PERSONAL.text);
  await Promise.all(
    [...target.services.values()].map((service, index) => service.kill(index === 0 ? 'SIGKILL' : 'SIGTERM')),
  );
  for (const [name, service] of target.services) {
    for (const line of service.output().split('\n'))
      stage.evidence.look(`a line of ${name} ${wordOf(line)}`, line);
  }
}

function wordOf(line: string): string {
  return /"msg":"([^"]{1,60})"/.exec(line)?.[1] ?? '';
}

/** What processes left in their folder for temporary files. */
async function lookAtFiles(stage: Stage): Promise<void> {
  const files = await readdir(scratch ?? '', { recursive: true, withFileTypes: true });
  for (const file of files.filter((each) => each.isFile() && each.name !== 'answers.json')) {
    stage.evidence.look(`the file ${file.name}`, await readFile(join(file.parentPath, file.name), 'latin1'));
  }
}
