import type { OptOutScope } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { EMITTED_MAX, fieldsOf, type NewOutside } from './emitted.ts';
import { contactHashes, shardKeys } from './keys.ts';
import { loadScript } from './script.ts';

/** A contact's wish to hear no more, or to hear again. `atS` is when it was made, in Unix seconds. */
export interface Wish {
  tenant: string;
  contact: { waId?: string | undefined; userId?: string | undefined };
  change: 'out' | 'in';
  scope: OptOutScope;
  atS: number;
  source: 'user_preferences' | 'operator';
  /** What subscribers are told, together with it, when it is other than before. */
  outside?: readonly NewOutside[] | undefined;
}

/** The same of a contact by its hashed ids (`contactHashes`). `source`: where it came from, in a-z, digits and underscores. */
export interface HashedWish extends Omit<Wish, 'tenant' | 'contact' | 'source'> {
  contacts: readonly string[];
  source: string;
}

const Results = z.array(z.number());
const setWishScript = loadScript('set-wish');

/** Keeps a wish for the whole tenant. The later one stays, in any order of calls. Whether the contact is heard otherwise from now on. */
export async function setWish(client: RedisClient, shard: number, wish: Wish): Promise<boolean> {
  const contacts = contactHashes(wish.tenant, wish.contact);
  const [isOther = false] = await setWishes(client, { shard, tenant: wish.tenant }, [{ ...wish, contacts }]);
  return isOther;
}

/** Keeps wishes of a tenant, some hundreds at most; returns for each whether the contact is heard otherwise from now on. */
export async function setWishes(
  client: RedisClient,
  { shard, tenant }: { shard: number; tenant: string },
  wishes: readonly HashedWish[],
): Promise<boolean[]> {
  const keys = shardKeys(shard);
  const args = wishes.flatMap(({ contacts, change, scope, atS, source, outside = [] }) => [
    ...[contacts.join(' '), change, scope, atS, source, outside.length],
    ...outside.map(fieldsOf).flatMap((fields) => [fields.length, ...fields]),
  ]);
  const results = await setWishScript.run(
    client,
    [keys.optOuts(tenant), keys.emitted],
    [EMITTED_MAX, ...args],
  );
  return Results.parse(results).map((result) => result === 1);
}
