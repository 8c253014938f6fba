import { join } from 'node:path';
import { Slug, THROUGHPUT_DEFAULT, readAs } from '@alur/types';
import { parseAnswers, type Answers, type ParsedAnswers } from './answers.ts';
import {
  API_VERSION_DEFAULT,
  TIER_DEFAULT,
  type BundleFile,
  type NumberEntry,
  type TeamEntry,
} from './bundle-file.ts';
import { sketchBundle } from './bundle-sketch.ts';
import { editBundleFile } from './edit-bundle-file.ts';
import { DEMO_PREFIX, existingBundleFile, existingSecrets, renderSecrets } from './existing-bundle.ts';
import { ignoreSecrets } from './ignore-secrets.ts';
import { parseBundleFile } from './parse-bundle-file.ts';
import { portfolioFaults } from './portfolio-faults.ts';
import { BundleError, type Problem } from './problem.ts';
import { BUNDLE_FILE } from './read-bundle.ts';
import { secretsPath, subscribersWithoutSecret, type SecretsFile } from './secrets-file.ts';
import { setupWarnings } from './setup-warnings.ts';
import { starterFlow } from './starter-flow.ts';
import { PUBLIC, SECRET, writeFiles, type PlannedFile, type WrittenFiles } from './write-files.ts';
import { parseYamlText } from './yaml-text.ts';

export interface SetupOptions {
  /** The text of the answers, and the path that messages name it by. */
  answers: { text: string; path: string };
  dir: string;
  tenant?: string;
  team?: string;
  /** Checks everything and says what would be written, but writes nothing. */
  dryRun?: boolean;
}

export interface SetupResult extends WrittenFiles {
  tenant: string;
  team: string;
  warnings: string[];
  /** What a person enters in the webhook form of Meta. `verifyToken` is a secret: for the person's eyes only. */
  next: { callbackUrl: string; verifyToken: string; fields: string[] };
}

const NUMBER_DEFAULTS: Omit<NumberEntry, 'phone_number_id'> = {
  api_version: API_VERSION_DEFAULT,
  tier: TIER_DEFAULT,
  tier_counts: 'business_initiated',
  tier_scope: 'number',
  throughput: THROUGHPUT_DEFAULT,
};

/**
 * Makes a bundle from answers, or puts a team, a number or new answers into one. Throws `BundleError` with every problem
 * (`invalid_answers`, or `invalid_bundle` when what is there is wrong), and then nothing was written. The same answers a
 * second time change nothing. A demo bundle is replaced; its flows stay.
 */
export async function setupBundle(options: SetupOptions): Promise<SetupResult> {
  const { dir, answers: source, tenant = 'default', team = 'default', dryRun = false } = options;
  const parsed = parseAll(source, tenant, team);
  const { answers } = parsed;
  const found = await existingBundleFile(dir);
  const existing = found?.value.demo === true ? undefined : found;
  refuseTakenNumber(parsed, existing?.value, tenant, team, source.path);
  const text = editBundleFile(existing?.text, change(answers, tenant, team));
  refuseFaultyPortfolio(parsed, text, source.path);
  const secrets = mergeSecrets(await existingSecrets(dir, tenant, team), answers);
  const entry = teamEntry(join(dir, BUNDLE_FILE), text, tenant, team);
  refuseUnsigned(parsed, entry, secrets, source.path);
  // bundle.yaml comes last: a reader that meets a new team finds its secrets and flows there.
  const plan: PlannedFile[] = [
    { path: secretsPath(tenant, team), text: renderSecrets(secrets), ...SECRET },
    ...(await starterFlow(dir, entry.flows)),
    await ignoreSecrets(dir),
    { path: BUNDLE_FILE, text, ...PUBLIC },
  ];
  return {
    ...(await writeFiles(dir, plan, dryRun)),
    tenant,
    team,
    warnings: [
      ...parsed.warnings,
      ...setupWarnings({ answers, entry, secrets, replacesDemo: found !== existing }),
    ],
    next: {
      callbackUrl: `${answers.public_base_url}/webhook/whatsapp/${tenant}/${team}`,
      verifyToken: answers.verify_token,
      fields: ['messages'],
    },
  };
}

