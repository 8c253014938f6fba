import { EventId, type Json, type NumberId, eventId } from '@alur/types';
import { z } from 'zod';
import { readUserId, readWaId } from './contact-ids.ts';
import { USER_ID, WA_ID, isObject, readTimestamp } from './fields.ts';

/** The ids that a contact bears, or bore; at least one of them is there. */
const ContactIds = z
  .object({ waId: z.string().regex(WA_ID).optional(), userId: z.string().regex(USER_ID).optional() })
  .refine(({ waId, userId }) => waId !== undefined || userId !== undefined, 'neither of the ids');

/**
 * A contact goes by other ids from now on: the person is the same, and so is the conversation. `evt` is the same for a
 * repeated delivery, `at` is in Unix seconds.
 */
export const IdentityChange = z.object({
  evt: EventId,
  at: z.number().int().nonnegative(),
  was: ContactIds,
  is: ContactIds,
});
export type IdentityChange = z.infer<typeof IdentityChange>;

/** Whether somebody who was known goes by an id that is new. */
export function isMove({ was, is }: Pick<IdentityChange, 'was' | 'is'>): boolean {
  const wasKnown = was.waId !== undefined || was.userId !== undefined;
  const hasNew = isOther(is.waId, was.waId) || isOther(is.userId, was.userId);
  return wasKnown && hasNew;
}

function isOther(now: string | undefined, before: string | undefined): boolean {
  return now !== undefined && now !== before;
}

/**
 * The changes in the value of a `user_id_update` field: a contact's number stayed or changed, and the user id with it. Undefined
 * when a part of it cannot be read. Meta announced the field in spring 2026 and took it back in favour of a system message.
 */
export function readIdentityField(
  value: Json,
  { number, atS }: { number: NumberId; atS: number },
): IdentityChange[] | undefined {
  const list = isObject(value) ? value['user_id_update'] : undefined;
  if (!Array.isArray(list)) return undefined;
  const changes = list.map((raw) => readUpdate(raw, { number, atS }));
  return changes.length > 0 && changes.every((change) => change !== undefined) ? changes : undefined;
}

function readUpdate(
  raw: Json,
  { number, atS }: { number: NumberId; atS: number },
): IdentityChange | undefined {
  const ids = isObject(raw) ? raw['user_id'] : undefined;
  if (!isObject(raw) || !isObject(ids)) return undefined;
  const was = { userId: readUserId(ids['previous']) };
  const is = { waId: readWaId(raw['wa_id']), userId: readUserId(ids['current']) };
  if (is.userId === undefined || !isMove({ was, is })) return undefined;
  const at = readTimestamp(raw['timestamp']) ?? atS;
  return { evt: eventId(number, 'user_id_update', `${was.userId} ${is.userId}`, at), at, was, is };
}
