import { readBundle, type Bundle } from '@alur/bundle';
import { connect, waitUntilReady, type Connections, type RedisClient } from '@alur/store';
import { readConfig } from '@alur/telemetry';
import { commonEnvironment, WholeNumber, readAs } from '@alur/types';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import { pathFrom, type Io } from './io.ts';

/** Where the running system is: an option goes before the environment. */
export interface PlaceFlags {
  bundle?: string | undefined;
  redis?: string | undefined;
}

/** A Redis that Alur's services work with. */
export interface Place {
  client: RedisClient;
  shards: number;
  /** No service has started with this Redis yet. */
  isNew: boolean;
  /** A connection for the tier queues. */
  openQueueClient: () => Promise<RedisClient>;
}

const { REDIS_URL, REDIS_CLUSTER_NODES, BUNDLE_DIR } = commonEnvironment;
// Without a word on SHARDS, what the services wrote at their first start holds.
const SHARDS = WholeNumber(1, 4_096).optional();
const RedisEnvironment = z.object({ REDIS_URL, REDIS_CLUSTER_NODES, SHARDS });
const BundleEnvironment = z.object({ BUNDLE_DIR });

const META = 'alur:meta';
const FIRST_CONTACT_MS = 3_000;
const NOT_ALURS = 'this Redis holds nothing of Alur: no service has started with it yet';

/** The folder that `--bundle` or BUNDLE_DIR names. */
export function bundleDirOf({ bundle }: PlaceFlags, io: Io): string {
  return pathFrom(io, bundle ?? readConfig(BundleEnvironment, io.env, ['BUNDLE_DIR']).BUNDLE_DIR);
}

/** Reads the bundle there. */
export async function readPlaceBundle(flags: PlaceFlags, io: Io): Promise<Bundle> {
  return readBundle(bundleDirOf(flags, io));
}

/** Connects to Redis for as long as `work` lasts. Writes nothing by itself, not even to a new Redis. */
export async function withPlace<T>(
  flags: PlaceFlags,
  io: Io,
  work: (place: Place) => Promise<T>,
): Promise<T> {
  const config = readRedisConfig(flags, io);
  const { REDIS_URL: url, REDIS_CLUSTER_NODES: clusterNodes } = config;
  const connections = connect({ url, clusterNodes });
  try {
    await reach(connections.client, addressOf(url, clusterNodes));
    const shards = await readShards(connections.client, config.SHARDS);
    return await work({
      client: connections.client,
      shards: shards ?? config.SHARDS ?? 1,
      isNew: shards === undefined,
      openQueueClient: () => openQueueClient(connections),
    });
  } catch (error) {
    throw isRedisFault(error) ? redisLost(error) : error;
  } finally {
    await connections.close();
  }
}

/** For commands that write: a new Redis is most likely the wrong one. */
export function refuseNew({ isNew }: Place): void {
  if (isNew)
    throw new CliError('notReady', `Cannot change anything: ${NOT_ALURS}`, 'check --redis or REDIS_URL');
}

/** What a person should know who finds nothing there. */
export function placeWarnings({ isNew }: Place): string[] {
  return isNew ? [`${NOT_ALURS}; check --redis or REDIS_URL`] : [];
}

/** What the options and the environment say of Redis. Throws `CliError` or `ConfigError`. */
export function readRedisConfig({ redis }: PlaceFlags, io: Io): z.infer<typeof RedisEnvironment> {
  if (redis === undefined) return readConfig(RedisEnvironment, io.env, Object.keys(RedisEnvironment.shape));
  if (!readAs(REDIS_URL, redis).success || !URL.canParse(redis)) {
    const message = 'Cannot connect: --redis must be an address that starts with redis:// or rediss://';
    throw new CliError('usage', message, 'use the form redis://127.0.0.1:6379');
  }
  return { ...readConfig(RedisEnvironment, io.env, ['SHARDS']), REDIS_URL: redis };
}

async function reach(client: RedisClient, address: string): Promise<void> {
  let why = 'no answer';
  client.on('error', (error: Error) => {
    why = error.message === '' ? why : error.message;
  });
  if (await waitUntilReady(client, FIRST_CONTACT_MS)) return;
  throw new CliError(
    'notReady',
    `Cannot reach Redis at ${address}: ${why}`,
    'start it, or set --redis or REDIS_URL',
  );
}

/** Where Redis is, without user and password. */
export function addressOf(url: string, clusterNodes: string | undefined): string {
  if (clusterNodes !== undefined) return clusterNodes;
  return URL.canParse(url) ? new URL(url).host : 'REDIS_URL';
}

/** undefined: nobody has written it yet. Another number than the services' would look at other keys. */
async function readShards(client: RedisClient, wanted: number | undefined): Promise<number | undefined> {
  const stored = await client.hget(META, 'shards');
  if (stored === null) return undefined;
  if (wanted === undefined || stored === String(wanted)) return Number(stored);
  const message = `Cannot go on with SHARDS=${wanted}: this Redis holds data of ${stored} shards`;
  throw new CliError('notReady', message, `set SHARDS=${stored}, or leave it out`);
}

async function openQueueClient(connections: Connections): Promise<RedisClient> {
  const client = connections.bull('queue');
  await waitUntilReady(client, FIRST_CONTACT_MS);
  return client;
}

const LOST =
  /^(Connection is closed|Command timed out|Stream isn't writeable|Reached the max retries|Failed to refresh slots|All sentinels|(NOAUTH|NOPERM|WRONGPASS|LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|OOM|MISCONF|BUSY)\b)/;

// By the words: ioredis has no code for most of them, and belongs to the store.
function isRedisFault(error: unknown): error is Error {
  return error instanceof Error && !(error instanceof CliError) && LOST.test(error.message);
}

function redisLost(cause: Error): CliError {
  const message = `Cannot go on: Redis refused or was lost (${cause.message})`;
  return new CliError('notReady', message, 'see that Redis is well and run the command again', { cause });
}
