import { join, resolve } from 'node:path';
import type { BundleFile, TeamEntry } from './bundle-file.ts';
import type { Bundle, BusinessNumber, Team, Tenant } from './bundle.ts';
import { parseBundleFile } from './parse-bundle-file.ts';
import { BundleError, type Problem } from './problem.ts';
import { readText } from './read-text.ts';
import { permissionProblem, readSecrets, secretsPath, type SecretsFile } from './secrets-file.ts';

export const BUNDLE_FILE = 'bundle.yaml';
export const BUNDLE_BYTES_MAX = 1_048_576;

/**
 * Reads and checks a whole bundle but its flows. Throws `BundleError` with every problem of every file: `not_found`
 * when there is no bundle.yaml, `invalid_bundle` otherwise. Faults of the file system are thrown as they are.
 */
export async function readBundle(dir: string): Promise<Bundle> {
  const file = await readBundleFile(dir);
  const problems: Problem[] = [];
  const tenants: Tenant[] = [];
  for (const entry of file.tenants) {
    const { id, fallback_message: fallbackMessage } = entry;
    const tenant: Tenant = { id, ...(fallbackMessage !== undefined && { fallbackMessage }), teams: [] };
    for (const team of entry.teams) {
      const secrets = await secretsOf(dir, id, team, problems);
      if (secrets) tenant.teams.push(toTeam(dir, tenant, team, secrets));
    }
    tenants.push(tenant);
  }
  if (problems.length > 0) throw new BundleError('invalid_bundle', `Cannot read bundle "${dir}"`, problems);
  return {
    dir,
    demo: file.demo,
    ...(file.graph_base_url !== undefined && { graphBaseUrl: file.graph_base_url }),
    strict: file.strict,
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

async function readBundleFile(dir: string): Promise<BundleFile> {
  const path = join(dir, BUNDLE_FILE);
  const subject = `Cannot read bundle "${dir}"`;
  const file = await readText(path, BUNDLE_BYTES_MAX);
  if (file.kind === 'missing') {
    const fix = `make one with: alur setup --answers answers.json ${dir}`;
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
  problems.push(...missingTokens(file, team, result.secrets));
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
    ...(tenant.fallbackMessage !== undefined && { fallbackMessage: tenant.fallbackMessage }),
    numbers: entry.numbers.map((number): BusinessNumber => ({
      id: number.phone_number_id,
      tenant: tenant.id,
      team: entry.id,
      accessToken: secrets.access_tokens[number.phone_number_id] ?? '',
      apiVersion: number.api_version,
      tier: number.tier,
      tierCounts: number.tier_counts,
      throughput: number.throughput,
    })),
  };
}
