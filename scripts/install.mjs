import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, ScriptError, npm, runQuiet, runScript, timed } from './run.mjs';

/** Installs the locked packages and builds; does neither again when nothing changed. */
export async function ensureInstalled(say) {
  checkNode();
  if (!isInstalled()) {
    say('  installing packages, a minute or so');
    await timed(say, 'packages installed', installPackages);
  }
  await timed(say, 'built', build);
}

function checkNode() {
  const { engines } = readJson('package.json');
  const [wantMajor, wantMinor] = engines.node.match(/\d+/g).map(Number);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  throw new ScriptError(
    `Cannot run on Node ${process.versions.node}: ${engines.node} is needed; install it from https://nodejs.org`,
  );
}

// npm leaves a copy of what it installed in node_modules. Comparing it with the lock file also holds for an
// install by hand, and for one that was interrupted (the copy is written last).
function isInstalled() {
  const installed = readJson('node_modules/.package-lock.json')?.packages;
  if (!installed) return false;
  return Object.entries(readJson('package-lock.json').packages).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

async function installPackages() {
  const { command, args, options } = npm();
  const result = await runQuiet(command, [...args, 'ci', '--ignore-scripts'], options);
  if (result.code === 0) return;
  throw new ScriptError('Cannot install the packages: `npm ci --ignore-scripts` failed, see above', result);
}

async function build() {
  const { code, output } = await runQuiet(process.execPath, ['node_modules/typescript/bin/tsc', '-b']);
  if (code !== 0) {
    throw new ScriptError('Cannot build: `npm run build` failed, see above', { exitCode: 1, output });
  }
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runScript(() => ensureInstalled(console.log));
}
