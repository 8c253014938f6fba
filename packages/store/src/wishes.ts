import type { OptOutScope } from '@alur/types';
import type { RedisClient } from './connection.ts';
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
}

const setWishScript = loadScript('set-wish');

/** Keeps a wish for the whole tenant. The later one stays, in any order of calls. */
export async function setWish(client: RedisClient, shard: number, wish: Wish): Promise<void> {
  const contacts = contactHashes(wish.tenant, wish.contact).join(' ');
  const { change, scope, atS, source } = wish;
  await setWishScript.run(
    client,
    [shardKeys(shard).optOuts(wish.tenant)],
    [contacts, change, scope, atS, source],
  );
}
