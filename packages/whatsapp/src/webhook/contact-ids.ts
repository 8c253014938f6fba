import { type Json } from '@alur/types';
import { USER_ID, WA_ID } from './fields.ts';

/** A phone number as WhatsApp names it, which may come as a JSON number; undefined for anything else. */
export function readWaId(value: Json | undefined): string | undefined {
  return matching(WA_ID, typeof value === 'number' ? String(value) : value);
}

/** A business-scoped user id, or a parent's; undefined for anything else. */
export function readUserId(value: Json | undefined): string | undefined {
  return matching(USER_ID, value);
}

function matching(pattern: RegExp, value: Json | undefined): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
