import { isObject } from '../fields.ts';
import { type NewsField } from './account-news.ts';
import { readTier } from './tier.ts';

/** The messaging limit of a portfolio, and until 2026 of each of its numbers. Source: Meta, "business_capability_update webhook reference". */
export const businessCapability: NewsField = {
  field: 'business_capability_update',
  read: (value) => {
    if (!isObject(value)) return [];
    const shared = readTier(value['max_daily_conversations_per_business']);
    const own = readTier(value['max_daily_conversation_per_phone']);
    return [
      ...(shared === undefined ? [] : [{ kind: 'tier' as const, scope: 'portfolio' as const, tier: shared }]),
      ...(own === undefined ? [] : [{ kind: 'tier' as const, scope: 'number' as const, tier: own }]),
    ];
  },
};
