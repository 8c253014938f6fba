import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startService } from '../processes.mjs';
import { THROUGHPUT } from '../settings.mjs';
import { APP_SECRET, PHONE_NUMBERS } from '../stage.mjs';

const ECHO = `
name: echo
version: "1.0"
nodes:
  - id: say
    type: reply
    config: {message: "You said: {{message.text}}"}
triggers:
  - {type: message, target: say}
`;

/** The services as they are built, with a bundle of ten numbers and a flow that says what it heard. */
export async function startAlur(stage, names, { profileDir } = {}) {
  const port = await stage.freePort();
  const bundleDir = await writeBundle(stage, port);
  const pids = {};
  for (const name of names) {
    const opsPort = await stage.freePort();
    const env = {
      REDIS_URL: stage.redisUrl,
      BUNDLE_DIR: bundleDir,
      PORT: String(port),
      OPS_PORT: String(opsPort),
      API_PORT: String(await stage.freePort()),
      HOST: '127.0.0.1',
      OPS_HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
    };
    const nodeArgs = profileDir ? profiled(profileDir, name) : [];
    const readyUrl = `http://127.0.0.1:${opsPort}/readyz`;
    const service = await startService(`services/${name}/dist/main.js`, { env, readyUrl, nodeArgs });
    pids[name] = stage.keep(service).pid;
  }
  return { port, pids: Object.values(pids), byName: pids };
}

/** Events in all inboxes: what ingress alone has stored. */
export async function countInboxes(redis) {
  let total = 0;
  for await (const keys of redis.scanStream({ match: '*:inbox:*', count: 1_000 })) {
    if (keys.length === 0) continue;
    const pipeline = redis.pipeline();
    for (const key of new Set(keys)) pipeline.llen(key);
    for (const [, length] of await pipeline.exec()) total += length;
  }
  return total;
}

function profiled(dir, name) {
  return ['--cpu-prof', `--cpu-prof-dir=${dir}`, `--cpu-prof-name=${name}.cpuprofile`];
}

// YAML takes JSON as it is.
async function writeBundle(stage, port) {
  const dir = join(stage.dir, 'bundle');
  const numbers = PHONE_NUMBERS.map((id) => ({
    phone_number_id: id,
    api_version: 'v25.0',
    tier: 'unlimited',
    throughput: THROUGHPUT,
  }));
  const team = { id: 'default', enabled: true, public_base_url: `http://127.0.0.1:${port}`, numbers };
  const bundle = { demo: true, tenants: [{ id: 'default', teams: [team] }] };
  // Without a Graph API nothing is sent, but the address has to be some.
  bundle.graph_base_url = `http://127.0.0.1:${stage.graph?.port ?? 9}`;
  const secrets = {
    verify_token: 'demo-verify',
    app_secret: [APP_SECRET],
    access_tokens: Object.fromEntries(PHONE_NUMBERS.map((id) => [id, `demo-token-${id}`])),
  };
  await mkdir(join(dir, 'flows'), { recursive: true });
  await mkdir(join(dir, 'secrets', 'default'), { recursive: true, mode: 0o700 });
  await writeFile(join(dir, 'secrets', 'default', 'default.json'), JSON.stringify(secrets), { mode: 0o600 });
  await writeFile(join(dir, 'flows', 'echo.ygtc'), ECHO);
  await writeFile(join(dir, 'bundle.yaml'), JSON.stringify(bundle));
  return dir;
}
