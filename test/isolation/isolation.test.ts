import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { figure } from '../support/figure.ts';
import { freePort, startRedis, type TestRedis } from '../support/redis.ts';
import { startService, type TestService } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';
import { closeConnections } from './api-client.ts';
import { OWN_CALLS } from './api-operations.ts';
import { createBook, type Contact } from './book.ts';
import { createChance } from './chance.ts';
import { readMixed } from './mixed-keys.ts';
import { operate } from './operations.ts';
import { startOutside, type Outside, type Sent } from './outside.ts';
import { makeParties, writeBundle, type Party, type Places } from './parties.ts';
import { readRoutes } from './read-routes.ts';
import { keepId, type IdKind, type World } from './world.ts';

// Three tenants share one Redis and all processes, and everything about them collides that may. Whatever is done in one of them,
// nothing of it shows in another: no text, no wish, no limit, no receipt, and no answer that tells what another has.
// ISOLATION_SEED repeats the choices of a run, ISOLATION_OPERATIONS sets their number.

const SEED = Number(process.env['ISOLATION_SEED'] ?? 20_240_229);
const OPERATIONS = Number(process.env['ISOLATION_OPERATIONS'] ?? 100_000);
const AT_ONCE = 64;
const CONTACTS = 300;
const SENT_KEPT = 500;
const LAST_KEPT = 60;
const RELOADS = 20;
const CROSSINGS_SHOWN = 20;

interface Running {
  redis: TestRedis;
  outside: Outside;
  services: TestService[];
  dir: string;
}
let running: Running | undefined;

afterEach(async () => {
  closeConnections();
  await Promise.all((running?.services ?? []).map((service) => service.kill('SIGKILL')));
  await running?.outside.close();
  await running?.redis.stop();
  if (running) await rm(running.dir, { recursive: true, force: true });
  running = undefined;
}, 60_000);

describe('three tenants with colliding ids', () => {
  test.each([
    { shards: 1, limited: 'alpha', share: 0.8 },
    { shards: 4, limited: 'gamma', share: 0.2 },
  ])(
    'on $shards shards, $limited at its limits: nothing of one shows in another',
    async ({ shards, limited, share }) => {
      const total = Math.ceil(OPERATIONS * share);
      const startedAt = performance.now();
      const stage = await setStage(shards, limited);
      const { world, crossings, counts, last, book } = stage;
      const missing = await drive(stage, total)
        .then(() => drain(stage))
        .catch((error: unknown) => [`the run ended early: ${String(error)}`]);
      const mixed = await readMixed(stage.redisUrl);
      const { outside } = stage;
      const done = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const seconds = (performance.now() - startedAt) / 1000;
      figure(`seed ${SEED}, ${shards} shards: ${done} operations in ${seconds.toFixed(0)} s`);
      figure(JSON.stringify(Object.fromEntries([...counts].sort())));
      figure(JSON.stringify({ ...outside.counts, ...book.counts(), crossings: crossings.length }));
      const found = {
        crossings: crossings.slice(0, CROSSINGS_SHOWN),
        missing: missing.slice(0, CROSSINGS_SHOWN),
        mixed,
      };
      const isClean = crossings.length + missing.length + mixed.length === 0;
      if (!isClean) figure(`seed ${SEED}; the last operations:\n${last.join('\n')}`);
      expect(found).toEqual({ crossings: [], missing: [], mixed: [] });
      expect(done).toBeGreaterThanOrEqual(total);
      expect(notDriven(stage, total)).toEqual([]);
      // Else nothing would have been proven.
      const { must, never } = book.counts();
      const { web, media } = outside.counts;
      const vacuous = Object.entries({ must, never, web, media }).filter(([, count]) => count === 0);
      expect(total < OPERATIONS_FOR_ALL ? [] : vacuous).toEqual([]);
      expect(outside.told.size).toBe(world.parties.length);
    },
    600_000,
  );
});

/** Below this chance may leave a path out. */
const OPERATIONS_FOR_ALL = 10_000;

/** What nobody did, though the API has a path for it. */
function notDriven({ world, counts }: Stage, total: number): string[] {
  const missing = world.routes.filter(({ name }) => OWN_CALLS[name] === undefined);
  if (total < OPERATIONS_FOR_ALL) return missing.map(({ name }) => name);
  return world.routes
    .flatMap(({ name, path }) => [
      `own ${name}`,
      `another key ${name}`,
      ...(/\{(?:mid|cid|bid)\}/.test(path) ? [`another id ${name}`] : []),
    ])
    .filter((kind) => !counts.has(kind));
}

