import { readAs } from '@alur/types';
import { type IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';

/** How much of Graph's call quotas is used up: sends themselves are limited otherwise, this is about everything else. */
export interface GraphUsage {
  /** Of the quota that is nearest to its end; calls are refused from 100 on. */
  percent: number;
  /** Until calls are taken again, where Meta says so; at most a day. */
  regainMs?: number;
}

/** Meta puts at most so many into one header. */
const USAGES_MAX = 32;
const MINUTE_MS = 60_000;
const REGAIN_MS_MAX = 24 * 60 * MINUTE_MS;

const Amount = z.number().nonnegative().optional().catch(undefined);
const Usage = z.object({
  call_count: Amount,
  total_time: Amount,
  total_cputime: Amount,
  /** Minutes. */
  estimated_time_to_regain_access: Amount,
});
type Usage = z.infer<typeof Usage>;
const BusinessUsage = z.record(z.string(), z.array(Usage));

/**
 * The worst of what the headers `X-App-Usage` and `X-Business-Use-Case-Usage` tell. Undefined when neither is there and
 * as documented. Source: Meta, "Graph API: rate limits".
 */
export function readUsage(headers: IncomingHttpHeaders): GraphUsage | undefined {
  const ofApp = readAs(Usage, readJson(headers['x-app-usage'])).data;
  const ofBusiness = readAs(BusinessUsage, readJson(headers['x-business-use-case-usage'])).data;
  const usages = [
    ...Object.values(ofBusiness ?? {})
      .flat()
      .slice(0, USAGES_MAX),
    ...(ofApp ? [ofApp] : []),
  ];
  const percents = usages.flatMap(amounts);
  if (percents.length === 0) return undefined;
  const minutes = Math.max(...usages.map((usage) => usage.estimated_time_to_regain_access ?? 0));
  const regainMs = minutes > 0 ? Math.min(minutes * MINUTE_MS, REGAIN_MS_MAX) : undefined;
  return { percent: Math.max(...percents), regainMs };
}

function amounts({ call_count, total_time, total_cputime }: Usage): number[] {
  return [call_count, total_time, total_cputime].filter((amount) => amount !== undefined);
}

function readJson(header: string | string[] | undefined): unknown {
  if (typeof header !== 'string') return undefined;
  try {
    return JSON.parse(header);
  } catch {
    return undefined;
  }
}
