import { writeFile } from 'node:fs/promises';
import { renderAnswers } from '@alur/bundle';
import { CliError } from '../../cli-error.ts';
import type { Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { pathFrom, type Io } from '../../io.ts';
import type { SetupArguments } from './setup-arguments.ts';

/** `alur setup --emit-answers`: a file of answers to fill in. It holds no secret, but soon may, so it is the owner's alone. */
export async function emitAnswers(path: string, given: SetupArguments, io: Io): Promise<Outcome> {
  const { dir, tenant = 'default', team = 'default', advanced } = given;
  const format = path.endsWith('.json') ? 'json' : 'yaml';
  const text = await renderAnswers({ dir, tenant, team, advanced, format });
  if (path === '-') return { exit: EXIT.ok, data: { tenant, team, text }, text };
  try {
    await writeFile(pathFrom(io, path), text, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if (!isThere(cause)) throw cause;
    const fix = 'name another file, or remove it: what was filled in would be lost';
    throw new CliError('refused', `Cannot write "${path}": it is there already`, fix, { cause });
  }
  return {
    exit: EXIT.ok,
    data: { tenant, team, file: path },
    text: `Wrote ${path}: fill it in, then run setup with --answers ${path}\n`,
  };
}

function isThere(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
}
