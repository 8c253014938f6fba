import { type JsonObject } from '@alur/types';

/** A message of each kind, in a flow's words and in Meta's. */
export interface OutboundExample {
  label: string;
  message: { kind: string; [member: string]: unknown };
  /** `type` and the member of that name, and what else stands beside them. */
  graph: JsonObject;
}

const example = (label: string, message: OutboundExample['message'], graph: JsonObject): OutboundExample => ({
  label,
  message,
  graph,
});

const image: JsonObject = { type: 'image', image: { link: 'https://a.example/p.jpg' } };
const textHeader: JsonObject = { type: 'text', text: 'H' };
const url: JsonObject = {
  name: 'cta_url',
  parameters: { display_text: 'Open', url: 'https://a.example' },
};
const body: JsonObject = { text: 'What would you like to do?' };
const footer: JsonObject = { text: 'F' };

const INTERACTIVES: readonly JsonObject[] = [
  {
    type: 'button',
    header: image,
    body,
    footer,
    action: { buttons: [{ type: 'reply', reply: { id: 'help', title: 'Get Help' } }] },
  },
  {
    type: 'list',
    header: textHeader,
    body,
    footer,
    action: {
      button: 'View',
      sections: [{ title: 'Sales', rows: [{ id: 'p', title: 'Pricing', description: 'd' }] }],
    },
  },
  {
    type: 'cta_url',
    header: { type: 'document', document: { id: '7', filename: 'a.pdf' } },
    body,
    action: url,
  },
  { type: 'location_request_message', body, action: { name: 'send_location' } },
  {
    type: 'flow',
    header: textHeader,
    body,
    action: {
      name: 'flow',
      parameters: {
        flow_message_version: '3',
        flow_cta: 'Book',
        flow_id: '1',
        mode: 'published',
        flow_token: 't',
        flow_action: 'navigate',
        flow_action_payload: { screen: 'START', data: { image: { file: 'as it is' } } },
      },
    },
  },
  { type: 'product', action: { catalog_id: '1', product_retailer_id: 'sku-1' } },
  {
    type: 'product_list',
    header: textHeader,
    body,
    action: {
      catalog_id: '1',
      sections: [{ title: 'Coffee', product_items: [{ product_retailer_id: 'sku-1' }] }],
    },
  },
  {
    type: 'catalog_message',
    body,
    action: { name: 'catalog_message', parameters: { thumbnail_product_retailer_id: 'sku-1' } },
  },
  {
    type: 'address_message',
    body,
    action: { name: 'address_message', parameters: { country: 'IN', values: { city: 'Mumbai' } } },
  },
  {
    type: 'carousel',
    body,
    action: {
      cards: [0, 1].map((index) => ({
        card_index: index,
        type: 'cta_url',
        header: image,
        body: { text: 'A room' },
        action: url,
      })),
    },
  },
  { type: 'request_contact_info', body, action: { name: 'request_contact_info' } },
  { type: 'call_permission_request', body, action: { name: 'call_permission_request' } },
  {
    type: 'voice_call',
    body,
    action: { name: 'voice_call', parameters: { display_text: 'Call us', ttl_minutes: 100 } },
  },
  {
    type: 'order_details',
    body,
    action: { name: 'review_and_pay', parameters: { reference_id: 'o-1', currency: 'INR' } },
  },
  {
    type: 'order_status',
    body,
    action: { name: 'review_order', parameters: { reference_id: 'o-1', order: { status: 'shipped' } } },
  },
];

const components: JsonObject[] = [
  { type: 'header', parameters: [image] },
  {
    type: 'body',
    parameters: [
      { type: 'text', parameter_name: 'name', text: 'Ana' },
      {
        type: 'currency',
        parameter_name: 'price',
        currency: { fallback_value: 'Rp 5', code: 'IDR', amount_1000: 5000 },
      },
    ],
  },
  { type: 'button', sub_type: 'quick_reply', index: 0, parameters: [{ type: 'payload', payload: 'yes' }] },
  { type: 'BUTTON', sub_type: 'CATALOG', index: '1', parameters: [{ type: 'action', action: {} }] },
  {
    type: 'limited_time_offer',
    parameters: [
      { type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: 1_700_000_000_000 } },
    ],
  },
  {
    type: 'carousel',
    cards: [0, 1].map((index) => ({
      card_index: index,
      components: [{ type: 'header', parameters: [image] }],
    })),
  },
  { type: 'of_tomorrow', parameters: [{ type: 'anything', value: 1 }] },
];

