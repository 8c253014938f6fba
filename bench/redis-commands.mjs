import { Redis } from 'ioredis';
import { commandName, scriptNames } from './command-names.mjs';

/**
 * Counts the commands that clients send to Redis while `work` runs, by name; scripts by theirs. MONITOR tells the
 * commands of clients from those that scripts call, which INFO commandstats does not.
 */
export async function countCommands(url, work) {
  const names = scriptNames();
  const client = new Redis(url);
  const monitor = await client.monitor();
  const counts = new Map();
  monitor.on('monitor', (_time, args, source) => {
    if (source === 'lua') return;
    const name = commandName(args, names);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  });
  await work();
  monitor.disconnect();
  client.disconnect();
  const byCommand = [...counts].sort(([, a], [, b]) => b - a);
  return { total: byCommand.reduce((sum, [, count]) => sum + count, 0), byCommand };
}

/**
 * Has Redis write down how long each command takes it; the function that it returns sums that up: `[name, calls, ms]`, the
 * longest first. For profiles only: it costs a little itself.
 */
export async function watchRedis(admin) {
  await admin.config('SET', 'slowlog-max-len', 200_000);
  await admin.config('SET', 'slowlog-log-slower-than', 0);
  return async () => {
    await admin.config('SET', 'slowlog-log-slower-than', -1);
    const names = scriptNames();
    const sums = new Map();
    for (const [, , micros, args] of await admin.slowlog('GET', -1)) {
      const name = commandName(args, names);
      const { calls, ms } = sums.get(name) ?? { calls: 0, ms: 0 };
      sums.set(name, { calls: calls + 1, ms: ms + micros / 1000 });
    }
    return [...sums].map(([name, { calls, ms }]) => [name, calls, ms]).sort((a, b) => b[2] - a[2]);
  };
}
