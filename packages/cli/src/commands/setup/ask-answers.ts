import { randomBytes } from 'node:crypto';
import { checkAnswer, type AnswerKey, type AnswersSource } from '@alur/bundle';
import { CliError } from '../../cli-error.ts';
import type { Prompts } from '../../prompts.ts';

type Asked = NonNullable<AnswersSource['asked']>;

interface TypedAnswer {
  key: AnswerKey;
  message: string;
  initial?: string;
  isSecret?: boolean;
  /** What an empty answer stands for; undefined: it is left out. Missing: an answer is needed. */
  ifEmpty?: () => string | undefined;
}

const VERIFY_TOKEN_BYTES = 24;
const API_VERSION_ADVISED = 'v25.0';
const TIERS = ['250', '1', '2k', '2', '3', 'unlimited'];
const leftOut = () => undefined;

const REQUIRED: readonly TypedAnswer[] = [
  {
    key: 'public_base_url',
    message: 'Public address of this machine (https, without a path such as /webhook)',
    initial: 'https://',
  },
  { key: 'phone_number_id', message: 'Phone number ID (Meta app: WhatsApp, API Setup; not the number)' },
  {
    key: 'access_token',
    message: 'Permanent access token (Business settings: System users, Generate token)',
    isSecret: true,
  },
  {
    key: 'verify_token',
    message: 'Verify token, any text of yours (empty: one is made)',
    isSecret: true,
    ifEmpty: () => randomBytes(VERIFY_TOKEN_BYTES).toString('hex'),
  },
];

const OPTIONAL: readonly TypedAnswer[] = [
  {
    key: 'app_secret',
    message: 'App secret (Meta app: App settings, Basic; empty: later, until then webhooks are refused)',
    isSecret: true,
    ifEmpty: leftOut,
  },
  {
    key: 'business_account_id',
    message: 'WhatsApp Business Account ID (Meta app: WhatsApp, API Setup; empty: later)',
    ifEmpty: leftOut,
  },
  { key: 'api_version', message: 'Version of the Graph API', initial: API_VERSION_ADVISED, ifEmpty: leftOut },
];

/**
 * Asks for the answers that are missing; with `isFirst` also for those that hardly anybody should leave out. Throws
 * `CliError` (refused) when the person breaks off.
 */
export async function askAnswers(
  prompts: Prompts,
  missing: readonly AnswerKey[],
  isFirst: boolean,
): Promise<Asked> {
  prompts.say('Some answers are missing. Nothing is written before the last one; Ctrl-C breaks off.');
  const asked: Record<string, unknown> = {};
  if (missing.includes('enabled')) {
    asked['enabled'] = needed(await prompts.confirm('Take messages as soon as it is started?'));
  }
  const typed = [...REQUIRED.filter(({ key }) => missing.includes(key)), ...(isFirst ? OPTIONAL : [])];
  for (const question of typed) {
    const answer = needed(await prompts.text({ ...question, check: (text) => check(question, text) }));
    asked[question.key] = answer === '' ? question.ifEmpty?.() : answer;
  }
  if (isFirst) {
    const message =
      'Messaging limit of the number (WhatsApp Manager shows it; 1, 2, 3: 1,000, 10,000, 100,000 a day)';
    asked['tier'] = needed(await prompts.choose(message, TIERS));
  }
  return asked;
}

function check({ key, ifEmpty }: TypedAnswer, text: string): string | undefined {
  if (text === '') return ifEmpty ? undefined : 'an answer is needed';
  return checkAnswer(key, text);
}

function needed<T>(answer: T | undefined): T {
  if (answer !== undefined) return answer;
  const fix = 'run it again, or give a file with --answers: --emit-answers FILE writes one to fill in';
  throw new CliError('refused', 'Nothing was written: the questions were broken off', fix);
}
