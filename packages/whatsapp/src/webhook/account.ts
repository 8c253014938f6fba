import { EventId, type Json, type NumberId, hash } from '@alur/types';
import { type AccountItem } from './item.ts';

/** Where an account item came from. */
export interface AccountSource {
  wabaId?: string;
  number?: NumberId;
  at?: number;
}

/** News of the account has no id of its own: its cause is what Meta said, when, about which WABA. */
export function accountItem(field: string, raw: Json, source: AccountSource): AccountItem {
  const cause = hash('account', source.wabaId ?? '', source.at ?? '', field, JSON.stringify(raw));
  return { kind: 'account', field, evt: EventId.parse(cause), ...source, raw };
}
