import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { findRedis } from '../scripts/redis.mjs';
import { ROOT, ScriptError, runScript } from '../scripts/run.mjs';
import { compareAccept } from './accept.mjs';
import { compareBacklog } from './backlog.mjs';
import { compareBurst } from './burst.mjs';
import { endAll, endOnSignals } from './ending.mjs';
import { compareEngine } from './engine.mjs';
import { compareLatency } from './latency.mjs';
import { compareLoading } from './loading.mjs';
import { compareSending } from './sending.mjs';
import { readSettings } from './settings.mjs';

// Alur beside other ways to do the same, in the same run on the same machine; see README.md.

const HELP = `npm run bench [-- --quick] [-- accept|latency|burst|sending|backlog|engine|loading …]

Compares Alur with other designs on this machine and prints ratios; bench/README.md says what they mean.
  --quick   less of everything: below two minutes instead of ten`;

const TESTS = {
  accept: compareAccept,
  latency: compareLatency,
  burst: compareBurst,
  sending: compareSending,
  backlog: compareBacklog,
  engine: compareEngine,
  loading: compareLoading,
};
const say = (line) => console.log(line);

await runScript(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return say(HELP);
  const settings = readSettings(args, process.env);
  const unknown = settings.tests.find((name) => !(name in TESTS));
  if (unknown) throw new ScriptError(`There is no test "${unknown}": ${Object.keys(TESTS).join(', ')}`);
  needBuild();
  const found = await ownRedis();
  endOnSignals();
  try {
    say(
      `${cpus().length} cores (${cpus()[0].model}), Node ${process.version}, ${found.label}, load ${loadNow()}`,
    );
    for (const name of settings.tests) await TESTS[name]({ found, settings, say });
    say(`\nload at the end ${loadNow()}`);
  } finally {
    await endAll();
  }
});

function needBuild() {
  const files = ['ingress', 'flow-runner', 'sender'].map((name) => `services/${name}/dist/main.js`);
  const missing = files.find((file) => !existsSync(join(ROOT, file)));
  if (missing) throw new ScriptError(`Cannot find ${missing}: run \`npm run build\` first`);
}

/** Always one of our own: each run starts from an empty Redis, and nobody else's is to be emptied. */
async function ownRedis() {
  delete process.env.REDIS_URL;
  return findRedis({ say });
}

function loadNow() {
  return loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
}
