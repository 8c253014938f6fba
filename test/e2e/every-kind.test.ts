import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { say } from '../support/inbound.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

// Each kind of message as a flow says it, and as it has to come out at the Graph API: the shapes are Meta's own examples.

interface Kind {
  config: object;
  /** `type` and the member that bears its name. */
  sent: object;
  /** Further members at the top. */
  beside?: object;
}

/** What goes out as the author wrote it. */
const asWritten = (member: 'interactive' | 'template', value: object): Kind => ({
  config: { [member]: value },
  sent: { type: member, [member]: value },
});
const link = (name: string) => `https://shop.example.com/${name}`;
const body = { text: 'What would you like?' };
const footer = { text: 'Open until six' };
const rows = (...ids: string[]) => ids.map((id) => ({ id, title: `Row ${id}`, description: `About ${id}` }));
const card = (index: number) => ({
  card_index: index,
  type: 'cta_url',
  header: { type: 'image', image: { link: link(`${index}.jpg`) } },
  body: { text: `Card ${index}` },
  action: {
    name: 'cta_url',
    parameters: { display_text: 'See it', url: link(String(index)) },
  },
});

const KINDS: Record<string, Kind> = {
  text: {
    config: { message: 'See https://shop.example.com', preview_url: true },
    sent: { type: 'text', text: { body: 'See https://shop.example.com', preview_url: true } },
  },
  quote: {
    config: { message: 'This one', reply_to: '{{message.id}}' },
    sent: { type: 'text', text: { body: 'This one' } },
    beside: { context: { message_id: expect.stringMatching(/^wamid\./) } },
  },
  image: {
    config: { media: { type: 'image', link: link('a.jpg'), caption: 'Our shop' } },
    sent: { type: 'image', image: { link: link('a.jpg'), caption: 'Our shop' } },
  },
  video: {
    config: { media: { type: 'video', link: link('a.mp4'), caption: 'How to find us' } },
    sent: { type: 'video', video: { link: link('a.mp4'), caption: 'How to find us' } },
  },
  audio: {
    config: { media: { type: 'audio', link: link('a.ogg'), voice: true } },
    sent: { type: 'audio', audio: { link: link('a.ogg'), voice: true } },
  },
  document: {
    config: { media: { type: 'document', link: link('a.pdf'), caption: 'Menu', filename: 'menu.pdf' } },
    sent: { type: 'document', document: { link: link('a.pdf'), caption: 'Menu', filename: 'menu.pdf' } },
  },
  sticker: {
    config: { media: { type: 'sticker', link: link('a.webp') } },
    sent: { type: 'sticker', sticker: { link: link('a.webp') } },
  },
  location: {
    config: { location: { latitude: 37.48, longitude: -122.14, name: 'HQ', address: '1 Hacker Way' } },
    sent: {
      type: 'location',
      location: { latitude: 37.48, longitude: -122.14, name: 'HQ', address: '1 Hacker Way' },
    },
  },
  contacts: {
    config: {
      contacts: [
        {
          name: { formatted_name: 'Sari Dewi', first_name: 'Sari' },
          phones: [{ phone: '+15550100009', wa_id: '15550100009', type: 'WORK' }],
          birthday: '2000-01-31',
        },
      ],
    },
    sent: {
      type: 'contacts',
      contacts: [
        {
          name: { formatted_name: 'Sari Dewi', first_name: 'Sari' },
          phones: [{ phone: '+15550100009', wa_id: '15550100009', type: 'WORK' }],
          birthday: '2000-01-31',
        },
      ],
    },
  },
  reaction: {
    config: { reaction: { emoji: '👍' } },
    sent: { type: 'reaction', reaction: { message_id: expect.stringMatching(/^wamid\./), emoji: '👍' } },
  },
  buttons: asWritten('interactive', {
    type: 'button',
    header: { type: 'image', image: { link: link('a.jpg') } },
    body,
    footer,
    action: {
      buttons: [
        { type: 'reply', reply: { id: 'yes', title: 'Yes' } },
        { type: 'reply', reply: { id: 'no', title: 'No' } },
      ],
    },
  }),
  list: asWritten('interactive', {
    type: 'list',
    header: { type: 'text', text: 'Menu' },
    body,
    footer,
    action: {
      button: 'Choose',
      sections: [
        { title: 'Hot', rows: rows('soup', 'tea') },
        { title: 'Cold', rows: rows('ice') },
      ],
    },
  }),
  'call-to-action': asWritten('interactive', {
    type: 'cta_url',
    header: { type: 'text', text: 'Our shop' },
    body,
    footer,
    action: { name: 'cta_url', parameters: { display_text: 'Open', url: link('') } },
  }),
  'location-request': asWritten('interactive', {
    type: 'location_request_message',
    body,
    action: { name: 'send_location' },
  }),
  form: asWritten('interactive', {
    type: 'flow',
    header: { type: 'text', text: 'Booking' },
    body,
    footer,
    action: {
      name: 'flow',
      parameters: {
        flow_message_version: '3',
        flow_token: 'booking-1',
        flow_id: '1234567890',
        flow_cta: 'Book',
        flow_action: 'navigate',
        flow_action_payload: { screen: 'START', data: { table: '4' } },
      },
    },
  }),
  product: asWritten('interactive', {
    type: 'product',
    body,
    footer,
    action: { catalog_id: '194836987003835', product_retailer_id: 'sku1' },
  }),
  'product-list': asWritten('interactive', {
    type: 'product_list',
    header: { type: 'text', text: 'Cakes' },
    body,
    footer,
    action: {
      catalog_id: '194836987003835',
      sections: [
        { title: 'Cakes', product_items: [{ product_retailer_id: 'sku1' }, { product_retailer_id: 'sku2' }] },
      ],
    },
  }),
  catalog: asWritten('interactive', {
    type: 'catalog_message',
    body,
    footer,
    action: { name: 'catalog_message', parameters: { thumbnail_product_retailer_id: 'sku1' } },
  }),
  address: asWritten('interactive', {
    type: 'address_message',
    body,
    action: { name: 'address_message', parameters: { country: 'IN', values: { name: 'Sari' } } },
  }),
  carousel: asWritten('interactive', { type: 'carousel', body, action: { cards: [card(0), card(1)] } }),
  'contact-request': asWritten('interactive', {
    type: 'request_contact_info',
    body,
    action: { name: 'request_contact_info' },
  }),
  'call-permission': asWritten('interactive', {
    type: 'call_permission_request',
    body,
    action: { name: 'call_permission_request' },
  }),
  'plain-template': asWritten('template', { name: 'hello_world', language: { code: 'en_US' } }),
  'full-template': asWritten('template', {
    name: 'order_confirmation',
    language: { code: 'en_US' },
    components: [
      { type: 'header', parameters: [{ type: 'image', image: { link: link('a.jpg') } }] },
      {
        type: 'body',
        parameters: [
          { type: 'text', text: 'Ana' },
          { type: 'currency', currency: { fallback_value: 'USD 5', code: 'USD', amount_1000: 5000 } },
          { type: 'date_time', date_time: { fallback_value: 'May 5' } },
        ],
      },
      { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'track/42' }] },
      {
        type: 'button',
        sub_type: 'quick_reply',
        index: '1',
        parameters: [{ type: 'payload', payload: 'stop' }],
      },
    ],
  }),
  'named-template': asWritten('template', {
    name: 'order_named',
    language: { code: 'en_US' },
    components: [{ type: 'body', parameters: [{ type: 'text', parameter_name: 'customer', text: 'Ana' }] }],
  }),
  'code-template': asWritten('template', {
    name: 'sign_in',
    language: { code: 'en_US' },
    components: [
      { type: 'body', parameters: [{ type: 'text', text: '123456' }] },
      { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '123456' }] },
    ],
  }),
  'coupon-template': asWritten('template', {
    name: 'coupon',
    language: { code: 'en_US' },
    components: [
      {
        type: 'limited_time_offer',
        parameters: [
          { type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: 1_999_999_999_999 } },
        ],
      },
      {
        type: 'button',
        sub_type: 'copy_code',
        index: '0',
        parameters: [{ type: 'coupon_code', coupon_code: 'SAVE20' }],
      },
    ],
  }),
  raw: {
    config: { raw: { type: 'text', text: { body: 'As it is' } } },
    sent: { type: 'text', text: { body: 'As it is' } },
  },
};