type Stage = Awaited<ReturnType<typeof setStage>>;

async function setStage(shards: number, limited: string) {
  const parties = makeParties(limited);
  const [first, ...others] = parties;
  if (first === undefined) throw new Error('no parties');
  const crossings: string[] = [];
  const onCrossing = (what: string) => void crossings.push(what);
  const book = createBook(onCrossing);
  const ids = new Map(parties.map((party) => [party, new Map<IdKind, string[]>()]));
  const sent = new Map<Party, Sent[]>(parties.map((party) => [party, []]));
  const onSent = (message: Sent) => {
    book.note(message);
    const list = sent.get(message.party) ?? [];
    list.push(message);
    if (list.length > SENT_KEPT) list.shift();
    keepId({ ids }, message.party, 'mid', message.mid);
  };
  const outside = await startOutside({ parties, onSent, onCrossing });
  const place = await startServices(parties, outside, shards);
  const counts = new Map<string, number>();
  const names = new Map<string, number>();
  const last: string[] = [];
  const next = (name: string) => {
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    return count;
  };
  const did = (kind: string) => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    last.push(kind);
    if (last.length > LAST_KEPT) last.shift();
  };
  const [one, ...rest] = Array.from({ length: CONTACTS }, (_, index): Contact => ({
    index,
    waId: String(628_120_000_000 + index),
    userId: `ID.${900_000 + index}`,
  }));
  if (one === undefined) throw new Error('no contacts');
  const world: World = {
    ...{ parties: [first, ...others], contacts: [one, ...rest] },
    ...{ chance: createChance(SEED), routes: await readRoutes(), book, sent, ids, onCrossing, did, next },
    ...{ webhookUrl: place.places.webhookUrl, apiUrl: place.apiUrl, busy: new Set<string>() },
  };
  return { world, crossings, counts, last, book, outside, ...place };
}

async function startServices(parties: readonly Party[], outside: Outside, shards: number) {
  const dir = await mkdtemp(join(tmpdir(), 'alur-isolation-'));
  const redis = await startRedis();
  const [port, apiPort] = [await freePort(), await freePort()];
  const { graphUrl, webUrl } = outside;
  const places: Places = { dir, graphUrl, webUrl, webhookUrl: `http://127.0.0.1:${port}` };
  await writeBundle(parties, places, 'flows 0');
  const env = {
    ...{ REDIS_URL: redis.url, BUNDLE_DIR: dir, SHARDS: String(shards), LOG_LEVEL: 'error' },
    ...{ PORT: String(port), API_PORT: String(apiPort) },
  };
  const services: TestService[] = [];
  running = { redis, outside, services, dir };
  for (const name of ['ingress', 'flow-runner', 'sender'] as const) {
    services.push(await startService(name, env, { opsPort: await freePort() }));
  }
  const reload = async (comment: string, isBroken: boolean) => {
    await writeBundle(parties, places, comment);
    if (isBroken) await writeFile(join(dir, 'bundle.yaml'), '{"tenants": 7}');
    for (const service of services) service.signal('SIGHUP');
  };
  return { places, apiUrl: `http://127.0.0.1:${apiPort}`, redisUrl: redis.url, reload };
}

/** Keeps operations under way until `total` are done; every now and then the bundle is another, or no good. */
async function drive({ world, counts, crossings, reload }: Stage, total: number): Promise<void> {
  let reloads = 0;
  const done = () => [...counts.values()].reduce((sum, count) => sum + count, 0);
  const work = async (): Promise<void> => {
    for (let at = done(); at < total && crossings.length < CROSSINGS_SHOWN; at = done()) {
      await operate(world);
      if (at * RELOADS > reloads * total) {
        reloads += 1;
        await reload(`flows ${reloads}`, reloads % 3 === 0);
        world.did('reload');
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Waits until every answer that is owed has come; gives those that do not come. */
async function drain({ book, crossings, redisUrl }: Stage): Promise<string[]> {
  if (crossings.length > 0) return [];
  const client = new Redis(redisUrl);
  try {
    let [before, since] = [book.missing().length, Date.now()];
    return await waitFor(
      () => {
        const missing = book.missing();
        if (missing.length < before) [before, since] = [missing.length, Date.now()];
        return missing.length === 0 || Date.now() - since > 20_000 ? missing : undefined;
      },
      'the last answers',
      240_000,
    );
  } finally {
    client.disconnect();
  }
}
