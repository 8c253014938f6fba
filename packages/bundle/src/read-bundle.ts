import { join, resolve } from 'node:path';
import type { ErrorOverride, TemplateDefinition } from '@alur/types';
import type { BundleFile, GraphErrorEntry, NumberEntry, TeamEntry, TenantEntry } from './bundle-file.ts';
import type { Bundle, BusinessNumber, Subscriber, Team, Tenant } from './bundle.ts';
import { optOutSettings } from './opt-out-settings.ts';
import { parseBundleFile } from './parse-bundle-file.ts';
import { BundleError, type Problem } from './problem.ts';
import { readMediaFiles } from './read-media-files.ts';
import { readText } from './read-text.ts';
import {
  permissionProblem,
  readSecrets,
  secretsPath,
  subscribersWithoutSecret,
  type SecretsFile,
} from './secrets-file.ts';
import { readTemplatesFile } from './templates-file.ts';

export const BUNDLE_FILE = 'bundle.yaml';
export const BUNDLE_BYTES_MAX = 1_048_576;
const DAY_S = 86_400;

interface ReadBundleOptions {
  /** Leaves pulled templates alone: for whoever writes them anew, right or wrong as they are. */
  withoutTemplates?: boolean;
  /** The same bundle as it was read before: media files that have not changed since are not hashed again. */
  before?: Bundle | undefined;
}

/**
 * Reads and checks a whole bundle but its flows. Throws `BundleError` with every problem of every file: `not_found`
 * when there is no bundle.yaml, `invalid_bundle` otherwise. Faults of the file system are thrown as they are.
 */
export async function readBundle(dir: string, options: ReadBundleOptions = {}): Promise<Bundle> {
  const file = await readBundleFile(dir);
  const problems: Problem[] = [];
  const templates = options.withoutTemplates ? NO_TEMPLATES : await readAllTemplates(dir, file, problems);
  const tenants: Tenant[] = [];
  for (const entry of file.tenants) {
    const tenant = toTenant(entry);
    for (const team of entry.teams) {
      const secrets = await secretsOf(dir, entry.id, team, problems);
      if (secrets) tenant.teams.push(withTemplates(toTeam(dir, tenant, team, secrets), templates));
    }
    tenants.push(tenant);
  }
  if (problems.length > 0) throw new BundleError('invalid_bundle', `Cannot read bundle "${dir}"`, problems);
  const media = await readMediaFiles(dir, options.before?.mediaFiles);
  return {
    dir,
    demo: file.demo,
    ...(file.graph_base_url !== undefined && { graphBaseUrl: file.graph_base_url }),
    strict: file.strict,
    errors: new Map([...file.graph_errors].map(([code, entry]) => [code, toErrorOverride(entry)])),
    onUnknown: file.on_unknown,
    removedFlows: file.removed_flows,
    recordKeepS: file.record_days * DAY_S,
    mediaFiles: media.files,
    mediaProblems: media.problems,
    tenants,
  };
}

/**
 * Where the flows of a bundle are, each folder once, and whether they are checked strictly. Needs no secrets, so that flows can
 * be checked where there are none. Throws `BundleError` as `readBundle` does.
 */
export async function readFlowFolders(dir: string): Promise<{ strict: boolean; folders: string[] }> {
  const file = await readBundleFile(dir);
  const teams = file.tenants.flatMap((tenant) => tenant.teams);
  return { strict: file.strict, folders: [...new Set(teams.map((team) => resolve(dir, team.flows)))] };
}

/** A team and what its flows are checked against. */
export interface FlowPlace {
  tenant: string;
  team: string;
  /** Absolute. */
  flowsDir: string;
  businessAccountId?: string;
  templates?: readonly TemplateDefinition[];
}

/**
 * Where each team's flows are, and the templates of its WABA; `problems` are of files of templates. Needs no secrets, as
 * `readFlowFolders`. Throws `BundleError` for a bundle.yaml as `readBundle` does.
 */
export async function readFlowPlaces(dir: string): Promise<{ places: FlowPlace[]; problems: Problem[] }> {
  const file = await readBundleFile(dir);
  const problems: Problem[] = [];
  const templates = await readAllTemplates(dir, file, problems);
  const places = file.tenants.flatMap((tenant) =>
    tenant.teams.map(({ id: team, flows, business_account_id: waba }) => {
      const place = { tenant: tenant.id, team, flowsDir: resolve(dir, flows) };
      return withTemplates({ ...place, ...(waba !== undefined && { businessAccountId: waba }) }, templates);
    }),
  );
  return { places, problems };
}

type Templates = ReadonlyMap<string, readonly TemplateDefinition[]>;
const NO_TEMPLATES: Templates = new Map();

/** What was pulled, by WABA. */
async function readAllTemplates(dir: string, file: BundleFile, problems: Problem[]): Promise<Templates> {
  const teams = file.tenants.flatMap((tenant) => tenant.teams);
  const found = new Map<string, readonly TemplateDefinition[]>();
  for (const waba of new Set(teams.flatMap(({ business_account_id: id }) => id ?? []))) {
    const read = await readTemplatesFile(dir, waba);
    if (read.kind === 'read') found.set(waba, read.file.templates);
    if (read.kind === 'invalid') problems.push(...read.problems);
  }
  return found;
}