const card: JsonObject = {
  name: { formatted_name: 'A B', first_name: 'A' },
  birthday: '1990-12-31',
  phones: [{ phone: '+1650', type: 'WORK', wa_id: '1650' }],
  emails: [{ email: 'a@a.example', type: 'HOME' }],
  org: { company: 'A Ltd' },
};

/** Every kind, and every type of an interactive message. */
export const OUTBOUND_EXAMPLES: readonly OutboundExample[] = [
  example('text', { kind: 'text', text: 'Hi {{x}}' }, { type: 'text', text: { body: 'Hi {{x}}' } }),
  example(
    'text with preview',
    { kind: 'text', text: 'https://a.example', previewUrl: true },
    { type: 'text', text: { body: 'https://a.example', preview_url: true } },
  ),
  example(
    'an image',
    { kind: 'media', media: { type: 'image', link: 'https://a.example/p.jpg', caption: 'C' } },
    { type: 'image', image: { link: 'https://a.example/p.jpg', caption: 'C' } },
  ),
  example(
    'a document',
    { kind: 'media', media: { type: 'document', id: '7', filename: 'a.pdf', caption: 'C' } },
    { type: 'document', document: { id: '7', filename: 'a.pdf', caption: 'C' } },
  ),
  example(
    'a video',
    { kind: 'media', media: { type: 'video', id: '7' } },
    { type: 'video', video: { id: '7' } },
  ),
  example(
    'a voice message',
    { kind: 'media', media: { type: 'audio', id: '7', voice: true } },
    { type: 'audio', audio: { id: '7', voice: true } },
  ),
  example(
    'a sticker',
    { kind: 'media', media: { type: 'sticker', id: '7' } },
    { type: 'sticker', sticker: { id: '7' } },
  ),
  example(
    'a location, coordinates as text',
    {
      kind: 'location',
      location: { latitude: '37.7749', longitude: -122.4194, name: 'Us', address: '1 A St' },
    },
    {
      type: 'location',
      location: { latitude: 37.7749, longitude: -122.4194, name: 'Us', address: '1 A St' },
    },
  ),
  example('contacts', { kind: 'contacts', contacts: [card] }, { type: 'contacts', contacts: [card] }),
  example(
    'a reaction',
    { kind: 'reaction', reaction: { messageId: 'wamid.1', emoji: '👍' } },
    { type: 'reaction', reaction: { message_id: 'wamid.1', emoji: '👍' } },
  ),
  example(
    'a removed reaction',
    { kind: 'reaction', reaction: { messageId: 'wamid.1', emoji: '' } },
    { type: 'reaction', reaction: { message_id: 'wamid.1', emoji: '' } },
  ),
  example(
    'a template with a plain language',
    { kind: 'template', template: { name: 'follow_up', language: 'en' } },
    { type: 'template', template: { name: 'follow_up', language: { code: 'en' } } },
  ),
  example(
    'a template with components and a time to live',
    {
      kind: 'template',
      template: { name: 'a', language: { code: 'en_US', policy: 'deterministic' }, components },
      ttlS: 3600,
    },
    {
      type: 'template',
      template: { name: 'a', language: { code: 'en_US', policy: 'deterministic' }, components },
      message_send_ttl_seconds: 3600,
    },
  ),
  ...INTERACTIVES.map((interactive) =>
    example(
      `interactive ${JSON.stringify(interactive['type'])}`,
      { kind: 'interactive', interactive },
      { type: 'interactive', interactive },
    ),
  ),
  example(
    'raw',
    { kind: 'raw', raw: { type: 'hologram', hologram: { body: 'x' }, message_send_ttl_seconds: 60 } },
    { type: 'hologram', hologram: { body: 'x' }, message_send_ttl_seconds: 60 },
  ),
];
