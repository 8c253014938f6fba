import type { RedisClient } from '../connection.ts';
import { shardKeys } from '../keys.ts';
import { scanKeys } from './scan-keys.ts';

const PAGE = 200;

/** An item that was set aside: its place in the stream, and its fields by name. */
export interface AsideItem {
  entry: string;
  fields: Record<string, string>;
}

/** Items of a tenant that were set aside and name a contact, the oldest first. */
export async function* asideNaming(
  client: RedisClient,
  { shard, tenant }: { shard: number; tenant: string },
  names: (text: string) => boolean,
): AsyncGenerator<AsideItem> {
  for (let after = '-'; ;) {
    const page = await client.xrange(shardKeys(shard).quarantine, after, '+', 'COUNT', PAGE);
    for (const [entry, flat] of page) {
      const fields: Record<string, string> = {};
      for (let index = 0; index < flat.length; index += 2) fields[flat[index] ?? ''] = flat[index + 1] ?? '';
      if (isOf(tenant, fields) && names(JSON.stringify(flat))) yield { entry, fields };
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = `(${last[0]}`;
  }
}

/** What a webhook brought tells its tenant beside it; an event that no turn could take tells it itself. */
function isOf(tenant: string, { tenant: own, raw = '' }: Record<string, string>): boolean {
  return own === undefined ? raw.includes(`"tenant":${JSON.stringify(tenant)}`) : own === tenant;
}

/** Removes items that were set aside and name a contact. Returns how many. */
export async function eraseAside(
  client: RedisClient,
  place: { shard: number; tenant: string },
  names: (text: string) => boolean,
): Promise<number> {
  const entries: string[] = [];
  for await (const { entry } of asideNaming(client, place, names)) entries.push(entry);
  return entries.length === 0 ? 0 : client.xdel(shardKeys(place.shard).quarantine, ...entries);
}

/**
 * Removes what names a contact by what Meta calls its messages: statuses of the tenant's numbers that wait for their message, and marks to
 * be read, which last for two minutes.
 */
export async function eraseTexts(
  client: RedisClient,
  { shard, numbers }: { shard: number; numbers: readonly { id: string }[] },
  names: (text: string) => boolean,
): Promise<void> {
  const isOwn = (item: string) => numbers.some(({ id }) => item.includes(`"number":"${id}"`));
  for await (const page of scanKeys(client, shard, 'early:')) {
    for (const { key } of page) {
      const items = await client.lrange(key, 0, -1);
      if (items.some((item) => names(item) && isOwn(item))) await client.del(key);
    }
  }
  for await (const page of scanKeys(client, shard, 'read:')) {
    for (const { key } of page) if (names((await client.get(key)) ?? '')) await client.del(key);
  }
}
