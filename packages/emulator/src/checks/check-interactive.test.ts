import { describe, expect, test } from '@jest/globals';
import { interactive } from './check-interactive.ts';

const x = (length: number) => 'x'.repeat(length);
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const body = { text: x(1024) };
const footer = { text: x(60) };
const textHeader = { type: 'text', text: x(60) };
const image = { type: 'image', image: { link: 'https://example.com/a.jpg' } };
const video = { type: 'video', video: { id: '1' } };

const reply = (id: string, title: string) => ({ type: 'reply', reply: { id, title } });
const row = (id: string) => ({ id, title: x(24), description: x(72) });
const link = { name: 'cta_url', parameters: { display_text: x(20), url: 'https://example.com' } };
const flow = (change: object = {}) => ({
  type: 'flow',
  header: textHeader,
  body,
  footer,
  action: {
    name: 'flow',
    parameters: {
      flow_message_version: '3',
      flow_cta: x(20),
      flow_id: '1',
      mode: 'draft',
      flow_token: 't',
      flow_action: 'navigate',
      flow_action_payload: { screen: 'START', data: { a: 1 } },
      ...change,
    },
  },
});
const products = (count: number) => many(count, (index) => ({ product_retailer_id: `sku${index}` }));
const productList = (sections: object[], change: object = {}) => ({
  type: 'product_list',
  header: textHeader,
  body,
  footer,
  action: { catalog_id: '1', sections },
  ...change,
});
const card = (index: number, change: object = {}) => ({
  card_index: index,
  type: 'cta_url',
  header: image,
  body: { text: x(160) },
  action: link,
  ...change,
});
const carousel = (cards: object[]) => ({ type: 'carousel', body, action: { cards } });
const quickReply = (id: string) => ({ type: 'quick_reply', quick_reply: { id, title: id } });
const call = (parameters: object) => ({
  type: 'voice_call',
  body,
  action: { name: 'voice_call', parameters },
});
const amount = { value: 100, offset: 100 };
const payment = (change: object = {}) => ({
  type: 'order_details',
  body,
  action: {
    name: 'review_and_pay',
    parameters: {
      reference_id: x(35),
      type: 'digital-goods',
      currency: 'INR',
      total_amount: amount,
      order: { status: 'pending', items: [{ name: 'Cake', amount, quantity: 1 }], subtotal: amount },
      ...change,
    },
  },
});
const orderStatus = (status: string) => ({
  type: 'order_status',
  body,
  action: { name: 'review_order', parameters: { reference_id: 'a', order: { status } } },
});

const TAKEN: [string, object][] = [
  [
    'button at its limits',
    {
      type: 'button',
      header: image,
      body,
      footer,
      action: { buttons: many(3, (index) => reply(`${index}${x(255)}`, `${index}${x(19)}`)) },
    },
  ],
  [
    'list at its limits',
    {
      type: 'list',
      header: textHeader,
      body,
      footer,
      action: {
        button: x(20),
        sections: many(10, (index) => ({ title: `${index}${x(23)}`, rows: [row(`${index}${x(199)}`)] })),
      },
    },
  ],
  ['cta_url at its limits', { type: 'cta_url', header: video, body, footer, action: link }],
  ['location_request_message', { type: 'location_request_message', body, action: { name: 'send_location' } }],
  ['flow at its limits', flow()],
  [
    'flow by name, with data exchange',
    flow({
      flow_id: undefined,
      flow_name: 'a',
      flow_action: 'data_exchange',
      flow_action_payload: undefined,
    }),
  ],
  ['product without a body', { type: 'product', action: { catalog_id: '1', product_retailer_id: 'a' } }],
  [
    'product_list of 30 in 10',
    productList(many(10, (index) => ({ title: `${index}${x(23)}`, product_items: products(3) }))),
  ],
  [
    'catalog_message',
    {
      type: 'catalog_message',
      body,
      footer,
      action: { name: 'catalog_message', parameters: { thumbnail_product_retailer_id: 'a' } },
    },
  ],
  [
    'catalog_message without a picture',
    { type: 'catalog_message', body, action: { name: 'catalog_message' } },
  ],
  [
    'address_message',
    {
      type: 'address_message',
      body,
      action: {
        name: 'address_message',
        parameters: { country: 'IN', values: { name: 'A' }, saved_addresses: [] },
      },
    },
  ],
  ['carousel of two', carousel(many(2, (index) => card(index)))],
  ['carousel of ten', carousel(many(10, (index) => card(index)))],
  [
    'carousel of reply buttons',
    carousel(many(2, (index) => card(index, { type: 'button', action: { buttons: [reply('a', 'A')] } }))),
  ],
  [
    'carousel of quick replies on cards of the one type that Meta names',
    carousel(many(2, (index) => card(index, { action: { buttons: [quickReply('a'), quickReply('b')] } }))),
  ],
  [
    'carousel of products',
    carousel(
      many(2, (index) => ({
        card_index: index,
        type: 'product',
        action: { catalog_id: '1', product_retailer_id: 'a' },
      })),
    ),
  ],
  ['request_contact_info', { type: 'request_contact_info', body, action: { name: 'request_contact_info' } }],
  [
    'call_permission_request',
    { type: 'call_permission_request', action: { name: 'call_permission_request' } },
  ],
  ['voice_call', call({ display_text: x(20), ttl_minutes: 43_200, payload: x(512) })],
  ['order_details', payment()],
  ['order_status', orderStatus('shipped')],
  ['a word in capitals', { type: 'BUTTON', body, action: { buttons: [reply('a', 'A')] } }],
];

