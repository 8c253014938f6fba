import { readAs } from '@alur/types';
import { z } from 'zod';
import {
  AllowedHosts,
  ApiVersion,
  BaseUrl,
  Digits,
  SubscriberEntry,
  Subscribers,
  Throughput,
  TierCounts,
  TierName,
  TierScope,
} from './bundle-file.ts';
import { explainIssues } from './explain-issues.ts';
import { BundleError, byPlace, type Problem } from './problem.ts';
import { ApiKeys, AppSecret, FlowSecrets, SubscriberSecrets, Token, VerifyToken } from './secrets-file.ts';
import { isRecord, parseYamlText, type Path, type YamlText } from './yaml-text.ts';

/** What a person answers about one WhatsApp number, by the keys of the provider's documentation. */
export const Answers = z.strictObject({
  enabled: z.boolean(),
  public_base_url: BaseUrl,
  phone_number_id: Digits,
  access_token: Token,
  verify_token: VerifyToken,
  business_account_id: Digits.optional(),
  portfolio_id: Digits.optional(),
  api_version: ApiVersion.optional(),
  app_secret: AppSecret.optional(),
  tier: TierName.optional(),
  tier_counts: TierCounts.optional(),
  tier_scope: TierScope.optional(),
  throughput: Throughput.optional(),
  api_keys: ApiKeys.optional(),
  flow_secrets: FlowSecrets.optional(),
  http_allow: AllowedHosts.optional(),
  subscribers: Subscribers.refine((all) => new Set(all.map(({ id }) => id)).size === all.length).optional(),
  subscriber_secrets: SubscriberSecrets.optional(),
});
export type Answers = z.infer<typeof Answers>;

/** Other names that the same things go by. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['hub_verify_token', 'verify_token'],
  ['meta_app_secret', 'app_secret'],
  ['whatsapp_app_secret', 'app_secret'],
  ['waba_id', 'business_account_id'],
]);
const WRAPPER = 'messaging-whatsapp';
const KNOWN = [...Object.keys(Answers.shape), ...ALIASES.keys()];
const ANSWERS_BYTES_MAX = 262_144;

export interface ParsedAnswers {
  answers: Answers;
  warnings: string[];
  /** A problem with one of the answers, at its place in the file. */
  problemAt(key: keyof Answers, message: string, fix: string): Problem;
}

/**
 * Reads answers in JSON or YAML, under `messaging-whatsapp` or flat. Throws `BundleError` (`invalid_answers`) with every
 * problem; no message holds a value.
 */
export function parseAnswers(path: string, text: string): ParsedAnswers {
  const refuse = (problems: Problem[]) =>
    new BundleError('invalid_answers', `Cannot use the answers in "${path}"`, problems);
  if (Buffer.byteLength(text) > ANSWERS_BYTES_MAX) {
    throw refuse([{ file: path, message: 'the file is over 256 KiB', fix: 'give the answers only' }]);
  }
  const source = parseYamlText(path, text);
  if (source.problems.length > 0) throw refuse(source.problems);
  const { found, at, warnings, problems } = unwrap(source);
  const renamed = rename(source, found, at, problems);
  const parsed = readAs(Answers, renamed.value);
  const issues = parsed.success ? [] : explainIssues(renamed.source, parsed.error.issues, knownKeys);
  if (!parsed.success || problems.length > 0) throw refuse([...problems, ...issues].sort(byPlace));
  return {
    answers: parsed.data,
    warnings,
    problemAt: (key, message, fix) => ({ file: path, ...renamed.source.place([key], 'value'), message, fix }),
  };
}

function knownKeys(path: Path): readonly string[] {
  return path.includes('subscribers') ? Object.keys(SubscriberEntry.shape) : KNOWN;
}

interface Unwrapped {
  found: unknown;
  at: Path;
  warnings: string[];
  problems: Problem[];
}

function unwrap(source: YamlText): Unwrapped {
  const { value } = source;
  const inner = isRecord(value) ? entry(value, WRAPPER) : undefined;
  if (!isRecord(value) || inner === undefined) {
    return { found: value, at: [], warnings: [], problems: [] };
  }
  const others = Object.keys(value).filter((key) => key !== WRAPPER);
  const providers = others.filter((key) => key.startsWith('messaging-'));
  const warnings = providers.map((key) => `\`${key}\` is passed over: only ${WRAPPER} is set up here`);
  const problems = others
    .filter((key) => !providers.includes(key))
    .map((key) => ({
      file: source.file,
      ...source.place([key], 'key'),
      message: `\`${key.slice(0, 64)}\` is not known beside \`${WRAPPER}\``,
      fix: `move it into \`${WRAPPER}\`, or remove it`,
    }));
  return { found: inner, at: [WRAPPER], warnings, problems };
}

/** Gives aliases their own names; places are still those of the names in the file. */
function rename(
  source: YamlText,
  found: unknown,
  at: Path,
  problems: Problem[],
): { value: unknown; source: YamlText } {
  const written = new Map<PropertyKey, string>();
  const place: YamlText['place'] = (path, of) => {
    const [first, ...rest] = path;
    return source.place(first === undefined ? at : [...at, written.get(first) ?? first, ...rest], of);
  };
  if (!isRecord(found)) return { value: found, source: { ...source, value: found, place } };
  const entries = new Map<string, unknown>();
  for (const [key, value] of Object.entries(found)) {
    const name = ALIASES.get(key) ?? key;
    const earlier = written.get(name);
    if (earlier !== undefined) problems.push(twice(source, [...at, key], earlier));
    written.set(name, key);
    entries.set(name, value);
  }
  const value = Object.fromEntries(entries);
  return { value, source: { ...source, value, place } };
}

function twice(source: YamlText, path: Path, earlier: string): Problem {
  const message = `\`${String(path.at(-1))}\` and \`${earlier}\` are two names of one thing`;
  return { file: source.file, ...source.place(path, 'key'), message, fix: 'keep one of the two' };
}

function entry(value: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
