import { stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError } from './cli-error.ts';
import { pathFrom, type Io } from './io.ts';

/** Writes a file that the command line names. Throws `CliError` when its folder is not there; makes none. */
export async function writeOutput(io: Io, path: string, text: string): Promise<void> {
  const full = pathFrom(io, path);
  const folder = await stat(dirname(full)).catch(() => undefined);
  if (!folder) {
    const message = `Cannot write "${path}": there is no folder "${dirname(path)}"`;
    throw new CliError('notFound', message, 'make the folder, or choose another one');
  }
  await writeFile(full, text);
}
