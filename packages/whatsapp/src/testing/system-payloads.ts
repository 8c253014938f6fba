import { type JsonObject } from '@alur/types';
import { type IdentityChange } from '../webhook/identity.ts';
import { CONTACT } from './frame.ts';

/** The members of a message of WhatsApp itself beside id and time, and what of it moves; without `moves` it is kept. */
export interface SystemPayload {
  label: string;
  message: JsonObject;
  moves?: Pick<IdentityChange, 'was' | 'is'>;
}

const NEW = { waId: '12195555358', userId: 'US.24817305912873645029' };
const system = (part: JsonObject): JsonObject => ({ type: 'system', system: part });
const { waId, userId } = CONTACT;

export const SYSTEM_PAYLOADS: readonly SystemPayload[] = [
  {
    label: 'a contact with another number',
    message: {
      from: waId,
      ...system({
        body: `User Ana changed from ${waId} to ${NEW.waId}`,
        wa_id: NEW.waId,
        type: 'user_changed_number',
      }),
    },
    moves: { was: { waId }, is: { waId: NEW.waId } },
  },
  {
    label: 'a contact with another number and user id',
    message: {
      from: waId,
      from_user_id: userId,
      ...system({ wa_id: NEW.waId, user_id: NEW.userId, type: 'user_changed_number' }),
    },
    moves: { was: { waId, userId }, is: NEW },
  },
  {
    label: 'a contact with another user id',
    message: system({
      body: `User Ana changed from ${userId} to ${NEW.userId}`,
      user_id: NEW.userId,
      parent_user_id: 'US.ENT.2',
      previous_user_id: userId,
      previous_parent_user_id: 'US.ENT.1',
      type: 'user_changed_user_id',
    }),
    moves: { was: { userId }, is: { userId: NEW.userId } },
  },
  {
    label: 'a contact with another user id, told by the sentence alone',
    message: system({
      body: `User A changed from US.9 to US.8 changed from ${userId} to ${NEW.userId}`,
      wa_id: NEW.waId,
      user_id: NEW.userId,
      type: 'user_changed_user_id',
    }),
    moves: { was: { userId }, is: NEW },
  },
  {
    label: 'a contact with another number, as it was told before 2022',
    message: {
      from: waId,
      ...system({
        body: 'x',
        identity: 'DF2lS5v2W6x=',
        new_wa_id: NEW.waId,
        customer: waId,
        type: 'customer_changed_number',
      }),
    },
    moves: { was: { waId }, is: { waId: NEW.waId } },
  },
  {
    label: 'a contact with another device',
    message: {
      from: waId,
      ...system({ body: 'x', identity: 'DF2lS5v2W6x=', customer: waId, type: 'customer_identity_changed' }),
    },
  },
  {
    label: 'a contact with another user id, the old one untold',
    message: system({ user_id: NEW.userId, type: 'user_changed_user_id' }),
  },
  {
    label: 'a contact whose number stayed',
    message: { from: waId, ...system({ wa_id: waId, type: 'user_changed_number' }) },
  },
  { label: 'a type of tomorrow', message: { from: waId, ...system({ type: 'user_moved_to_mars' }) } },
  { label: 'a system message without its part', message: { from: waId, type: 'system' } },
];
