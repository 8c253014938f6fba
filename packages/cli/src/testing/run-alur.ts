import { Readable } from 'node:stream';
import type { Io } from '../io.ts';
import { runCli } from '../main.ts';

export interface Ran {
  exit: number;
  out: string;
  err: string;
}

/** Runs the command in this process, without a terminal unless `more` says so. */
export async function runAlur(argv: readonly string[], cwd: string, more: Partial<Io> = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await runCli(argv, {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    stdin: Readable.from([]),
    env: {},
    isTTY: false,
    cwd,
    untilStopped: () => Promise.resolve(),
    ...more,
  });
  return { exit, out: out.join(''), err: err.join('') };
}
