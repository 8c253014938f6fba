import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { FLOW_BYTES_MAX, readFlowFolders } from '@alur/bundle';
import { type FlowSource } from '@alur/flow';
import { CliError } from '../../cli-error.ts';
import { pathFrom, type Io } from '../../io.ts';

const SUITE = '.test.yaml';
const FLOW = '.ygtc';

/** Where tests are looked for. */
export interface SuitePlace {
  /** Absolute: files of tests, and files of flows under the same folders. */
  suites: string[];
  flows: string[];
  /** Whether a target that does not exist is an error. */
  strict: boolean;
}

/** Finds every `*.test.yaml` that the paths name: a file, all of a folder, all of a bundle's flow folders. */
export async function findSuites(paths: readonly string[], io: Io): Promise<SuitePlace[]> {
  const given = paths.length > 0 ? paths : [await defaultPath(io)];
  const places: SuitePlace[] = [];
  for (const path of given) places.push(await placeAt(path, io));
  return places;
}

async function defaultPath(io: Io): Promise<string> {
  return (await isThere(pathFrom(io, 'bundle.yaml'))) ? '.' : 'flows';
}

async function isThere(path: string): Promise<boolean> {
  return (await statOrMissing(path)) !== undefined;
}

async function placeAt(path: string, io: Io): Promise<SuitePlace> {
  const full = pathFrom(io, path);
  const found = await statOrMissing(full);
  if (!found) {
    throw new CliError(
      'notFound',
      `Cannot test "${path}": there is no such file or folder`,
      'check the path',
    );
  }
  if (found.isFile() && basename(full) !== 'bundle.yaml') return { suites: [full], flows: [], strict: true };
  const dir = found.isFile() ? dirname(full) : full;
  if (!(await isThere(join(dir, 'bundle.yaml')))) return { ...(await filesIn([dir])), strict: true };
  const { strict, folders } = await readFlowFolders(dir);
  return { ...(await filesIn(folders)), strict };
}

function statOrMissing(path: string) {
  return stat(path).catch(() => undefined);
}

async function filesIn(folders: readonly string[]): Promise<Pick<SuitePlace, 'suites' | 'flows'>> {
  const all: string[] = [];
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true });
    const shown = names.filter(
      (name) => !name.split(sep).some((part) => part.startsWith('.') || part === 'node_modules'),
    );
    all.push(...shown.sort().map((name) => join(folder, name)));
  }
  return {
    suites: all.filter((name) => name.endsWith(SUITE)),
    flows: all.filter((name) => name.endsWith(FLOW)),
  };
}

/** A file's text, by the path that messages name it by. */
export async function readSource(full: string, io: Io): Promise<FlowSource> {
  const path = relative(io.cwd, full).split(sep).join('/');
  const found = await statOrMissing(full);
  if (!found?.isFile())
    throw new CliError('invalidInput', `Cannot read "${path}": there is no such file`, 'check the path');
  if (found.size > FLOW_BYTES_MAX) {
    throw new CliError('invalidInput', `Cannot read "${path}": the file is over 256 KiB`, 'split the file');
  }
  return { path, text: await readFile(full, 'utf8') };
}

/** The flow files that a file of tests is about: those that it names, else all beside it; and names that lead nowhere. */
export async function flowsOf(
  suite: string,
  named: readonly string[] | undefined,
): Promise<{ files: string[]; missing: number[] }> {
  const dir = dirname(suite);
  if (!named) return { files: await flowsIn(dir), missing: [] };
  const files: string[] = [];
  const missing: number[] = [];
  for (const [index, name] of named.entries()) {
    const full = resolve(dir, name);
    const found = await statOrMissing(full);
    const own = found?.isDirectory() === true ? await flowsIn(full) : found ? [full] : [];
    if (own.length === 0) missing.push(index);
    files.push(...own);
  }
  return { files: [...new Set(files)], missing };
}

async function flowsIn(dir: string): Promise<string[]> {
  const names = await readdir(dir);
  return names
    .filter((name) => name.endsWith(FLOW))
    .sort()
    .map((name) => join(dir, name));
}
