import { isAbsolute, normalize } from 'node:path';
import {
  FailureClass,
  NumberId,
  OPT_OUT_WORDS,
  Slug,
  THROUGHPUT_DEFAULT,
  THROUGHPUT_MAX,
  Tier,
} from '@alur/types';
import { z } from 'zod';
import { parseAllowedHost } from './allowed-host.ts';
import { isHeard } from './is-heard.ts';

/** The documented default of the answers; Meta has stopped serving it since, so setup warns. */
export const API_VERSION_DEFAULT = 'v18.0';
export const TIER_DEFAULT: Tier = '1';
const RETRY_AFTER_S_MAX = 86_400;
const ADVICE_MAX = 500;
const WORDS_MAX = 100;
const TEXT_MAX = 4_096;
const RECORD_DAYS_MIN = 3;
const RECORD_DAYS_MAX = 90;
// Meta repeats a webhook for up to 7 days.
const RECORD_DAYS_DEFAULT = 8;
const ALLOWED_HOSTS_MAX = 100;
const SUBSCRIBERS_MAX = 20;
const SUBSCRIBER_URL_MAX = 2_048;
const EVENT_PATTERNS_MAX = 100;
const API_PER_SECOND_DEFAULT = 50;
const API_PER_SECOND_MAX = 10_000;
const WAITING_DEFAULT = 100_000;
const WAITING_MAX = 10_000_000;

/** An id of Meta's, quoted or not. */
export const Digits = z.union([z.string(), z.int().nonnegative()]).transform(String).pipe(NumberId);

/** Without the slashes at the end, so that a path can be put behind it. */
export const BaseUrl = z.string().refine(isBaseUrl).transform(withoutSlashes);
export const ApiVersion = z.string().regex(/^v[1-9][0-9]?\.[0-9]$/);
export const TierName = z.union([z.string(), z.int()]).transform(String).pipe(Tier);
export const TierCounts = z.enum(['business_initiated', 'all']);
export type TierCounts = z.infer<typeof TierCounts>;
export const TierScope = z.enum(['number', 'portfolio']);
export type TierScope = z.infer<typeof TierScope>;
/** `retry_once`: sent once more; `park`: set aside among the dead letters. */
export const OnUnknown = z.enum(['retry_once', 'park']);
export type OnUnknown = z.infer<typeof OnUnknown>;
export const Throughput = z.int().min(1).max(THROUGHPUT_MAX);

export const NumberEntry = z.strictObject({
  phone_number_id: Digits,
  api_version: ApiVersion.default(API_VERSION_DEFAULT),
  tier: TierName.default(TIER_DEFAULT),
  tier_counts: TierCounts.default('business_initiated'),
  tier_scope: TierScope.default('number'),
  throughput: Throughput.default(THROUGHPUT_DEFAULT),
});
export type NumberEntry = z.infer<typeof NumberEntry>;

/** Hosts that flows may call although no public address on the usual port of https is theirs. */
export const AllowedHosts = z
  .array(z.string().refine((text) => parseAllowedHost(text) !== undefined))
  .max(ALLOWED_HOSTS_MAX);

/** What the `http` nodes of a team's flows may do. */
export const HttpEntry = z.strictObject({ allow: AllowedHosts.default([]) });
export type HttpEntry = z.infer<typeof HttpEntry>;

/** The type of an event, or the beginning of some with `*` behind it. */
const EventPattern = z
  .string()
  .regex(/^(?:[a-z][\w-]*(?:\.[\w-]+)*|(?:[a-z][\w.-]*)?\*)$/i)
  .max(200);

/** A web service that is told what the team's flows emit. */
export const SubscriberEntry = z.strictObject({
  id: Slug,
  url: z.string().max(SUBSCRIBER_URL_MAX).refine(isSubscriberUrl),
  events: z.array(EventPattern).min(1).max(EVENT_PATTERNS_MAX).default(['*']),
});
export type SubscriberEntry = z.infer<typeof SubscriberEntry>;
export const Subscribers = z.array(SubscriberEntry).max(SUBSCRIBERS_MAX);

/** Whether contacts see that a flow has read what they wrote, and that it is about to answer. */
export const ReadReceiptMode = z.enum(['off', 'read', 'typing']);
export type ReadReceiptMode = z.infer<typeof ReadReceiptMode>;

export const Text = z.string().min(1).max(TEXT_MAX);

/** BCP 47, in its canonical form: `id-ID`. */
export const Locale = z
  .string()
  .refine(isLocale)
  .transform((text) => canonicalLocale(text) ?? text);

