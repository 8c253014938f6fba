import type { Bundle, BusinessNumber } from '@alur/bundle';
import {
  hashesOf,
  knownIds,
  setWishes,
  type ContactPlace,
  type NewOutside,
  type RedisClient,
} from '@alur/store';
import { hash, wantedTypes, type OptOutScope } from '@alur/types';

/** A wish of one contact, as the business was told it outside of WhatsApp. */
export interface ToldWish {
  ids: { waId?: string | undefined; userId?: string | undefined };
  change: 'out' | 'in';
  scope: OptOutScope;
  /** Unix seconds. */
  atS: number;
  source: 'api' | 'operator';
}

/** The numbers of a tenant, of all of its teams. */
export function tenantNumbers(bundle: Bundle, tenant: string): BusinessNumber[] {
  const teams = bundle.tenants.flatMap((each) => (each.id === tenant ? each.teams : []));
  return teams.flatMap(({ numbers }) => numbers);
}

/**
 * Keeps a wish for the whole tenant, under all ids that it knows the contact by, and tells the subscribers of its teams. It holds at once,
 * for what is queued too. False when the contact is heard as before.
 */
export async function changeWish(
  client: RedisClient,
  { shard, bundle, tenant }: { shard: number; bundle: Bundle; tenant: string },
  { ids, ...wish }: ToldWish,
): Promise<boolean> {
  const numbers = tenantNumbers(bundle, tenant).map(({ id }) => id);
  const place: ContactPlace = { shard, tenant, numbers };
  const contacts = hashesOf(tenant, await knownIds(client, place, ids));
  const outside = wishEvents({ bundle, tenant }, { ids, ...wish });
  const [isOther = false] = await setWishes(client, place, [{ ...wish, contacts, outside }]);
  return isOther;
}

/** It holds for the whole tenant, so each of its teams hears of it that wants to. */
function wishEvents(
  { bundle, tenant }: { bundle: Bundle; tenant: string },
  { ids, change, scope, atS, source }: ToldWish,
): NewOutside[] {
  const type = change === 'out' ? 'contact.opted_out' : 'contact.opted_in';
  const teams = bundle.tenants.flatMap((each) => (each.id === tenant ? each.teams : []));
  return teams
    .filter(({ subscribers }) => wantedTypes(subscribers).has(type))
    .map(({ id: team }) => ({
      id: hash('outside', type, tenant, team, ids.waId ?? '', ids.userId ?? '', scope, atS),
      tenant,
      team,
      type,
      at: atS,
      payload: { scope, source },
      contact: ids,
    }));
}
