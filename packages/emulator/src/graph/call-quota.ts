import { type CallQuota } from '../options.ts';
import { type Refusal, refusal } from './refusal.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const MINUTES = 60;

/** Management calls of any hour, by app and by WABA. Sends are not among them: they have limits of their own. */
export interface QuotaBook {
  /** Counts a call about a WABA (undefined: about none), unless that is refused. */
  count(wabaId: string | undefined): Refusal | undefined;
  /** Meta's two usage headers, as they are now. */
  headers(wabaId: string | undefined): Record<string, string>;
}

export interface QuotaDeps {
  quota: CallQuota;
  nowMs: () => number;
}

const APP = '';

export function createQuotaBook({ quota, nowMs }: QuotaDeps): QuotaBook {
  const counts = new Map<string, HourCount>();
  const countOf = (key: string) => {
    const found = counts.get(key) ?? new HourCount();
    counts.set(key, found);
    return found;
  };
  const percent = (key: string) => {
    const max = key === APP ? quota.app : quota.waba;
    return Math.min(100, Math.floor((countOf(key).read(nowMs()) * 100) / max));
  };
  return {
    count(wabaId) {
      const over = [APP, wabaId].find(
        (key) => key !== undefined && countOf(key).read(nowMs()) >= (key === APP ? quota.app : quota.waba),
      );
      if (over !== undefined && quota.enforce) return over === APP ? APP_REFUSAL : WABA_REFUSAL;
      countOf(APP).add(nowMs());
      if (wabaId !== undefined) countOf(wabaId).add(nowMs());
      return undefined;
    },
    headers(wabaId) {
      const app = percent(APP);
      const headers = {
        'x-app-usage': JSON.stringify({ call_count: app, total_cputime: app, total_time: app }),
      };
      if (wabaId === undefined) return headers;
      const used = percent(wabaId);
      const minutes = used < 100 ? 0 : Math.ceil(countOf(wabaId).freeInMs(nowMs()) / MINUTE_MS);
      const usage = {
        type: 'whatsapp_business_management',
        call_count: used,
        total_cputime: used,
        total_time: used,
        estimated_time_to_regain_access: minutes,
      };
      return { ...headers, 'x-business-use-case-usage': JSON.stringify({ [wabaId]: [usage] }) };
    },
  };
}

const APP_REFUSAL = refusal(4, 'Application request limit reached');
const WABA_REFUSAL = refusal(
  80008,
  'There have been too many calls to this WhatsApp Business account. Wait a bit and try again. ' +
    'For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.',
);

/** Calls of the last hour by the minute: exact enough, and of one size however many there are. */
class HourCount {
  readonly #byMinute = new Map<number, number>();

  add(nowMs: number): void {
    const minute = Math.floor(nowMs / MINUTE_MS);
    this.#byMinute.set(minute, (this.#byMinute.get(minute) ?? 0) + 1);
  }

  read(nowMs: number): number {
    const first = Math.floor(nowMs / MINUTE_MS) - MINUTES;
    let sum = 0;
    for (const [minute, count] of this.#byMinute) {
      if (minute <= first) this.#byMinute.delete(minute);
      else sum += count;
    }
    return sum;
  }

  /** Until the oldest call is an hour old. */
  freeInMs(nowMs: number): number {
    const [oldest] = this.#byMinute.keys();
    return oldest === undefined ? 0 : Math.max(0, oldest * MINUTE_MS + HOUR_MS - nowMs);
  }
}
