import type { NumberId, Tier } from '@alur/types';
import type { TierCounts } from './bundle-file.ts';

/** A business phone number and what may be done with it. `throughput` is messages a second. */
export interface BusinessNumber {
  id: NumberId;
  tenant: string;
  team: string;
  accessToken: string;
  apiVersion: string;
  tier: Tier;
  tierCounts: TierCounts;
  throughput: number;
}

export interface Team {
  tenant: string;
  id: string;
  enabled: boolean;
  /** Without a slash at its end. */
  publicBaseUrl: string;
  businessAccountId?: string;
  /** Absolute. What `readFlowSources` reads. */
  flowsDir: string;
  /** Any of them verifies a webhook. None: every webhook is refused. */
  appSecrets: string[];
  verifyToken: string;
  /** Sent when a run fails; the tenant's. */
  fallbackMessage?: string;
  numbers: BusinessNumber[];
}

export interface Tenant {
  id: string;
  fallbackMessage?: string;
  teams: Team[];
}

/** A bundle as read, secrets included: never to be logged. */
export interface Bundle {
  dir: string;
  /** Made by `makeDemoBundle`: its secrets are made up, and Meta must never see them. */
  demo: boolean;
  graphBaseUrl?: string;
  /** Whether a missing target in a flow is an error (else a warning). */
  strict: boolean;
  tenants: Tenant[];
}

interface Index {
  teams: Map<string, Team>;
  numbers: Map<string, BusinessNumber>;
}

// Asked for on every webhook, so each bundle is indexed once; a reloaded bundle is a new object.
const indexes = new WeakMap<Bundle, Index>();

/** The team that a webhook's address names; names come from outside and may be anything. */
export function findTeam(bundle: Bundle, tenant: string, team: string): Team | undefined {
  return indexOf(bundle).teams.get(`${tenant}/${team}`);
}

/** The number with this `phone_number_id`, whoever has it. */
export function findNumber(bundle: Bundle, id: string): BusinessNumber | undefined {
  return indexOf(bundle).numbers.get(id);
}

function indexOf(bundle: Bundle): Index {
  const known = indexes.get(bundle);
  if (known) return known;
  const teams = bundle.tenants.flatMap((tenant) => tenant.teams);
  const index: Index = {
    // No slug has a slash in it, so the joined key is unambiguous for every team there is.
    teams: new Map(teams.map((team) => [`${team.tenant}/${team.id}`, team])),
    numbers: new Map(teams.flatMap((team) => team.numbers).map((number) => [number.id, number])),
  };
  indexes.set(bundle, index);
  return index;
}