function parseAll(source: SetupOptions['answers'], tenant: string, team: string): ParsedAnswers {
  const names: Problem[] = Object.entries({ tenant, team })
    .filter(([, name]) => !readAs(Slug, name).success)
    .map(([option]) => ({
      file: `--${option}`,
      message: `the ${option} must be lower-case letters, digits and dashes, 63 at most`,
      fix: 'it is a part of the webhook address',
    }));
  if (names.length === 0) return parseAnswers(source.path, source.text);
  try {
    parseAnswers(source.path, source.text);
  } catch (error) {
    if (error instanceof BundleError) names.push(...error.problems);
    else throw error;
  }
  throw new BundleError('invalid_answers', `Cannot use the answers in "${source.path}"`, names);
}

function refuseTakenNumber(
  parsed: ParsedAnswers,
  file: BundleFile | undefined,
  tenant: string,
  team: string,
  path: string,
): void {
  const id = parsed.answers.phone_number_id;
  for (const other of file?.tenants ?? []) {
    for (const { id: name, numbers } of other.teams) {
      const isSelf = other.id === tenant && name === team;
      if (isSelf || !numbers.some((number) => number.phone_number_id === id)) continue;
      const message = `\`phone_number_id\` belongs to tenant "${other.id}", team "${name}" of this bundle already`;
      const problem = parsed.problemAt('phone_number_id', message, 'a number belongs to one team only');
      throw new BundleError('invalid_answers', `Cannot use the answers in "${path}"`, [problem]);
    }
  }
}

/** Answers may be right by themselves, and not fit the numbers that are there. */
function refuseFaultyPortfolio(parsed: ParsedAnswers, text: string, path: string): void {
  const faults = portfolioFaults(sketchBundle(parseYamlText(BUNDLE_FILE, text).value));
  if (faults.length === 0) return;
  const problems = faults.map(({ key, message, fix }) => parsed.problemAt(key, message, fix));
  throw new BundleError('invalid_answers', `Cannot use the answers in "${path}"`, problems);
}

/** The bundle would be refused: its deliveries could not be signed. */
function refuseUnsigned(parsed: ParsedAnswers, entry: TeamEntry, secrets: SecretsFile, path: string): void {
  const problems = subscribersWithoutSecret(entry, secrets).map((id) => {
    const key = parsed.answers.subscriber_secrets === undefined ? 'subscribers' : 'subscriber_secrets';
    const fix = 'add one of at least 16 characters to `subscriber_secrets`';
    return parsed.problemAt(key, `subscriber "${id}" has no secret`, fix);
  });
  if (problems.length > 0)
    throw new BundleError('invalid_answers', `Cannot use the answers in "${path}"`, problems);
}

function change(answers: Answers, tenant: string, team: string) {
  const { enabled, public_base_url, business_account_id, portfolio_id, phone_number_id } = answers;
  const { api_version, tier, tier_counts, tier_scope, throughput, http_allow, subscribers } = answers;
  return {
    tenant,
    team,
    settings: { enabled, public_base_url, business_account_id, portfolio_id },
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
    api_keys: answers.api_keys ?? existing?.api_keys.filter(isReal) ?? [],
    flow_secrets: answers.flow_secrets ?? existing?.flow_secrets ?? {},
    subscriber_secrets: answers.subscriber_secrets ?? existing?.subscriber_secrets ?? {},
  };
}

function teamEntry(file: string, text: string, tenant: string, team: string) {
  const parsed = parseBundleFile(file, text);
  if (parsed.kind === 'invalid')
    throw new BundleError('invalid_bundle', `Cannot change "${file}"`, parsed.problems);
  const entry = parsed.value.tenants
    .find((candidate) => candidate.id === tenant)
    ?.teams.find((candidate) => candidate.id === team);
  if (!entry) throw new Error(`Cannot change "${file}": team "${tenant}/${team}" was not written`);
  return entry;
}
