import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from './wait.ts';

export interface TestRedis {
  url: string;
  port: number;
  /** SIGKILL, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A redis-server of its own: own port, own folder, every write on disk before it is acknowledged. */
export async function startRedis(
  options: { fsync?: 'always' | 'no'; args?: readonly string[]; password?: string } = {},
): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'alur-redis-'));
  const port = await freePort();
  const durable =
    options.fsync === 'always' ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--save',
    '',
    '--maxmemory-policy',
    'noeviction',
    ...(options.password === undefined ? [] : ['--requirepass', options.password]),
  ];
  const user = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`;
  let child = await launch([...args, ...durable, ...(options.args ?? [])], port);
  const end = async (signal: NodeJS.Signals) => {
    const exited = exitOf(child);
    child.kill(signal);
    await exited;
  };
  return {
    url: `redis://${user}127.0.0.1:${port}`,
    port,
    kill: () => end('SIGKILL'),
    restart: async () => {
      child = await launch([...args, ...durable, ...(options.args ?? [])], port);
    },
    stop: async () => {
      await end('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function launch(args: readonly string[], port: number): Promise<ChildProcess> {
  const child = spawn(process.env['ALUR_REDIS_BIN'] ?? 'redis-server', args, { stdio: 'ignore' });
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = new Error('Cannot start redis-server: `npm test` installs it, or set ALUR_REDIS_BIN', {
      cause: error,
    });
  });
  await waitFor(async () => {
    if (failure) throw failure;
    return (await ping(port)) ? true : undefined;
  }, 'redis-server to answer');
  return child;
}

function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      // Who wants a password answers, too.
      resolve(/^\+PONG|^-NOAUTH/.test(data.toString()));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
  });
}

// Below the range from which the system gives out ports, so that a server on port 0 never takes one of these, and a
// share for each test process.
const PORTS_FROM = 20_000;
const PORTS_EACH = 1_500;
let nextPort = process.pid % PORTS_EACH;

/** A port that is free, and that no other test process will pick. */
export async function freePort(): Promise<number> {
  const share = Number(process.env['JEST_WORKER_ID'] ?? 0) % 8;
  for (let tries = 0; tries < PORTS_EACH; tries += 1) {
    nextPort = (nextPort + 1) % PORTS_EACH;
    const port = PORTS_FROM + share * PORTS_EACH + nextPort;
    if (await isFree(port)) return port;
  }
  throw new Error('no port is free');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
