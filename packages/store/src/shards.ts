import type { RedisClient } from './connection.ts';

const META = 'alur:meta';

/** Redis holds the data of another number of shards than this process was told. */
export class ShardsError extends Error {
  override readonly name = 'ShardsError';
  readonly code = 'shards_mismatch';
  readonly exitCode = 5;
}

/** Writes the number of shards at the first start; later refuses any other, since every key depends on it. */
export async function checkShards(client: RedisClient, shards: number): Promise<void> {
  await client.hsetnx(META, 'shards', shards);
  const stored = await client.hget(META, 'shards');
  if (stored === String(shards)) return;
  throw new ShardsError(
    `Cannot start with SHARDS=${shards}: this Redis holds data of ${stored ?? 'no'} shards; set SHARDS=${stored ?? shards}`,
  );
}
