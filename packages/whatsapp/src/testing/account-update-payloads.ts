import { type JsonObject } from '@alur/types';
import { type AccountNews } from '../webhook/news/account-news.ts';
import { type AccountPayload } from './account-payload.ts';

const hold: AccountNews = { kind: 'restriction', scope: 'waba', what: 'all' };
const update = (event: string, members: JsonObject = {}): AccountPayload => ({
  label: `account_update ${event}`,
  field: 'account_update',
  value: { event, ...members },
  news: [],
});

/** Every event of `account_update`. */
export const UPDATES: readonly AccountPayload[] = [
  { ...update('ACCOUNT_DELETED'), news: [hold], alert: 'ACCOUNT_DELETED' },
  {
    ...update('ACCOUNT_VIOLATION', { violation_info: { violation_type: 'ADULT' } }),
    alert: 'ACCOUNT_VIOLATION',
  },
  {
    ...update('ACCOUNT_RESTRICTION', {
      restriction_info: [
        { restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: 1_744_823_932 },
        { restriction_type: 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING', expiration: '1744823932' },
        { restriction_type: 'RESTRICTED_ADD_PHONE_NUMBER_ACTION', expiration: 1_744_823_932 },
      ],
    }),
    news: [
      { kind: 'restriction', scope: 'waba', what: 'business_initiated', untilMs: 1_744_823_932_000 },
      { ...hold, untilMs: 1_744_823_932_000 },
    ],
    alert: 'ACCOUNT_RESTRICTION',
  },
  {
    ...update('DISABLED_UPDATE', {
      ban_info: { waba_ban_state: 'DISABLE', waba_ban_date: 'April 17, 2025' },
    }),
    news: [hold],
    alert: 'DISABLED_UPDATE',
  },
  { ...update('ACCOUNT_OFFBOARDED'), news: [hold], alert: 'ACCOUNT_OFFBOARDED' },
  { ...update('ACCOUNT_RECONNECTED'), news: [{ kind: 'reinstated' }] },
  update('AD_ACCOUNT_LINKED'),
  update('MM_LITE_TERMS_SIGNED'),
  update('AUTH_INTL_PRICE_ELIGIBILITY_UPDATE', {
    auth_international_rate_eligibility: { start_time: 1_752_796_800 },
  }),
  update('BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE', { country: 'US' }),
  update('PARTNER_ADDED', { waba_info: { waba_id: '1', owner_business_id: '2' } }),
  {
    ...update('PARTNER_REMOVED', { disconnection_info: { reason: 'x', initiated_by: 'BUSINESS' } }),
    alert: 'PARTNER_REMOVED',
  },
  update('PARTNER_APP_INSTALLED'),
  { ...update('PARTNER_APP_UNINSTALLED'), alert: 'PARTNER_APP_UNINSTALLED' },
  update('PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE'),
  update('VOLUME_BASED_PRICING_TIER_UPDATE'),
];
