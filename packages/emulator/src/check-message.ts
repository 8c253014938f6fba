import { LIMITS } from '@alur/types';
import {
  type Check,
  all,
  boolean,
  coordinate,
  isMissing,
  isRecord,
  items,
  looseMembers,
  may,
  members,
  must,
  oneOf,
  text,
} from './check.ts';
import { interactive } from './check-interactive.ts';
import { MEDIA_FORMS } from './check-media.ts';
import { template } from './check-template.ts';
import { type Refusal, badParameter, invalidParameter, invalidValue } from './refusal.ts';

const OPAQUE_MAX = 512;

const contactName: Check = (value, path) => {
  const wrong = looseMembers({ formatted_name: must(text(1024)) })(value, path);
  if (wrong) return wrong;
  return isRecord(value) && Object.keys(value).some((key) => key !== 'formatted_name')
    ? undefined
    : invalidValue(`${path} needs one more name part beside formatted_name, such as first_name`);
};

const contactCount = (count: number) =>
  count >= 1 && count <= LIMITS.contacts
    ? undefined
    : invalidValue(
        `Invalid contacts count. Min allowed contacts: 1, Max allowed contacts: ${LIMITS.contacts}`,
      );

// The empty emoji takes a reaction back, so here alone an empty string is a value.
const emoji: Check = (value, path) => (value === '' ? undefined : must(text(32))(value, path));

const FORMS: Record<string, Check> = {
  text: members({ body: must(text(LIMITS.text)), preview_url: may(boolean) }),
  ...MEDIA_FORMS,
  location: members({
    latitude: must(coordinate(90)),
    longitude: must(coordinate(180)),
    name: may(text(1000)),
    address: may(text(1000)),
  }),
  contacts: items(looseMembers({ name: must(contactName) }), contactCount),
  reaction: members({ message_id: must(text(512)), emoji }),
  interactive,
  template,
};

const product = must(oneOf('whatsapp'));
const type = oneOf(...Object.keys(FORMS).sort());
const recipientType = may(oneOf('individual', 'group'));
const context = may(looseMembers({ message_id: must(text(512)) }));
const opaque = may(text(OPAQUE_MAX));

/** The members that every message has, then those of its type; first refusal wins, as it does for Meta. */
export function checkMessage(body: Record<string, unknown>): { to: string } | { refusal: Refusal } {
  const to = recipientOf(body);
  const refusal =
    product(body['messaging_product'], 'messaging_product') ??
    recipientType(body['recipient_type'], 'recipient_type') ??
    checkRecipient(body, to) ??
    context(body['context'], 'context') ??
    opaque(body['biz_opaque_callback_data'], 'biz_opaque_callback_data') ??
    checkForm(body);
  if (refusal) return { refusal };
  return to === undefined ? { refusal: BAD_RECIPIENT } : { to };
}

/** What a read receipt, with or without typing indicator, must hold. */
export const checkReadReceipt = (body: Record<string, unknown>): Refusal | undefined =>
  product(body['messaging_product'], 'messaging_product') ??
  must(oneOf('read'))(body['status'], 'status') ??
  must(all(text(512), knownId))(body['message_id'], 'message_id') ??
  may(members({ type: must(oneOf('text')) }))(body['typing_indicator'], 'typing_indicator');

const knownId: Check = (value) =>
  typeof value === 'string' && value.startsWith('wamid.')
    ? undefined
    : invalidValue('Message ID is invalid: it must be the id of a received message');

const BUSINESS_SCOPED_ID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;

/** Whom a message is for: digits of a phone number, or a business-scoped user id. `to` wins over `recipient`. */
export function recipientOf(body: Record<string, unknown>): string | undefined {
  const to = body['to'];
  if (typeof to === 'string' && to !== '') {
    const digits = to.replace(/[+\s()-]/g, '');
    return /^[0-9]{7,15}$/.test(digits) ? digits : undefined;
  }
  const recipient = body['recipient'];
  return typeof recipient === 'string' && BUSINESS_SCOPED_ID.test(recipient) ? recipient : undefined;
}

const BAD_RECIPIENT = invalidValue('Recipient is not a valid phone number: use digits with the country code');

function checkRecipient(body: Record<string, unknown>, to: string | undefined): Refusal | undefined {
  if (isMissing(body['to']) && isMissing(body['recipient'])) {
    return badParameter('The parameter to is required.');
  }
  if (body['recipient_type'] === 'group') {
    return {
      http: 400,
      code: 131020,
      message: '(#131020) Group is not valid',
      details: 'There are no groups here',
    };
  }
  return to === undefined ? BAD_RECIPIENT : undefined;
}

function checkForm(body: Record<string, unknown>): Refusal | undefined {
  const kind = messageType(body);
  const unknownType = type(kind, 'type');
  if (unknownType) return unknownType;
  const form = body[kind];
  if (isMissing(form)) return invalidParameter(`Parameter '${kind}' is mandatory for type '${kind}'`);
  return FORMS[kind]?.(form, kind);
}

/** The message's type; without the member it is `text`. */
export function messageType(body: Record<string, unknown>): string {
  const given = body['type'];
  if (given === undefined) return 'text';
  return typeof given === 'string' ? given.toLowerCase() : JSON.stringify(given);
}
