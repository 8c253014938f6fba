import type { RedisClient } from '../connection.ts';
import { shardKeys } from '../keys.ts';
import { loadScript } from '../script.ts';

/** Who has not looked for so long has lost it. */
const HELD_MS = 2_000;

const heldScript = loadScript('held');

/** Makes `owner` the one that feeds a shard's broadcasts, or says that another one does. It saves work; what is right does not rest on it. */
export async function holdFeeder(client: RedisClient, shard: number, owner: string): Promise<boolean> {
  const { feeder } = shardKeys(shard);
  if ((await heldScript.run(client, [feeder], [owner, HELD_MS])) === 1) return true;
  return (await client.set(feeder, owner, 'PX', HELD_MS, 'NX')) === 'OK';
}