const flowOf = ([name, { config }]: [string, Kind]) => ({
  name: `say_${name.replaceAll('-', '_')}`,
  version: '1.0',
  nodes: [{ id: 'say', type: 'reply', config }],
  triggers: [{ type: 'keyword', words: [name], target: 'say' }],
});

let pipeline: Pipeline;

beforeAll(async () => {
  const flows = Object.entries(KINDS).map((entry): [string, string] => [
    `${entry[0]}.ygtc`,
    stringify(flowOf(entry), { lineWidth: 0 }),
  ]);
  pipeline = await startPipeline({ flows: Object.fromEntries(flows) });
}, 60_000);
afterAll(() => pipeline.stop());

const answerTo = (contact: string) =>
  waitFor(() => pipeline.emulator.ledger().find(({ to }) => to === contact), `the answer to ${contact}`);

describe('every kind of message', () => {
  // One contact a kind, so that each answer is known by whom it went to.
  test.each(Object.keys(KINDS).map((name, index) => [name, `1555012${String(index).padStart(4, '0')}`]))(
    '%s goes out in its documented shape, and the emulator takes it',
    async (name, contact) => {
      await say(pipeline, { waId: contact }, name);
      const { body: sent } = await answerTo(contact);
      const kind = KINDS[name];
      expect(sent).toEqual({
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to: contact,
        ...kind?.sent,
        ...kind?.beside,
        biz_opaque_callback_data: expect.stringMatching(/^a1\.[0-9a-f]{32}\.1$/),
      });
    },
  );

  test('a contact who is known by a user id alone is written to by it', async () => {
    const userId = 'US.13491208655302741918';
    await say(pipeline, { userId }, 'raw');
    const { body: sent } = await answerTo(userId);
    expect(sent).toMatchObject({ recipient: userId, type: 'text' });
    expect(sent).not.toHaveProperty('to');
  });
});
