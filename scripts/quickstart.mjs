import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createChildren, endLeftovers, isRunning } from './children.mjs';
import { followChat } from './follow-chat.mjs';
import { ensureInstalled } from './install.mjs';
import { pickPorts } from './ports.mjs';
import { findRedis, startRedis } from './redis.mjs';
import { ROOT, ScriptError, runQuiet, runScript, seconds, timed } from './run.mjs';

// The demo: Redis, an emulated WhatsApp with a chat page, and the three services, with nothing to sign up for.

const HELP = `npm run quickstart [-- --yes] [-- --json]

Installs, builds and starts Alur with an emulated WhatsApp; the chat page's address comes first.
  --yes    install Redis with the system's package manager when there is none
  --json   print the addresses as one JSON object on stdout, all else on stderr
REDIS_URL  takes the place of a Redis of its own`;

const OWN = '.alur';
const BUNDLE = join(OWN, 'demo');
const KEYS = join(BUNDLE, 'secrets', 'default', 'default.json');
const STATE = join(ROOT, OWN, 'quickstart.json');
const PORTS = { chat: 7700, webhooks: 8080, api: 8081, ingress: 9101, 'flow-runner': 9102, sender: 9103 };
const REDIS_PORT = 7379;
const HOST = '127.0.0.1';
const SERVICES = ['ingress', 'flow-runner', 'sender'];
const READY_MS = 30_000;
// npm passes Ctrl-C on, so that one press arrives twice.
const SAME_PRESS_MS = 1_000;
const OURS = /services\/[a-z-]+\/dist\/main[.]js|packages\/cli\/bin\/alur[.]js|redis-server|valkey-server/;

