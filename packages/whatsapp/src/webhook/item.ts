import {
  type ContactEvent,
  type EventId,
  type Json,
  type NumberId,
  type Sender,
  type StatusUpdate,
} from '@alur/types';
import { type IdentityChange } from './identity.ts';
import { type AccountNews } from './news/account-news.ts';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** An inbound message before it is known whose number it came in on: no tenant, no team. */
export type InboundDraft = Without<ContactEvent, 'tenant' | 'team'>;

/** What a message says, without who, when and where: the part that differs by type. */
export type MessageContent = Without<
  ContactEvent,
  'tenant' | 'team' | 'evt' | 'number' | 'wamid' | 'at' | 'receivedAtMs' | 'from' | 'context' | 'referral'
>;

/** Why one item of a signed body was not understood. Closed, so it may label a metric. */
export const REJECT_REASONS = [
  'not_an_object', // an entry, change, value, message or status is something else
  'bad_list', // changes, messages, statuses or errors is there and is no array
  'no_field', // a change does not say what it is about
  'empty_change', // a `messages` change without messages, statuses and errors
  'no_number', // no phone_number_id, so nobody can say whose it is
  'bad_id', // wamid missing, empty or longer than 512
  'bad_timestamp', // missing, not whole seconds, or milliseconds
  'bad_status', // a receipt without a status word
  'no_sender', // neither a phone number nor a business-scoped user id
  'group_message', // written to a group: no conversation of one number with one contact
  'group_status', // a receipt of a group's message, which Alur never sends
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/**
 * One thing that a webhook body reports, each understood or refused on its own. `displayNumber` is the business's own phone
 * number, digits only; `number` says whose it is.
 */
export type WebhookItem =
  | { kind: 'message'; number: NumberId; displayNumber?: string; wabaId?: string; message: InboundDraft }
  | { kind: 'status'; number: NumberId; displayNumber?: string; wabaId?: string; status: StatusUpdate }
  | IdentityItem
  | AccountItem
  | RejectedItem;

/** A contact of `number` has other ids from now on. `field` says how Meta told it. */
interface IdentityItem {
  kind: 'identity';
  field: 'system' | 'user_id_update';
  number: NumberId;
  displayNumber?: string;
  wabaId?: string;
  change: IdentityChange;
}

/**
 * News of the account: any field but `messages`, or of a `messages` change the `errors` list (field `errors`) and system
 * messages that move no contact (field `system`). `raw` is Meta's value; `evt` is the same for a repeated delivery; `at` is
 * the entry's time in Unix seconds. `news` is what of it bears on sending: empty when nothing does, or when it is not as
 * documented. `alert` is Meta's word for something that people should look at, without personal data.
 */
export interface AccountItem {
  kind: 'account';
  field: string;
  evt: EventId;
  wabaId?: string;
  number?: NumberId;
  at?: number;
  news: AccountNews[];
  alert?: string;
  raw: Json;
}

export interface RejectedItem {
  kind: 'rejected';
  reason: RejectReason;
  wabaId?: string;
  number?: NumberId;
  raw: Json;
}

/** What the items of one `messages` change share. */
export interface ChangeContext {
  number: NumberId;
  displayNumber?: string;
  wabaId?: string;
  receivedAtMs: number;
  contacts: ReadonlyMap<string, ContactEntry>;
}

/** One `contacts[]` entry, its ids checked. */
export type ContactEntry = Sender;
