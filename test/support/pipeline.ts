import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDemoBundle, readBundle, type Bundle, type BusinessNumber, type Team } from '@alur/bundle';
import { startEmulator, type Emulator, type EmulatorOptions } from '@alur/emulator';
import { TIERS, type Tier } from '@alur/types';
import { z } from 'zod';
import { freePort, startRedis, type TestRedis } from './redis.ts';
import { startService, type ServiceName, type TestService } from './service.ts';

export interface Pipeline {
  redis: TestRedis;
  emulator: Emulator;
  bundle: Bundle;
  team: Team;
  number: BusinessNumber;
  webhookUrl: string;
  /** Of the team, without a slash at the end. */
  apiUrl: string;
  /** Of the bundle, whose files may be changed. */
  dir: string;
  services: Map<string, TestService>;
  /** Starts one more of a service, under a name of its own. */
  start(name: ServiceName, as?: string): Promise<TestService>;
  stop(): Promise<void>;
}

export interface PipelineOptions {
  /** A folder of flows, or the texts of some by file name. */
  flows: string | Record<string, string>;
  env?: Record<string, string>;
  emulator?: Partial<EmulatorOptions>;
  /** Services to start; all three when not given. */
  services?: readonly ServiceName[];
  fsync?: 'always' | 'no';
  throughput?: number;
  /** The numbers of the team, by the keys of bundle.yaml; the demo's one when not given. */
  numbers?: readonly PipelineNumber[];
  /** Further top-level lines of bundle.yaml. */
  settings?: string;
  /** What Redis wants to hear before anything else. */
  redisPassword?: string;
  /** Further keys of the team's secrets, in place of those made up. */
  secrets?: {
    verify_token?: string;
    app_secret?: string;
    access_tokens?: Record<string, string>;
    api_keys?: string[];
    flow_secrets?: Record<string, string>;
    subscriber_secrets?: Record<string, string | string[]>;
  };
  /** Hosts that http nodes may call though they are on this machine. */
  httpAllow?: readonly string[];
  /** Who is told what flows emit, by the keys of bundle.yaml. */
  subscribers?: readonly { id: string; url: string; events?: readonly string[] }[];
  readReceipts?: 'off' | 'read' | 'typing';
}

interface PipelineNumber {
  phone_number_id: string;
  tier?: Tier;
  tier_counts?: 'business_initiated' | 'all';
  throughput?: number;
}

const SERVICES = ['ingress', 'flow-runner', 'sender'] as const;