function withTemplates<T extends { businessAccountId?: string }>(
  team: T,
  all: Templates,
): T & { templates?: readonly TemplateDefinition[] } {
  const templates = all.get(team.businessAccountId ?? '');
  return { ...team, ...(templates && { templates }) };
}

async function readBundleFile(dir: string): Promise<BundleFile> {
  const path = join(dir, BUNDLE_FILE);
  const subject = `Cannot read bundle "${dir}"`;
  const file = await readText(path, BUNDLE_BYTES_MAX);
  if (file.kind === 'missing') {
    const fix = `name its folder with --bundle or BUNDLE_DIR, or make one with: alur setup --answers answers.json ${dir}`;
    throw new BundleError('not_found', subject, [{ file: path, message: 'there is no such file', fix }]);
  }
  if (file.kind === 'too_large') {
    const message = `the file is larger than ${BUNDLE_BYTES_MAX} bytes`;
    throw new BundleError('invalid_bundle', subject, [{ file: path, message, fix: 'split the bundle' }]);
  }
  const parsed = parseBundleFile(path, file.text);
  if (parsed.kind === 'invalid') throw new BundleError('invalid_bundle', subject, parsed.problems);
  return parsed.value;
}

async function secretsOf(
  dir: string,
  tenant: string,
  team: TeamEntry,
  problems: Problem[],
): Promise<SecretsFile | undefined> {
  const file = join(dir, secretsPath(tenant, team.id));
  const result = await readSecrets(dir, tenant, team.id);
  if (result.kind === 'missing') {
    const fix = `run \`alur setup --tenant ${tenant} --team ${team.id}\` with its answers`;
    problems.push({ file, message: 'the secrets of this team are missing', fix });
    return undefined;
  }
  if (result.kind === 'invalid') {
    problems.push(...result.problems);
    return undefined;
  }
  const permission = permissionProblem(dir, tenant, team.id, result.mode);
  if (permission) problems.push(permission);
  problems.push(...missingTokens(file, team, result.secrets), ...missingSecrets(file, team, result.secrets));
  return result.secrets;
}

function missingTokens(file: string, team: TeamEntry, secrets: SecretsFile): Problem[] {
  return team.numbers
    .filter((number) => secrets.access_tokens[number.phone_number_id] === undefined)
    .map((number) => ({
      file,
      message: `\`access_tokens\` has no token for number ${number.phone_number_id}`,
      fix: 'add it, or run `alur setup` with the answers of this number',
    }));
}

/** Without its secret a subscriber could not tell our deliveries from anybody's. */
function missingSecrets(file: string, team: TeamEntry, secrets: SecretsFile): Problem[] {
  return subscribersWithoutSecret(team, secrets).map((id) => ({
    file,
    message: `\`subscriber_secrets\` has no secret for subscriber "${id}"`,
    fix: 'add one of at least 16 characters, such as `openssl rand -hex 32` makes, and give it to the subscriber',
  }));
}

function toErrorOverride({ class: name, retry_after: seconds, advice }: GraphErrorEntry): ErrorOverride {
  return {
    ...(name !== undefined && { class: name }),
    ...(seconds !== undefined && { retryAfterMs: seconds * 1_000 }),
    ...(advice !== undefined && { advice }),
  };
}

function toTenant({ id, fallback_message: fallbackMessage, opt_out }: TenantEntry): Tenant {
  return {
    id,
    ...(fallbackMessage !== undefined && { fallbackMessage }),
    optOut: optOutSettings(opt_out),
    teams: [],
  };
}

function toTeam(dir: string, tenant: Tenant, entry: TeamEntry, secrets: SecretsFile): Team {
  return {
    tenant: tenant.id,
    id: entry.id,
    enabled: entry.enabled,
    publicBaseUrl: entry.public_base_url,
    ...(entry.business_account_id !== undefined && { businessAccountId: entry.business_account_id }),
    flowsDir: resolve(dir, entry.flows),
    appSecrets: secrets.app_secret,
    verifyToken: secrets.verify_token,
    apiKeys: secrets.api_keys,
    flowSecrets: new Map(Object.entries(secrets.flow_secrets)),
    httpAllow: entry.http.allow,
    subscribers: toSubscribers(entry, secrets),
    readReceipts: entry.read_receipts,
    ...(tenant.fallbackMessage !== undefined && { fallbackMessage: tenant.fallbackMessage }),
    optOut: tenant.optOut,
    numbers: entry.numbers.map((number) => toNumber(tenant, entry, number, secrets)),
  };
}

function toSubscribers({ subscribers }: TeamEntry, secrets: SecretsFile): Subscriber[] {
  const known = new Map(Object.entries(secrets.subscriber_secrets));
  return subscribers.map((subscriber) => ({ ...subscriber, secret: known.get(subscriber.id) ?? '' }));
}

function toNumber(tenant: Tenant, team: TeamEntry, entry: NumberEntry, secrets: SecretsFile): BusinessNumber {
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
