import { type JsonObject } from '@alur/types';
import { type InboundPayload } from './inbound-payload.ts';

const WITHOUT_VCARD: JsonObject = {
  name: { formatted_name: 'B. Johnson', first_name: 'B.', last_name: 'Johnson', prefix: 'Dr' },
  org: { company: 'Lucky Shrub', department: 'Sales', title: 'Head' },
  phones: [
    { phone: '+1 (415) 555-0829', wa_id: '14155550829', type: 'MOBILE' },
    { phone: '+1 (415) 555-0830', type: 'WORK' },
  ],
  emails: [{ email: 'b@example.com', type: 'WORK' }],
  urls: [{ url: 'https://example.com', type: 'WORK' }],
  addresses: [{ street: '1 Way', city: 'Menlo Park', state: 'CA', zip: '94025', country_code: 'us' }],
  birthday: '2000-01-31',
  origin: 'contact_request',
};
const CARD: JsonObject = { ...WITHOUT_VCARD, vcard: 'BEGIN:VCARD\nEND:VCARD' };

const ORDER: JsonObject = {
  catalog_id: '194836987003835',
  text: '',
  product_items: [
    { product_retailer_id: 'sku1', quantity: 2, item_price: 30, currency: 'USD' },
    { product_retailer_id: 'sku2', quantity: 3, item_price: 0.1, currency: 'USD' },
  ],
};

export const THINGS: readonly InboundPayload[] = [
  {
    label: 'a place',
    message: {
      type: 'location',
      location: {
        latitude: 37.4422,
        longitude: -122.1616,
        name: 'Philz',
        address: '101 Forest Ave',
        url: 'https://philz.example',
      },
    },
    becomes: {
      kind: 'location',
      location: {
        latitude: 37.4422,
        longitude: -122.1616,
        name: 'Philz',
        address: '101 Forest Ave',
        url: 'https://philz.example',
      },
    },
    variables: { 'location.url': 'https://philz.example' },
  },
  {
    label: 'contact cards',
    message: { type: 'contacts', contacts: [CARD] },
    becomes: { kind: 'contacts', contacts: [CARD] },
    variables: { 'contacts.0.phones.0.wa_id': '14155550829', 'contacts.0.origin': 'contact_request' },
  },
  {
    label: 'a contact card with a large photo in it',
    message: { type: 'contacts', contacts: [{ ...CARD, vcard: 'x'.repeat(70_000) }] },
    becomes: { kind: 'contacts', contacts: [WITHOUT_VCARD] },
    variables: { 'contacts.0.birthday': '2000-01-31', 'contacts.0.vcard': undefined },
  },
  {
    label: 'an order',
    message: { type: 'order', order: ORDER },
    becomes: { kind: 'order', order: ORDER },
    variables: { 'order.total': 60.3, 'order.currency': 'USD', 'order.product_items.0.quantity': 2 },
  },
];

export const ABOUT_MESSAGES: readonly InboundPayload[] = [
  {
    label: 'a reaction',
    message: { type: 'reaction', reaction: { message_id: 'wamid.a', emoji: '👍' } },
    becomes: { kind: 'reaction', reaction: { wamid: 'wamid.a', emoji: '👍' } },
    variables: { 'reaction.emoji': '👍' },
  },
  {
    label: 'a reaction taken back, without emoji',
    message: { type: 'reaction', reaction: { message_id: 'wamid.a' } },
    becomes: { kind: 'reaction', reaction: { wamid: 'wamid.a' } },
    variables: { 'reaction.emoji': null },
  },
  {
    label: 'a reaction taken back, with an empty emoji',
    message: { type: 'reaction', reaction: { message_id: 'wamid.a', emoji: '' } },
    becomes: { kind: 'reaction', reaction: { wamid: 'wamid.a' } },
    variables: { 'reaction.message_id': 'wamid.a' },
  },
  {
    label: 'an edited text',
    message: {
      type: 'edit',
      edit: { original_message_id: 'wamid.a', message: { type: 'text', text: { body: 'new' } } },
    },
    becomes: { kind: 'edit', edit: { wamid: 'wamid.a', text: 'new' } },
    variables: { 'edit.text': 'new', 'message.text': 'new' },
  },
  {
    label: 'an edited caption',
    message: {
      type: 'edit',
      edit: { original_message_id: 'wamid.a', message: { type: 'image', image: { caption: 'new' } } },
    },
    becomes: { kind: 'edit', edit: { wamid: 'wamid.a', text: 'new' } },
    variables: { 'edit.message_id': 'wamid.a' },
  },
  {
    label: 'a message taken back',
    message: { type: 'revoke', revoke: { original_message_id: 'wamid.a' } },
    becomes: { kind: 'revoke', revoke: { wamid: 'wamid.a' } },
    variables: { 'revoke.message_id': 'wamid.a' },
  },
];

const errors = (code: number): JsonObject => ({
  errors: [{ code, title: 'Message type unknown', message: 'x', error_data: { details: 'x' } }],
});

export const UNSUPPORTED: readonly InboundPayload[] = [
  {
    label: 'a poll',
    message: { type: 'unsupported', ...errors(131_051), unsupported: { type: 'poll' } },
    becomes: { kind: 'unsupported', type: 'poll', code: 131_051, content: { type: 'poll' } },
    variables: { 'unsupported.type': 'poll', 'unsupported.code': 131_051, 'message.subtype': 'poll' },
  },
  {
    label: 'a message that Meta does not support, with its text',
    message: { type: 'unsupported', ...errors(131_051), text: { body: 'Hi' } },
    becomes: { kind: 'unsupported', type: 'unsupported', code: 131_051, text: 'Hi' },
    variables: { 'message.text': 'Hi', 'unsupported.content': null },
  },
  {
    label: 'a message of the phone app that is not available',
    message: { type: 'unsupported', errors: [{ code: 131_060, title: 'x' }] },
    becomes: { kind: 'unsupported', type: 'unsupported', code: 131_060 },
    variables: { 'unsupported.code': 131_060 },
  },
  {
    label: 'an unknown message',
    message: { type: 'unknown', errors: [{ code: '131051', title: 'x', details: 'x' }] },
    becomes: { kind: 'unsupported', type: 'unknown', code: 131_051 },
    variables: { 'unsupported.type': 'unknown' },
  },
  {
    label: 'a chat that was opened',
    message: { type: 'request_welcome' },
    becomes: { kind: 'unsupported', type: 'request_welcome' },
    variables: { 'unsupported.type': 'request_welcome' },
  },
  {
    label: 'a message that goes by itself',
    message: { type: 'ephemeral', ephemeral: { a: 1 } },
    becomes: { kind: 'unsupported', type: 'ephemeral', content: { a: 1 } },
    variables: { 'unsupported.content.a': 1 },
  },
  {
    label: 'a text without its part',
    message: { type: 'text' },
    becomes: { kind: 'unsupported', type: 'text' },
    variables: { 'message.text': null, 'message.type': 'unsupported' },
  },
];
