import { basename, join } from 'node:path';
import { NumberId, THROUGHPUT_DEFAULT } from '@alur/types';
import type { Bundle, Team } from './bundle.ts';
import { editBundleFile, type BundleChange } from './edit-bundle-file.ts';
import { existingBundleFile, existingSecrets, renderSecrets } from './existing-bundle.ts';
import { ignoreSecrets } from './ignore-secrets.ts';
import { parseBundleFile } from './parse-bundle-file.ts';
import { BundleError } from './problem.ts';
import { BUNDLE_FILE } from './read-bundle.ts';
import type { FlowSource } from './read-flow-sources.ts';
import { readText } from './read-text.ts';
import { DEMO_PREFIX } from './api-keys.ts';
import { secretsPath, type SecretsFile } from './secrets-file.ts';
import { API_VERSION_ADVISED } from './setup-warnings.ts';
import { PUBLIC, SECRET, writeFiles, type PlannedFile, type WrittenFiles } from './write-files.ts';

export interface DemoOptions {
  dir: string;
  publicBaseUrl: string;
  /** The emulator: never Meta's own address. */
  graphBaseUrl: string;
  /** Written to `flows/` by their base names, where a file of that name is not there yet. */
  flows: readonly FlowSource[];
  /** So many random bytes, in hex. */
  random: (bytes: number) => string;
}

export type DemoResult = ({ kind: 'made' } & WrittenFiles) | { kind: 'real_bundle_present' };

const DEMO_TENANT = 'default';
const DEMO_TEAM = 'default';
const DEMO_NUMBER = NumberId.parse('100000000000001');
const DEMO_ACCOUNT = '200000000000001';
const SECRET_BYTES = 32;

/**
 * Makes a bundle for trying things out, with made-up secrets; a second time keeps them, takes the addresses given, and
 * adds flows that are missing. Leaves a bundle alone that is not marked as a demo, or that has a real secret.
 * Throws `BundleError` when an address is none, or what is there cannot be read; then nothing was written.
 */
export async function makeDemoBundle(options: DemoOptions): Promise<DemoResult> {
  const { dir } = options;
  const existing = await existingBundleFile(dir);
  if (existing?.value.demo === false) return { kind: 'real_bundle_present' };
  const secrets = await existingSecrets(dir, DEMO_TENANT, DEMO_TEAM);
  if (secrets && !isMadeUp(secrets)) return { kind: 'real_bundle_present' };
  const text = editBundleFile(existing?.text, demoChange(options));
  const checked = parseBundleFile(BUNDLE_FILE, text);
  if (checked.kind === 'invalid') {
    throw new BundleError('invalid_bundle', `Cannot make a demo bundle in "${dir}"`, checked.problems);
  }
  const plan: PlannedFile[] = [
    {
      path: secretsPath(DEMO_TENANT, DEMO_TEAM),
      text: renderSecrets(secrets ?? makeUp(options.random)),
      ...SECRET,
    },
    ...(await missingFlows(dir, options.flows)),
    await ignoreSecrets(dir),
    { path: BUNDLE_FILE, text, ...PUBLIC },
  ];
  return { kind: 'made', ...(await writeFiles(dir, plan, false)) };
}

/**
 * Why this bundle must not be used with this Graph API, or undefined when it may. A demo's secrets are made up: at Meta
 * they would fail, and look like an attack.
 */
export function demoProblems(bundle: Bundle, graphBaseUrl: string): string | undefined {
  if (!isMeta(graphBaseUrl)) return undefined;
  if (bundle.demo) {
    return `Cannot use bundle "${bundle.dir}" with Meta: it is marked as a demo. Run \`alur setup\` for a real one, or set GRAPH_BASE_URL to the emulator`;
  }
  const team = bundle.tenants.flatMap((tenant) => tenant.teams).find(hasDemoSecret);
  if (!team) return undefined;
  return `Cannot use bundle "${bundle.dir}" with Meta: team "${team.tenant}/${team.id}" has a secret of the demo. Run \`alur setup\` with the real ones`;
}

function hasDemoSecret(team: Team): boolean {
  const { verifyToken, appSecrets, apiKeys, numbers } = team;
  const all = [verifyToken, ...appSecrets, ...numbers.map((number) => number.accessToken)];
  return all.some((secret) => secret.startsWith(DEMO_PREFIX)) || apiKeys.some(({ isDemo }) => isDemo);
}

function isMeta(address: string): boolean {
  const host = URL.canParse(address) ? new URL(address).hostname.replace(/\.$/, '') : '';
  return host === 'facebook.com' || host.endsWith('.facebook.com');
}

function isMadeUp(secrets: SecretsFile): boolean {
  const all = [secrets.verify_token, ...secrets.app_secret, ...Object.values(secrets.access_tokens)];
  return all.every((secret) => secret.startsWith(DEMO_PREFIX));
}

function makeUp(random: DemoOptions['random']): SecretsFile {
  const secret = () => DEMO_PREFIX + random(SECRET_BYTES);
  return {
    verify_token: secret(),
    app_secret: [secret()],
    access_tokens: { [DEMO_NUMBER]: secret() },
    api_keys: [secret()],
    flow_secrets: {},
    subscriber_secrets: {},
  };
}

async function missingFlows(dir: string, flows: readonly FlowSource[]): Promise<PlannedFile[]> {
  const plan: PlannedFile[] = [];
  for (const flow of flows) {
    const path = join('flows', basename(flow.path));
    const { kind } = await readText(join(dir, path), Infinity);
    if (kind === 'missing') plan.push({ path, text: flow.text, ...PUBLIC });
  }
  return plan;
}

function demoChange({ publicBaseUrl, graphBaseUrl }: DemoOptions): BundleChange {
  return {
    top: { demo: true, graph_base_url: graphBaseUrl },
    tenant: DEMO_TENANT,
    team: DEMO_TEAM,
    settings: { enabled: true, public_base_url: publicBaseUrl, business_account_id: DEMO_ACCOUNT },
    number: { phone_number_id: DEMO_NUMBER },
    defaults: {
      api_version: API_VERSION_ADVISED,
      tier: '1',
      tier_counts: 'business_initiated',
      tier_scope: 'number',
      throughput: THROUGHPUT_DEFAULT,
    },
  };
}
