import { readFile } from 'node:fs/promises';
import type { AnswersSource } from '@alur/bundle';
import { CliError } from '../../cli-error.ts';
import { pathFrom, readInput, type Io } from '../../io.ts';

const INPUT_BYTES_MAX = 1_048_576;

/** The text of the answers: of a file, of standard input (`-`), or none. */
export async function readAnswers(
  path: string | undefined,
  io: Io,
): Promise<Pick<AnswersSource, 'path' | 'text'>> {
  if (path === undefined) return { path: '--answers', text: undefined };
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
