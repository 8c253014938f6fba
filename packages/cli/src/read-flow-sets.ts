import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { BundleError, FLOW_BYTES_MAX, readFlowFolders, readFlowSources, type FlowSource } from '@alur/bundle';
import { CliError, type Fault } from './cli-error.ts';
import { pathFrom, type Io } from './io.ts';

/** Flows that run together, and are therefore checked together. */
export interface FlowSet {
  sources: FlowSource[];
  strict: boolean;
  /** Whether a bare list of nodes may stand among them: in documentation it may, in a bundle nothing would start it. */
  takesFragments: boolean;
}

export interface FlowSets {
  sets: FlowSet[];
  /** What is wrong with a bundle.yaml or with files that could not be read. */
  faults: Fault[];
}

/** Reads what the paths name: files are one set, a folder is one, a bundle has one for each of its flow folders. */
export async function readFlowSets(paths: readonly string[], io: Io): Promise<FlowSets> {
  const files: FlowSource[] = [];
  const sets: FlowSet[] = [];
  const faults: Fault[] = [];
  for (const path of paths) {
    try {
      const kind = await kindOf(path, io);
      if (kind === 'file') files.push(await readFlowFile(path, io));
      else sets.push(...(await (kind === 'bundle' ? readBundleFlows : readFolder)(pathFrom(io, path), io)));
    } catch (error) {
      if (!(error instanceof BundleError) || error.code === 'not_found') throw error;
      faults.push(...error.problems);
    }
  }
  if (files.length > 0) sets.unshift({ sources: files, strict: true, takesFragments: true });
  return { sets, faults };
}

async function kindOf(path: string, io: Io): Promise<'file' | 'folder' | 'bundle'> {
  const found = await statOrMissing(pathFrom(io, path));
  if (!found)
    throw new CliError(
      'notFound',
      `Cannot read "${path}": there is no such file or folder`,
      'check the path',
    );
  if (found.isDirectory())
    return (await statOrMissing(join(pathFrom(io, path), 'bundle.yaml'))) ? 'bundle' : 'folder';
  return basename(path) === 'bundle.yaml' ? 'bundle' : 'file';
}

function statOrMissing(path: string) {
  return stat(path).catch((error: unknown) => {
    const isMissing =
      typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
    if (isMissing) return undefined;
    throw error;
  });
}

async function readFlowFile(path: string, io: Io): Promise<FlowSource> {
  if (path.endsWith('.test.yaml')) {
    const message = `Cannot read "${path}" as a flow: it is a file of conversation tests`;
    throw new CliError('usage', message, `run it with \`alur test ${path}\``);
  }
  const full = pathFrom(io, path);
  const { size } = await stat(full);
  if (size <= FLOW_BYTES_MAX) return { path, text: await readFile(full, 'utf8') };
  const problem = { file: path, message: 'the file is over 256 KiB', fix: 'split the flow' };
  throw new BundleError('invalid_bundle', `Cannot read "${path}"`, [problem]);
}

async function readFolder(folder: string, io: Io): Promise<FlowSet[]> {
  const sources = await readFlowSources(folder, io.cwd);
  if (sources.length > 0) return [{ sources, strict: true, takesFragments: true }];
  const message = `Cannot read "${relative(io.cwd, folder) || '.'}": there is no .ygtc file in it`;
  throw new CliError('notFound', message, await missingFlowsFix(folder));
}

/** Whoever names flows `.yaml` finds no flow at all. */
async function missingFlowsFix(folder: string): Promise<string> {
  const names = await readdir(folder);
  const other = names.sort().find((name) => /\.ya?ml$/.test(name) && !name.endsWith('.test.yaml'));
  if (other === undefined) return 'name the folder of the flows, or put a file there that ends in .ygtc';
  return `the names of flow files end in .ygtc: rename "${other}" to "${other.replace(/\.ya?ml$/, '.ygtc')}"`;
}

async function readBundleFlows(path: string, io: Io): Promise<FlowSet[]> {
  const dir = basename(path) === 'bundle.yaml' ? dirname(path) : path;
  const { strict, folders } = await readFlowFolders(dir);
  const sets: FlowSet[] = [];
  for (const folder of folders) {
    sets.push({ sources: await readFlowSources(folder, io.cwd), strict, takesFragments: false });
  }
  return sets;
}