/** The whole system as it runs for real: a redis-server, the emulator over HTTP, and each service as a process. */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const dir = await mkdtemp(join(tmpdir(), 'alur-bundle-'));
  const { fsync = 'no', redisPassword: password } = options;
  const redis = await startRedis({ fsync, ...(password !== undefined && { password }) });
  const [port, graphPort, apiPort] = [await freePort(), await freePort(), await freePort()];
  const graphBaseUrl = `http://127.0.0.1:${graphPort}`;
  const webhookBaseUrl = `http://127.0.0.1:${port}`;
  const random = (bytes: number) => randomBytes(bytes).toString('hex');
  await makeDemoBundle({
    dir,
    publicBaseUrl: webhookBaseUrl,
    graphBaseUrl,
    flows: await readFlows(options.flows),
    random,
  });
  if (options.throughput !== undefined) await setThroughput(dir, options.throughput);
  if (options.numbers !== undefined) await setNumbers(dir, options.numbers);
  if (options.settings !== undefined) await appendFile(join(dir, 'bundle.yaml'), options.settings);
  if (options.httpAllow !== undefined) await setTeamKey(dir, 'http', { allow: options.httpAllow });
  if (options.subscribers !== undefined) await setTeamKey(dir, 'subscribers', options.subscribers);
  if (options.readReceipts !== undefined) await setTeamKey(dir, 'read_receipts', options.readReceipts);
  if (options.secrets !== undefined) await addSecrets(dir, options.secrets);
  const bundle = await readBundle(dir);
  const emulator = await startEmulator({
    port: graphPort,
    webhookBaseUrl,
    numbers: emulatedNumbers(bundle),
    ...options.emulator,
  });
  const services = new Map<string, TestService>();
  const start = async (name: ServiceName, as: string = name): Promise<TestService> => {
    const ports = { PORT: String(port), API_PORT: String(apiPort) };
    const env = { REDIS_URL: redis.url, BUNDLE_DIR: dir, ...ports, ...options.env };
    const service = await startService(name, env, { opsPort: await freePort() });
    services.set(as, service);
    return service;
  };
  await Promise.all((options.services ?? SERVICES).map((name) => start(name)));
  const team = bundle.tenants[0]?.teams[0];
  const number = team?.numbers[0];
  if (!team || !number) throw new Error('the demo bundle has no number');
  return {
    redis,
    emulator,
    bundle,
    team,
    number,
    webhookUrl: `${webhookBaseUrl}/webhook/whatsapp/${team.tenant}/${team.id}`,
    apiUrl: `http://127.0.0.1:${apiPort}/v1/${team.tenant}/${team.id}`,
    dir,
    services,
    start,
    stop: async () => {
      await Promise.all([...services.values()].map((service) => service.kill('SIGKILL')));
      await emulator.close();
      await redis.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function emulatedNumbers(bundle: Bundle): EmulatorOptions['numbers'] {
  return bundle.tenants
    .flatMap((tenant) => tenant.teams)
    .flatMap((team) =>
      team.numbers.map((number) => ({
        id: number.id,
        displayNumber: `1555${number.id.slice(-7).padStart(7, '0')}`,
        wabaId: team.businessAccountId ?? '200000000000001',
        accessToken: number.accessToken,
        appSecret: team.appSecrets[0] ?? '',
        tenant: team.tenant,
        team: team.id,
        throughput: number.throughput,
        tierCounts: number.tierCounts,
        ...(number.tierScope === 'portfolio' && { portfolio: number.portfolio }),
        ...(Number.isFinite(TIERS[number.tier].contactsPerDay) && {
          tierLimit: TIERS[number.tier].contactsPerDay,
        }),
      })),
    );
}

async function readFlows(flows: PipelineOptions['flows']): Promise<{ path: string; text: string }[]> {
  if (typeof flows !== 'string') return Object.entries(flows).map(([path, text]) => ({ path, text }));
  const names = (await readdir(flows)).filter((name) => name.endsWith('.ygtc'));
  return Promise.all(
    names.map(async (name) => ({ path: name, text: await readFile(join(flows, name), 'utf8') })),
  );
}

async function setThroughput(dir: string, throughput: number): Promise<void> {
  const path = join(dir, 'bundle.yaml');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(/throughput: \d+/g, `throughput: ${throughput}`));
}

async function setTeamKey(dir: string, key: string, value: object | string): Promise<void> {
  const path = join(dir, 'bundle.yaml');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(/^( *)enabled: true$/m, `$&\n$1${key}: ${JSON.stringify(value)}`));
}

async function addSecrets(dir: string, secrets: object): Promise<void> {
  const path = join(dir, SECRETS);
  const known = DemoSecrets.parse(JSON.parse(await readFile(path, 'utf8')));
  await writeFile(path, JSON.stringify({ ...known, ...secrets }), { mode: 0o600 });
}

const SECRETS = 'secrets/default/default.json';
const DemoSecrets = z.looseObject({ access_tokens: z.record(z.string(), z.string()) });

/** Gives the team these numbers, each with a made-up token of its own. */
async function setNumbers(dir: string, numbers: readonly PipelineNumber[]): Promise<void> {
  const path = join(dir, 'bundle.yaml');
  const text = await readFile(path, 'utf8');
  const [head] = text.split(/^ *numbers:/m);
  const entries = numbers.map(
    (number) => `          - ${JSON.stringify({ api_version: 'v25.0', ...number })}\n`,
  );
  await writeFile(path, `${head ?? ''}        numbers:\n${entries.join('')}`);
  const secretsPath = join(dir, SECRETS);
  const secrets = DemoSecrets.parse(JSON.parse(await readFile(secretsPath, 'utf8')));
  const [token] = Object.values(secrets.access_tokens);
  secrets.access_tokens = Object.fromEntries(
    numbers.map(({ phone_number_id: id }) => [id, `${token ?? ''}${id}`]),
  );
  await writeFile(secretsPath, JSON.stringify(secrets), { mode: 0o600 });
}
