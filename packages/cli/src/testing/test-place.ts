import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBundle, type Bundle, type BusinessNumber } from '@alur/bundle';
import { openStore, type Store } from '@alur/store';
import { startRedis, type TestRedis } from '../../../../test/support/redis.ts';
import { runAlur } from './run-alur.ts';

/**
 * A Redis as services leave it, and a folder with bundles: `b` of two tenants, a number each; `one` of the first alone; `twin` of the
 * first with a second number of its WABA.
 */
export interface TestPlace {
  redis: TestRedis;
  store: Store;
  cwd: string;
  /** Of tenant acme. */
  number: BusinessNumber;
  /** Of tenant zoo. */
  other: BusinessNumber;
  stop(): Promise<void>;
}

export const ACME = '100200300';
export const ZOO = '100200400';
export const TWIN = '100200500';

export async function startTestPlace(): Promise<TestPlace> {
  const cwd = await mkdtemp(join(tmpdir(), 'alur-place-'));
  const redis = await startRedis();
  const store = await openStore({ url: redis.url, shards: 3 });
  await setUp(cwd, 'one', 'acme', ACME);
  await setUp(cwd, 'twin', 'acme', ACME);
  await setUp(cwd, 'twin', 'acme', TWIN);
  await setUp(cwd, 'b', 'acme', ACME);
  await setUp(cwd, 'b', 'zoo', ZOO);
  const [number, other] = numbersOf(await readBundle(join(cwd, 'b')));
  if (!number || !other) throw new Error('the bundle has not two numbers');
  return {
    redis,
    store,
    cwd,
    number,
    other,
    stop: async () => {
      await store.close();
      await redis.stop();
      await rm(cwd, { recursive: true, force: true });
    },
  };
}

async function setUp(cwd: string, dir: string, tenant: string, number: string): Promise<void> {
  const answers = {
    enabled: true,
    public_base_url: 'https://bot.example',
    phone_number_id: number,
    access_token: randomBytes(8).toString('hex'),
    verify_token: randomBytes(8).toString('hex'),
    app_secret: randomBytes(16).toString('hex'),
    business_account_id: '900',
  };
  await writeFile(join(cwd, 'answers.json'), JSON.stringify(answers));
  const ran = await runAlur(['setup', '--answers', 'answers.json', '--tenant', tenant, dir], cwd);
  if (ran.exit !== 0) throw new Error(ran.err);
}

function numbersOf(bundle: Bundle): BusinessNumber[] {
  return bundle.tenants.flatMap((tenant) => tenant.teams).flatMap((team) => team.numbers);
}
