import { type Json } from '@alur/types';
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

/** A WABA was restricted, switched off or given back. Source: Meta, "account_update webhook reference". */
export const accountUpdate: NewsField = {
  field: 'account_update',
  read: (value) => {
    if (!isObject(value)) return [];
    switch (value['event']) {
      case 'ACCOUNT_RESTRICTION':
        return readRestrictions(value['restriction_info']);
      case 'DISABLED_UPDATE':
        return readBan(value['ban_info']);
      case 'REINSTATE':
      case 'ACCOUNT_RECONNECTED':
        return [{ kind: 'reinstated' }];
      default:
        return [];
    }
  },
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
