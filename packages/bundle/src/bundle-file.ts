import { isAbsolute, normalize } from 'node:path';
import { NumberId, Slug, THROUGHPUT_DEFAULT, THROUGHPUT_MAX, Tier } from '@alur/types';
import { z } from 'zod';

/** The documented default of the answers; Meta has stopped serving it since, so setup warns. */
export const API_VERSION_DEFAULT = 'v18.0';
export const TIER_DEFAULT: Tier = '1';

/** An id of Meta's, quoted or not. */
export const Digits = z.union([z.string(), z.int().nonnegative()]).transform(String).pipe(NumberId);

/** Without the slashes at the end, so that a path can be put behind it. */
export const BaseUrl = z.string().refine(isBaseUrl).transform(withoutSlashes);
export const ApiVersion = z.string().regex(/^v[1-9][0-9]?\.[0-9]$/);
export const TierName = z.union([z.string(), z.int()]).transform(String).pipe(Tier);
export const TierCounts = z.enum(['business_initiated', 'all']);
export type TierCounts = z.infer<typeof TierCounts>;
export const Throughput = z.int().min(1).max(THROUGHPUT_MAX);

export const NumberEntry = z.strictObject({
  phone_number_id: Digits,
  api_version: ApiVersion.default(API_VERSION_DEFAULT),
  tier: TierName.default(TIER_DEFAULT),
  tier_counts: TierCounts.default('business_initiated'),
  throughput: Throughput.default(THROUGHPUT_DEFAULT),
});
export type NumberEntry = z.infer<typeof NumberEntry>;

export const TeamEntry = z.strictObject({
  id: Slug,
  enabled: z.boolean(),
  public_base_url: BaseUrl,
  business_account_id: Digits.optional(),
  flows: z.string().min(1).refine(isInside).default('flows'),
  numbers: z.array(NumberEntry),
});
export type TeamEntry = z.infer<typeof TeamEntry>;

export const TenantEntry = z.strictObject({
  id: Slug,
  fallback_message: z.string().min(1).max(4096).optional(),
  teams: z.array(TeamEntry).min(1),
});

/** bundle.yaml: who is served, with what. Holds no secret. */
export const BundleFile = z.strictObject({
  demo: z.boolean().default(false),
  graph_base_url: BaseUrl.optional(),
  strict: z.boolean().default(true),
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

function withoutSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end--;
  return text.slice(0, end);
}

function isInside(folder: string): boolean {
  return !isAbsolute(folder) && !folder.includes('\0') && !normalize(folder).startsWith('..');
}
