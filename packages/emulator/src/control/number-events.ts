import { type JsonObject } from '@alur/types';
import { metadataOf } from '../webhooks/compose-webhook.ts';
import { type AccountEvent, plain } from './account-event.ts';

const quality = (event: string, oldLimit: string, limit: string): AccountEvent => ({
  field: 'phone_number_quality_update',
  value: ({ number }) => ({
    display_phone_number: plain(number),
    event,
    old_limit: oldLimit,
    current_limit: limit,
    max_daily_conversations_per_business: limit,
  }),
});

const preference = (value: string): AccountEvent => ({
  field: 'user_preferences',
  value: ({ number, contact, nowSeconds }) => ({
    messaging_product: 'whatsapp',
    metadata: metadataOf(number),
    contacts: [{ profile: { name: 'Pablo' }, ...named(contact) }],
    user_preferences: [
      {
        ...named(contact),
        detail: `User requested to ${value} marketing messages`,
        category: 'marketing_messages',
        value,
        timestamp: nowSeconds,
      },
    ],
  }),
});

/** A contact by its number, or by its user id. */
const named = (contact: string): JsonObject =>
  /^[0-9]+$/.test(contact) ? { wa_id: contact } : { user_id: contact };

const name = (decision: string, reason: string | null): AccountEvent => ({
  field: 'phone_number_name_update',
  value: ({ number }) => ({
    display_phone_number: plain(number),
    decision,
    requested_verified_name: 'Lucky Shrub',
    rejection_reason: reason,
  }),
});

/** About a number, its limits, and what contacts want of it. */
export const NUMBER_EVENTS = {
  throughput_upgraded: quality('THROUGHPUT_UPGRADE', 'TIER_100K', 'TIER_UNLIMITED'),
  number_onboarded: quality('ONBOARDING', 'TIER_NOT_SET', 'TIER_250'),
  number_upgraded: quality('UPGRADE', 'TIER_2K', 'TIER_10K'),
  number_downgraded: quality('DOWNGRADE', 'TIER_10K', 'TIER_2K'),
  number_flagged: quality('FLAGGED', 'TIER_2K', 'TIER_2K'),
  number_unflagged: quality('UNFLAGGED', 'TIER_2K', 'TIER_2K'),
  number_name_approved: name('APPROVED', null),
  number_name_rejected: name('REJECTED', 'NAME_EMPLOYEE_ISSUE'),
  capability_changed: {
    field: 'business_capability_update',
    value: () => ({
      max_daily_conversations_per_business: 2_000,
      max_phone_numbers_per_business: 2,
      max_phone_numbers_per_waba: 25,
    }),
  },
  marketing_stopped: preference('stop'),
  marketing_resumed: preference('resume'),
  pin_reset_requested: {
    field: 'security',
    value: ({ number }) => ({
      display_phone_number: plain(number),
      event: 'PIN_RESET_REQUEST',
      requester: '61555822107539',
    }),
  },
  username_approved: {
    field: 'business_username_updates',
    value: ({ number }) => ({
      display_phone_number: plain(number),
      username: 'lucky_shrub',
      status: 'approved',
    }),
  },
} satisfies Record<string, AccountEvent>;
