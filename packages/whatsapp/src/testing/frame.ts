import { type JsonObject, NumberId } from '@alur/types';

// Who and where the payloads are from: one business number, one contact.

export const NUMBER = NumberId.parse('106540352242922');
export const DISPLAY = '15550783881';
export const WABA = '215589313241560';
export const CONTACT = {
  waId: '16505551234',
  userId: 'US.13491208655302741918',
  parentUserId: 'US.ENT.11815799212886844830',
  name: 'Ana',
  username: 'ana.b',
  identityKeyHash: 'DF2lS5v2W6x=',
};
/** Unix seconds of every payload. */
export const AT = 1_739_321_024;

export const METADATA: JsonObject = { display_phone_number: '+1 555-078-3881', phone_number_id: NUMBER };
export const CONTACT_ENTRY: JsonObject = {
  profile: { name: CONTACT.name, username: `@${CONTACT.username}` },
  wa_id: CONTACT.waId,
  user_id: CONTACT.userId,
  parent_user_id: CONTACT.parentUserId,
  identity_key_hash: CONTACT.identityKeyHash,
};

/** The members that a message of the contact has beside its part. */
export function messageFrame(wamid: string): JsonObject {
  return {
    from: CONTACT.waId,
    from_user_id: CONTACT.userId,
    from_parent_user_id: CONTACT.parentUserId,
    id: wamid,
    timestamp: String(AT),
  };
}

/** The value of a `messages` change, with the contact and what else is given. */
export function messagesValue(members: JsonObject): JsonObject {
  return { messaging_product: 'whatsapp', metadata: METADATA, contacts: [CONTACT_ENTRY], ...members };
}

export function webhookOf(...changes: readonly JsonObject[]): JsonObject {
  return { object: 'whatsapp_business_account', entry: [{ id: WABA, time: AT, changes: [...changes] }] };
}
