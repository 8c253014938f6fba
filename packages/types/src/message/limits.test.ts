import { describe, expect, test } from '@jest/globals';
import { LIMITS, MESSAGE_LIMITS } from './limits.ts';
import { OutboundMessage } from './outbound-message.ts';

type Limit = keyof typeof LIMITS;

const x = (count: number) => 'x'.repeat(count);
const times = <T>(count: number, item: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => item(index));
const address = (length: number) => `https://a.example/${x(length - 'https://a.example/'.length)}`;

const media = (fields: object) => ({ kind: 'media', media: { type: 'document', ...fields } });
const location = (fields: object) => ({
  kind: 'location',
  location: { latitude: 1, longitude: 1, ...fields },
});
const interactive = (type: string, action: object, rest: object = {}) => ({
  kind: 'interactive',
  interactive: { type, body: { text: 'b' }, ...rest, action },
});
const reply = (fields: object = {}, index = 0) => ({
  type: 'reply',
  reply: { id: `i${index}`, title: `t${index}`, ...fields },
});
const buttons = (fields: object, rest?: object) => interactive('button', { buttons: [reply(fields)] }, rest);
const row = (fields: object = {}, index = 0) => ({ id: `i${index}`, title: 't', ...fields });
const list = (sections: object[], button = 'b') => interactive('list', { button, sections });
const rows = (fields: object) => list([{ rows: [row(fields)] }]);
const flow = (parameters: object) =>
  interactive('flow', {
    name: 'flow',
    parameters: { flow_message_version: '3', flow_cta: 'c', flow_id: '1', ...parameters },
  });
const product = (index: number) => ({ product_retailer_id: `p${index}` });
const productList = (sections: object[]) =>
  interactive('product_list', { catalog_id: '1', sections }, { header: { type: 'text', text: 'h' } });
const card = (index: number, fields: object = {}) => ({
  card_index: index,
  type: 'cta_url',
  header: { type: 'image', image: { id: '1' } },
  action: { name: 'cta_url', parameters: { display_text: 'd', url: 'https://a.example' } },
  ...fields,
});
const replies = (count: number) => ({
  buttons: times(count, (index) => ({
    type: 'quick_reply',
    quick_reply: { id: `${index}`, title: `${index}` },
  })),
});
const carousel = (cards: object[]) => interactive('carousel', { cards });
const template = (components: object[], rest: object = {}) => ({
  kind: 'template',
  template: { name: 'a', language: { code: 'en' }, components },
  ...rest,
});
const button = (fields: object) => template([{ type: 'button', sub_type: 'url', index: 0, ...fields }]);
const cards = (count: number) =>
  template([{ type: 'carousel', cards: times(count, (index) => ({ card_index: index })) }]);
const named = (index: number) => ({ name: { formatted_name: `A ${index}`, first_name: 'A' } });

