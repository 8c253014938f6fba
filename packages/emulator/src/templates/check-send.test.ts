import { describe, expect, test } from '@jest/globals';
import { type JsonObject } from '@alur/types';
import { checkSend } from './check-send.ts';
import { type StoredTemplate } from './stored-template.ts';

const x = (length: number) => 'x'.repeat(length);
const stored = (
  components: JsonObject[],
  format: StoredTemplate['format'] = 'POSITIONAL',
): StoredTemplate => ({
  id: '1',
  wabaId: '2',
  name: 'a',
  language: 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  format,
  components,
  rejectedReason: 'NONE',
  quality: { score: 'UNKNOWN', date: 0 },
  editedMs: [],
  more: {},
});

const BODY = { type: 'BODY', text: 'Hi {{1}}, you have {{2}}.' };
const PLAIN = { type: 'BODY', text: 'Hello there' };
const NAMED = { type: 'BODY', text: 'Hi {{who}}, you have {{what}}.' };
const buttons = (...given: JsonObject[]) => ({ type: 'BUTTONS', buttons: given });
const URL_BUTTON = { type: 'URL', text: 'Open', url: 'https://example.com/{{1}}' };
const PLAIN_URL = { type: 'URL', text: 'Open', url: 'https://example.com' };
const QUICK = { type: 'QUICK_REPLY', text: 'Yes' };
const COPY = { type: 'COPY_CODE', text: 'Copy' };
const OTP = { type: 'URL', otp_type: 'COPY_CODE', text: 'Copy', url: 'https://example.com/{{1}}' };
const CAROUSEL = {
  type: 'CAROUSEL',
  cards: [0, 1].map(() => ({ components: [{ type: 'HEADER', format: 'IMAGE' }, BODY] })),
};
const OFFER = { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Now', has_expiration: true } };

const text = (value: string, name?: string) => ({
  type: 'text',
  text: value,
  ...(name ? { parameter_name: name } : {}),
});
const body = (...parameters: JsonObject[]) => ({ type: 'body', parameters });
const two = body(text('a'), text('b'));
const header = (parameter: JsonObject) => ({ type: 'HEADER', parameters: [parameter] });
const image = { type: 'image', image: { id: '1' } };
const button = (subType: string, index: string | number, ...parameters: JsonObject[]) => ({
  type: 'button',
  sub_type: subType,
  index,
  parameters,
});
const cards = (...components: JsonObject[][]) => ({
  type: 'carousel',
  cards: components.map((given, index) => ({ card_index: index, components: given })),
});

const TAKEN: [string, StoredTemplate, JsonObject[]][] = [
  ['nothing where there is nothing to fill', stored([PLAIN]), []],
  ['as many as there are', stored([BODY]), [two]],
  [
    'a variable that stands twice once',
    stored([{ type: 'BODY', text: 'a {{1}} b {{1}} c' }]),
    [body(text('a'))],
  ],
  ['names in any order', stored([NAMED], 'NAMED'), [body(text('b', 'what'), text('a', 'who'))]],
  [
    'money and dates as texts',
    stored([BODY]),
    [
      body(
        { type: 'currency', currency: { fallback_value: 'USD 5', code: 'USD', amount_1000: 5000 } },
        { type: 'date_time', date_time: { fallback_value: 'May 5' } },
      ),
    ],
  ],
  ['an image header', stored([{ type: 'HEADER', format: 'IMAGE' }, PLAIN]), [header(image)]],
  [
    'a text header with its variable',
    stored([{ type: 'HEADER', format: 'TEXT', text: 'Hi {{1}}' }, PLAIN]),
    [header(text('a'))],
  ],
  ['a link’s end', stored([PLAIN, buttons(QUICK, URL_BUTTON)]), [button('url', '1', text('a'))]],
  ['static buttons without a component', stored([PLAIN, buttons(QUICK, PLAIN_URL)]), []],
  [
    'a payload, its words in capitals',
    stored([PLAIN, buttons(QUICK)]),
    [button('QUICK_REPLY', 0, { type: 'payload', payload: 'a' })],
  ],
  [
    'a code twice',
    stored([{ type: 'BODY', text: '*{{1}}* is your code.' }, buttons(OTP)]),
    [body(text('123')), button('url', '0', text('123'))],
  ],
  [
    'an offer with its end',
    stored([PLAIN, OFFER]),
    [
      {
        type: 'limited_time_offer',
        parameters: [{ type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: 1 } }],
      },
    ],
  ],
  ['cards', stored([PLAIN, CAROUSEL]), [cards([header(image), two], [header(image), two])]],
];

const count = (part: string, has: number, needs: number) =>
  `${part}: number of localizable_params (${has}) does not match the expected number of params (${needs})`;

