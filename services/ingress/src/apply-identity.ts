import type { Bundle, BusinessNumber } from '@alur/bundle';
import { moveContact, shardOf, type ContactMove, type RedisClient } from '@alur/store';
import type { Logger } from '@alur/telemetry';
import type { IngressMetrics } from './metrics.ts';
import type { SortedIdentity } from './sort-items.ts';

export interface IdentityDeps {
  client: RedisClient;
  shards: number;
  metrics: IngressMetrics;
  logger: Logger;
}

/**
 * A contact has another number or user id: the conversation goes on under it. Meta tells it for each number of the business, one after
 * the other; what one is told holds at once for all numbers of the tenant that know the contact, so that none of them writes to the
 * next owner of the old number. Safe to repeat, and in any order.
 */
export async function applyIdentity(
  { number, change }: SortedIdentity,
  bundle: Bundle,
  { client, shards, metrics, logger }: IdentityDeps,
): Promise<void> {
  const { tenant, team, id } = number;
  const shard = shardOf(tenant, shards);
  await moveContact(client, { shard, tenant, team, number: id }, change);
  for (const other of othersOf(number, bundle)) {
    const move = moveFor(other, number, change);
    const place = { shard, tenant, team: other.team, number: other.id };
    if (move) await moveContact(client, place, move, { onlyKnown: true });
  }
  metrics.events.inc({ kind: 'identity', outcome: 'moved' });
  logger.info({ tenant, team, number: id, evt: change.evt }, 'contact.moved');
}

function othersOf({ tenant, id }: BusinessNumber, bundle: Bundle): BusinessNumber[] {
  return bundle.tenants
    .filter((each) => each.id === tenant)
    .flatMap(({ teams }) => teams.flatMap(({ numbers }) => numbers))
    .filter((number) => number.id !== id);
}

/** A phone number is the same everywhere, a user id within a portfolio only. */
function moveFor(other: BusinessNumber, told: BusinessNumber, move: ContactMove): ContactMove | undefined {
  if (isSamePortfolio(other, told)) return move;
  const { was, is, at } = move;
  if (was.waId === undefined || is.waId === undefined || was.waId === is.waId) return undefined;
  return { at, was: { waId: was.waId }, is: { waId: is.waId } };
}

function isSamePortfolio(one: BusinessNumber, other: BusinessNumber): boolean {
  const isWabas = one.businessAccountId !== undefined && one.businessAccountId === other.businessAccountId;
  return isWabas || (one.portfolio !== undefined && one.portfolio === other.portfolio);
}
