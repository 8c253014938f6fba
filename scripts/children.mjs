import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ROOT, ScriptError } from './run.mjs';

const LAST_LINES = 15;
const STOP_MS = 10_000;

/**
 * The programs that a script keeps running. `died` rejects with a `ScriptError` when one ends by itself; from then on, as
 * from `stop()` on, ends are expected.
 */
export function createChildren(say) {
  const running = new Map();
  let stopping = false;
  let fail;
  const died = new Promise((_resolve, reject) => (fail = reject));
  died.catch(() => undefined);

  function start(name, args, env) {
    if (stopping) throw new ScriptError('stopped while starting');
    // In groups of their own: Ctrl-C is for the script, which stops them in order.
    const options = { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] };
    const child = spawn(process.execPath, args, { ...options, detached: true });
    const lines = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        lines.splice(0, lines.length - LAST_LINES);
        say(`${name.padEnd(11)} │ ${line}`);
      });
    }
    const ended = new Promise((resolve) => child.on('close', resolve).on('error', resolve)).then(() => {
      running.delete(name);
      if (stopping) return;
      const how = child.signalCode ? `signal ${child.signalCode}` : `exit code ${child.exitCode}`;
      fail(
        new ScriptError(`${name} ended by itself (${how}); its last lines:`, { output: lines.join('\n') }),
      );
    });
    running.set(name, { child, ended });
    return child;
  }

  /** Ends the named programs (all without names): SIGTERM, and SIGKILL for those still there after 10 s. */
  async function stop(...names) {
    stopping = true;
    const chosen = [...running].filter(([name]) => names.length === 0 || names.includes(name));
    await Promise.all(
      chosen.map(async ([name, { child, ended }]) => {
        child.kill('SIGTERM');
        const timer = setTimeout(() => {
          say(`  ${name} did not end within ${STOP_MS / 1000} s and is killed`);
          child.kill('SIGKILL');
        }, STOP_MS);
        await ended;
        clearTimeout(timer);
      }),
    );
  }

  function kill() {
    stopping = true;
    for (const { child } of running.values()) child.kill('SIGKILL');
  }

  return {
    start,
    stop,
    kill,
    died,
    isStopping: () => stopping,
    pids: () => [...running.values()].map(({ child }) => child.pid),
  };
}

/** Whether a process is there and its command line is what we think it is: numbers are used again. */
export function isRunning(pid, command) {
  const { stdout } = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return Boolean(stdout && command.test(stdout));
}

/** Ends processes that a killed run left behind; returns those that were. */
export function endLeftovers(pids, command) {
  const left = pids.filter((pid) => isRunning(pid, command));
  for (const pid of left) process.kill(pid, 'SIGKILL');
  return left;
}
