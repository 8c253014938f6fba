import { type Bundle, type BusinessNumber, findNumber, findTeam } from '@alur/bundle';
import type { Quarantined } from '@alur/store';
import type { InboundEvent, StatusUpdate } from '@alur/types';
import { type AccountItem, completeEvent, type IdentityChange, type WebhookItem } from '@alur/whatsapp';

/** What a webhook's items come to: each item is in exactly one of the lists. */
export interface Sorted {
  events: InboundEvent[];
  statuses: SortedStatus[];
  /** Contacts that bear other ids from now on, in the order that Meta told it in. */
  identities: SortedIdentity[];
  /** News of the account that bear on sending, with all numbers that they may be about. */
  news: SortedNews[];
  aside: Quarantined[];
  /** How each number of the business is written, as Meta told with its items. */
  displayNumbers: Map<BusinessNumber, string>;
}

export interface SortedStatus {
  number: BusinessNumber;
  status: StatusUpdate;
}

export interface SortedIdentity {
  number: BusinessNumber;
  change: IdentityChange;
}

export interface SortedNews {
  item: AccountItem;
  numbers: BusinessNumber[];
}

/** What is of one number of the business. */
type OwnedItem = Exclude<WebhookItem, { kind: 'account' | 'rejected' }>;

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
  const lists = { events: [], statuses: [], identities: [], news: [], aside: [] };
  const sorted: Sorted = { ...lists, displayNumbers: new Map() };
  for (const item of items) sortItem(item, origin, sorted);
  return sorted;
}

function sortItem(item: WebhookItem, origin: Origin, sorted: Sorted): void {
  const { tenant, team } = origin;
  if (item.kind === 'rejected') {
    sorted.aside.push({ tenant, team, reason: item.reason, raw: JSON.stringify(item.raw) });
    return;
  }
  if (item.kind === 'account') {
    const numbers = item.news.length > 0 ? numbersOf(item, origin) : [];
    if (numbers.length > 0) sorted.news.push({ item, numbers });
    // Kept as it came in any case: rare, and the only record of it.
    sorted.aside.push({ tenant, team, reason: 'account_field', raw: JSON.stringify(item.raw) });
    return;
  }
  const owner = ownerOf(item.number, origin);
  if (owner === undefined) {
    sorted.aside.push({ tenant, team, reason: 'not_this_teams_number', raw: JSON.stringify(item) });
    return;
  }
  if (item.displayNumber !== undefined) sorted.displayNumbers.set(owner, item.displayNumber);
  sortOwned(item, owner, sorted);
}

function sortOwned(item: OwnedItem, owner: BusinessNumber, sorted: Sorted): void {
  switch (item.kind) {
    case 'message':
      sorted.events.push(completeEvent(item.message, owner));
      return;
    case 'status':
      sorted.statuses.push({ number: owner, status: item.status });
      return;
    case 'identity':
      sorted.identities.push({ number: owner, change: item.change });
      return;
  }
}

function ownerOf(number: string, origin: Origin): BusinessNumber | undefined {
  const owner = findNumber(origin.bundle, number);
  return owner !== undefined && hears(owner, origin) ? owner : undefined;
}

/** The numbers of the WABA that news is of; of a team without a known WABA when it came by that team's own address. */
function numbersOf({ wabaId }: AccountItem, origin: Origin): BusinessNumber[] {
  const { bundle, tenant, team } = origin;
  return bundle.tenants
    .flatMap((each) => each.teams)
    .flatMap((each) => each.numbers)
    .filter((number) => {
      const isRoutes = number.tenant === tenant && number.team === team;
      const isWabas = number.businessAccountId === undefined ? isRoutes : number.businessAccountId === wabaId;
      return isWabas && hears(number, origin);
    });
}

function hears(number: BusinessNumber, { bundle, secret }: Origin): boolean {
  const team = findTeam(bundle, number.tenant, number.team);
  return team?.enabled === true && team.appSecrets.includes(secret);
}