const { values: options } = parseArgs({
  options: { yes: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
const say = options.json ? console.error : console.log;

await runScript(() => (options.help ? console.log(HELP) : quickstart()));

async function quickstart() {
  const start = performance.now();
  stepAside();
  await ensureInstalled(say);
  takeOver();
  const demo = { children: createChildren(say), redis: undefined };
  const interrupted = onInterrupt(demo);
  const failed = demo.children.died;
  const started = startAll(demo);
  try {
    const addresses = await Promise.race([started, failed, interrupted]);
    if (addresses === undefined) return 0;
    tell(addresses, start);
    const chat = followChat(addresses.emulator, say);
    await Promise.race([failed, interrupted, redisEnd(demo)]);
    chat.abort();
    return 0;
  } finally {
    await stopAll(demo, started);
  }
}

/** A real bundle goes first: the demo would answer real people with demo flows, or mix its conversations with theirs. */
function stepAside() {
  const dir = process.env.BUNDLE_DIR || 'bundle';
  const file = join(resolve(ROOT, dir), 'bundle.yaml');
  if (!existsSync(file) || /^demo:\s*true\b/m.test(readFileSync(file, 'utf8'))) return;
  const lines = SERVICES.map((name) => `    BUNDLE_DIR=${dir} node services/${name}/dist/main.js`);
  throw new ScriptError(
    `The demo steps aside: there is a real bundle in ${dir}. Start it with a Redis at REDIS_URL:\n${lines.join('\n')}`,
    { exitCode: 7 },
  );
}

/** Two runs would share the same files; what a killed run left behind is ended. */
function takeOver() {
  if (!existsSync(STATE)) return;
  const { pid, pids, chat } = JSON.parse(readFileSync(STATE, 'utf8'));
  if (isRunning(pid, /quickstart[.]mjs/)) {
    throw new ScriptError(`The demo runs already (process ${pid}): ${chat ?? 'it is starting'}`, {
      exitCode: 7,
    });
  }
  const ended = endLeftovers(pids, OURS);
  if (ended.length > 0) say(`  ended ${ended.length} processes that an earlier run left behind`);
}

async function startAll(demo) {
  remember(demo);
  const ports = await pickPorts({ ...PORTS, redis: REDIS_PORT }, say);
  const addresses = {
    chat: `http://127.0.0.1:${ports.chat}/chat`,
    emulator: `http://127.0.0.1:${ports.chat}`,
    webhooks: `http://127.0.0.1:${ports.webhooks}`,
    api: `http://127.0.0.1:${ports.api}`,
    metrics: SERVICES.map((name) => `http://127.0.0.1:${ports[name]}/metrics`),
  };
  const [redis] = await Promise.all([provideRedis(ports.redis), makeBundle(addresses)]);
  demo.redis = redis;
  startPrograms(demo, ports, addresses);
  remember(demo, addresses.chat);
  await timed(say, 'services ready', () =>
    Promise.all([
      waitReady(demo, 'emulator', addresses.chat),
      ...SERVICES.map((name) => waitReady(demo, name, `http://127.0.0.1:${ports[name]}/readyz`)),
    ]),
  );
  // A part of ingress that a bundle without API keys leaves off.
  const { answered } = await ask(addresses.api);
  if (!answered) delete addresses.api;
  return { ...addresses, redis: redis.url };
}

async function provideRedis(port) {
  const found = await findRedis({ yes: options.yes, say });
  return timed(say, `Redis started: ${found.label}`, () =>
    startRedis(found, { dir: join(ROOT, OWN, 'redis'), port }),
  );
}

async function redisEnd({ redis }) {
  if (!redis.ended) return new Promise(() => undefined);
  throw new ScriptError('redis ended by itself; its last lines:', { output: await redis.ended });
}

async function makeBundle({ emulator, webhooks }) {
  const where = ['--graph-base-url', emulator, '--public-base-url', webhooks, '--flows', 'flows/demo'];
  const args = ['packages/cli/bin/alur.js', 'demo-bundle', BUNDLE, ...where];
  const result = await runQuiet(process.execPath, args);
  if (result.code !== 0) throw new ScriptError(`Cannot make the demo bundle in ${BUNDLE}, see above`, result);
}

function startPrograms({ children, redis }, ports, { emulator, webhooks }) {
  const play = ['emulator', '--bundle', BUNDLE, '--port', String(ports.chat), '--webhook-base', webhooks];
  children.start('emulator', ['packages/cli/bin/alur.js', ...play], {});
  const common = {
    REDIS_URL: redis.url,
    BUNDLE_DIR: BUNDLE,
    GRAPH_BASE_URL: emulator,
    LOG_LEVEL: 'warn',
    HOST,
    OPS_HOST: HOST,
  };
  for (const name of SERVICES) {
    const own = { PORT: String(ports.webhooks), API_PORT: String(ports.api), OPS_PORT: String(ports[name]) };
    children.start(name, [`services/${name}/dist/main.js`], { ...common, ...own });
  }
}

/** Waits for a 200; what is not ready at the deadline is told with its checks. */
async function waitReady({ children }, name, url) {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const { ok, body } = await ask(url);
    if (ok) return;
    if (Date.now() > deadline)
      throw new ScriptError(`${name} is not ready after ${READY_MS / 1000} s: ${body}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function ask(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    return { answered: true, ok: response.ok, body: await response.text() };
  } catch (error) {
    return { answered: false, ok: false, body: error.cause?.code ?? error.message };
  }
}

function tell(addresses, start) {
  if (options.json) console.log(JSON.stringify(addresses));
  const rows = [
    ['Chat page', `${addresses.chat}        write "hi" there`],
    ['Webhooks', `${addresses.webhooks}/webhook/whatsapp/{tenant}/{team}`],
    ...(addresses.api
      ? [
          ['API', `${addresses.api}/v1/{tenant}/{team}`],
          ['API page', `${addresses.api}/docs        its key is in ${KEYS}`],
        ]
      : []),
    ['Metrics', addresses.metrics.join('  ')],
    ['Redis', addresses.redis.replace(/\/\/.*@/, '//***@')],
  ];
  const table = rows.map(([name, text]) => `  ${name.padEnd(12)}${text}`).join('\n');
  say(`\n${table}\n\nReady after ${seconds(start)} s. Ctrl-C stops it all.\n`);
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one kills what still runs. */
function onInterrupt(demo) {
  return new Promise((resolve) => {
    let first;
    const interrupt = () => {
      const now = performance.now();
      if (first !== undefined && now - first < SAME_PRESS_MS) return;
      if (first === undefined) {
        first = now;
        say('\nStopping; once more to kill.');
        resolve(undefined);
        return;
      }
      demo.children.kill();
      demo.redis?.child?.kill('SIGKILL');
      process.exit(1);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt);
  });
}

// Services before the emulator that they talk to, Redis last.
async function stopAll(demo, started) {
  await demo.children.stop(...SERVICES);
  await demo.children.stop();
  // An interrupted start may be about to bring up one thing more.
  await started.catch(() => undefined);
  await demo.redis?.stop();
  rmSync(STATE, { force: true });
  say(
    `Stopped. Conversations stay in ${OWN}/redis, the demo bundle in ${BUNDLE}; delete ${OWN} to start afresh.`,
  );
}

function remember({ children, redis }, chat) {
  mkdirSync(join(ROOT, OWN), { recursive: true });
  const pids = [...children.pids(), redis?.child?.pid].filter(Boolean);
  writeFileSync(STATE, JSON.stringify({ pid: process.pid, pids, chat }));
}
