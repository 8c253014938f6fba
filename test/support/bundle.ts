import { createHash } from 'node:crypto';
import type { ApiKey, Bundle, BusinessNumber, Team, Tenant } from '@alur/bundle';
import { ApiScope, NumberId } from '@alur/types';

const optOut = { words: { stop: ['STOP'], start: ['START'] } };

/** A number with everything at its default. */
export function aNumber(id: string, more: Partial<BusinessNumber> = {}): BusinessNumber {
  return {
    id: NumberId.parse(id),
    tenant: 'default',
    team: 'default',
    accessToken: 'token',
    apiVersion: 'v25.0',
    tier: '1',
    tierCounts: 'business_initiated',
    tierScope: 'number',
    throughput: 80,
    ...more,
  };
}

/** A team and its numbers, which get its name. */
export function aTeam(tenant: string, id: string, more: Partial<Team> = {}): Team {
  return {
    tenant,
    id,
    enabled: true,
    limits: { apiPerSecond: 50, waiting: 100_000 },
    publicBaseUrl: 'https://example.com',
    flowsDir: '/flows',
    appSecrets: ['secret'],
    verifyToken: 'verify',
    apiKeys: [],
    flowSecrets: new Map(),
    httpAllow: [],
    subscribers: [],
    readReceipts: 'off',
    optOut,
    ...more,
    numbers: (more.numbers ?? []).map((number) => ({ ...number, tenant, team: id })),
  };
}

/** What opens the API for a team; without scopes, everything. */
export function anApiKey(key: string, scopes: readonly ApiScope[] = ApiScope.options): ApiKey {
  const sha256 = createHash('sha256').update(key).digest('hex');
  return { name: `key-${sha256.slice(0, 6)}`, sha256, scopes, isDemo: false };
}

/** A bundle of these teams, in their tenants. */
export function aBundle(teams: readonly Team[], more: Partial<Bundle> = {}): Bundle {
  const tenants = new Map<string, Tenant>();
  for (const team of teams) {
    const tenant: Tenant = tenants.get(team.tenant) ?? { id: team.tenant, optOut, teams: [] };
    tenant.teams.push(team);
    tenants.set(team.tenant, tenant);
  }
  return {
    dir: '/bundle',
    demo: false,
    strict: true,
    errors: new Map(),
    onUnknown: { reply: 'retry_once', notification: 'retry_once', broadcast: 'park' },
    removedFlows: 'finish',
    recordKeepS: 8 * 86_400,
    mediaFiles: new Map(),
    mediaProblems: [],
    tenants: [...tenants.values()],
    ...more,
  };
}
