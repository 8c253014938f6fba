import { resolve } from 'node:path';
import { toApiKeys } from './api-keys.ts';
import type { NumberEntry, TeamEntry, TenantEntry } from './bundle-file.ts';
import type { BusinessNumber, Subscriber, Team, Tenant } from './bundle.ts';
import { optOutSettings } from './opt-out-settings.ts';
import type { SecretsFile, TenantSecretsFile } from './secrets-file.ts';

/** A tenant without its teams. */
export function toTenant({ id, locale, fallback_message: fallbackMessage, opt_out }: TenantEntry): Tenant {
  return {
    id,
    ...(fallbackMessage !== undefined && { fallbackMessage }),
    optOut: optOutSettings(opt_out, [locale]),
    teams: [],
  };
}

/** Where a team stands: what it takes over from around it. */
export interface Surroundings {
  dir: string;
  tenant: TenantEntry;
  /** Of the whole tenant. */
  tenantSecrets: TenantSecretsFile;
}

/** A team with its secrets and numbers, without its templates. */
export function toTeam(
  { dir, tenant, tenantSecrets }: Surroundings,
  entry: TeamEntry,
  secrets: SecretsFile,
): Team {
  const locale = entry.locale ?? tenant.locale;
  const fallbackMessage = entry.fallback_message ?? tenant.fallback_message;
  return {
    tenant: tenant.id,
    id: entry.id,
    enabled: entry.enabled,
    ...(locale !== undefined && { locale }),
    limits: { apiPerSecond: tenant.limits.api_per_second, waiting: tenant.limits.waiting },
    publicBaseUrl: entry.public_base_url,
    ...(entry.business_account_id !== undefined && { businessAccountId: entry.business_account_id }),
    flowsDir: resolve(dir, entry.flows),
    appSecrets: secrets.app_secret,
    verifyToken: secrets.verify_token,
    apiKeys: [...toApiKeys(secrets.api_keys, 'key'), ...toApiKeys(tenantSecrets.api_keys, 'tenant-key')],
    flowSecrets: new Map(Object.entries(secrets.flow_secrets)),
    httpAllow: entry.http.allow,
    subscribers: toSubscribers(entry, secrets),
    readReceipts: entry.read_receipts,
    ...(fallbackMessage !== undefined && { fallbackMessage }),
    optOut: optOutSettings(tenant.opt_out, [tenant.locale, entry.locale]),
    numbers: entry.numbers.map((number) => toNumber(tenant, entry, number, secrets)),
  };
}

function toSubscribers({ subscribers }: TeamEntry, secrets: SecretsFile): Subscriber[] {
  const known = new Map(Object.entries(secrets.subscriber_secrets));
  return subscribers.map((subscriber) => ({ ...subscriber, secrets: known.get(subscriber.id) ?? [] }));
}

function toNumber(
  tenant: TenantEntry,
  team: TeamEntry,
  entry: NumberEntry,
  secrets: SecretsFile,
): BusinessNumber {
  return {
    id: entry.phone_number_id,
    tenant: tenant.id,
    team: team.id,
    accessToken: secrets.access_tokens[entry.phone_number_id] ?? '',
    apiVersion: entry.api_version,
    tier: entry.tier,
    tierCounts: entry.tier_counts,
    tierScope: entry.tier_scope,
    ...(team.portfolio_id !== undefined && { portfolio: team.portfolio_id }),
    ...(team.business_account_id !== undefined && { businessAccountId: team.business_account_id }),
    throughput: entry.throughput,
  };
}