/** A message with `count` of what the limit is of, and where one too many is reported. */
const AT_MOST: [limit: Limit, message: (count: number) => object, place: string][] = [
  ['text', (count) => ({ kind: 'text', text: x(count) }), 'text'],
  ['caption', (count) => media({ id: '1', caption: x(count) }), 'media.caption'],
  ['filename', (count) => media({ id: '1', filename: x(count) }), 'media.filename'],
  ['url', (count) => media({ link: address(count) }), 'media.link'],
  [
    'url',
    (count) =>
      interactive('cta_url', { name: 'cta_url', parameters: { display_text: 'd', url: address(count) } }),
    'interactive.action.parameters.url',
  ],
  ['mediaId', (count) => media({ id: x(count) }), 'media.id'],
  ['mediaPath', (count) => media({ file: `media/${x(count - 6)}` }), 'media.file'],
  ['latitude', (degrees) => location({ latitude: degrees }), 'location.latitude'],
  ['latitude', (degrees) => location({ latitude: `-${degrees}` }), 'location.latitude'],
  ['longitude', (degrees) => location({ longitude: degrees }), 'location.longitude'],
  ['longitude', (degrees) => location({ longitude: -degrees }), 'location.longitude'],
  ['place', (count) => location({ name: x(count) }), 'location.name'],
  ['place', (count) => location({ name: 'n', address: x(count) }), 'location.address'],
  ['contacts', (count) => ({ kind: 'contacts', contacts: times(count, named) }), 'contacts'],
  ['interactiveBody', (count) => buttons({}, { body: { text: x(count) } }), 'interactive.body.text'],
  [
    'interactiveBody',
    (count) => ({
      ...list([{ rows: [row()] }]),
      interactive: { ...list([{ rows: [row()] }]).interactive, body: { text: x(count) } },
    }),
    'interactive.body.text',
  ],
  [
    'headerText',
    (count) => buttons({}, { header: { type: 'text', text: x(count) } }),
    'interactive.header.text',
  ],
  ['footerText', (count) => buttons({}, { footer: { text: x(count) } }), 'interactive.footer.text'],
  [
    'buttons',
    (count) => interactive('button', { buttons: times(count, (index) => reply({}, index)) }),
    'interactive.action.buttons',
  ],
  ['buttonTitle', (count) => buttons({ title: x(count) }), 'interactive.action.buttons.0.reply.title'],
  ['buttonId', (count) => buttons({ id: x(count) }), 'interactive.action.buttons.0.reply.id'],
  ['listButton', (count) => list([{ rows: [row()] }], x(count)), 'interactive.action.button'],
  [
    'sections',
    (count) => list(times(count, (index) => ({ title: 't', rows: [row({}, index)] }))),
    'interactive.action.sections',
  ],
  [
    'rows',
    (count) => list([{ rows: times(count, (index) => row({}, index)) }]),
    'interactive.action.sections',
  ],
  [
    'sectionTitle',
    (count) => list([{ title: x(count), rows: [row()] }]),
    'interactive.action.sections.0.title',
  ],
  ['rowId', (count) => rows({ id: x(count) }), 'interactive.action.sections.0.rows.0.id'],
  ['rowTitle', (count) => rows({ title: x(count) }), 'interactive.action.sections.0.rows.0.title'],
  [
    'rowDescription',
    (count) => rows({ description: x(count) }),
    'interactive.action.sections.0.rows.0.description',
  ],
  [
    'ctaText',
    (count) =>
      interactive('cta_url', {
        name: 'cta_url',
        parameters: { display_text: x(count), url: 'https://a.example' },
      }),
    'interactive.action.parameters.display_text',
  ],
  ['flowCta', (count) => flow({ flow_cta: x(count) }), 'interactive.action.parameters.flow_cta'],
  [
    'productSections',
    (count) => productList(times(count, (index) => ({ title: 't', product_items: [product(index)] }))),
    'interactive.action.sections',
  ],
  [
    'products',
    (count) => productList([{ product_items: times(count, product) }]),
    'interactive.action.sections',
  ],
  [
    'productSectionTitle',
    (count) => productList([{ title: x(count), product_items: [product(0)] }]),
    'interactive.action.sections.0.title',
  ],
  ['cards', (count) => carousel(times(count, (index) => card(index % 10))), 'interactive.action.cards'],
  [
    'cardButtons',
    (count) => carousel(times(2, (index) => card(index, { action: replies(count) }))),
    'interactive.action.cards.0.action.buttons',
  ],
  [
    'cardBody',
    (count) => carousel([card(0, { body: { text: x(count) } }), card(1)]),
    'interactive.action.cards.0.body.text',
  ],
  [
    'cardBody',
    (count) =>
      template([
        {
          type: 'carousel',
          cards: times(2, (index) => ({
            card_index: index,
            components: [{ type: 'body', parameters: [{ type: 'text', text: x(count) }] }],
          })),
        },
      ]),
    'template.components.0.cards.0.components.0.parameters.0.text',
  ],
  [
    'templateName',
    (count) => ({ kind: 'template', template: { name: x(count), language: 'en' } }),
    'template.name',
  ],
  ['templateCards', (count) => cards(count), 'template.components.0.cards'],
  ['buttonIndex', (index) => button({ index }), 'template.components.0.index'],
  [
    'headerParameter',
    (count) => template([{ type: 'header', parameters: [{ type: 'text', text: x(count) }] }]),
    'template.components.0.parameters.0.text',
  ],
  [
    'urlSuffix',
    (count) => button({ parameters: [{ type: 'text', text: x(count) }] }),
    'template.components.0.parameters.0.text',
  ],
  [
    'couponCode',
    (count) =>
      button({ sub_type: 'copy_code', parameters: [{ type: 'coupon_code', coupon_code: x(count) }] }),
    'template.components.0.parameters.0.coupon_code',
  ],
  ['ttlS', (ttlS) => template([], { ttlS }), 'ttlS'],
  ['rawBytes', (count) => ({ kind: 'raw', raw: { type: x(count - '{"type":""}'.length) } }), 'raw'],
];

const AT_LEAST: [limit: Limit, message: (count: number) => object, place: string][] = [
  ['cardsMin', (count) => carousel(times(count, (index) => card(index))), 'interactive.action.cards'],
  ['templateCardsMin', (count) => cards(count), 'template.components.0.cards'],
  ['ttlMinS', (ttlS) => template([], { ttlS }), 'ttlS'],
];

/** Above these a message is doubtful, and still right. */
const WARNED: Limit[] = ['contactsSafe', 'payloadSafe'];

function places(message: object): string[] {
  const { error } = OutboundMessage.safeParse(message);
  return [...new Set((error?.issues ?? []).map(({ path }) => path.join('.')))];
}

describe('OutboundMessage', () => {
  test.each(AT_MOST)(
    'takes what is at the limit %s, and says where one more is too much',
    (limit, message, place) => {
      expect(places(message(LIMITS[limit]))).toEqual([]);
      expect(places(message(LIMITS[limit] + 1))).toContain(place);
    },
  );

  test.each(AT_LEAST)(
    'takes what is at the limit %s, and says where one less is too little',
    (limit, message, place) => {
      expect(places(message(LIMITS[limit]))).toEqual([]);
      expect(places(message(LIMITS[limit] - 1))).toEqual([place]);
    },
  );

  test('has a case here for every limit', () => {
    const tried = [...AT_MOST.map(([limit]) => limit), ...AT_LEAST.map(([limit]) => limit), ...WARNED];
    expect(new Set(tried)).toEqual(new Set(Object.keys(LIMITS)));
  });

  test('counts an emoji outside the basic plane as two characters', () => {
    expect(places(buttons({ title: '😀'.repeat(LIMITS.buttonTitle / 2) }))).toEqual([]);
    expect(places(buttons({ title: `${'😀'.repeat(LIMITS.buttonTitle / 2)}x` }))).toEqual([
      'interactive.action.buttons.0.reply.title',
    ]);
  });
});

describe('MESSAGE_LIMITS', () => {
  test('says of every limit once what it is of', () => {
    expect(MESSAGE_LIMITS.map(({ name }) => name).sort()).toEqual(Object.keys(LIMITS).sort());
    expect(Object.fromEntries(MESSAGE_LIMITS.map(({ name, max }) => [name, max]))).toEqual(LIMITS);
  });
});
