import { type Json, type JsonObject, eventId } from '@alur/types';
import { accountItem } from './account.ts';
import { readUserId, readWaId } from './contact-ids.ts';
import { isObject } from './fields.ts';
import { type IdentityChange, isMove } from './identity.ts';
import { type ChangeContext, type WebhookItem } from './item.ts';

/** The types that say that a contact has other ids; the last is how a new number was told before 2022. */
const MOVES: ReadonlySet<Json | undefined> = new Set([
  'user_changed_number',
  'user_changed_user_id',
  'customer_changed_number',
]);
// Meta ends its sentence with both ids; whatever the contact is called stands before them.
const BODY_END = / changed from ([A-Za-z0-9.]{1,140}) to ([A-Za-z0-9.]{1,140})$/;

/**
 * What WhatsApp itself says in a chat: never part of the conversation. A contact that moves is an `identity` item, everything
 * else is kept under the field `system`. Source: Meta, "System messages webhook reference".
 */
export function parseSystem(
  raw: JsonObject,
  message: { wamid: string; at: number },
  change: ChangeContext,
): WebhookItem {
  const { number, displayNumber, wabaId, receivedAtMs } = change;
  const { wamid, at } = message;
  const evt = eventId(number, 'system', wamid);
  const moved = readMove(raw);
  if (moved) {
    return {
      kind: 'identity',
      field: 'system',
      number,
      displayNumber,
      wabaId,
      change: { evt, at, ...moved },
    };
  }
  return { ...accountItem('system', raw, { wabaId, number, at, receivedAtMs }), evt };
}

function readMove(raw: JsonObject): Pick<IdentityChange, 'was' | 'is'> | undefined {
  const system = raw['system'];
  if (!isObject(system) || !MOVES.has(system['type'])) return undefined;
  const is = {
    waId: readWaId(system['wa_id']) ?? readWaId(system['new_wa_id']),
    userId: readUserId(system['user_id']),
  };
  const was = {
    waId: readWaId(system['customer']) ?? readWaId(raw['from']),
    userId: readUserId(system['previous_user_id']) ?? readOldUserId(raw, system['body'], is.userId),
  };
  return isMove({ was, is }) ? { was, is } : undefined;
}

// Before August 2026 the old id stood in the sender's place or in the sentence alone.
function readOldUserId(
  raw: JsonObject,
  body: Json | undefined,
  newId: string | undefined,
): string | undefined {
  const sender = readUserId(raw['from_user_id']) ?? readUserId(raw['from']);
  if (sender !== undefined && sender !== newId) return sender;
  const [, from, to] = BODY_END.exec(typeof body === 'string' ? body : '') ?? [];
  return to === newId ? readUserId(from) : undefined;
}
