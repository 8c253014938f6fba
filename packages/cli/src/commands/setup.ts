import { readFile } from 'node:fs/promises';
import { setupBundle, type SetupResult } from '@alur/bundle';
import { CliError } from '../cli-error.ts';
import type { Context, Outcome } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { pathFrom, readInput, type Colors, type Io } from '../io.ts';

export interface SetupArguments {
  dir: string;
  /** A path, or `-` for standard input. */
  answers: string;
  tenant: string;
  team: string;
  dryRun: boolean;
}

const INPUT_BYTES_MAX = 1_048_576;

/** `alur setup`: writes the bundle, and says what is left to do by hand at Meta. */
export async function setup(given: SetupArguments, { io, colors }: Context): Promise<Outcome> {
  const { tenant, team, dryRun } = given;
  const answers = await readAnswers(given.answers, io);
  const result = await setupBundle({ answers, dir: pathFrom(io, given.dir), tenant, team, dryRun });
  const { created, changed, unchanged, warnings, next } = result;
  return {
    exit: EXIT.ok,
    warnings,
    data: {
      tenant,
      team,
      dryRun,
      created,
      changed,
      unchanged,
      // Without the verify token: what is meant for machines ends up in logs.
      next: { callbackUrl: next.callbackUrl, fields: next.fields },
    },
    text: renderSetup(given, result, colors),
  };
}

async function readAnswers(path: string, io: Io): Promise<{ text: string; path: string }> {
  if (path === '-') {
    const text = await readInput(io, INPUT_BYTES_MAX);
    if (text === undefined)
      throw new CliError('invalidInput', 'Cannot use the answers: over 1 MiB', 'give the answers only');
    return { text, path: 'standard input' };
  }
  try {
    return { text: await readFile(pathFrom(io, path), 'utf8'), path };
  } catch (cause) {
    const isMissing =
      typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ENOENT';
    if (!isMissing) throw cause;
    const fix = 'give the path of a file in the form of answers.json, or - for standard input';
    throw new CliError('notFound', `Cannot read the answers "${path}": there is no such file`, fix, {
      cause,
    });
  }
}

function renderSetup(given: SetupArguments, result: SetupResult, colors: Colors): string {
  const { callbackUrl, verifyToken, fields } = result.next;
  return `${[
    headline(given, result, colors),
    ...result.created.map((path) => `  ${colors.green(given.dryRun ? 'would create' : 'created')}  ${path}`),
    ...result.changed.map((path) => `  ${colors.green(given.dryRun ? 'would change' : 'changed')}  ${path}`),
    ...result.unchanged.map((path) => `  ${colors.dim('unchanged')}  ${path}`),
    '',
    ...(given.dryRun ? [] : [`${colors.bold('Try its flows')} in the terminal:  alur chat ${given.dir}`, '']),
    `${colors.bold('Left to do by hand')}, at developers.facebook.com, in your app under WhatsApp, Configuration:`,
    '  1. Start ingress, so that Meta can reach it.',
    `  2. Callback URL:  ${colors.cyan(callbackUrl)}`,
    `  3. Verify token:  ${colors.cyan(verifyToken)}`,
    '  4. Press "Verify and save".',
    `  5. Under "Webhook fields", subscribe to:  ${colors.cyan(fields.join(', '))}`,
    '     and, so that templates and limits are followed, to all that docs/inbound.md lists under "Fields".',
    '',
  ].join('\n')}\n`;
}

function headline(given: SetupArguments, result: SetupResult, colors: Colors): string {
  const team = `${given.tenant}/${given.team}`;
  if (result.created.length + result.changed.length === 0) {
    return `${colors.bold('Nothing to change')}: team ${team} in ${given.dir} is as the answers say.`;
  }
  if (given.dryRun) return `${colors.bold('Dry run')}: nothing was written. Team ${team} in ${given.dir}:`;
  return `${colors.bold('Set up')}: team ${team} in ${given.dir}`;
}
