import { describe, expect, test } from '@jest/globals';
import { OutboundMessage } from './outbound-message.ts';
import { ttlProblem } from './template/ttl.ts';

/** Where the message is refused, and why. */
function faults(message: object): string[] {
  const { error } = OutboundMessage.safeParse(message);
  return (error?.issues ?? []).map(({ path, message: said }) => `${path.join('.')}: ${said}`);
}

const interactive = (type: string, action: object, rest: object = {}) => ({
  kind: 'interactive',
  interactive: { type, body: { text: 'b' }, ...rest, action },
});
const media = (fields: object) => ({ kind: 'media', media: fields });
const reaction = (emoji: string) => ({ kind: 'reaction', reaction: { messageId: 'wamid.1', emoji } });
const contact = (name: object, rest: object = {}) => ({ kind: 'contacts', contacts: [{ name, ...rest }] });
const place = (latitude: unknown, longitude: unknown) => ({
  kind: 'location',
  location: { latitude, longitude },
});
const template = (...components: object[]) => ({
  kind: 'template',
  template: { name: 'a', language: 'en', components },
});
const flow = (parameters: object) =>
  interactive('flow', {
    name: 'flow',
    parameters: { flow_message_version: '3', flow_cta: 'c', ...parameters },
  });
const buttons = { buttons: [{ type: 'reply', reply: { id: 'a', title: 'A' } }] };
const image = { type: 'image', image: { id: '1' } };
const url = { name: 'cta_url', parameters: { display_text: 'd', url: 'https://a.example' } };
const quick = (count: number) => ({
  buttons: Array.from({ length: count }, (_, index) => ({
    type: 'quick_reply',
    quick_reply: { id: `${index}`, title: `${index}` },
  })),
});
const card = (index: number, fields: object = {}) => ({
  card_index: index,
  type: 'cta_url',
  header: image,
  action: url,
  ...fields,
});
const carousel = (...cards: object[]) => interactive('carousel', { cards });
const section = (title?: string) => ({
  ...(title !== undefined && { title }),
  product_items: [{ product_retailer_id: 'p' }],
});
const products = (...sections: object[]) =>
  interactive('product_list', { catalog_id: '1', sections }, { header: { type: 'text', text: 'h' } });
const text = (words: string) => template({ type: 'body', parameters: [{ type: 'text', text: words }] });

const RIGHT: [label: string, message: object][] = [
  ['a voice message', media({ type: 'audio', id: '1', voice: true })],
  ['a file of the bundle', media({ type: 'document', file: 'media/2026/menu.pdf', filename: 'Menu.pdf' })],
  ['coordinates as text', place('-6.2', ' 106.8 ')],
  ['a contact with a birthday', contact({ formatted_name: 'A', last_name: 'B' }, { birthday: '1990-12-31' })],
  ['no emoji', reaction('')],
  ['a heart without its selector', reaction('❤')],
  ['a family', reaction('👨‍👩‍👧‍👦')],
  ['a skin tone', reaction('👍🏽')],
  ['a flag', reaction('🇮🇩')],
  ['a flag of tags', reaction('🏴󠁧󠁢󠁳󠁣󠁴󠁿')],
  ['a keycap', reaction('1️⃣')],
  [
    'a document as header',
    interactive('cta_url', url, { header: { type: 'document', document: { id: '1', filename: 'a.pdf' } } }),
  ],
  ['a flow by name', flow({ flow_name: 'booking', mode: 'draft', flow_token: 't' })],
  [
    'a flow with data',
    flow({ flow_id: '1', flow_action: 'navigate', flow_action_payload: { screen: 'A', data: { a: 1 } } }),
  ],
  [
    'a product without a body',
    {
      kind: 'interactive',
      interactive: { type: 'product', action: { catalog_id: '1', product_retailer_id: 'p' } },
    },
  ],
  ['one section of products without a title', products(section())],
  [
    'cards with the same count of buttons',
    carousel(card(0, { action: quick(2) }), card(1, { action: quick(2) })),
  ],
  [
    'cards with buttons under the name that some providers give them',
    carousel(card(0, { type: 'button', action: quick(2) }), card(1, { type: 'button', action: quick(2) })),
  ],
  ['a component of a kind that is not known', template({ type: 'new_kind', anything: 1 })],
  [
    'a button of a kind that is not known',
    template({ type: 'button', sub_type: 'new_kind', index: 0, parameters: [{ type: 'new' }] }),
  ],
  [
    'kinds in capitals',
    template({
      type: 'BUTTON',
      sub_type: 'QUICK_REPLY',
      index: '0',
      parameters: [{ type: 'PAYLOAD', payload: 'p' }],
    }),
  ],
  ['four spaces', text('a    b')],
  ['the longest time to live', { ...template(), ttlS: -1 }],
];

