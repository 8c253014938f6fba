import { connect, waitUntilReady, type ConnectionOptions, type Connections } from './connection.ts';
import { readDurability, readRedisHealth, type RedisHealth } from './health.ts';
import { checkShards } from './shards.ts';

const FIRST_CONTACT_MS = 2_000;
const LOOK_EVERY_MS = 1_000;
const NOT_DURABLE =
  'Redis answers before its data is on disk, so a power failure loses the last moments: set appendonly yes and appendfsync always';

export interface Store extends Connections {
  shards: number;
  /** As of the last look, at most a second or so ago. */
  health(): RedisHealth;
  /** Why Redis must not be used now; undefined when all is well. For readiness and for refusing work early. */
  problem(): string | undefined;
  /** What an operator should know though the work goes on. */
  warning(): string | undefined;
}

/**
 * Connects, and keeps an eye on Redis. Redis may be away: then `problem` says so until it is back. A Redis that holds
 * another number of shards is refused: at once (`ShardsError`), or by `problem` when it was away at first.
 */
export async function openStore(options: ConnectionOptions & { shards: number }): Promise<Store> {
  const connections = connect(options);
  const { client } = connections;
  let verified = false;
  let durable: boolean | undefined;
  let mismatch: string | undefined;
  if (await waitUntilReady(client, FIRST_CONTACT_MS)) {
    await checkShards(client, options.shards).catch(async (error: unknown) => {
      await connections.close();
      throw error;
    });
    verified = true;
    durable = await readDurability(client);
  }
  let health = await readRedisHealth(client);
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    health = await readRedisHealth(client);
    if (health.up && !verified) {
      mismatch = await checkShards(client, options.shards).then(() => undefined, messageOf);
      verified = mismatch === undefined;
      durable = await readDurability(client);
    }
    timer = setTimeout(() => void look(), LOOK_EVERY_MS);
  };
  timer = setTimeout(() => void look(), LOOK_EVERY_MS);
  return {
    ...connections,
    shards: options.shards,
    health: () => health,
    problem: () =>
      health.up && client.status === 'ready' ? (mismatch ?? policyProblem(health)) : 'Redis does not answer',
    warning: () => (durable === false ? NOT_DURABLE : undefined),
    close: async () => {
      clearTimeout(timer);
      await connections.close();
    },
  };
}

function policyProblem(health: RedisHealth): string | undefined {
  if (health.noeviction) return undefined;
  return 'Redis may drop keys when it is full: set maxmemory-policy to noeviction';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown fault';
}
