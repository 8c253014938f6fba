import { spawnSync } from 'node:child_process';
import { pickPorts } from '../scripts/ports.mjs';
import { ROOT, ScriptError, runQuiet, runScript, succeeds, timed, which } from '../scripts/run.mjs';

// docker-compose.yml for real: builds the image, starts everything with the emulator, writes to it as contacts do,
// and counts the answers; then once more with several replicas of what does the work. Leaves nothing behind.
//     node deploy/compose-test.mjs

const HEALTHY_MS = 180_000;
const ANSWER_MS = 60_000;
// How long nothing more may arrive before the number of answers is believed.
const QUIET_MS = 4_000;
const CONVERSATIONS = 50;
const TEST_FAILED = 6;
const PROJECT = `alur-test-${process.pid}`;

const say = console.log;

await runScript(async () => {
  const compose = findCompose();
  const ports = await pickPorts({ chat: 17704, webhooks: 18080, api: 18081 }, say);
  const env = {
    ...process.env,
    COMPOSE_PROFILES: 'demo',
    ALUR_BUNDLE: 'bundle',
    ALUR_CHAT_ADDRESS: `127.0.0.1:${ports.chat}`,
    ALUR_WEBHOOK_ADDRESS: `127.0.0.1:${ports.webhooks}`,
    ALUR_API_ADDRESS: `127.0.0.1:${ports.api}`,
    GRAPH_BASE_URL: '',
    REDIS_URL: '',
    LOG_LEVEL: 'info',
  };
  const project = {
    run: (...args) => runCompose(compose, args, env),
    chat: `http://127.0.0.1:${ports.chat}`,
  };
  removeWhenInterrupted(compose, env);
  try {
    await test(project);
  } catch (error) {
    throw await withState(project, error);
  } finally {
    await timed(say, 'removed', () => project.run('down', '--volumes', '--timeout', '10'));
  }
});

async function test(project) {
  await timed(say, 'image built', () => project.run('build'));
  await timed(say, 'started, all healthy', async () => {
    await project.run('up', '-d');
    await allHealthy(project);
  });
  await timed(say, 'alur status says that all is ready', () =>
    project.run('exec', '-T', 'ingress', 'alur', 'status'),
  );
  const number = await firstNumber(project);
  const answers = await timed(say, 'one conversation answered', () => firstAnswers(project, number));
  say(`  a greeting gets ${answers} messages`);
  await timed(say, 'scaled to 3 flow-runners and 2 senders, all healthy', async () => {
    await project.run('up', '-d', '--scale', 'flow-runner=3', '--scale', 'sender=2');
    await allHealthy(project);
  });
  await timed(say, `${CONVERSATIONS} conversations answered, each exactly once`, () =>
    manyAnswers(project, number, answers),
  );
}

function findCompose() {
  if (!which('docker')) throw new ScriptError('Cannot test the containers: docker is not on PATH');
  if (!succeeds('docker', ['info'], 10_000)) {
    throw new ScriptError(
      'Cannot test the containers: no Docker engine answers; start it, or see `docker info`',
    );
  }
  if (succeeds('docker', ['compose', 'version'])) return ['docker', 'compose'];
  if (which('docker-compose')) return ['docker-compose'];
  throw new ScriptError('Cannot test the containers: neither `docker compose` nor `docker-compose` is here');
}

async function runCompose([command, ...first], args, env) {
  const result = await runQuiet(command, [...first, '-p', PROJECT, ...args], { env });
  if (result.code === 0) return result.output;
  throw new ScriptError(`\`${[command, ...first, ...args].join(' ')}\` failed, see above`, {
    exitCode: TEST_FAILED,
    output: result.output,
  });
}

function removeWhenInterrupted([command, ...first], env) {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      const down = [...first, '-p', PROJECT, 'down', '--volumes', '--timeout', '1'];
      spawnSync(command, down, { env, cwd: ROOT, stdio: 'inherit' });
      process.exit(1);
    });
  }
}

