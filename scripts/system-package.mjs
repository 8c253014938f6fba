import { ScriptError, runQuiet, succeeds, which } from './run.mjs';

// Installing a program with the system's own package manager: only as root, on a CI machine that lets us
// (sudo without a password), or when the user said --yes. Otherwise the line to run is printed.

const MANAGERS = [
  {
    command: 'apt-get',
    lines: (name) => [
      ['apt-get', '-o', 'DPkg::Lock::Timeout=120', 'update', '-qq'],
      ['apt-get', '-o', 'DPkg::Lock::Timeout=120', 'install', '-y', '-qq', '--no-install-recommends', name],
    ],
  },
  { command: 'dnf', lines: (name) => [['dnf', 'install', '-y', name]] },
  { command: 'apk', lines: (name) => [['apk', 'add', name]] },
  { command: 'brew', lines: (name) => [['brew', 'install', name]], asUser: true },
];

/**
 * Installs a program. `names` maps a manager to its package: `{'apt-get': 'redis-server', brew: 'redis'}`.
 * Throws a `ScriptError` that shows the line to run when it may not, or when it fails.
 */
export async function installSystemPackage({ what, names, yes, say }) {
  const manager = MANAGERS.find(({ command }) => names[command] && which(command));
  if (!manager) throw new ScriptError(`Cannot find ${what}, nor a package manager to install it with`);
  const lines = manager.lines(names[manager.command]);
  const prefix = manager.asUser ? (yes ? [] : undefined) : rights(yes);
  const byHand = lines.map((line) => line.filter((word) => !/^(-qq|-o|DPkg.*)$/.test(word)).join(' '));
  if (!prefix) {
    const sudo = manager.asUser ? '' : 'sudo ';
    const fix = byHand.map((line) => sudo + line).join(' && ');
    throw new ScriptError(
      `Cannot find ${what}; install it with:\n    ${fix}\n  or let this do it: add -- --yes`,
    );
  }
  say(`  installing ${what}: ${byHand.at(-1)}`);
  for (const line of lines) await runLine([...prefix, ...line], what);
}

async function runLine([command, ...args], what) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const result = await runQuiet(command, args, { env, stdio: ['inherit', 'pipe', 'pipe'] });
  if (result.code === 0 || args.includes('update')) return;
  throw new ScriptError(`Cannot install ${what}: \`${command} ${args.join(' ')}\` failed, see above`, result);
}

/** The words to put before a command that needs root, or undefined when we may not. */
function rights(yes) {
  if (process.getuid?.() === 0) return [];
  if (!which('sudo')) return undefined;
  if (yes) return ['sudo'];
  return process.env.CI === 'true' && succeeds('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
}
