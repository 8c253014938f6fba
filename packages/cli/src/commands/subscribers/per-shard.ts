import type { FoundEvent } from './choose-events.ts';

/** Does something with the ids of each shard, in their order; returns the sum of what that comes to. */
export async function perShard(
  events: readonly FoundEvent[],
  act: (shard: number, ids: readonly string[]) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (const shard of new Set(events.map((each) => each.shard)))
    sum += await act(
      shard,
      events.filter((each) => each.shard === shard).map(({ id }) => id),
    );
  return sum;
}
