import { TIERS } from '@alur/types';
import type { Answers } from './answers.ts';
import { DEMO_PREFIX } from './api-keys.ts';
import { API_VERSION_DEFAULT, TIER_DEFAULT, type TeamEntry } from './bundle-file.ts';
import type { SecretsFile } from './secrets-file.ts';

/** Meta ended v20.0 on 24 September 2026. Source: Graph API changelog. */
const RETIRED_MAJOR = 20;
export const API_VERSION_ADVISED = 'v25.0';

export interface SetUp {
  answers: Answers;
  entry: TeamEntry;
  /** As they were. */
  before: SecretsFile | undefined;
  secrets: SecretsFile;
}

/** What works less well than a person may think, each with what to do. */
export function setupWarnings({ answers, entry, before, secrets }: SetUp): string[] {
  const number = entry.numbers.find((candidate) => candidate.phone_number_id === answers.phone_number_id);
  const version = number?.api_version ?? API_VERSION_DEFAULT;
  const others = entry.numbers.length - 1;
  const found = [
    secrets.app_secret.length === 0 &&
      'no `app_secret`: every webhook will be refused until there is one. Copy it from App settings, Basic, of the Meta app into the answers and run setup again',
    Number(/[0-9]+/.exec(version)?.[0]) <= RETIRED_MAJOR &&
      `\`api_version\` is ${version}${answers.api_version === undefined ? ', the default' : ''}: Meta no longer serves v20.0 and older. Set \`api_version\` to ${API_VERSION_ADVISED}`,
    answers.tier === undefined &&
      number?.tier === TIER_DEFAULT &&
      `no \`tier\`: taken as ${TIER_DEFAULT}, ${TIERS[TIER_DEFAULT].contactsPerDay} contacts a day. WhatsApp Manager shows the limit; new accounts start at 250`,
    !answers.public_base_url.startsWith('https://') &&
      '`public_base_url` is not https: Meta delivers webhooks to https addresses only',
    !entry.enabled && 'this team is not enabled: it takes and sends nothing until `enabled` is true',
    others > 0 &&
      `this team has ${others} more ${others === 1 ? 'number' : 'numbers'}. If this one replaces it, remove the old one from bundle.yaml`,
    isReplaced(before, secrets) &&
      'the former `app_secret` is not among these: webhooks that are signed with it are refused from now on. `alur keys rotate-app-secret` keeps it for a while',
  ];
  return found.filter((warning) => warning !== false);
}

function isReplaced(before: SecretsFile | undefined, { app_secret: now }: SecretsFile): boolean {
  const [former] = before?.app_secret ?? [];
  return former !== undefined && !former.startsWith(DEMO_PREFIX) && !now.includes(former);
}