const WRONG: [label: string, message: object, fault: string][] = [
  ['media without a source', media({ type: 'image' }), 'media: give exactly one of `link`, `id` and `file`'],
  [
    'media with two sources',
    media({ type: 'image', id: '1', file: 'media/a.png' }),
    'media: give exactly one',
  ],
  [
    'a link to a file',
    media({ type: 'image', link: 'ftp://a.example/a.png' }),
    'media.link: use an http or https address',
  ],
  ...[
    'a.png',
    '/media/a.png',
    'media/',
    'media//a',
    'media/../a',
    'media/.a',
    'media\\a',
    'media/a\\b',
    'media/a/',
  ].map((file): [string, object, string] => [
    `the path ${file}`,
    media({ type: 'image', file }),
    'media.file: use a path',
  ]),
  [
    'audio with a caption',
    media({ type: 'audio', id: '1', caption: 'c' }),
    'media.caption: audio and stickers',
  ],
  ['a sticker with a caption', media({ type: 'sticker', id: '1', caption: 'c' }), 'media.caption: audio'],
  [
    'an image with a file name',
    media({ type: 'image', id: '1', filename: 'a.png' }),
    'media.filename: only a document',
  ],
  ['a video as a voice message', media({ type: 'video', id: '1', voice: true }), 'media.voice: only audio'],
  ['no latitude', place('', 1), 'location.latitude: '],
  ['words as a longitude', place(1, 'east'), 'location.longitude: '],
  [
    'a contact with a full name alone',
    contact({ formatted_name: 'A B' }),
    'contacts.0.name: a contact needs one more part',
  ],
  [
    'a contact with an empty part',
    contact({ formatted_name: 'A B', first_name: '' }),
    'contacts.0.name: a contact needs',
  ],
  [
    'a birthday in another form',
    contact({ formatted_name: 'A', first_name: 'A' }, { birthday: '31.12.1990' }),
    'contacts.0.birthday: write a day',
  ],
  ['no contact', { kind: 'contacts', contacts: [] }, 'contacts: '],
  ['two emojis', reaction('👍👍'), 'reaction.emoji: a reaction is one emoji'],
  ['a letter as a reaction', reaction('a'), 'reaction.emoji: a reaction is one emoji'],
  ['a digit as a reaction', reaction('1'), 'reaction.emoji: a reaction is one emoji'],
  [
    'an id of a button with a space at its end',
    interactive('button', { buttons: [{ type: 'reply', reply: { id: 'a ', title: 'A' } }] }),
    'interactive.action.buttons.0.reply.id: no space',
  ],
  [
    'buttons of one id',
    interactive('button', {
      buttons: ['A', 'B'].map((title) => ({ type: 'reply', reply: { id: 'a', title } })),
    }),
    'interactive.action.buttons: button ids must differ',
  ],
  [
    'buttons of one title',
    interactive('button', {
      buttons: ['a', 'b'].map((id) => ({ type: 'reply', reply: { id, title: 'A' } })),
    }),
    'interactive.action.buttons: button titles must differ',
  ],
  [
    'a picture over a list',
    interactive('list', { button: 'b', sections: [{ rows: [{ id: 'a', title: 'A' }] }] }, { header: image }),
    'interactive.header',
  ],
  [
    'sections without a title',
    interactive('list', { button: 'b', sections: ['a', 'b'].map((id) => ({ rows: [{ id, title: 'A' }] })) }),
    'interactive.action.sections: every section needs a title',
  ],
  [
    'a section without rows',
    interactive('list', { button: 'b', sections: [{ rows: [] }] }),
    'interactive.action.sections.0.rows: ',
  ],
  [
    'rows of one id',
    interactive('list', {
      button: 'b',
      sections: [
        {
          rows: [
            { id: 'a', title: 'A' },
            { id: 'a', title: 'B' },
          ],
        },
      ],
    }),
    'interactive.action.sections: row ids must differ',
  ],
  [
    'a header over a request for a location',
    interactive('location_request_message', { name: 'send_location' }, { header: image }),
    'interactive: ',
  ],
  [
    'a header over a product',
    interactive('product', { catalog_id: '1', product_retailer_id: 'p' }, { header: image }),
    'interactive: ',
  ],
  [
    'a flow with two names',
    flow({ flow_id: '1', flow_name: 'a' }),
    'interactive.action.parameters: exactly one of',
  ],
  ['a flow without a name', flow({}), 'interactive.action.parameters: exactly one of'],
  [
    'an emoji on the button of a flow',
    flow({ flow_id: '1', flow_cta: 'Book 📅' }),
    'interactive.action.parameters.flow_cta: no emoji',
  ],
  ['an unknown mode of a flow', flow({ flow_id: '1', mode: 'test' }), 'interactive.action.parameters.mode: '],
  [
    'empty data of a flow',
    flow({ flow_id: '1', flow_action_payload: { screen: 'A', data: {} } }),
    'interactive.action.parameters.flow_action_payload.data: ',
  ],
  [
    'data without a screen',
    flow({ flow_id: '1', flow_action_payload: { data: { a: 1 } } }),
    'interactive.action.parameters.flow_action_payload.screen: ',
  ],
  [
    'a product list without a header',
    interactive('product_list', { catalog_id: '1', sections: [section()] }),
    'interactive.header: ',
  ],
  [
    'sections of products without a title',
    products(section('a'), section()),
    'interactive.action.sections: every section',
  ],
  [
    'an address in another country',
    interactive('address_message', { name: 'address_message', parameters: { country: 'ID' } }),
    'interactive.action.parameters.country: ',
  ],
  [
    'a carousel with a footer',
    {
      kind: 'interactive',
      interactive: { ...carousel(card(0), card(1)).interactive, footer: { text: 'f' } },
    },
    'interactive: ',
  ],
  [
    'cards with different headers',
    carousel(card(0), card(1, { header: { type: 'video', video: { id: '1' } } })),
    'interactive.action.cards: all cards need the same type of header',
  ],
  [
    'cards with different buttons',
    carousel(card(0), card(1, { action: quick(1) })),
    'interactive.action.cards: all cards need the same kind',
  ],
  [
    'a card with a link and buttons',
    carousel(card(0, { action: { name: 'cta_url', ...quick(1) } }), card(1)),
    'interactive.action.cards.0.action: a card has a link',
  ],
  [
    'a card with half a link',
    carousel(card(0, { action: { name: 'cta_url' } }), card(1)),
    'interactive.action.cards.0.action: a card has a link',
  ],
  [
    'cards with different counts of buttons',
    carousel(card(0, { type: 'button', action: quick(1) }), card(1, { type: 'button', action: quick(2) })),
    'interactive.action.cards: all cards need the same kind',
  ],
  ['cards with one index', carousel(card(0), card(0)), 'interactive.action.cards: each card needs'],
  [
    'a document on a card',
    carousel(card(0, { header: { type: 'document', document: { id: '1' } } }), card(1)),
    'interactive.action.cards.0.header.type: ',
  ],
  [
    'another name of an action',
    interactive('request_contact_info', { name: 'contact_request' }),
    'interactive.action.name: ',
  ],
  [
    'an order without its parameters',
    interactive('order_details', { name: 'review_and_pay' }),
    'interactive.action.parameters: ',
  ],
  [
    'an order status of another name',
    interactive('order_status', { name: 'review_and_pay', parameters: {} }),
    'interactive.action.name: ',
  ],
  ['a call without a name', interactive('voice_call', {}), 'interactive.action.name: '],
  ['an unknown kind of interactive message', interactive('buttons', buttons), 'interactive.type: '],
  [
    'a line break in a parameter',
    text('a\nb'),
    'template.components.0.parameters.0.text: a parameter may hold no line break',
  ],
  [
    'a tab in a parameter',
    text('a\tb'),
    'template.components.0.parameters.0.text: a parameter may hold no line break',
  ],
  [
    'five spaces in a parameter',
    text('a     b'),
    'template.components.0.parameters.0.text: a parameter may hold no line break',
  ],
  ['an empty parameter', text(' '), 'template.components.0.parameters.0.text: must not be empty'],
  [
    'named and unnamed parameters',
    template({
      type: 'body',
      parameters: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b', parameter_name: 'b' },
      ],
    }),
    'template.components.0.parameters.1: Parameters with',
  ],
  [
    'two parameters in a header',
    template({
      type: 'header',
      parameters: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    }),
    'template.components.0.parameters.1: A header has one',
  ],
  [
    'a parameter of another component',
    template({ type: 'body', parameters: [{ type: 'payload', payload: 'p' }] }),
    'template.components.0.parameters.0.type: A body has no parameter',
  ],
  [
    'a header with two sources',
    template({
      type: 'header',
      parameters: [{ type: 'image', image: { id: '1', link: 'https://a.example' } }],
    }),
    'template.components.0.parameters.0.image: give exactly one',
  ],
  [
    'products behind a button without titles',
    template({
      type: 'button',
      sub_type: 'mpm',
      index: 0,
      parameters: [{ type: 'action', action: { sections: [section(), section()] } }],
    }),
    'template.components.0.parameters.0.action.sections: every section',
  ],
  [
    'a button without an index',
    template({ type: 'button', sub_type: 'url' }),
    'template.components.0.index: a number from 0 to 9',
  ],
  ['a fraction as time to live', { ...template(), ttlS: 60.5 }, 'ttlS: '],
  ['no time to live', { ...template(), ttlS: 0 }, 'ttlS: give seconds from 30'],
];

describe('OutboundMessage', () => {
  test.each(RIGHT)('takes %s', (_, message) => {
    expect(faults(message)).toEqual([]);
  });

  test.each(WRONG)('refuses %s', (_, message, fault) => {
    expect(faults(message)).toContainEqual(expect.stringContaining(fault));
  });
});

describe('ttlProblem()', () => {
  test.each([
    ['AUTHENTICATION', 30, 900],
    ['UTILITY', 30, 43_200],
    ['MARKETING', 43_200, 2_592_000],
  ])('says what a template of %s may have', (category, minS, maxS) => {
    for (const ttlS of [minS, maxS, -1]) expect(ttlProblem(category, ttlS)).toBeUndefined();
    for (const ttlS of [minS - 1, maxS + 1])
      expect(ttlProblem(category, ttlS)).toContain(`lives ${minS} to ${maxS} seconds`);
  });

  test('says nothing of a category that is not known', () => {
    expect(ttlProblem('NEW', 1)).toBeUndefined();
  });
});