async function withState(project, error) {
  const states = await project.run('ps').catch((failure) => failure.message);
  const logs = await project.run('logs', '--no-color', '--tail=25').catch((failure) => failure.message);
  const output = [error.output, states, logs].filter(Boolean).join('\n');
  return new ScriptError(error.message, { exitCode: error.exitCode ?? TEST_FAILED, output });
}

async function allHealthy(project) {
  await until(HEALTHY_MS, async () => {
    const ids = (await project.run('ps', '-q')).split(/\s+/).filter(Boolean);
    const format = '{{.Name}} {{.State.Health.Status}}';
    const { output } = await runQuiet('docker', ['inspect', '--format', format, ...ids]);
    const waiting = output.split('\n').filter((line) => line && !line.endsWith(' healthy'));
    return waiting.length === 0 || `not healthy: ${waiting.join(', ')}`;
  });
}

/** The emulator greets whoever listens with the numbers that it plays. */
async function firstNumber({ chat }) {
  const response = await fetch(`${chat}/_emulator/events`);
  let text = '';
  for await (const chunk of response.body) {
    text += Buffer.from(chunk).toString();
    const hello = /event: hello\ndata: (.*)\n/.exec(text);
    if (hello) return JSON.parse(hello[1]).numbers[0].id;
  }
  throw new ScriptError('the emulator said no hello', { exitCode: TEST_FAILED });
}

async function firstAnswers(project, number) {
  await write(project, number, contact(0));
  const sent = await settled(project, 1);
  return sent.length;
}

async function manyAnswers(project, number, answers) {
  const contacts = Array.from({ length: CONVERSATIONS }, (_, index) => contact(index + 1));
  await Promise.all(contacts.map((waId) => write(project, number, waId)));
  const sent = await settled(project, (CONVERSATIONS + 1) * answers);
  const wrong = contacts
    .map((waId) => ({ waId, count: sent.filter(({ to }) => to === waId).length }))
    .filter(({ count }) => count !== answers);
  const again = sent.length - new Set(sent.map(({ opaque }) => opaque)).size;
  if (wrong.length === 0 && again === 0) return;
  const list = wrong.map(({ waId, count }) => `${waId} got ${count}`).join(', ');
  throw new ScriptError(
    `each of ${CONVERSATIONS} contacts should get ${answers} messages: ${list}; ${again} twice`,
    {
      exitCode: TEST_FAILED,
    },
  );
}

// Numbers that belong to nobody.
function contact(index) {
  return `1555010${String(index).padStart(4, '0')}`;
}

async function write({ chat }, number, waId) {
  const message = { number, from: { waId, name: 'Test' }, message: { type: 'text', text: 'hello' } };
  const response = await fetch(`${chat}/_emulator/inbound`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
  });
  const answer = await response.json();
  if (answer.status === 200) return;
  throw new ScriptError(`the webhook was answered with ${answer.status} ${answer.error ?? ''}`, {
    exitCode: TEST_FAILED,
  });
}

/** The ledger, once it holds at least `least` messages and has not grown for a while. */
async function settled({ chat }, least) {
  let sent = [];
  let grownAt = Date.now();
  await until(ANSWER_MS, async () => {
    const { entries } = await (await fetch(`${chat}/_emulator/ledger`)).json();
    if (entries.length > sent.length) grownAt = Date.now();
    sent = entries;
    if (sent.length < least) return `${sent.length} of ${least} messages were sent`;
    return Date.now() - grownAt > QUIET_MS || 'messages keep coming';
  });
  return sent;
}

async function until(withinMs, check) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await check();
    if (answer === true) return;
    if (Date.now() > deadline) {
      throw new ScriptError(`${answer} after ${withinMs / 1000} s`, { exitCode: TEST_FAILED });
    }
    await new Promise((done) => setTimeout(done, 300));
  }
}
