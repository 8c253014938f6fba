import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedis } from '../scripts/redis.mjs';
import { runScript } from '../scripts/run.mjs';
import { measureBurst } from './burst.mjs';
import { PIPELINE_CONTENDERS } from './contenders/index.mjs';
import { readProfile } from './read-profile.mjs';
import { endOnSignals, endAll } from './ending.mjs';
import { readSettings } from './settings.mjs';
import { table } from './table.mjs';

// Where the three services spend their time during the burst. The profiles stay, for a browser's developer tools.

const SERVICES = ['ingress', 'flow-runner', 'sender'];
const LINES = 25;

await runScript(async () => {
  const settings = readSettings(process.argv.slice(2), process.env);
  delete process.env.REDIS_URL;
  const found = await findRedis({ say: console.log });
  const profileDir = mkdtempSync(join(tmpdir(), 'alur-profile-'));
  endOnSignals();
  try {
    const result = await measureBurst(PIPELINE_CONTENDERS[0], { found, settings, profileDir });
    console.log(`${result.line}; profiles in ${profileDir}`);
    console.log(
      `Redis: ${result.redisMsEach.toFixed(3)} ms of processor time a message; the mean time of each script:`,
    );
    console.log(table(['µs a call', 'command'], redisRows(result.redisTimes)));
    for (const [index, name] of SERVICES.entries()) {
      const profile = readProfile(join(profileDir, `${name}.cpuprofile`), result.span);
      console.log(
        `\n${name}: ${result.cpuMsByProcess[index].toFixed(3)} ms of processor time a message, all its threads`,
      );
      tell(profile);
    }
  } finally {
    await endAll();
  }
});

// Scripts only: what they call is written down beside them. Redis keeps the last of them, so the mean is what counts.
function redisRows(times) {
  return times
    .filter(([name]) => name.startsWith('evalsha'))
    .map(([name, calls, ms]) => [((ms / calls) * 1000).toFixed(0), name]);
}

function tell({ busyMs, self, within, parts }) {
  const rows = (map, count) =>
    [...map]
      .sort(([, a], [, b]) => b - a)
      .slice(0, count)
      .map(([what, ms]) => [`${((ms / busyMs) * 100).toFixed(1)} %`, what]);
  console.log(table(['by package', ''], rows(parts, LINES / 2)));
  console.log(table(['itself', 'function'], rows(self, LINES)));
  console.log(table(['with callees', 'function'], rows(within, LINES * 2)));
}
