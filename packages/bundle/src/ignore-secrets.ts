import { join } from 'node:path';
import { readText } from './read-text.ts';
import { PUBLIC, type PlannedFile } from './write-files.ts';

const LINE = 'secrets/';
const BYTES_MAX = 1_048_576;

/** .gitignore with a line for the secrets, and all that it has already. */
export async function ignoreSecrets(dir: string): Promise<PlannedFile> {
  const file = await readText(join(dir, '.gitignore'), BYTES_MAX);
  const text = file.kind === 'text' ? file.text : '';
  const isThere = text.split(/\r?\n/).some((line) => /^\/?secrets\/?\s*$/.test(line));
  const begun = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return { path: '.gitignore', text: isThere ? text : `${begun}${LINE}\n`, ...PUBLIC };
}
