import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { shardKeys, teamField } from './keys.ts';

/** What a team's flows want to hear of beside messages, so that ingress need not know flows. */
const Wants = z.object({
  /** What became of their messages (`status` triggers). */
  statuses: z.boolean(),
});
export type Wants = z.infer<typeof Wants>;

const NONE: Wants = { statuses: false };

/** Says what a team's flows want; the last word stays. */
export async function publishWants(
  client: RedisClient,
  shard: number,
  { tenant, team }: { tenant: string; team: string },
  wants: Wants,
): Promise<void> {
  await client.hset(shardKeys(shard).wants, teamField(tenant, team), JSON.stringify(wants));
}

/** What a team's flows want; nothing where no runner has said so yet. */
export async function readWants(
  client: RedisClient,
  shard: number,
  { tenant, team }: { tenant: string; team: string },
): Promise<Wants> {
  const json = await client.hget(shardKeys(shard).wants, teamField(tenant, team));
  return json === null ? NONE : Wants.parse(JSON.parse(json));
}
