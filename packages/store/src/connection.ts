import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** One Redis, or a cluster: all commands of a script go to one slot either way. */
export type RedisClient = Redis | Cluster;

export interface ConnectionOptions {
  /** `redis://` or `rediss://` address. */
  url: string;
  /** `host:port,host:port`: when given, a cluster is used instead of `url`. */
  clusterNodes?: string | undefined;
  /** A command without an answer for this long fails; the work is repeated, since every script may run twice. */
  commandTimeoutMs?: number;
}

export interface Connections {
  /** For commands that answer at once. Fails fast while Redis is away. */
  client: RedisClient;
  /** A connection of its own for blocking reads. */
  blocking(): RedisClient;
  /** For BullMQ, which wants no limit on retries: `queue` fails fast, `worker` waits. */
  bull(use: 'queue' | 'worker'): RedisClient;
  close(): Promise<void>;
}

// Commands in flight at a disconnect are not sent again behind our back: the caller repeats the whole unit of
// work, or answers 503. Reconnecting goes on for ever, with at most two seconds between tries.
const failFast = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 5_000,
  // Closing does not wait for a server that was never there.
  disconnectTimeout: 100,
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
} satisfies RedisOptions;

/** Opens the connections of one process. Errors while Redis is away are silent here: `ping` and the callers tell. */
export function connect(options: ConnectionOptions): Connections {
  const open: RedisClient[] = [];
  const make = (extra: RedisOptions): RedisClient => {
    const client = create(options, extra);
    client.on('error', () => undefined);
    open.push(client);
    return client;
  };
  // What one tick asks for goes to Redis in one write, and its answers to disk in one sync.
  const client = make({
    ...failFast,
    commandTimeout: options.commandTimeoutMs ?? 5_000,
    enableAutoPipelining: true,
  });
  return {
    client,
    blocking: () => make(failFast),
    bull: (use) =>
      make(use === 'queue' ? { ...failFast, commandTimeout: 5_000 } : { maxRetriesPerRequest: null }),
    close: async () => {
      await Promise.all(open.map(closeClient));
    },
  };
}

function create(options: ConnectionOptions, extra: RedisOptions): RedisClient {
  const nodes =
    options.clusterNodes
      ?.split(',')
      .map((node) => node.trim())
      .filter(Boolean) ?? [];
  if (nodes.length === 0) return new Redis(options.url, extra);
  const { enableOfflineQueue, ...redisOptions } = extra;
  return new Cluster(
    nodes.map((node) => `redis://${node}`),
    { enableOfflineQueue: enableOfflineQueue ?? true, redisOptions },
  );
}

async function closeClient(client: RedisClient): Promise<void> {
  if (client.status !== 'ready') {
    client.disconnect();
    return;
  }
  await client.quit().catch(() => client.disconnect());
}

/** Waits until the client is connected, for at most `withinMs`; then goes on: the services recover by themselves. */
export async function waitUntilReady(client: RedisClient, withinMs: number): Promise<boolean> {
  if (client.status === 'ready') return true;
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      client.off('ready', done);
      resolve(client.status === 'ready');
    };
    const timer = setTimeout(done, withinMs);
    client.once('ready', done);
  });
}