const REFUSED: [string, StoredTemplate, JsonObject[], number, string][] = [
  ['too few', stored([BODY]), [body(text('a'))], 132000, count('body', 1, 2)],
  ['too many', stored([BODY]), [body(text('a'), text('b'), text('c'))], 132000, count('body', 3, 2)],
  ['none at all', stored([BODY]), [], 132000, count('body', 0, 2)],
  ['some where there are none', stored([PLAIN]), [body(text('a'))], 132000, count('body', 1, 0)],
  [
    'a header without its variable',
    stored([{ type: 'HEADER', format: 'TEXT', text: 'Hi {{1}}' }, PLAIN]),
    [],
    132000,
    count('header', 0, 1),
  ],
  [
    'a parameter for a fixed header',
    stored([{ type: 'HEADER', format: 'TEXT', text: 'Hi' }, PLAIN]),
    [header(text('a'))],
    132000,
    count('header', 1, 0),
  ],
  ['an image where there is no header', stored([PLAIN]), [header(image)], 132000, count('header', 1, 0)],
  [
    'no image',
    stored([{ type: 'HEADER', format: 'IMAGE' }, PLAIN]),
    [],
    132012,
    'header: Format mismatch, expected IMAGE, received UNKNOWN',
  ],
  [
    'an image for a video',
    stored([{ type: 'HEADER', format: 'VIDEO' }, PLAIN]),
    [header(image)],
    132012,
    'header: Format mismatch, expected VIDEO, received IMAGE',
  ],
  [
    'an image for a text',
    stored([{ type: 'HEADER', format: 'TEXT', text: 'Hi {{1}}' }, PLAIN]),
    [header(image)],
    132012,
    'header: Format mismatch, expected TEXT, received IMAGE',
  ],
  [
    'a picture in the body',
    stored([BODY]),
    [body(text('a'), image)],
    132012,
    'body: Format mismatch, expected TEXT, received IMAGE',
  ],
  ['no names', stored([NAMED], 'NAMED'), [two], 100, 'Parameter name is missing or empty'],
  [
    'another name',
    stored([NAMED], 'NAMED'),
    [body(text('a', 'who'), text('b', 'where'))],
    132012,
    'body: Parameter name (where) does not exist in the template',
  ],
  [
    'one name twice',
    stored([NAMED], 'NAMED'),
    [body(text('a', 'who'), text('b', 'who'))],
    132012,
    'body: Parameter name (what) is missing',
  ],
  [
    'a name where places count',
    stored([BODY]),
    [body(text('a', 'who'), text('b'))],
    132012,
    'body: Parameter name (who) given, but the template has positional parameters',
  ],
  [
    'a text that grows too long',
    stored([BODY]),
    [body(text(x(1000)), text(x(100)))],
    132005,
    'body: Text after substitution exceeds 1024 characters',
  ],
  [
    'a link without its end',
    stored([PLAIN, buttons(URL_BUTTON)]),
    [],
    131008,
    'buttons: Button at index 0 of type Url requires a parameter',
  ],
  [
    'a coupon without its code',
    stored([PLAIN, buttons(COPY)]),
    [],
    131008,
    'buttons: Button at index 0 of type CopyCode requires a parameter',
  ],
  [
    'an end for a fixed link',
    stored([PLAIN, buttons(PLAIN_URL)]),
    [button('url', 0, text('a'))],
    132018,
    'buttons: Button at index 0 of type Url does not require a parameter',
  ],
  [
    'a button that there is not',
    stored([PLAIN, buttons(QUICK)]),
    [button('quick_reply', 3)],
    132018,
    'buttons: Button at index 3 does not exist in the template',
  ],
  [
    'a button of another type',
    stored([PLAIN, buttons(QUICK)]),
    [button('url', 0, text('a'))],
    132012,
    'buttons: Format mismatch at index 0, expected QUICK_REPLY, received URL',
  ],
  [
    'a link that grows too long',
    stored([PLAIN, buttons(URL_BUTTON)]),
    [button('url', 0, text(x(2000)))],
    132018,
    "buttons: Button at index 0 of type Url: The url can't exceed 2000 characters",
  ],
  [
    'a code of 16',
    stored([PLAIN, buttons(OTP)]),
    [button('url', 0, text(x(16)))],
    132018,
    "buttons: Button at index 0 of type Url: The code can't exceed 15 characters",
  ],
  [
    'an offer without its end',
    stored([PLAIN, OFFER]),
    [],
    131008,
    'limited_time_offer: expiration_time_ms is required',
  ],
  [
    'a card too few',
    stored([PLAIN, CAROUSEL]),
    [cards([header(image), two])],
    132012,
    'carousel: number of cards (1) does not match the expected number of cards (2)',
  ],
  [
    'a card without its image',
    stored([PLAIN, CAROUSEL]),
    [cards([header(image), two], [two])],
    132012,
    'header: Format mismatch, expected IMAGE, received UNKNOWN',
  ],
];

describe('checkSend()', () => {
  test.each(TAKEN)('takes %s', (_label, template, components) => {
    expect(checkSend(template, { components })).toBeUndefined();
  });

  test.each(REFUSED)('refuses %s', (_label, template, components, code, details) => {
    expect(checkSend(template, { components })).toMatchObject({ code, http: 400, details });
  });
});
