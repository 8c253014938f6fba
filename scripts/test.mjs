import { delimiter, dirname } from 'node:path';
import { check, jestArgs } from './check.mjs';
import { ensureInstalled } from './install.mjs';
import { findRedis } from './redis.mjs';
import { runScript, timed, which } from './run.mjs';
import { installSystemPackage } from './system-package.mjs';

const yes = process.argv.includes('--yes');
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

// From a fresh clone to the last test: packages, a Redis to run, a browser if there can be one, then the gate.
await runScript(async () => {
  await ensureInstalled(console.log);
  await timed(console.log, 'redis-server found', provideRedis);
  await provideBrowser();
  return check(jestArgs(), console.log);
});

// The tests start Redis servers of their own and stop them hard: they need the program, not an address.
async function provideRedis() {
  delete process.env.REDIS_URL;
  const { path } = await findRedis({ yes, docker: false, say: console.log });
  process.env.ALUR_REDIS_BIN = path;
  process.env.PATH = `${dirname(path)}${delimiter}${process.env.PATH}`;
}

// Only the chat page's test needs it, and says so when it skips; all else runs without.
async function provideBrowser() {
  const names = { 'apt-get': 'chromium', dnf: 'chromium', apk: 'chromium' };
  try {
    if (!process.env.ALUR_CHROMIUM && !which(...BROWSERS)) {
      await timed(console.log, 'chromium installed', () =>
        installSystemPackage({ what: 'chromium', names, yes, say: console.log }),
      );
    }
    process.env.ALUR_CHROMIUM ??= which(...BROWSERS) ?? '';
  } catch (error) {
    console.log(`! no chromium, the test of the chat page in a browser is skipped: ${error.message}`);
  }
}
