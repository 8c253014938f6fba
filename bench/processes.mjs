import { fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ROOT, ScriptError } from '../scripts/run.mjs';

const READY_MS = 20_000;
const STOP_MS = 15_000;
const OUTPUT_MAX = 4_000;

// Every process that the benchmark started and that has not ended, so that none outlives it.
const running = new Set();

/** A program of ours that says `ready` over its channel, and answers each `ask` with `done`. */
export async function startTalking(file, env = {}) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: environment(env),
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const started = watch(child, file);
  const ready = await started.message('ready', READY_MS);
  return {
    ...started,
    port: ready.port,
    ask: (task, input = {}, withinMs = 120_000) => {
      const answer = started.message('done', withinMs);
      child.send({ task, ...input });
      return answer;
    },
  };
}

/** A program with a `/readyz` at `readyUrl`. `nodeArgs` come before the file. */
export async function startService(file, { env, readyUrl, nodeArgs = [] }) {
  const child = spawn(process.execPath, [...nodeArgs, file], {
    cwd: ROOT,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const started = watch(child, file);
  const deadline = Date.now() + READY_MS;
  while (!(await isReady(readyUrl))) {
    if (started.hasEnded())
      throw new ScriptError(`Cannot start ${file}: it ended at once`, { output: started.output() });
    if (Date.now() > deadline)
      throw new ScriptError(`Cannot start ${file}: not ready in time`, { output: started.output() });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return started;
}

/** For the end of the benchmark, however it ends. */
export function killAll() {
  for (const child of running) child.kill('SIGKILL');
}

function environment(env) {
  return { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', ...env };
}

function watch(child, name) {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (output = (output + chunk).slice(-OUTPUT_MAX)));
  }
  running.add(child);
  const ended = new Promise((resolve) => child.once('exit', resolve).once('error', resolve)).then(() => {
    running.delete(child);
  });
  return {
    pid: child.pid,
    output: () => output,
    hasEnded: () => !running.has(child),
    message: (kind, withinMs) => nextMessage(child, { kind, withinMs, name, output: () => output }),
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

function nextMessage(child, { kind, withinMs, name, output }) {
  return new Promise((resolve, reject) => {
    const onMessage = (message) => {
      if (message.kind === kind) end(() => resolve(message));
    };
    const fail = (reason) => end(() => reject(new ScriptError(`${name} ${reason}`, { output: output() })));
    const onExit = () => fail('ended by itself');
    const timer = setTimeout(() => fail(`gave no answer within ${withinMs} ms`), withinMs);
    const end = (then) => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit);
      then();
    };
    child.on('message', onMessage).once('exit', onExit);
  });
}

async function isReady(url) {
  const response = await fetch(url).catch(() => undefined);
  await response?.arrayBuffer();
  return response?.status === 200;
}
