import { type Json, readAs } from '@alur/types';
import { z } from 'zod';
import { readUserId, readWaId } from '../contact-ids.ts';
import { isObject, readTimestamp } from '../fields.ts';
import { type AccountNews, type NewsField, type NewsTime } from './account-news.ts';

const Preference = z.object({
  category: z.literal('marketing_messages'),
  value: z.enum(['stop', 'resume', 'signup']),
});

/** Contacts stopped or resumed marketing with WhatsApp's own control. Source: Meta, "user_preferences webhook reference". */
export const userPreferences: NewsField = {
  field: 'user_preferences',
  read: (value, time) => {
    const list = isObject(value) ? value['user_preferences'] : undefined;
    return Array.isArray(list) ? list.flatMap((raw) => readPreference(raw, time)) : [];
  },
};

function readPreference(raw: Json, time: NewsTime): AccountNews[] {
  const parsed = readAs(Preference, raw);
  if (!parsed.success || !isObject(raw)) return [];
  const { value } = parsed.data;
  const waId = readWaId(raw['wa_id']);
  const userId = readUserId(raw['user_id']);
  if (waId === undefined && userId === undefined) return [];
  const atS = readTimestamp(raw['timestamp']) ?? time.atS;
  return [{ kind: 'preference', waId, userId, change: value === 'stop' ? 'out' : 'in', atS }];
}
