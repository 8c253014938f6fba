import type { RedisClient } from '../connection.ts';
import { shardKeys } from '../keys.ts';

/** What a contact wishes of one kind, as the tenant was told last. Without `atS` it was told nothing. */
export interface StandingWish {
  change: 'out' | 'in';
  /** Unix seconds. */
  atS?: number;
  source?: string;
}

/** What a contact wishes, under all of its ids together. */
export interface Wishes {
  all: StandingWish;
  marketing: StandingWish;
  /** Meta delivers no marketing to this contact for a while; until when, in Unix seconds. */
  heldUntilS?: number;
}

/** Reads what the opt-outs hold of a contact, by the rules that messages are held by (lua/lib/wish.lua). */
export async function readWishes(
  client: RedisClient,
  { shard, tenant }: { shard: number; tenant: string },
  contacts: readonly string[],
): Promise<Wishes> {
  const key = shardKeys(shard).optOuts(tenant);
  const fields = contacts.flatMap((contact) => [contact, `m:${contact}`, `hold:${contact}`]);
  const values = fields.length === 0 ? [] : await client.hmget(key, ...fields);
  const each = contacts.map((_, index) => {
    const [all, marketing, hold] = values.slice(3 * index, 3 * index + 3);
    return { all: parseWish(all), marketing: parseWish(marketing), holdMs: Number(hold ?? 0) };
  });
  const heldUntilS = Math.max(0, ...each.map(({ holdMs }) => Math.floor(holdMs / 1000)));
  return {
    all: strongest(each.map(({ all }) => all)),
    // Whoever came back to everything came back to marketing too.
    marketing: strongest(
      each.map(({ all, marketing }) => ((marketing.atS ?? -1) >= (all.atS ?? -1) ? marketing : all)),
    ),
    ...(heldUntilS > 0 && { heldUntilS }),
  };
}

/** Reads a wish as it is stored; nothing is a wish to hear. */
export function parseWish(stored: string | null | undefined): StandingWish {
  const [, change, at, source = ''] = /^(out|in):(-?\d+):(.*)$/.exec(stored ?? '') ?? [];
  if (change === undefined) return { change: 'in' };
  return { change: change === 'out' ? 'out' : 'in', atS: Number(at), source };
}

/** An opt-out under any id holds; of several wishes of a kind, the latest is told. */
function strongest(wishes: readonly StandingWish[]): StandingWish {
  const isOut = wishes.some(({ change }) => change === 'out');
  const those = wishes.filter(({ change }) => (change === 'out') === isOut);
  return those.reduce((latest, wish) => ((wish.atS ?? -1) > (latest.atS ?? -1) ? wish : latest), {
    change: isOut ? 'out' : 'in',
  });
}
