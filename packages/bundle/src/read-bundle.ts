import { join, resolve } from 'node:path';
import type { ErrorOverride, TemplateDefinition } from '@alur/types';
import type { BundleFile, GraphErrorEntry } from './bundle-file.ts';
import type { Bundle, Tenant } from './bundle.ts';
import { parseBundleFile } from './parse-bundle-file.ts';
import { BundleError, type Problem } from './problem.ts';
import { readMediaFiles } from './read-media-files.ts';
import { readText } from './read-text.ts';
import { secretsOfTeam, secretsOfTenant } from './team-secrets.ts';
import { readTemplatesFile } from './templates-file.ts';
import { toTeam, toTenant } from './to-team.ts';

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
    const tenantSecrets = await secretsOfTenant(dir, entry.id, problems);
    for (const team of entry.teams) {
      const secrets = await secretsOfTeam(dir, { id: entry.id, secrets: tenantSecrets }, team, problems);
      const surroundings = { dir, tenant: entry, tenantSecrets };
      if (secrets) tenant.teams.push(withTemplates(toTeam(surroundings, team, secrets), templates));
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

function toErrorOverride({ class: name, retry_after: seconds, advice }: GraphErrorEntry): ErrorOverride {
  return {
    ...(name !== undefined && { class: name }),
    ...(seconds !== undefined && { retryAfterMs: seconds * 1_000 }),
    ...(advice !== undefined && { advice }),
  };
}
