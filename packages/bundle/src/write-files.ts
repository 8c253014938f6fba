import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readText } from './read-text.ts';

/** A file as it shall be. `path` is inside the bundle; a folder that is made for it gets `folderMode`. */
export interface PlannedFile {
  path: string;
  text: string;
  mode: number;
  folderMode: number;
}

/** Paths inside the bundle. */
export interface WrittenFiles {
  created: string[];
  changed: string[];
  unchanged: string[];
}

interface Pending extends PlannedFile {
  state: keyof WrittenFiles;
}

const FILE_BYTES_MAX = 4_194_304;
export const PUBLIC = { mode: 0o644, folderMode: 0o755 };
export const SECRET = { mode: 0o600, folderMode: 0o700 };

/**
 * Makes the files what they shall be. All texts are on the disk beside their places before the first takes its place, in
 * the order given: a fault before that changes nothing, and no file is ever half of one and half of another.
 */
export async function writeFiles(
  dir: string,
  plan: readonly PlannedFile[],
  dryRun: boolean,
): Promise<WrittenFiles> {
  const pending: Pending[] = [];
  for (const file of plan) pending.push({ ...file, state: await stateOf(dir, file) });
  if (!dryRun)
    await writeAll(
      dir,
      pending.filter((file) => file.state !== 'unchanged'),
    );
  const named = (state: keyof WrittenFiles) =>
    pending.filter((file) => file.state === state).map((file) => file.path);
  return { created: named('created'), changed: named('changed'), unchanged: named('unchanged') };
}

async function stateOf(dir: string, planned: PlannedFile): Promise<keyof WrittenFiles> {
  const file = await readText(join(dir, planned.path), FILE_BYTES_MAX);
  if (file.kind === 'missing') return 'created';
  const isSame = file.kind === 'text' && file.text === planned.text;
  const isOpen = file.kind === 'text' && planned.mode === SECRET.mode && file.mode !== planned.mode;
  return isSame && !isOpen ? 'unchanged' : 'changed';
}

async function writeAll(dir: string, files: readonly Pending[]): Promise<void> {
  const staged: { from: string; to: string }[] = [];
  try {
    for (const file of files) {
      const to = join(dir, file.path);
      const from = `${to}.${randomBytes(6).toString('hex')}.tmp`;
      await makeFolder(dir, file);
      staged.push({ from, to });
      await writeNew(from, file);
    }
    for (const { from, to } of staged) await rename(from, to);
  } catch (error) {
    for (const { from } of staged) await rm(from, { force: true });
    throw error;
  }
}

async function makeFolder(dir: string, file: PlannedFile): Promise<void> {
  await mkdir(dir, { recursive: true });
  let folder = dir;
  for (const part of dirname(file.path).split(/[\\/]/)) {
    if (part === '.') return;
    folder = join(folder, part);
    await mkdir(folder, { recursive: true });
    if (file.folderMode === SECRET.folderMode) await chmod(folder, file.folderMode);
  }
}

async function writeNew(path: string, file: PlannedFile): Promise<void> {
  const handle = await open(path, 'wx', file.mode);
  try {
    await handle.writeFile(file.text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
