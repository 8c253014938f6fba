import { type Json, THROUGHPUT_MAX } from '@alur/types';
import { isObject, readDisplayNumber } from '../fields.ts';
import { type AccountNews, type NewsField, type QualityEvent } from './account-news.ts';
import { readTier } from './tier.ts';

const QUALITY_EVENTS: ReadonlyMap<unknown, QualityEvent> = new Map<unknown, QualityEvent>([
  ['FLAGGED', 'flagged'],
  ['UNFLAGGED', 'unflagged'],
  ['UPGRADE', 'upgrade'],
  ['DOWNGRADE', 'downgrade'],
  ['ONBOARDING', 'onboarding'],
]);

/** A number's quality, limit or throughput changed. Source: Meta, "phone_number_quality_update webhook reference". */
export const phoneNumberQuality: NewsField = {
  field: 'phone_number_quality_update',
  read: (value) => {
    if (!isObject(value)) return [];
    const { event, display_phone_number } = value;
    const displayNumber = readDisplayNumber(display_phone_number);
    const quality = QUALITY_EVENTS.get(event);
    return [
      ...readLimit(value['max_daily_conversations_per_business'], value['current_limit'], displayNumber),
      ...(event === 'THROUGHPUT_UPGRADE'
        ? [{ kind: 'throughput' as const, displayNumber, perSecond: THROUGHPUT_MAX }]
        : []),
      ...(quality === undefined ? [] : [{ kind: 'quality' as const, displayNumber, event: quality }]),
    ];
  },
};

// Meta replaces the number's own limit by the portfolio's, so that one counts where both are given.
function readLimit(
  ofPortfolio: Json | undefined,
  ofNumber: Json | undefined,
  displayNumber: string | undefined,
): AccountNews[] {
  const shared = readTier(ofPortfolio);
  if (shared !== undefined) return [{ kind: 'tier', scope: 'portfolio', displayNumber, tier: shared }];
  const own = readTier(ofNumber);
  return own === undefined ? [] : [{ kind: 'tier', scope: 'number', displayNumber, tier: own }];
}
