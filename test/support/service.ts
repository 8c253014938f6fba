import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { waitFor } from './wait.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

// Long, since a machine may be busy with other tests.
const READY_MS = 60_000;

export type ServiceName = 'ingress' | 'flow-runner' | 'sender';

export interface TestService {
  /** All that it wrote, JSON lines. */
  output(): string;
  opsUrl: string;
  pid: number;
  kill(signal: NodeJS.Signals): Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
  running(): boolean;
}

/** One of the three services as a process of its own, from its build. Resolves when it is ready, or just started. */
export async function startService(
  name: ServiceName,
  env: Record<string, string>,
  options: { opsPort: number; waitReady?: boolean },
): Promise<TestService> {
  const child = spawn(process.execPath, [`${ROOT}services/${name}/dist/main.js`], {
    env: {
      PATH: process.env['PATH'],
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      OPS_HOST: '127.0.0.1',
      OPS_PORT: String(options.opsPort),
      API_PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const opsUrl = `http://127.0.0.1:${options.opsPort}`;
  if (options.waitReady !== false) {
    await waitFor(
      async () => {
        if (child.exitCode !== null) throw new Error(`${name} exited with ${child.exitCode}:\n${output}`);
        const response = await fetch(`${opsUrl}/readyz`).catch(() => undefined);
        return response?.status === 200 ? true : undefined;
      },
      `${name} to be ready`,
      READY_MS,
    ).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw new Error(`${String(error)}\n${output}`);
    });
  }
  return {
    output: () => output,
    opsUrl,
    pid: child.pid ?? 0,
    running: () => child.exitCode === null && child.signalCode === null,
    signal: (signal) => void child.kill(signal),
    kill: (signal) => end(child, signal),
  };
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.kill(signal);
  });
}
