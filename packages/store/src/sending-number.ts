import { TIERS, type NumberId, type Tier } from '@alur/types';

/** What the store has to know of a business phone number to hold its limits. `throughput` is messages a second. */
export interface SendingNumber {
  id: NumberId;
  tenant: string;
  throughput: number;
  tier: Tier;
  /** Contacts that got a template outside their window, or every message. */
  tierCounts: 'business_initiated' | 'all';
  /** Whether the tier is the number's own or shared by its portfolio. */
  tierScope: 'number' | 'portfolio';
  portfolio?: string | undefined;
  businessAccountId?: string | undefined;
}

/** The tier's limit as scripts take it: -1 is none. */
export function tierLimit({ tier }: Pick<SendingNumber, 'tier'>): number {
  const { contactsPerDay } = TIERS[tier];
  return Number.isFinite(contactsPerDay) ? contactsPerDay : -1;
}
