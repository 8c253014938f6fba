import type { ConversationId } from '@alur/types';
import type { NameChange } from './change-names.ts';
import type { RedisClient } from '../connection.ts';
import { readStored } from '../conversation.ts';
import { type ContactIds, type Names, type Place, readNames } from './names.ts';

/** As `readNames`, but a conversation that has become part of another is that one: not every name of it was known then. */
export async function followNames(client: RedisClient, place: Place, ids: ContactIds): Promise<Names> {
  const names = await readNames(client, place, ids);
  const cids = new Set(
    Object.values<Names[keyof Names]>(names).flatMap(
      (name) => name?.periods.flatMap(({ cid }) => cid ?? []) ?? [],
    ),
  );
  const now = new Map<ConversationId, ConversationId>();
  for (const cid of cids) now.set(cid, (await readStored(client, place.shard, cid)).cid);
  return Object.fromEntries(
    Object.entries<Names[keyof Names]>(names).flatMap(([kind, name]) => {
      if (!name) return [];
      const periods = name.periods.map((each) => ({ ...each, cid: each.cid && now.get(each.cid) }));
      return [[kind, { ...name, periods }]];
    }),
  );
}

/** The names that lead to a conversation by way of another. */
export function followed(names: Names): NameChange[] {
  return Object.values<Names[keyof Names]>(names).flatMap((name) =>
    name?.periods.some(({ cid }) => cid !== undefined && !name.seen.includes(cid)) === true
      ? [[name, name.periods] satisfies NameChange]
      : [],
  );
}
