import { type Json, type Tier } from '@alur/types';
import { type TemplateCategory } from './template-words.ts';

/**
 * What news of the account means for sending. Scopes: `number` is one business number (every number of the WABA without a
 * `displayNumber`), `portfolio` all that share its limit, `waba` all numbers of the WABA. `displayNumber` is the business's own
 * number, digits only. Times: `untilMs` in Unix milliseconds, without it there is no end that Meta named; `atS` in Unix seconds.
 */
export type AccountNews =
  | { kind: 'tier'; scope: 'number' | 'portfolio'; displayNumber?: string; tier: Tier }
  /** Messages a second that the number may do from now on. */
  | { kind: 'throughput'; displayNumber?: string; perSecond: number }
  | { kind: 'quality'; displayNumber?: string; event: QualityEvent }
  /** `business_initiated`: replies inside the window still go; `all`: nothing goes. */
  | { kind: 'restriction'; scope: 'waba'; what: 'business_initiated' | 'all'; untilMs?: number }
  /** Every restriction of the WABA is over. */
  | { kind: 'reinstated' }
  /** `language` as sends write it, such as `en_US`. */
  | {
      kind: 'template';
      name: string;
      language?: string;
      state: 'paused' | 'disabled' | 'approved';
      untilMs?: number;
    }
  /** What a template is to whoever wants no marketing. */
  | { kind: 'template_category'; name: string; language?: string; category: TemplateCategory }
  | { kind: 'template_quality'; name: string; language?: string; quality: TemplateQuality }
  /** Its text, header or buttons are other ones than those that were pulled. */
  | { kind: 'template_changed'; name: string; language?: string }
  /** A contact's word on marketing, given in WhatsApp itself; at least one of the ids is there. */
  | { kind: 'preference'; waId?: string; userId?: string; change: 'out' | 'in'; atS: number };

export type TemplateQuality = 'green' | 'yellow' | 'red' | 'unknown';
export type QualityEvent = 'flagged' | 'unflagged' | 'upgrade' | 'downgrade' | 'onboarding';

/** When it happened, in Unix seconds: by the entry, or by our clock where Meta did not say. */
export interface NewsTime {
  atS: number;
}

/** How the value of one webhook field is read: no news when there is none for us, or it is not as documented. */
export interface NewsField {
  field: string;
  read: (value: Json, time: NewsTime) => AccountNews[];
}
