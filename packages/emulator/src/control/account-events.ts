import { type JsonObject } from '@alur/types';
import { type AccountEvent, type EventSubject, HOUR_S } from './account-event.ts';
import { FEATURE_EVENTS } from './feature-events.ts';
import { NUMBER_EVENTS } from './number-events.ts';
import { TEMPLATE_EVENTS } from './template-events.ts';

const account = (event: string, more: (subject: EventSubject) => JsonObject = () => ({})): AccountEvent => ({
  field: 'account_update',
  value: (subject) => ({ event, ...more(subject) }),
});

/** About the account. */
const OWN_EVENTS = {
  account_violation: account('ACCOUNT_VIOLATION', () => ({ violation_info: { violation_type: 'ADULT' } })),
  account_restricted: account('ACCOUNT_RESTRICTION', ({ nowSeconds }) => ({
    restriction_info: [
      { restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: nowSeconds + 72 * HOUR_S },
    ],
  })),
  account_disabled: account('DISABLED_UPDATE', () => ({
    ban_info: { waba_ban_state: 'DISABLE', waba_ban_date: 'April 17, 2026' },
  })),
  account_reinstated: account('DISABLED_UPDATE', () => ({
    ban_info: { waba_ban_state: 'REINSTATE', waba_ban_date: 'April 17, 2026' },
  })),
  account_deleted: account('ACCOUNT_DELETED'),
  partner_added: account('PARTNER_ADDED', ({ number }) => ({
    waba_info: { waba_id: number.wabaId, owner_business_id: '2329417887457253' },
  })),
  partner_removed: account('PARTNER_REMOVED', () => ({
    disconnection_info: { reason: 'ACCOUNT_DISCONNECTED', initiated_by: 'USER' },
  })),
  account_review_approved: { field: 'account_review_update', value: () => ({ decision: 'APPROVED' }) },
  account_review_rejected: { field: 'account_review_update', value: () => ({ decision: 'REJECTED' }) },
  account_alerted: {
    field: 'account_alerts',
    value: () => ({
      entity_type: 'BUSINESS',
      entity_id: '506914307656634',
      alert_info: {
        alert_severity: 'WARNING',
        alert_status: 'ACTIVE',
        alert_type: 'INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED',
        alert_description: 'Send more messages of good quality to be raised.',
      },
    }),
  },
  flow_throttled: {
    field: 'flows',
    value: () => ({
      event: 'FLOW_STATUS_CHANGE',
      flow_id: '6627390910605886',
      old_status: 'PUBLISHED',
      new_status: 'THROTTLED',
      message: 'The endpoint answers too slowly',
    }),
  },
  solution_updated: {
    field: 'partner_solutions',
    value: () => ({ event: 'SOLUTION_UPDATED', solution_id: '774485461512159', solution_status: 'ACTIVE' }),
  },
  payment_configured: {
    field: 'payment_configuration_update',
    value: ({ nowSeconds }) => ({
      configuration_name: 'main',
      provider_name: 'razorpay',
      provider_mid: 'acc_1',
      status: 'Active',
      created_timestamp: nowSeconds,
      updated_timestamp: nowSeconds,
    }),
  },
} satisfies Record<string, AccountEvent>;

/** Every field that Meta sends beside `messages`, with example values; any member can be given another value. */
export const ACCOUNT_EVENTS: Readonly<Record<string, AccountEvent>> = {
  ...TEMPLATE_EVENTS,
  ...NUMBER_EVENTS,
  ...OWN_EVENTS,
  ...FEATURE_EVENTS,
};

export const ACCOUNT_EVENT_NAMES = Object.keys(ACCOUNT_EVENTS);

/** Field and value of a ready-made piece of news; undefined when there is none of that name. */
export function accountEvent(
  event: string,
  subject: EventSubject,
): { field: string; value: JsonObject } | undefined {
  const found = ACCOUNT_EVENTS[event];
  return found && { field: found.field, value: found.value(subject) };
}
