import { LIMITS } from '@alur/types';
import { phoneDigits } from '../account/contact-rules.ts';
import { checkProduct } from '../graph/check-product.ts';
import {
  type Refusal,
  badParameter,
  invalidParameter,
  invalidValue,
  missingParameter,
  refusal,
} from '../graph/refusal.ts';
import {
  type Check,
  boolean,
  coordinate,
  integer,
  isMissing,
  looseMembers,
  may,
  members,
  must,
  oneOf,
  text,
} from './check.ts';
import { contacts } from './check-contacts.ts';
import { interactive } from './check-interactive.ts';
import { MEDIA_FORMS } from './check-media.ts';
import { template } from './check-template.ts';

const OPAQUE_MAX = 512;

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

// One sign as people see it, which may be many characters: a family, a flag, a key. Empty takes a reaction back.
const emoji: Check = (value, path) => {
  if (value === '') return undefined;
  const wrong = must(text(64))(value, path);
  if (wrong || typeof value !== 'string') return wrong;
  const signs = [...GRAPHEMES.segment(value)];
  const isEmoji = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(value);
  return signs.length === 1 && isEmoji ? undefined : invalidValue('Reaction must be exactly one emoji');
};

const FORMS: Record<string, Check> = {
  text: members({ body: must(text(LIMITS.text)), preview_url: may(boolean) }),
  ...MEDIA_FORMS,
  location: members({
    latitude: must(coordinate(90)),
    longitude: must(coordinate(180)),
    name: may(text(1000)),
    address: may(text(1000)),
  }),
  contacts,
  reaction: members({ message_id: must(text(512)), emoji }),
  interactive,
  template,
};

const type = oneOf(...Object.keys(FORMS).sort());

const FRAME: Record<string, Check> = {
  recipient_type: may(oneOf('individual', 'group')),
  context: may(looseMembers({ message_id: must(text(512)) })),
  biz_opaque_callback_data: may(text(OPAQUE_MAX)),
  recipient_identity_key_hash: may(text(256)),
  // -1 is 30 days.
  message_send_ttl_seconds: may(integer(-1, 2_592_000)),
};

/** Whom a message is for, as it is written: a phone number, a business-scoped user id, or both. */
export interface Recipient {
  /** Digits. */
  phone?: string;
  userId?: string;
}

/** The members that every message has, then those of its type; first refusal wins, as it does for Meta. */
export function checkMessage(body: Record<string, unknown>): { to: Recipient } | { refusal: Refusal } {
  const to = recipientOf(body);
  const wrong =
    checkProduct(body['messaging_product']) ??
    checkFrame(body, 'recipient_type') ??
    checkRecipient(body, to) ??
    checkFrame(body, ...Object.keys(FRAME)) ??
    checkForm(body) ??
    checkTogether(body);
  if (wrong) return { refusal: wrong };
  return to === undefined ? { refusal: BAD_RECIPIENT } : { to };
}

function checkFrame(body: Record<string, unknown>, ...names: string[]): Refusal | undefined {
  for (const name of names) {
    const wrong = FRAME[name]?.(body[name], name);
    if (wrong) return wrong;
  }
  return undefined;
}

const BUSINESS_SCOPED_ID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;

/** Whom a message is for; undefined when nobody can be found by what is written. `to` wins over `recipient`. */
export function recipientOf(body: Record<string, unknown>): Recipient | undefined {
  const { to, recipient } = body;
  const hasUserId = typeof recipient === 'string' && BUSINESS_SCOPED_ID.test(recipient);
  const userId = hasUserId ? { userId: recipient } : {};
  if (typeof to !== 'string' || to === '') return hasUserId ? userId : undefined;
  const phone = phoneDigits(to);
  return phone === undefined ? undefined : { phone, ...userId };
}

const BAD_RECIPIENT = invalidValue('Recipient is not a valid phone number: use digits with the country code');

function checkRecipient(body: Record<string, unknown>, to: Recipient | undefined): Refusal | undefined {
  if (isMissing(body['to']) && isMissing(body['recipient'])) return missingParameter('to');
  if (String(body['recipient_type']).toLowerCase() === 'group') {
    return refusal(131020, 'Group is not valid', 'There are no groups here');
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

/** What goes with some types only. */
function checkTogether(body: Record<string, unknown>): Refusal | undefined {
  const kind = messageType(body);
  if (kind === 'reaction' && body['context'] !== undefined) {
    return badParameter('Param context is not supported for messages of type reaction.');
  }
  return kind !== 'template' && !isMissing(body['message_send_ttl_seconds'])
    ? badParameter('Param message_send_ttl_seconds is supported for messages of type template only.')
    : undefined;
}

/** The message's type; without the member it is `text`. */
export function messageType(body: Record<string, unknown>): string {
  const given = body['type'];
  if (given === undefined) return 'text';
  return typeof given === 'string' ? given.toLowerCase() : JSON.stringify(given);
}