/** What a tenant's teams may ask of the machine, each of them. */
export const LimitsEntry = z.strictObject({
  api_per_second: z.int().min(1).max(API_PER_SECOND_MAX).default(API_PER_SECOND_DEFAULT),
  waiting: z.int().min(1).max(WAITING_MAX).default(WAITING_DEFAULT),
});
export type LimitsEntry = z.infer<typeof LimitsEntry>;

export const TeamEntry = z.strictObject({
  id: Slug,
  enabled: z.boolean(),
  locale: Locale.optional(),
  fallback_message: Text.optional(),
  public_base_url: BaseUrl,
  business_account_id: Digits.optional(),
  portfolio_id: Digits.optional(),
  flows: z.string().min(1).refine(isInside).default('flows'),
  http: HttpEntry.prefault({}),
  subscribers: Subscribers.default([]),
  read_receipts: ReadReceiptMode.default('off'),
  numbers: z.array(NumberEntry),
});
export type TeamEntry = z.infer<typeof TeamEntry>;

const Words = z.array(z.string().refine(isHeard)).max(WORDS_MAX).default([]);

export const OptOutEntry = z.strictObject({
  languages: z.array(z.enum(Object.keys(OPT_OUT_WORDS))).optional(),
  stop_words: Words,
  start_words: Words,
  confirmation: z
    .union([Text, z.literal(false)])
    .default('You will get no more messages from us. Send START to get them again.'),
  confirmation_in: Text.optional(),
});
export type OptOutEntry = z.infer<typeof OptOutEntry>;

export const TenantEntry = z.strictObject({
  id: Slug,
  locale: Locale.optional(),
  fallback_message: Text.optional(),
  limits: LimitsEntry.prefault({}),
  opt_out: OptOutEntry.prefault({}),
  teams: z.array(TeamEntry).min(1),
});
export type TenantEntry = z.infer<typeof TenantEntry>;

const GraphCode = z.string().regex(/^(0|[1-9][0-9]{0,8})$/);

export const GraphErrorEntry = z
  .strictObject({
    class: FailureClass.optional(),
    retry_after: z.int().min(1).max(RETRY_AFTER_S_MAX).optional(),
    advice: z.string().min(1).max(ADVICE_MAX).optional(),
  })
  .refine((entry) => Object.keys(entry).length > 0, { when: ({ issues }) => issues.length === 0 });
export type GraphErrorEntry = z.infer<typeof GraphErrorEntry>;

const GraphErrors = z
  .record(GraphCode, GraphErrorEntry)
  .transform((entries) => new Map(Object.entries(entries).map(([code, entry]) => [Number(code), entry])));

/** What becomes of a run whose flow is gone: it goes on by the flow that it began with, or it ends. */
export const RemovedFlows = z.enum(['finish', 'end']);
export type RemovedFlows = z.infer<typeof RemovedFlows>;

/** A broadcast is billed and nobody waits for it, so one that may have arrived is not sent again. */
export const OnUnknownEntry = z.strictObject({
  reply: OnUnknown.default('retry_once'),
  notification: OnUnknown.default('retry_once'),
  broadcast: OnUnknown.default('park'),
});
const OneForAll = OnUnknown.transform((word) => ({ reply: word, notification: word, broadcast: word }));

/** bundle.yaml: who is served, with what. Holds no secret. */
export const BundleFile = z.strictObject({
  demo: z.boolean().default(false),
  graph_base_url: BaseUrl.optional(),
  strict: z.boolean().default(true),
  graph_errors: GraphErrors.prefault({}),
  on_unknown: z.union([OneForAll, OnUnknownEntry]).prefault({}),
  removed_flows: RemovedFlows.default('finish'),
  record_days: z.int().min(RECORD_DAYS_MIN).max(RECORD_DAYS_MAX).default(RECORD_DAYS_DEFAULT),
  tenants: z.array(TenantEntry).min(1),
});
export type BundleFile = z.infer<typeof BundleFile>;

function isBaseUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url !== undefined &&
    /^https?:\/\/[^\s?#@]+$/i.test(text) &&
    (url.protocol === 'https:' || url.protocol === 'http:')
  );
}

/** Unlike a base address it may have a query. */
function isSubscriberUrl(text: string): boolean {
  return /^https?:\/\/[^\s#@\\]+$/i.test(text) && URL.canParse(text);
}

function withoutSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end--;
  return text.slice(0, end);
}

function isLocale(text: string): boolean {
  return /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/.test(text) && canonicalLocale(text) !== undefined;
}

function canonicalLocale(text: string): string | undefined {
  try {
    return new Intl.Locale(text).toString();
  } catch {
    return undefined;
  }
}

function isInside(folder: string): boolean {
  return !isAbsolute(folder) && !folder.includes('\0') && !normalize(folder).startsWith('..');
}
