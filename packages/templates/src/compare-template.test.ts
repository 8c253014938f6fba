import { type TemplateDefinition } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { compareTemplate } from './compare-template.ts';
import { type Fields } from './definition-fault.ts';
import { findDefinition, statusFault } from './find-definition.ts';

/** Known when the flow runs only. */
const isComputed = (value: unknown) => typeof value === 'string' && value.includes('{{');

type Components = TemplateDefinition['components'];

const define = (components: Components, more: Partial<TemplateDefinition> = {}): TemplateDefinition => ({
  id: '1',
  name: 'order',
  language: 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  components,
  ...more,
});
const send = (components?: unknown): Fields => ({
  name: 'order',
  language: 'en',
  ...(components !== undefined && { components }),
});
const text = (value: string, name?: string) => ({
  type: 'text',
  text: value,
  ...(name !== undefined && { parameter_name: name }),
});
const body = (...parameters: unknown[]) => ({ type: 'body', parameters });
const header = (...parameters: unknown[]) => ({ type: 'header', parameters });
const button = (subType: string, index: number | string, ...parameters: unknown[]) => ({
  type: 'button',
  sub_type: subType,
  index,
  parameters,
});

const PLAIN = define([{ type: 'BODY', text: 'Thank you.' }]);
const TWO = define([{ type: 'BODY', text: 'Order {{1}} is {{2}}, yes {{1}}.' }]);
const NAMED = define([{ type: 'BODY', text: 'Hi {{customer}}, order {{order_id}}.' }], {
  parameter_format: 'NAMED',
});
const TITLE = define([
  { type: 'HEADER', format: 'TEXT', text: 'Hi {{1}}' },
  { type: 'BODY', text: 'x' },
]);
const VIDEO = define([
  { type: 'HEADER', format: 'VIDEO' },
  { type: 'BODY', text: 'x' },
]);
const PLACE = define([
  { type: 'HEADER', format: 'LOCATION' },
  { type: 'BODY', text: 'x' },
]);
const BUTTONS = define([
  { type: 'BODY', text: 'x' },
  {
    type: 'BUTTONS',
    buttons: [
      { type: 'QUICK_REPLY', text: 'Stop' },
      { type: 'URL', text: 'Track', url: 'https://a.example/{{1}}' },
      { type: 'URL', text: 'Home', url: 'https://a.example' },
      { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+62' },
      { type: 'COPY_CODE', text: 'Copy' },
    ],
  },
]);
const OFFER = define([
  { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Soon over', has_expiration: true } },
  { type: 'BODY', text: 'x' },
]);
const CARD = {
  components: [
    { type: 'HEADER', format: 'IMAGE' },
    { type: 'BODY', text: 'For {{1}}' },
  ],
};
const CARDS = define([
  { type: 'BODY', text: 'x' },
  { type: 'CAROUSEL', cards: [CARD, CARD] },
]);
const CODE = define(
  [
    { type: 'BODY', text: '*{{1}}* is your code.' },
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Copy', url: 'https://a.example/otp?code=otp{{1}}' }] },
  ],
  { category: 'AUTHENTICATION' },
);

const track = button('url', '1', text('42'));
const copy = button('COPY_CODE', 4, { type: 'coupon_code', coupon_code: 'X' });
const photo = header({ type: 'image', image: { id: '1' } });
const card = (index: unknown, ...components: unknown[]) => ({ card_index: index, components });
const carousel = (...cards: unknown[]) => ({ type: 'carousel', cards });
const otp = (inBody: string, inButton: string) => [body(text(inBody)), button('url', 0, text(inButton))];

const faults = (definition: TemplateDefinition, components: unknown, computed?: typeof isComputed) =>
  compareTemplate(send(components), definition, computed).map(
    ({ code, path }) => `${code} ${path.join('.')}`,
  );

describe('compareTemplate()', () => {
  test.each<[string, TemplateDefinition, unknown, string[]]>([
    ['nothing for no variables', PLAIN, undefined, []],
    ['an empty body for no variables', PLAIN, [body()], []],
    ['a parameter too many', PLAIN, [body(text('a'))], ['E306 components.0.parameters']],
    ['two by place', TWO, [body(text('a'), text('b'))], []],
    ['one of two', TWO, [body(text('a'))], ['E306 components.0.parameters']],
    ['no components', TWO, undefined, ['E306 ']],
    ['no body', TWO, [], ['E306 components']],
    ['a name by place', TWO, [body(text('a', 'x'), text('b', 'y'))], ['E306 components.0.parameters.0']],
    ['names in any order', NAMED, [body(text('1', 'order_id'), text('b', 'customer'))], []],
    ['no names', NAMED, [body(text('a'), text('b'))], ['E306 components.0.parameters.0']],
    [
      'a wrong name',
      NAMED,
      [body(text('a', 'custmer'), text('b', 'order_id'))],
      ['E306 components.0.parameters.0.parameter_name'],
    ],
    [
      'a name twice',
      NAMED,
      [body(text('a', 'customer'), text('b', 'customer'))],
      ['E306 components.0.parameters'],
    ],
    ['one name of two', NAMED, [body(text('a', 'customer'))], ['E306 components.0.parameters']],
    ['a text header', TITLE, [header(text('a'))], []],
    ['a text header without its variable', TITLE, undefined, ['E306 ']],
    ['an image for a text header', TITLE, [photo], ['E307 components.0.parameters.0.type']],
    ['a video', VIDEO, [header({ type: 'video', video: { id: '1' } })], []],
    ['an image for a video', VIDEO, [photo], ['E307 components.0.parameters.0.type']],
    ['no video', VIDEO, [], ['E307 components']],
    ['a location', PLACE, [header({ type: 'location', location: {} })], []],
    ['a header for none', PLAIN, [photo], ['E307 components.0']],
    ['buttons that need something', BUTTONS, [track, copy], []],
    [
      'a payload, too',
      BUTTONS,
      [button('quick_reply', 0, { type: 'payload', payload: 'x' }), track, copy],
      [],
    ],
    ['no address and no code', BUTTONS, undefined, ['E308 ', 'E308 ']],
    ['a code alone', BUTTONS, [copy], ['E308 components']],
    ['a fixed address', BUTTONS, [track, copy, button('url', 2, text('x'))], ['E308 components.2']],
    ['a phone number', BUTTONS, [track, copy, button('voice_call', 3)], ['E308 components.2']],
    ['another kind', BUTTONS, [button('quick_reply', 1, text('x')), copy], ['E308 components.0.sub_type']],
    [
      'an index that is not there',
      BUTTONS,
      [track, copy, button('url', 9, text('x'))],
      ['E308 components.2.index'],
    ],
    ['an index twice', BUTTONS, [track, track, copy], ['E308 components.1.index']],
    ['an address without its parameter', BUTTONS, [button('url', 1), copy], ['E308 components.0']],
    ['a button for none', PLAIN, [track], ['E308 components.0.index']],
    ['an offer without its end', OFFER, [], ['E309 components']],
    ['an offer', OFFER, [{ type: 'limited_time_offer', parameters: [{}] }], []],
    ['an offer for none', PLAIN, [{ type: 'limited_time_offer' }], ['E309 components.0']],
    ['cards', CARDS, [carousel(card(0, photo, body(text('a'))), card(1, photo, body(text('b'))))], []],
    [
      'a card without its text',
      CARDS,
      [carousel(card(0, photo), card(1, photo, body(text('b'))))],
      ['E306 components.0.cards.0.components'],
    ],
    ['a card too few', CARDS, [carousel(card(0, photo, body(text('a'))))], ['E309 components.0.cards']],
    [
      'a card twice',
      CARDS,
      [carousel(card(0, photo, body(text('a'))), card('0', photo, body(text('a'))))],
      ['E309 components.0.cards.1.card_index'],
    ],
    [
      'a card that is not there',
      CARDS,
      [carousel(card(0, photo, body(text('a'))), card(5))],
      ['E309 components.0.cards.1.card_index'],
    ],
    ['no cards', CARDS, undefined, ['E309 ']],
    ['cards for none', PLAIN, [carousel()], ['E309 components.0']],
    ['a code twice', CODE, otp('123456', '123456'), []],
    ['two codes', CODE, otp('123456', '123457'), ['E310 components.1.parameters.0.text']],
    [
      'a long code',
      CODE,
      otp('1234567890123456', '1234567890123456'),
      ['E310 components.0.parameters.0.text'],
    ],
    ['a code in the body alone', CODE, [body(text('1'))], ['E308 components']],
    ['parts that are not known here', PLAIN, [{ type: 'order_status', parameters: [] }, { type: 'new' }], []],
    ['what is no list', PLAIN, 'components', []],
  ])('%s', (_, definition, components, expected) => {
    expect(faults(definition, components)).toEqual(expected);
  });

  test.each<[string, TemplateDefinition, unknown, string[]]>([
    ['all components', TWO, '{{flow.components}}', []],
    ['all parameters', TWO, [{ type: 'body', parameters: '{{flow.parameters}}' }], []],
    ['a component', CARDS, ['{{flow.one}}'], []],
    ['a value', TWO, [body(text('{{state.a}}'))], ['E306 components.0.parameters']],
    ['a name', NAMED, [body(text('a', '{{state.a}}'), text('b', 'order_id'))], []],
    ['an index', BUTTONS, [button('url', '{{state.a}}', text('x'))], []],
    ['cards', CARDS, [{ type: 'carousel', cards: '{{state.cards}}' }], []],
    ['a code', CODE, otp('{{state.a}}', '{{state.a}}'), []],
    ['two codes', CODE, otp('{{state.a}}', '{{state.b}}'), ['E310 components.1.parameters.0.text']],
  ])('says nothing of what is computed: %s', (_, definition, components, expected) => {
    expect(faults(definition, components, isComputed)).toEqual(expected);
  });

  test('takes braces that a contact wrote for text', () => {
    expect(faults(TWO, [body(text('{{a}}'))])).toEqual(['E306 components.0.parameters']);
  });

  test('quotes nothing of what is sent', () => {
    const told = JSON.stringify(
      [TWO, NAMED, VIDEO, BUTTONS, CARDS, CODE].flatMap((each) =>
        compareTemplate(
          send([body(text('secret', 'secret')), button('secret', 'secret'), header({ type: 'secret' })]),
          each,
        ),
      ),
    );
    expect(told).not.toContain('secret');
  });
});

describe('findDefinition()', () => {
  const templates = [
    PLAIN,
    define([], { language: 'id', status: 'PAUSED' }),
    define([], { name: 'sale', status: 'REJECTED' }),
  ];
  test.each([
    [{ name: 'order', language: 'en' }, PLAIN],
    [{ name: 'order', language: { code: 'en' } }, PLAIN],
    [
      { name: 'ordr', language: 'en' },
      { fix: 'did you mean `order`?', path: ['name'] },
    ],
    [
      { name: 'order', language: 'en_US' },
      { fix: 'it is there in en, id', path: ['language'] },
    ],
    [{ name: 'order', language: { code: 'fr' } }, { path: ['language', 'code'] }],
    [{ name: '{{state.name}}', language: 'en' }, undefined],
    [{ name: 'order', language: '{{state.name}}' }, undefined],
  ])('%j', (named, expected) => {
    const found = findDefinition(named, templates, isComputed);
    if ('definition' in found) expect(found.definition).toBe(expected);
    else if (expected === undefined) expect(found.faults).toEqual([]);
    else expect(found.faults).toEqual([expect.objectContaining({ ...expected, code: 'E304' })]);
  });

  test.each([
    ['APPROVED', undefined],
    ['FLAGGED', undefined],
    ['PENDING', 'W301'],
    ['PAUSED', 'W301'],
    ['REJECTED', 'E305'],
    ['DISABLED', 'E305'],
    ['SOMETHING_NEW', 'W301'],
  ])('statusFault() takes %s as %s', (status, code) => {
    expect(statusFault({ ...PLAIN, status })?.code).toBe(code);
  });
});
