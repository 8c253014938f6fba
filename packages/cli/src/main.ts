import { createInterface } from 'node:readline';
import { CommanderError, type Command } from 'commander';
import { toFailure } from './cli-error.ts';
import type { Outcome } from './command.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { colorsFor, type Io } from './io.ts';
import { openTerminal } from './lines.ts';
import { buildProgram } from './program.ts';
import type { Prompts } from './prompts.ts';
import { reportFailure, reportOutcome, type ReportOptions } from './report.ts';

/** Runs one command, prints what it came to, and returns the exit code. Never ends the process. */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitCode> {
  const options: ReportOptions = {
    io,
    colors: colorsFor(io, !argv.includes('--no-color')),
    isJson: argv.includes('--json'),
    command: argv.find((word) => !word.startsWith('-')) ?? 'alur',
  };
  const said: string[] = [];
  let outcome: Outcome | undefined;
  const program = buildProgram({
    context: options,
    onOutcome: (result) => {
      outcome = result;
    },
    write: (text) => said.push(text),
  });
  program.hook('preAction', (_, action) => {
    options.command = pathOf(action);
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    if (!outcome) throw new Error('the command came to nothing');
    // Before the outcome is printed: whoever reads it may at once ask for the end.
    const held = outcome.hold?.();
    reportOutcome(outcome, options);
    await held;
    return outcome.exit;
  } catch (error) {
    if (error instanceof CommanderError) return reportUsage(error, said.join(''), options);
    const failure = toFailure(error);
    reportFailure(failure, options);
    return failure.exit;
  }
}

/** `dead list` of `alur dead list`. */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}

/** Help and version are a result; a slip in the command line is an error. */
function reportUsage(error: CommanderError, text: string, options: ReportOptions): ExitCode {
  const isAsked = error.exitCode === 0;
  if (options.isJson) {
    const failure = { code: 'usage', message: text.trim().replace(/^error: /, '') };
    reportOutcome(
      { exit: EXIT.ok, data: isAsked ? { text } : null, text, ...(!isAsked && { error: failure }) },
      options,
    );
  } else {
    (isAsked ? options.io.stdout : options.io.stderr).write(text);
  }
  return isAsked ? EXIT.ok : EXIT.usage;
}

/** Runs the command line of this process. */
export async function main(): Promise<void> {
  // Whoever reads the output may stop early, as `head` does: that is no fault.
  process.stdout.on('error', () => undefined);
  process.exitCode = await runCli(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    isTTY: process.stdout.isTTY,
    cwd: process.cwd(),
    untilStopped,
    ...(process.stdin.isTTY && process.stderr.isTTY && { ask, openPrompts }),
    ...(process.stdin.isTTY &&
      process.stdout.isTTY && { openTerminal: () => openTerminal(process.stdin, process.stdout) }),
  });
}

// On standard error, so that standard output holds the result alone. Ctrl-C and Ctrl-D are a no.
function ask(question: string): Promise<boolean> {
  return new Promise((answer) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    terminal.once('close', () => answer(false));
    terminal.question(question, (text) => {
      answer(/^y(es)?$/i.test(text.trim()));
      terminal.close();
    });
  });
}

/** Loaded when there is something to ask. */
async function openPrompts(): Promise<Prompts> {
  const { clackPrompts } = await import('./clack-prompts.ts');
  return clackPrompts(process.stdin, process.stderr);
}

function untilStopped(): Promise<void> {
  return new Promise((done) => {
    // A signal handler alone does not keep the process alive.
    const alive = setInterval(() => undefined, 60_000);
    const end = () => {
      clearInterval(alive);
      done();
    };
    process.once('SIGTERM', end);
    process.once('SIGINT', end);
  });
}
