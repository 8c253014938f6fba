import { z } from 'zod';
import { ApiKeys, Token } from './api-keys.ts';
import {
  AllowedHosts,
  ApiVersion,
  BaseUrl,
  Digits,
  Locale,
  Subscribers,
  Text,
  Throughput,
  TierCounts,
  TierName,
  TierScope,
} from './bundle-file.ts';
import { AppSecret, FlowSecrets, SubscriberSecrets, VerifyToken } from './secrets-file.ts';

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
  locale: Locale.optional(),
  fallback_message: Text.optional(),
  api_keys: ApiKeys.optional(),
  flow_secrets: FlowSecrets.optional(),
  http_allow: AllowedHosts.optional(),
  subscribers: Subscribers.refine((all) => new Set(all.map(({ id }) => id)).size === all.length).optional(),
  subscriber_secrets: SubscriberSecrets.optional(),
});
export type Answers = z.infer<typeof Answers>;
export type AnswerKey = keyof Answers;

/** In the order of the documentation. */
export const REQUIRED_ANSWERS = [
  'enabled',
  'public_base_url',
  'phone_number_id',
  'access_token',
  'verify_token',
] as const satisfies readonly AnswerKey[];
export type RequiredAnswer = (typeof REQUIRED_ANSWERS)[number];

/** Other names that the same things go by. */
export const ANSWER_ALIASES: ReadonlyMap<string, string> = new Map([
  ['hub_verify_token', 'verify_token'],
  ['meta_app_secret', 'app_secret'],
  ['whatsapp_app_secret', 'app_secret'],
  ['waba_id', 'business_account_id'],
]);

/** Under which the answers stand where there are some of other providers. */
export const ANSWERS_WRAPPER = 'messaging-whatsapp';

const WEBHOOK_PATH = /\/(?:webhook\/whatsapp|v1\/messaging\/ingress)(?:\/|$)/i;

/** What is wrong with an answer that its schema takes; undefined when nothing is. */
export function answerFault(key: string, value: unknown): { message: string; fix: string } | undefined {
  if (key !== 'public_base_url' || typeof value !== 'string' || !WEBHOOK_PATH.test(value)) return undefined;
  return {
    message: '`public_base_url` has the path of the webhook in it',
    fix: 'give the address alone, such as https://bot.example.com: setup prints the whole callback URL',
  };
}
