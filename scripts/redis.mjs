import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, resolve } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { ScriptError, runQuiet, succeeds, which } from './run.mjs';
import { installSystemPackage } from './system-package.mjs';

const IMAGE = 'redis:7';
const OLDEST = [6, 2];
const START_MS = 20_000;
const STOP_MS = 10_000;

/**
 * Finds a Redis: REDIS_URL, then a binary (ALUR_REDIS_BIN, `redis-server`, `valkey-server`), then Docker, then the
 * system's package manager. Returns `{kind: 'url', url} | {kind: 'binary', path} | {kind: 'docker'}`, each with
 * `label`, or throws a `ScriptError` with the line to run. `docker: false` leaves Docker out.
 */
export async function findRedis({ yes = false, docker = true, say }) {
  if (process.env.REDIS_URL) return { kind: 'url', url: process.env.REDIS_URL, label: 'REDIS_URL' };
  const found = findBinary(say) ?? (docker ? await findDocker(say) : undefined);
  if (found) return found;
  const names = { 'apt-get': 'redis-server', dnf: 'redis', apk: 'redis', brew: 'redis' };
  await installSystemPackage({ what: 'redis-server', names, yes, say });
  const installed = findBinary(say);
  if (installed) return installed;
  throw new ScriptError(
    'Cannot find redis-server on PATH after its installation; set ALUR_REDIS_BIN to its path',
  );
}

/**
 * Starts what `findRedis` found on `port` of the loopback: durable in `dir` (every write on disk before it is
 * answered), or in memory only without one. Returns `{url, stop(), child?, ended?}` once it answers PING;
 * `ended` resolves to its last words.
 */
export async function startRedis(found, { dir, port }) {
  if (found.kind === 'url') {
    await waitUntil(
      async () => (await ping(found.url)) === true || `Cannot reach Redis at ${hide(found.url)}`,
    );
    return { url: found.url, stop: async () => undefined };
  }
  const url = `redis://127.0.0.1:${port}`;
  if (dir) mkdirSync(dir, { recursive: true });
  const { command, args, halt } = found.kind === 'docker' ? inDocker(port, dir) : asProcess(found, port, dir);
  // In a group of its own: Ctrl-C is for the script, which stops Redis last.
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  const ended = new Promise((done) => child.on('close', done).on('error', done));
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (output = (output + chunk).slice(-4_000)));
  }
  const stop = () => stopChild(child, ended, halt);
  try {
    // Another Redis on the same port would answer PING just as well, hence the word of this one.
    const said = () => output.includes('Ready to accept connections') || 'it does not say that it is ready';
    await waitUntil(said, () => (child.exitCode ?? child.signalCode) !== null);
    await waitUntil(() => ping(url));
  } catch (error) {
    await stop();
    throw new ScriptError(`Cannot start Redis on port ${port} (${found.label}): ${error.message}`, {
      output,
    });
  }
  return { url, child, stop, ended: ended.then(() => output) };
}

/** Whether a Redis answers PING at the address; one that asks for a password or is still loading is there too. */
function ping(url) {
  const { protocol, hostname, port } = new URL(url);
  const open = protocol === 'rediss:' ? connectTls : connect;
  return new Promise((done) => {
    const socket = open({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) });
    const end = (answer) => {
      socket.destroy();
      done(answer);
    };
    socket.setTimeout(1_000, () => end('no answer'));
    socket.on('error', (error) => end(error.code ?? error.message));
    socket.on('close', () => end('connection closed'));
    socket.on('data', (data) => end(/^(\+PONG|-NOAUTH)/.test(data) ? true : String(data).trim()));
    socket.write('PING\r\n');
  });
}

function findBinary(say) {
  const path = process.env.ALUR_REDIS_BIN || which('redis-server', 'valkey-server');
  if (!path) return undefined;
  const version = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 5_000 }).stdout ?? '';
  const [, major, minor] = /v=(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
    return { kind: 'binary', path, label: `${basename(path)} ${major}.${minor}` };
  }
  say(`  ${path} is not used: Redis ${OLDEST.join('.')} or later is needed`);
  return undefined;
}

async function findDocker(say) {
  if (!which('docker') || !succeeds('docker', ['info'])) return undefined;
  const found = { kind: 'docker', label: `${IMAGE} in Docker` };
  if (succeeds('docker', ['image', 'inspect', IMAGE])) return found;
  say(`  fetching ${IMAGE} for Docker`);
  if ((await runQuiet('docker', ['pull', '-q', IMAGE])).code === 0) return found;
  say(`  Docker is here, but ${IMAGE} could not be fetched`);
  return undefined;
}

function settings(dir) {
  const limits = ['--maxmemory', '256mb', '--maxmemory-policy', 'noeviction', '--save', ''];
  return dir ? [...limits, '--appendonly', 'yes', '--appendfsync', 'always', '--dir', dir] : limits;
}

function asProcess({ path }, port, dir) {
  const args = ['--port', String(port), '--bind', '127.0.0.1', ...settings(dir && resolve(dir))];
  return { command: path, args, halt: undefined };
}

// As the calling user, so that the files in `dir` are theirs.
function inDocker(port, dir) {
  // By its folder: a container left behind by a killed run would write to the same files.
  const name = `alur-redis-${dir ? createHash('sha256').update(resolve(dir)).digest('hex').slice(0, 12) : port}`;
  spawnSync('docker', ['rm', '-f', name], { stdio: 'ignore' });
  const user = process.getuid ? ['--user', `${process.getuid()}:${process.getgid()}`] : [];
  const volume = dir ? ['-v', `${resolve(dir)}:/data`] : [];
  const inside = ['redis-server', '--bind', '0.0.0.0', '--protected-mode', 'no', ...settings(dir && '/data')];
  const publish = ['-p', `127.0.0.1:${port}:6379`];
  const args = ['run', '--rm', '--init', '--name', name, ...user, ...publish, ...volume, IMAGE, ...inside];
  return { command: 'docker', args, halt: () => runQuiet('docker', ['stop', '-t', '10', name]) };
}

// Resolves once `isReady` says true; `isReady` may answer why not yet.
async function waitUntil(isReady, isGone = () => false) {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const answer = await isReady();
    if (answer === true) return;
    if (isGone()) throw new ScriptError('it ended at once');
    if (Date.now() > deadline) throw new ScriptError(answer);
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function stopChild(child, ended, halt) {
  if ((child.exitCode ?? child.signalCode) !== null || child.pid === undefined) return;
  if (halt) await halt();
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}

function hide(url) {
  return url.replace(/\/\/.*@/, '//***@');
}
