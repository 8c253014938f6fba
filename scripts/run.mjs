import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Running other programs, for the scripts that must work before anything is installed.

/** The repository's root folder. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What a script cannot mend by itself: said in one line, with the fix, without a stack. */
export class ScriptError extends Error {
  constructor(message, { exitCode = 5, output = '' } = {}) {
    super(message);
    this.exitCode = exitCode;
    this.output = output;
  }
}

/** Runs a script's main function; its `ScriptError` becomes a line on stderr and an exit code. */
export async function runScript(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    if (error.output) process.stderr.write(`${error.output.trimEnd()}\n\n`);
    process.stderr.write(`✖ ${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}

/** Runs a program and collects its output; never rejects. `code` is 127 when it could not be started. */
export function runQuiet(command, args, options = {}) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs a program that talks to the terminal itself; resolves to its exit code. */
export function runLoud(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** The npm that runs this script, or the one on PATH, as command, first arguments and spawn options. */
export function npm() {
  const path = process.env.npm_execpath;
  if (path && /\.c?js$/.test(path)) return { command: process.execPath, args: [path], options: {} };
  return { command: 'npm', args: [], options: { shell: process.platform === 'win32' } };
}

/** The path of the first of `names` that is on PATH. */
export function which(...names) {
  for (const name of names) {
    for (const dir of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(dir, name);
      if (dir && isExecutable(path)) return path;
    }
  }
  return undefined;
}

/** Whether a short command ends well within `timeoutMs`. */
export function succeeds(command, args, timeoutMs = 5_000) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: timeoutMs }).status === 0;
}

/** Prints `✔ label (3 s)` when the work is done. */
export async function timed(say, label, work) {
  const start = performance.now();
  const result = await work();
  say(`✔ ${label} (${seconds(start)} s)`);
  return result;
}

export function seconds(start) {
  const elapsed = (performance.now() - start) / 1000;
  return elapsed < 10 ? elapsed.toFixed(1) : elapsed.toFixed(0);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
