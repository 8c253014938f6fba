import { execFile, execFileSync } from 'node:child_process';
import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { lstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const TOOLS = {
  depcruise: 'dependency-cruiser/bin/dependency-cruise.mjs',
  eslint: 'eslint/bin/eslint.js',
  knip: 'knip/bin/knip.js',
  prettier: 'prettier/bin/prettier.cjs',
  tsc: 'typescript/bin/tsc',
};

export interface ToolRun {
  code: number;
  output: string;
}

export interface TreeCopy {
  /** Writes a file, its folder too; paths are relative to the root. */
  plant(files: Readonly<Record<string, string>>): Promise<void>;
  append(file: string, text: string): Promise<void>;
  run(tool: keyof typeof TOOLS, args: readonly string[]): Promise<ToolRun>;
  remove(): Promise<void>;
}

/** Every file that is committed or about to be, by its path from the root. */
export function projectFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  return listed.split('\0').filter((file) => file !== '' && isFile(path.join(ROOT, file)));
}

// Git still lists what was just deleted.
function isFile(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** The project, or the files of it that are wanted, in a temporary folder with the installed packages linked. */
export async function copyTree(isWanted: (file: string) => boolean = () => true): Promise<TreeCopy> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'alur-fences-')));
  for (const file of projectFiles().filter(isWanted)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await copyFile(path.join(ROOT, file), path.join(root, file));
  }
  await linkPackages(root);
  return {
    plant: async (files) => {
      for (const [file, text] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(root, file)), { recursive: true });
        await writeFile(path.join(root, file), text);
      }
    },
    append: (file, text) => appendFile(path.join(root, file), text),
    run: (tool, args) => run(root, tool, args),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

// The outside packages are the installed ones, our own are those of the copy.
async function linkPackages(root: string): Promise<void> {
  const [from, to] = [path.join(ROOT, 'node_modules'), path.join(root, 'node_modules')];
  await mkdir(path.join(to, '@alur'), { recursive: true });
  for (const name of await readdir(from)) {
    if (name.startsWith('.') || name === '@alur') continue;
    await symlink(path.join(from, name), path.join(to, name), 'junction');
  }
  for (const name of await readdir(path.join(from, '@alur'))) {
    const home = path.relative(await realpath(ROOT), await realpath(path.join(from, '@alur', name)));
    await symlink(path.join(root, home), path.join(to, '@alur', name), 'junction');
  }
}

function run(cwd: string, tool: keyof typeof TOOLS, args: readonly string[]): Promise<ToolRun> {
  const program = path.join(ROOT, 'node_modules', TOOLS[tool]);
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: undefined };
  const options = { cwd, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], options, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: `${stdout}${stderr}` });
    });
  });
}