const P = "interactive['action']['parameters']";
const REFUSED: [string, object, string][] = [
  [
    'a footer of 61',
    { ...flow(), footer: { text: x(61) } },
    'Footer text length invalid. Min length: 1, Max length: 60',
  ],
  [
    'a header on a location request',
    { type: 'location_request_message', header: textHeader, body, action: { name: 'send_location' } },
    '(#100) Unexpected key "header" on param "interactive".',
  ],
  [
    'a picture over a list',
    { type: 'list', header: image, body, action: { button: 'a', sections: [{ rows: [row('a')] }] } },
    '(#100) Unexpected key "image" on param "interactive[\'header\']".',
  ],
  [
    'eleven sections',
    {
      type: 'list',
      body,
      action: { button: 'a', sections: many(11, (i) => ({ title: `${i}`, rows: [row(`${i}`)] })) },
    },
    'Invalid sections count. Min allowed sections: 1, Max allowed sections: 10',
  ],
  [
    'a list button of 21',
    { type: 'list', body, action: { button: x(21), sections: [{ rows: [row('a')] }] } },
    'Button label is too long. Max length is 20',
  ],
  [
    'a link text of 21',
    { type: 'cta_url', body, action: { ...link, parameters: { ...link.parameters, display_text: x(21) } } },
    'Button text length invalid. Min length: 1, Max length: 20',
  ],
  [
    'a link that is none',
    { type: 'cta_url', body, action: { ...link, parameters: { ...link.parameters, url: 'ftp://a' } } },
    `(#100) Param ${P}['url'] must be a valid URI.`,
  ],
  ['a flow_cta of 21', flow({ flow_cta: x(21) }), 'flow_cta length invalid. Min length: 1, Max length: 20'],
  ['a flow_cta with an emoji', flow({ flow_cta: 'Go 🎉' }), 'flow_cta cannot have emojis'],
  [
    'a flow of another version',
    flow({ flow_message_version: '2' }),
    `(#100) Param ${P}['flow_message_version'] must be one of {3} - got "2".`,
  ],
  [
    'a flow that is named twice',
    flow({ flow_name: 'a' }),
    `Parameters 'flow_id' and 'flow_name' of '${P}' exclude each other`,
  ],
  [
    'a flow that is not named',
    flow({ flow_id: undefined }),
    `Parameter 'flow_id' or 'flow_name' is mandatory for '${P}'`,
  ],
  [
    'a flow mode that there is not',
    flow({ mode: 'test' }),
    `(#100) Param ${P}['mode'] must be one of {DRAFT, PUBLISHED} - got "test".`,
  ],
  [
    'a flow without a screen',
    flow({ flow_action_payload: { data: { a: 1 } } }),
    `(#100) The parameter ${P}['flow_action_payload']['screen'] is required.`,
  ],
  [
    'a flow with empty data',
    flow({ flow_action_payload: { screen: 'A', data: {} } }),
    `${P}['flow_action_payload']['data'] must be a JSON object that is not empty`,
  ],
  [
    'a screen for data exchange',
    flow({ flow_action: 'data_exchange' }),
    'flow_action_payload is for flow_action navigate only',
  ],
  [
    'a header over a product',
    { type: 'product', header: textHeader, action: { catalog_id: '1', product_retailer_id: 'a' } },
    '(#100) Unexpected key "header" on param "interactive".',
  ],
  [
    'a product without its id',
    { type: 'product', action: { catalog_id: '1' } },
    "(#100) The parameter interactive['action']['product_retailer_id'] is required.",
  ],
  [
    '31 products',
    productList([{ title: 'a', product_items: products(31) }]),
    'Total product count exceed max allowed count: 30',
  ],
  [
    '11 sections of products',
    productList(many(11, (i) => ({ title: `${i}`, product_items: products(1) }))),
    'Invalid sections count. Min allowed sections: 1, Max allowed sections: 10',
  ],
  [
    'a product list without a header',
    productList([{ product_items: products(1) }], { header: undefined }),
    "(#100) The parameter interactive['header'] is required.",
  ],
  [
    'two untitled sections of products',
    productList([{ product_items: products(1) }, { product_items: products(1) }]),
    'Section title is required when there is more than one section',
  ],
  [
    'a section title of 25',
    productList([{ title: x(25), product_items: products(1) }]),
    'Section title is too long. Max length is 24',
  ],
  ['a section without products', productList([{ title: 'a', product_items: [] }]), 'Section has no products'],
  [
    'an address of another country',
    { type: 'address_message', body, action: { name: 'address_message', parameters: { country: 'US' } } },
    `(#100) Param ${P}['country'] must be one of {IN, SG} - got "US".`,
  ],
  ['one card', carousel([card(0)]), 'Invalid cards count. Min allowed cards: 2, Max allowed cards: 10'],
  [
    'eleven cards',
    carousel(many(11, (index) => card(index % 10))),
    'Invalid cards count. Min allowed cards: 2, Max allowed cards: 10',
  ],
  [
    'cards of links and of replies',
    carousel([card(0), card(1, { action: { buttons: [quickReply('a')] } })]),
    'All cards must have the same header and buttons',
  ],
  [
    'a card with three quick replies',
    carousel(many(2, (index) => card(index, { action: { buttons: ['a', 'b', 'c'].map(quickReply) } }))),
    'Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 2',
  ],
  ['cards with a gap', carousel([card(0), card(2)]), 'Card indexes must count from 0 without a gap'],
  [
    'cards with other headers',
    carousel([card(0), card(1, { header: video })]),
    'All cards must have the same header and buttons',
  ],
  [
    'a card with a text header',
    carousel([card(0, { header: textHeader }), card(1)]),
    'Card header must be an image or a video',
  ],
  [
    'a card body of 161',
    carousel([card(0, { body: { text: x(161) } }), card(1)]),
    'Card body text length invalid. Min length: 1, Max length: 160',
  ],
  [
    'another action name',
    { type: 'request_contact_info', body, action: { name: 'contact_request' } },
    "(#100) Param interactive['action']['name'] must be one of {REQUEST_CONTACT_INFO} - got \"contact_request\".",
  ],
  [
    'a call of more than 30 days',
    call({ ttl_minutes: 43_201 }),
    `(#100) Param ${P}['ttl_minutes'] must be between 1 and 43200.`,
  ],
  [
    'a call text of 21',
    call({ display_text: x(21) }),
    'Button text length invalid. Min length: 1, Max length: 20',
  ],
  [
    'a payment reference of 36',
    payment({ reference_id: x(36) }),
    'Reference id length invalid. Min length: 1, Max length: 35',
  ],
  [
    'a payment without an amount',
    payment({ total_amount: undefined }),
    `(#100) The parameter ${P}['total_amount'] is required.`,
  ],
  [
    'an order status that there is not',
    orderStatus('lost'),
    `(#100) Param ${P}['order']['status'] must be one of {PENDING, PROCESSING, PARTIALLY_SHIPPED, SHIPPED, COMPLETED, CANCELED} - got "lost".`,
  ],
  [
    'no body',
    { type: 'button', action: { buttons: [reply('a', 'A')] } },
    "(#100) The parameter interactive['body'] is required.",
  ],
  ['no action', { type: 'voice_call', body }, "(#100) The parameter interactive['action'] is required."],
  ['no kind', { body }, "(#100) The parameter interactive['type'] is required."],
];

describe('interactive()', () => {
  test.each(TAKEN)('takes %s', (_label, message) => {
    expect(interactive(JSON.parse(JSON.stringify(message)), 'interactive')).toBeUndefined();
  });

  test.each(REFUSED)('refuses %s', (_label, message, text) => {
    const refusal = interactive(JSON.parse(JSON.stringify(message)), 'interactive');
    expect(refusal?.details ?? refusal?.message).toBe(text);
  });
});
