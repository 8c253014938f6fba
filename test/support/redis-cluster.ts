import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from './redis.ts';
import { waitFor } from './wait.ts';

const SLOTS = 16_384;

/** Three masters on loopback that share all slots. */
export async function startRedisCluster(): Promise<{ nodes: string; stop(): Promise<void> }> {
  const servers: TestRedis[] = [];
  for (let index = 0; index < 3; index += 1) {
    servers.push(
      await startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'] }),
    );
  }
  const clients = servers.map((server) => new Redis(server.url));
  const share = Math.ceil(SLOTS / clients.length);
  for (const [index, client] of clients.entries()) {
    await client.call(
      'CLUSTER',
      'ADDSLOTSRANGE',
      String(index * share),
      String(Math.min(SLOTS, (index + 1) * share) - 1),
    );
    await client.call('CLUSTER', 'MEET', '127.0.0.1', String(servers[0]?.port));
  }
  await Promise.all(
    clients.map((client) =>
      waitFor(
        async () =>
          String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok') ? true : undefined,
        'the cluster to be whole',
      ),
    ),
  );
  await Promise.all(clients.map((client) => client.quit()));
  return {
    nodes: servers.map((server) => `127.0.0.1:${server.port}`).join(','),
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
