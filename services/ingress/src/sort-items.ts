import { type Bundle, findNumber, findTeam } from '@alur/bundle';
import type { OwnStatus, Quarantined } from '@alur/store';
import type { InboundEvent, StatusUpdate } from '@alur/types';
import { completeEvent, type WebhookItem } from '@alur/whatsapp';

/** What a webhook's items come to: each item is in exactly one of the lists. */
export interface Sorted {
  events: InboundEvent[];
  statuses: { tenant: string; status: OwnStatus }[];
  /** Statuses of messages that another sender of the WABA sent. */
  foreign: StatusUpdate[];
  aside: Quarantined[];
}

interface Origin {
  bundle: Bundle;
  tenant: string;
  team: string;
  /** The secret that verified the body. */
  secret: string;
}

/**
 * Gives each item to the team that owns its number, if a live secret of that team verified this very body: one
 * Meta app's callback may serve several teams, and nobody can write into another's conversations.
 */
export function sortItems(items: readonly WebhookItem[], origin: Origin): Sorted {
  const sorted: Sorted = { events: [], statuses: [], foreign: [], aside: [] };
  for (const item of items) sortItem(item, origin, sorted);
  return sorted;
}

function sortItem(item: WebhookItem, origin: Origin, sorted: Sorted): void {
  const { tenant, team } = origin;
  if (item.kind === 'rejected' || item.kind === 'account') {
    const reason = item.kind === 'rejected' ? item.reason : 'account_field';
    sorted.aside.push({ tenant, team, reason, raw: JSON.stringify(item.raw) });
    return;
  }
  const owner = ownerOf(item.number, origin);
  if (owner === undefined) {
    sorted.aside.push({ tenant, team, reason: 'not_this_teams_number', raw: JSON.stringify(item) });
    return;
  }
  if (item.kind === 'message') {
    sorted.events.push(completeEvent(item.message, owner));
    return;
  }
  const { mid, attempt } = item.status;
  if (mid === undefined || attempt === undefined) sorted.foreign.push(item.status);
  else sorted.statuses.push({ tenant: owner.tenant, status: { ...item.status, mid, attempt } });
}

function ownerOf(number: string, { bundle, secret }: Origin): { tenant: string; team: string } | undefined {
  const owner = findNumber(bundle, number);
  const team = owner && findTeam(bundle, owner.tenant, owner.team);
  if (!owner || team?.enabled !== true || !team.appSecrets.includes(secret)) return undefined;
  return { tenant: owner.tenant, team: owner.team };
}
