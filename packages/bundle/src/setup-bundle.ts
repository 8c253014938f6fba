import { join } from 'node:path';
import { THROUGHPUT_DEFAULT } from '@alur/types';
import type { Answers } from './answers.ts';
import { DEMO_PREFIX, isDemoKey } from './api-keys.ts';
import {
  API_VERSION_DEFAULT,
  TIER_DEFAULT,
  type BundleFile,
  type NumberEntry,
  type TeamEntry,
} from './bundle-file.ts';
import { describeChanges } from './describe-changes.ts';
import { editBundleFile, type BundleChange } from './edit-bundle-file.ts';
import { existingBundleFile, existingSecrets, renderSecrets } from './existing-bundle.ts';
import { ignoreSecrets } from './ignore-secrets.ts';
import { parseAnswers, type AnswersSource, type ParsedAnswers, type TeamAnswers } from './parse-answers.ts';
import { parseBundleFile } from './parse-bundle-file.ts';
import { placeholderWarnings } from './placeholder-warnings.ts';
import { BundleError } from './problem.ts';
import { BUNDLE_FILE } from './read-bundle.ts';
import { readSecrets, secretsPath, type SecretsFile } from './secrets-file.ts';
import { setupFaults } from './setup-faults.ts';
import { setupWarnings } from './setup-warnings.ts';
import { sharedAccountWarnings, type AccountTeam } from './shared-account.ts';
import { starterFlow } from './starter-flow.ts';
import { PUBLIC, SECRET, writeFiles, type PlannedFile, type WrittenFiles } from './write-files.ts';

export interface SetupOptions {
  answers: AnswersSource;
  dir: string;
  /** Of answers for one team; `default` if left out. */
  tenant?: string | undefined;
  team?: string | undefined;
  /** Checks everything and says what would be written, but writes nothing. */
  dryRun?: boolean;
}

/** What a person enters in the webhook form of Meta. `verifyToken` is a secret: for the person's eyes only. */
export interface TeamSetUp {
  tenant: string;
  team: string;
  callbackUrl: string;
  verifyToken: string;
}

export interface SetupResult extends WrittenFiles {
  /** At least one. */
  teams: TeamSetUp[];
  /** What is different in bundle.yaml now, a line each; it holds no secret. */
  changes: string[];
  warnings: string[];
}

export const NUMBER_DEFAULTS: Omit<NumberEntry, 'phone_number_id'> = {
  api_version: API_VERSION_DEFAULT,
  tier: TIER_DEFAULT,
  tier_counts: 'business_initiated',
  tier_scope: 'number',
  throughput: THROUGHPUT_DEFAULT,
};

/**
 * Makes a bundle from answers, or puts teams, a number or new answers into one. Throws `BundleError` with every problem
 * (`invalid_answers`, or `invalid_bundle` when what is there is wrong), and then nothing was written. The same answers a
 * second time change nothing. A demo bundle is replaced; its flows stay.
 */
export async function setupBundle(options: SetupOptions): Promise<SetupResult> {
  const { dir, answers: source, tenant = 'default', team = 'default', dryRun = false } = options;
  const isGiven = options.tenant !== undefined || options.team !== undefined;
  const parsed = parseAnswers(source, { tenant, team, isGiven });
  const found = await existingBundleFile(dir);
  const existing = found?.value.demo === true ? undefined : found;
  const text = parsed.teams.reduce<string | undefined>(
    (before, each) => editBundleFile(before, changeOf(each)),
    existing?.text,
  );
  const states = await statesOf(dir, parsed);
  refuseFaults(setupFaults({ parsed, before: existing?.value, text: text ?? '', states }), source.path);
  const file = readEdited(join(dir, BUNDLE_FILE), text ?? '');
  const plan = await planOf(dir, { file, text: text ?? '', states });
  const warnings = [
    ...parsed.warnings,
    ...placeholderWarnings(parsed.teams),
    ...states.flatMap((state) => setupWarnings({ ...state, entry: entryOf(file, state) })),
    ...sharedAccountWarnings(await accountTeams(dir, file, states)),
    ...(found === existing ? [] : ['the demo bundle in this folder is replaced; its flows stay']),
  ];
  return {
    ...(await writeFiles(dir, plan, dryRun)),
    teams: parsed.teams.map(toSetUp),
    changes: describeChanges(existing?.text, text ?? ''),
    warnings,
  };
}

/** A team's answers, and its secrets before and after. */
interface TeamState extends TeamAnswers {
  before: SecretsFile | undefined;
  secrets: SecretsFile;
}

