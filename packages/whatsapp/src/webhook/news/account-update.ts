import { type Json, type JsonObject } from '@alur/types';
import { isObject, readTimestamp } from '../fields.ts';
import { type AccountNews, type NewsField } from './account-news.ts';

const RESTRICTED: ReadonlyMap<unknown, 'business_initiated' | 'all'> = new Map<
  unknown,
  'business_initiated' | 'all'
>([
  ['RESTRICTED_BIZ_INITIATED_MESSAGING', 'business_initiated'],
  // Utility templates alone: the rest of what a business starts is held with them.
  ['RESTRICTED_UTILITY_TEMPLATES', 'business_initiated'],
  ['RESTRICTED_CUSTOMER_INITIATED_MESSAGING', 'all'],
]);

type ReadEvent = (value: JsonObject) => AccountNews[];

const holdAll: ReadEvent = () => [{ kind: 'restriction', scope: 'waba', what: 'all' }];
const release: ReadEvent = () => [{ kind: 'reinstated' }];
const changesNothing: ReadEvent = () => [];

/** Every event that Meta lists, and what it means for sending. A partner that goes may be another than ours, so nothing is held. */
export const ACCOUNT_EVENTS: ReadonlyMap<Json | undefined, ReadEvent> = new Map<Json | undefined, ReadEvent>([
  ['ACCOUNT_RESTRICTION', (value) => readRestrictions(value['restriction_info'])],
  ['DISABLED_UPDATE', (value) => readBan(value['ban_info'])],
  ['ACCOUNT_DELETED', holdAll],
  // The number went back to the business's phone app until it is connected again.
  ['ACCOUNT_OFFBOARDED', holdAll],
  ['ACCOUNT_RECONNECTED', release],
  ['REINSTATE', release],
  ['ACCOUNT_VIOLATION', changesNothing],
  ['AD_ACCOUNT_LINKED', changesNothing],
  ['MM_LITE_TERMS_SIGNED', changesNothing],
  ['AUTH_INTL_PRICE_ELIGIBILITY_UPDATE', changesNothing],
  ['BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE', changesNothing],
  ['PARTNER_ADDED', changesNothing],
  ['PARTNER_REMOVED', changesNothing],
  ['PARTNER_APP_INSTALLED', changesNothing],
  ['PARTNER_APP_UNINSTALLED', changesNothing],
  ['PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE', changesNothing],
  ['VOLUME_BASED_PRICING_TIER_UPDATE', changesNothing],
]);

/** A WABA was restricted, switched off or given back. Source: Meta, "account_update webhook reference". */
export const accountUpdate: NewsField = {
  field: 'account_update',
  read: (value) => (isObject(value) ? (ACCOUNT_EVENTS.get(value['event'])?.(value) ?? []) : []),
};

function readRestrictions(info: Json | undefined): AccountNews[] {
  const list = Array.isArray(info) ? info : [info];
  return list.flatMap((restriction): AccountNews[] => {
    if (!isObject(restriction)) return [];
    const what = RESTRICTED.get(restriction['restriction_type']);
    if (what === undefined) return [];
    const untilS = readTimestamp(restriction['expiration']);
    // An end in 1970 would lift what was just laid on.
    const untilMs = untilS === undefined || untilS === 0 ? undefined : untilS * 1_000;
    return [{ kind: 'restriction', scope: 'waba', what, untilMs }];
  });
}

// SCHEDULE_FOR_DISABLE warns and changes nothing yet.
function readBan(info: Json | undefined): AccountNews[] {
  const state = isObject(info) ? info['waba_ban_state'] : undefined;
  if (state === 'REINSTATE') return [{ kind: 'reinstated' }];
  return state === 'DISABLE' ? [{ kind: 'restriction', scope: 'waba', what: 'all' }] : [];
}
