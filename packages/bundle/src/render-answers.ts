import { Document, YAMLMap, isPair, isScalar } from 'yaml';
import { Answers, ANSWERS_WRAPPER, REQUIRED_ANSWERS, type AnswerKey } from './answers.ts';
import type { NumberEntry, TeamEntry } from './bundle-file.ts';
import { existingBundleFile, existingSecrets } from './existing-bundle.ts';
import { escapeVariables } from './expand-variables.ts';
import { FIELDS } from './fields.ts';
import type { SecretsFile } from './secrets-file.ts';
import { NUMBER_DEFAULTS } from './setup-bundle.ts';

export interface RenderAnswersOptions {
  dir: string;
  tenant: string;
  team: string;
  /** With every optional key that has a default, or something to say. */
  advanced: boolean;
  /** JSON has no comments, so there keys without a value are left out. */
  format: 'yaml' | 'json';
}

/**
 * Answers to fill in, or those that the bundle's team was set up with; a secret is always a variable, so the text may be kept
 * anywhere. With its variables set, setup takes it and changes nothing. Throws `BundleError` when what is there is wrong.
 */
export async function renderAnswers(options: RenderAnswersOptions): Promise<string> {
  const { dir, tenant, team, advanced, format } = options;
  const file = await existingBundleFile(dir);
  const isReal = file?.value.demo === false;
  const entry = file?.value.tenants.find(({ id }) => id === tenant)?.teams.find(({ id }) => id === team);
  const secrets = await existingSecrets(dir, tenant, team);
  const known = isReal && entry ? currentAnswers(entry, secrets) : {};
  const defaults = advanced ? { ...NUMBER_DEFAULTS, ...EMPTY } : {};
  const values = { ...defaults, ...PLACEHOLDERS, ...known };
  const keys = answerKeys().filter((key) => values[key] !== undefined);
  if (format === 'json') {
    const chosen = Object.fromEntries(keys.map((key) => [key, values[key]]));
    return `${JSON.stringify({ [ANSWERS_WRAPPER]: chosen }, null, 2)}\n`;
  }
  const open = advanced ? answerKeys().filter((key) => values[key] === undefined) : [];
  return `${renderYaml(keys, values)}${open.map(commentedOut).join('')}`;
}

type Values = Partial<Record<AnswerKey, unknown>>;

const variable = (...parts: string[]) =>
  `\${${['ALUR', ...parts].map((part) => part.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')).join('_')}}`;
const PLACEHOLDERS: Values = {
  enabled: true,
  ...Object.fromEntries(
    REQUIRED_ANSWERS.filter((key) => key !== 'enabled').map((key) => [key, variable(key)]),
  ),
};
const EMPTY: Values = { http_allow: [], flow_secrets: {}, subscribers: [], subscriber_secrets: {} };

function answerKeys(): AnswerKey[] {
  return Answers.keyof().options;
}

function currentAnswers(entry: TeamEntry, secrets: SecretsFile | undefined): Values {
  const { enabled, public_base_url, business_account_id, portfolio_id, locale, fallback_message } = entry;
  const [number] = entry.numbers;
  const values: Values = {
    enabled,
    public_base_url,
    business_account_id,
    portfolio_id,
    locale,
    ...(fallback_message !== undefined && { fallback_message: escapeVariables(fallback_message) }),
    ...(number && numberAnswers(number)),
    ...(entry.http.allow.length > 0 && { http_allow: entry.http.allow }),
    ...(entry.subscribers.length > 0 && { subscribers: entry.subscribers.map(escaped) }),
    ...(secrets && secretAnswers(secrets)),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function escaped({ url, ...subscriber }: TeamEntry['subscribers'][number]) {
  return { ...subscriber, url: escapeVariables(url) };
}

function numberAnswers(number: NumberEntry): Values {
  const { phone_number_id, api_version, tier, tier_counts, tier_scope, throughput } = number;
  return { phone_number_id, api_version, tier, tier_counts, tier_scope, throughput };
}

/** Keys of the API are left out, and stay: only their hashes may be known. */
function secretAnswers({
  app_secret: apps,
  flow_secrets: flows,
  subscriber_secrets: subscribers,
}: SecretsFile): Values {
  const [only, ...more] = apps.map((_, index) =>
    variable('app_secret', ...(index === 0 ? [] : [`${index + 1}`])),
  );
  return {
    ...(only !== undefined && { app_secret: more.length === 0 ? only : [only, ...more] }),
    ...(Object.keys(flows).length > 0 && {
      flow_secrets: Object.fromEntries(
        Object.keys(flows).map((name) => [name, variable('flow_secret', name)]),
      ),
    }),
    ...(Object.keys(subscribers).length > 0 && {
      subscriber_secrets: Object.fromEntries(
        Object.entries(subscribers).map(([id, secrets]) => [
          id,
          secrets.map((_, index) =>
            variable('subscriber_secret', id, ...(index === 0 ? [] : [`${index + 1}`])),
          ),
        ]),
      ),
    }),
  };
}

const HEADER = ` Answers for \`alur setup\`. \${NAME} is read from the environment, \${NAME:-text} has a default,
 $\${ stands for itself. Secrets are best left to variables: then this file may be kept.`;

function renderYaml(keys: readonly AnswerKey[], values: Values): string {
  const chosen = Object.fromEntries(keys.map((key) => [key, values[key]]));
  const document = new Document({ [ANSWERS_WRAPPER]: chosen });
  document.commentBefore = HEADER;
  const map: unknown = document.get(ANSWERS_WRAPPER);
  for (const pair of map instanceof YAMLMap ? map.items : []) {
    if (isPair(pair) && isScalar(pair.key)) pair.key.commentBefore = ` ${meaningOf(String(pair.key.value))}`;
  }
  return document.toString({ lineWidth: 0 });
}

function commentedOut(key: AnswerKey): string {
  return `  # ${meaningOf(key)}\n  # ${key}:\n`;
}

function meaningOf(key: string): string {
  const { must = '', fix = '' } = FIELDS.get(key) ?? {};
  return `${must}; ${fix}`;
}
