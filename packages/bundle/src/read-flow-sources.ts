import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { BundleError, type Problem } from './problem.ts';
import { readText } from './read-text.ts';

/** A flow's text, and the path that messages name it by. */
export interface FlowSource {
  path: string;
  text: string;
}

export const FLOW_BYTES_MAX = 262_144;
const FLOW_FILES_MAX = 1_000;

/**
 * Reads every `*.ygtc` under a folder, sorted by path; `path` is relative to the bundle (the folder's parent unless
 * given). Names that begin with a dot are passed over. Throws `BundleError` when the folder is missing (`not_found`), or
 * a file is over 256 KiB, leads out of the folder, or cannot be read, or a folder is a link (`invalid_bundle`, all at once).
 */
export async function readFlowSources(
  flowsDir: string,
  bundleDir = dirname(flowsDir),
): Promise<FlowSource[]> {
  const paths = await flowPaths(flowsDir);
  const root = await realpath(flowsDir);
  const problems: Problem[] = [];
  const sources: FlowSource[] = [];
  for (const found of paths) {
    const path = relative(bundleDir, found).split(sep).join('/');
    const result = await readFlow(root, found);
    if ('text' in result) sources.push({ path, text: result.text });
    else problems.push({ file: path, ...result });
  }
  if (problems.length > 0)
    throw new BundleError('invalid_bundle', `Cannot read flows in "${flowsDir}"`, problems);
  return sources;
}

/** The flows of a folder, and links to folders. Those are not entered: two that lead in circles would never end. */
async function flowPaths(flowsDir: string): Promise<string[]> {
  const subject = `Cannot read flows in "${flowsDir}"`;
  const entries = await readdir(flowsDir, { recursive: true, withFileTypes: true }).catch(
    (cause: unknown) => {
      const problem = {
        file: flowsDir,
        message: 'the folder cannot be read',
        fix: 'create it, or mend `flows` in bundle.yaml',
      };
      throw new BundleError('not_found', subject, [problem], { cause });
    },
  );
  // Kubernetes mounts keep a second copy of every file in folders that begin with a dot.
  const shown = entries
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
    .filter(
      ({ path }) =>
        !relative(flowsDir, path)
          .split(sep)
          .some((part) => part.startsWith('.')),
    );
  const links = shown.filter(({ entry }) => entry.isSymbolicLink()).map(({ path }) => path);
  const folders = new Set<string>();
  for (const link of links) if (await isFolder(link)) folders.add(link);
  const flows = shown.map(({ path }) => path).filter((path) => path.endsWith('.ygtc') || folders.has(path));
  if (flows.length > FLOW_FILES_MAX) {
    const message = `there are ${flows.length} flows, more than ${FLOW_FILES_MAX}`;
    throw new BundleError('invalid_bundle', subject, [{ file: flowsDir, message, fix: 'split the bundle' }]);
  }
  return flows.sort();
}

async function isFolder(link: string): Promise<boolean> {
  // A link that leads nowhere is no folder; as a flow it is told of when it is read.
  return stat(link).then(
    (target) => target.isDirectory(),
    () => false,
  );
}

async function readFlow(root: string, path: string): Promise<{ text: string } | Omit<Problem, 'file'>> {
  try {
    const real = await realpath(path);
    if (real !== root && !real.startsWith(root + sep)) {
      return { message: 'the link leads out of the flows folder', fix: 'put the file itself there' };
    }
    const target = await stat(real);
    if (target.isDirectory()) {
      return {
        message: 'it is a folder, or a link to one',
        fix: 'put the folder itself there, without .ygtc',
      };
    }
    // A pipe would be waited for until somebody writes into it.
    if (!target.isFile()) return { message: 'it is no regular file', fix: 'put the file itself there' };
    const file = await readText(real, FLOW_BYTES_MAX);
    if (file.kind === 'text') return { text: file.text };
    if (file.kind === 'too_large') return { message: 'the file is over 256 KiB', fix: 'split the flow' };
  } catch {
    // Whatever the file system says, this one file is named and the others are still looked at.
  }
  return { message: 'the file cannot be read', fix: 'check the link or the permissions' };
}
