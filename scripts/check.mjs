import { pathToFileURL } from 'node:url';
import { ScriptError, npm, runLoud, runQuiet, runScript, timed } from './run.mjs';

// The whole gate, the quick steps first. CI runs this and nothing else.
const STEPS = ['format', 'lint', 'types', 'arch', 'unused'];

/** Runs every step, stops at the first that fails; the tests talk to the terminal themselves. Resolves to the exit code. */
export async function check(jestArgs, say) {
  const { command, args, options } = npm();
  for (const name of STEPS) {
    await timed(say, name, async () => {
      const result = await runQuiet(command, [...args, 'run', '--silent', name], options);
      if (result.code === 0) return;
      throw new ScriptError(`${name} failed (npm run ${name})`, { exitCode: 1, output: result.output });
    });
  }
  say('  tests');
  return runLoud(command, [...args, 'run', '--silent', 'jest', '--', ...jestArgs], options);
}

/** What is to be passed on to jest: from the command line, else ALUR_TEST_ARGS. */
export function jestArgs() {
  const given = process.argv.slice(2).filter((word) => word !== '--yes');
  return given.length > 0 ? given : (process.env.ALUR_TEST_ARGS ?? '').split(/\s+/).filter(Boolean);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runScript(() => check(jestArgs(), console.log));
}
