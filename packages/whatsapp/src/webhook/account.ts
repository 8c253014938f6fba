import { EventId, type Json, type NumberId, hash } from '@alur/types';
import { type AccountItem } from './item.ts';
import { NEWS_FIELDS } from './news/index.ts';
import { WEBHOOK_FIELDS, fieldOf } from './webhook-fields.ts';

/** Where an account item came from. */
export interface AccountSource {
  wabaId?: string;
  number?: NumberId;
  at?: number;
  receivedAtMs: number;
}

/** News of the account has no id of its own: its cause is what Meta said, when, about which WABA. */
export function accountItem(named: string, raw: Json, source: AccountSource): AccountItem {
  const { receivedAtMs, ...from } = source;
  const field = fieldOf(named, raw);
  const cause = hash('account', from.wabaId ?? '', from.at ?? '', field, JSON.stringify(raw));
  const atS = from.at ?? Math.floor(receivedAtMs / 1_000);
  const news = NEWS_FIELDS.get(field)?.read(raw, { atS }) ?? [];
  const alert = WEBHOOK_FIELDS.get(field)?.alert?.(raw);
  return { kind: 'account', field, evt: EventId.parse(cause), ...from, news, alert, raw };
}
