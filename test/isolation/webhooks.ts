import type { Contact } from './book.ts';
import type { Sent } from './outside.ts';
import type { Party } from './parties.ts';

// Bodies as Meta makes them, item by item.

/** An item and the number that it is said to be of. */
export interface Item {
  number: string;
  field: string;
  waba: string;
  value: Record<string, unknown>;
}

const now = () => String(Math.floor(Date.now() / 1000));

/** A message of a contact; `content` as Meta nests it, with its type. */
export function messageItem(
  { waba, mark }: Party,
  place: { number: string; wamid: string; contact: Contact; at?: number },
  content: Record<string, unknown>,
): Item {
  const { number, wamid, contact, at = Math.floor(Date.now() / 1_000) } = place;
  const { waId, userId } = contact;
  const message = { from: waId, from_user_id: userId, id: wamid, timestamp: String(at), ...content };
  const contacts = [{ profile: { name: `MK${mark}: Ana` }, wa_id: waId, user_id: userId }];
  return messagesItem(waba, number, { contacts, messages: [message] });
}

/** The kinds of message that say a text somewhere. */
export const SAYING: readonly [Content, ...Content[]] = [
  (body) => ({ type: 'text', text: { body } }),
  (body) => ({ type: 'text', text: { body } }),
  (body) => ({ type: 'image', image: { id: '4711', mime_type: 'image/png', sha256: 'x', caption: body } }),
  (body) => ({ type: 'location', location: { latitude: 1, longitude: 2, name: body } }),
  (body) => ({
    type: 'interactive',
    interactive: { type: 'button_reply', button_reply: { id: 'yes', title: body } },
  }),
];
type Content = (body: string) => Record<string, unknown>;

/** A receipt that `number` is told of. */
export function statusItem(
  { waba }: Party,
  number: string,
  { wamid, tag, to }: Sent,
  status: { word: string; tagged: boolean; code?: number },
): Item {
  const { word, tagged, code } = status;
  const errors = code === undefined ? {} : { errors: [{ code, title: 'x' }] };
  const opaque = tagged ? { biz_opaque_callback_data: tag } : {};
  const raw = { id: wamid, status: word, timestamp: now(), recipient_id: to, ...opaque, ...errors };
  return messagesItem(waba, number, { statuses: [raw] });
}

/** A contact has another phone number. */
export function moveItem(
  { waba }: Party,
  place: { number: string; wamid: string },
  was: Contact,
  is: string,
): Item {
  const system = { body: 'x', wa_id: is, type: 'user_changed_number' };
  const message = { from: was.waId, id: place.wamid, timestamp: now(), type: 'system', system };
  return messagesItem(waba, place.number, { messages: [message] });
}

/** Contacts that want no marketing any more, or some again. */
export function preferenceItem(
  { waba }: Party,
  number: string,
  contact: Contact,
  value: 'stop' | 'resume',
): Item {
  const { waId: wa_id, userId: user_id } = contact;
  const wish = { wa_id, user_id, category: 'marketing_messages', value, timestamp: now() };
  const item = messagesItem(waba, number, { user_preferences: [wish] });
  return { ...item, field: 'user_preferences' };
}

/** Everything of a WABA stops. */
export function restrictionItem(waba: string): Item {
  return { number: '', field: 'account_update', waba, value: { event: 'DISABLED_UPDATE', ban_info: {} } };
}

/** A template may not be sent any more. */
export function templateItem(waba: string): Item {
  const template = { message_template_id: 1, message_template_name: 'paid', message_template_language: 'en' };
  const value = { ...template, event: 'REJECTED', reason: 'INVALID_FORMAT' };
  return { number: '', field: 'message_template_status_update', waba, value };
}

export function bodyOf(items: readonly Item[]): string {
  const entry = items.map(({ waba, field, value }) => ({ id: waba, changes: [{ field, value }] }));
  return JSON.stringify({ object: 'whatsapp_business_account', entry });
}

function messagesItem(waba: string, number: string, members: Record<string, unknown>): Item {
  const metadata = { display_phone_number: `1555${number.slice(-7)}`, phone_number_id: number };
  return { number, waba, field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...members } };
}