async function statesOf(dir: string, { teams }: ParsedAnswers): Promise<TeamState[]> {
  const states: TeamState[] = [];
  for (const each of teams) {
    const before = await existingSecrets(dir, each.tenant, each.team);
    states.push({ ...each, before, secrets: mergeSecrets(before, each.answers) });
  }
  return states;
}

function refuseFaults(problems: BundleError['problems'], path: string): void {
  if (problems.length === 0) return;
  throw new BundleError('invalid_answers', `Cannot use the answers in "${path}"`, problems);
}

async function planOf(
  dir: string,
  { file, text, states }: { file: BundleFile; text: string; states: readonly TeamState[] },
): Promise<PlannedFile[]> {
  const folders = new Set(states.map((state) => entryOf(file, state).flows));
  const flows: PlannedFile[] = [];
  for (const folder of folders) flows.push(...(await starterFlow(dir, folder)));
  // bundle.yaml comes last: a reader that meets a new team finds its secrets and flows there.
  return [
    ...states.map(({ tenant, team, secrets }) => ({
      path: secretsPath(tenant, team),
      text: renderSecrets(secrets),
      ...SECRET,
    })),
    ...flows,
    await ignoreSecrets(dir),
    { path: BUNDLE_FILE, text, ...PUBLIC },
  ];
}

function changeOf({ tenant, team, answers }: TeamAnswers): BundleChange {
  const { enabled, public_base_url, business_account_id, portfolio_id, phone_number_id } = answers;
  const { api_version, tier, tier_counts, tier_scope, throughput, http_allow, subscribers } = answers;
  const { locale, fallback_message } = answers;
  return {
    tenant,
    team,
    settings: { enabled, public_base_url, business_account_id, portfolio_id, locale, fallback_message },
    ...(http_allow !== undefined && { httpAllow: http_allow }),
    ...(subscribers !== undefined && { subscribers }),
    number: { phone_number_id, api_version, tier, tier_counts, tier_scope, throughput },
    defaults: NUMBER_DEFAULTS,
  };
}

/** What the answers leave out stays, but for what the demo made up. */
function mergeSecrets(existing: SecretsFile | undefined, answers: Answers): SecretsFile {
  const isReal = (secret: string) => !secret.startsWith(DEMO_PREFIX);
  const tokens = Object.entries(existing?.access_tokens ?? {}).filter(([, token]) => isReal(token));
  return {
    verify_token: answers.verify_token,
    app_secret: answers.app_secret ?? existing?.app_secret.filter(isReal) ?? [],
    access_tokens: { ...Object.fromEntries(tokens), [answers.phone_number_id]: answers.access_token },
    api_keys: answers.api_keys ?? existing?.api_keys.filter((key) => !isDemoKey(key)) ?? [],
    flow_secrets: answers.flow_secrets ?? existing?.flow_secrets ?? {},
    subscriber_secrets: answers.subscriber_secrets ?? existing?.subscriber_secrets ?? {},
  };
}

function readEdited(path: string, text: string): BundleFile {
  const parsed = parseBundleFile(path, text);
  if (parsed.kind === 'parsed') return parsed.value;
  throw new BundleError('invalid_bundle', `Cannot change "${path}"`, parsed.problems);
}

function entryOf(file: BundleFile, { tenant, team }: { tenant: string; team: string }): TeamEntry {
  const entry = file.tenants
    .find((candidate) => candidate.id === tenant)
    ?.teams.find((candidate) => candidate.id === team);
  if (!entry) throw new Error(`Cannot change the bundle: team "${tenant}/${team}" was not written`);
  return entry;
}

/** Every team with what its app signs with: of these answers, and of the teams that are there beside them. */
async function accountTeams(
  dir: string,
  file: BundleFile,
  states: readonly TeamState[],
): Promise<AccountTeam[]> {
  const teams: AccountTeam[] = [];
  for (const { id: tenant, teams: entries } of file.tenants) {
    for (const { id, business_account_id: businessAccountId } of entries) {
      if (businessAccountId === undefined) continue;
      const own = states.find((state) => state.tenant === tenant && state.team === id)?.secrets;
      const read = own === undefined ? await readSecrets(dir, tenant, id) : undefined;
      const secrets = own ?? (read?.kind === 'secrets' ? read.secrets : undefined);
      teams.push({ tenant, id, businessAccountId, appSecrets: secrets?.app_secret ?? [] });
    }
  }
  return teams;
}

function toSetUp({ tenant, team, answers }: TeamAnswers): TeamSetUp {
  const callbackUrl = `${answers.public_base_url}/webhook/whatsapp/${tenant}/${team}`;
  return { tenant, team, callbackUrl, verifyToken: answers.verify_token };
}
