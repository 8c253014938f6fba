import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { graphOf } from '../testing/graph-client.ts';
import { type Answer, CONTACT, type Lab, NUMBER, startLab } from '../testing/lab.ts';

// The refusals of Meta that clients are known to have met, word for word.

const TEST_NUMBER = {
  ...NUMBER,
  id: '2',
  displayNumber: '+1 555-078-3882',
  allowedRecipients: ['16505550009'],
};

let lab: Lab;
beforeAll(async () => {
  const full = { throughput: 'api', pair: 'api', window: 'api', tier: false, optOut: false } as const;
  lab = await startLab({
    numbers: [NUMBER, TEST_NUMBER, { ...NUMBER, id: '3', displayNumber: '+1 555-078-3883', throughput: 1 }],
    templateReviewMs: 0,
    clock: { stopped: true },
    enforce: full,
  });
  const graph = graphOf(lab);
  await graph.post(`${NUMBER.wabaId}/message_templates`, {
    name: 'three',
    language: 'en_US',
    category: 'UTILITY',
    components: [
      { type: 'BODY', text: 'A {{1}}, {{2}}, {{3}}.', example: { body_text: [['a', 'b', 'c']] } },
      {
        type: 'BUTTONS',
        buttons: [{ type: 'URL', text: 'Open', url: 'https://example.com/{{1}}', example: ['a'] }],
      },
    ],
  });
  await graph.post(`${NUMBER.wabaId}/message_templates`, {
    name: 'headed',
    language: 'en_US',
    category: 'UTILITY',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'To {{1}}', example: { header_text: ['a'] } },
      { type: 'BODY', text: 'Hello there.' },
    ],
  });
  await graph.advance(1);
  for (const number of [NUMBER.id, '3']) {
    await graph.order('inbound', { number, from: { waId: CONTACT }, message: { type: 'text', text: 'Hi' } });
  }
});
afterAll(() => lab.close());

const x = (length: number) => 'x'.repeat(length);
const bodyText = { text: 'Hi' };
const reply = (id: string) => ({ type: 'reply', reply: { id, title: id } });
const buttons = (...ids: string[]) => ({
  type: 'interactive',
  interactive: { type: 'button', body: bodyText, action: { buttons: ids.map(reply) } },
});
const row = (id: string, title = 'Row') => ({ id, title });
const list = (...rows: object[]) => ({
  type: 'interactive',
  interactive: { type: 'list', body: bodyText, action: { button: 'Open', sections: [{ title: 'A', rows }] } },
});
const template = (name: string, ...components: object[]) => ({
  type: 'template',
  template: { name, language: { code: 'en_US' }, components },
});
const texts = (...given: string[]) => ({
  type: 'body',
  parameters: given.map((text) => ({ type: 'text', text })),
});

interface Expected {
  http: number;
  code: number;
  message: string;
  details?: string;
}

const invalidValue = (details: string): Expected => ({
  http: 400,
  code: 131009,
  message: '(#131009) Parameter value is not valid',
  details,
});
const bad = (message: string): Expected => ({ http: 400, code: 100, message: `(#100) ${message}` });

const ROWS: [string, Record<string, unknown>, Expected][] = [
  [
    'messaging_product missing',
    { messaging_product: undefined, text: { body: 'a' } },
    bad('The parameter messaging_product is required.'),
  ],
  ['a required member missing', { text: {} }, bad("The parameter text['body'] is required.")],
  [
    'an empty string, which counts as missing',
    { text: { body: '' } },
    bad("The parameter text['body'] is required."),
  ],
  [
    'a member missing deep inside',
    list(row('a', '')),
    bad("The parameter interactive['action']['sections'][0]['rows'][0]['title'] is required."),
  ],
  [
    'the object of the type missing',
    { type: 'text' },
    { ...bad('Invalid parameter'), details: "Parameter 'text' is mandatory for type 'text'" },
  ],
  [
    'text of 4097',
    { text: { body: x(4097) } },
    bad("Param text['body'] must be at most 4096 characters long."),
  ],
  [
    'a word that is none of the list',
    { messaging_product: 'x', text: { body: 'a' } },
    bad('Param messaging_product must be one of {WHATSAPP} - got "x".'),
  ],
  [
    'a recipient type that is none of the list',
    { recipient_type: 'crowd', text: { body: 'a' } },
    bad('Param recipient_type must be one of {INDIVIDUAL, GROUP} - got "crowd".'),
  ],
  [
    'a type that is none of the list',
    { type: 'poll' },
    bad(
      'Param type must be one of {AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION, REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got "poll".',
    ),
  ],
  [
    'a read receipt of a message that never came',
    { status: 'read', message_id: 'wamid.none' },
    invalidValue('Message ID is invalid: it must be the id of a received message'),
  ],
  [
    'no buttons',
    buttons(),
    invalidValue('Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3'),
  ],
  [
    'four buttons',
    buttons('a', 'b', 'c', 'd'),
    invalidValue('Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3'),
  ],
  [
    'eleven rows',
    list(...Array.from({ length: 11 }, (_, index) => row(`r${index}`))),
    invalidValue('Total row count exceed max allowed count: 10'),
  ],
  ['a row title of 25', list(row('a', x(25))), invalidValue('Row title is too long. Max length is 24')],
  [
    'an interactive body of 1025',
    {
      type: 'interactive',
      interactive: { ...buttons('a').interactive, body: { text: x(1025) } },
    },
    invalidValue('Body text length invalid. Min length: 1, Max length: 1024'),
  ],
  [
    'a malformed phone',
    { to: '12', text: { body: 'a' } },
    invalidValue('Recipient is not a valid phone number: use digits with the country code'),
  ],
  [
    'a template with too few parameters',
    template('three', texts('a')),
    {
      http: 400,
      code: 132000,
      message: '(#132000) Number of parameters does not match the expected number of params',
      details: 'body: number of localizable_params (1) does not match the expected number of params (3)',
    },
  ],
  [
    'a template with too many parameters',
    template('three', texts('a', 'b', 'c', 'd')),
    {
      http: 400,
      code: 132000,
      message: '(#132000) Number of parameters does not match the expected number of params',
      details: 'body: number of localizable_params (4) does not match the expected number of params (3)',
    },
  ],
  [
    'a template without the text of its header',
    { type: 'template', template: { name: 'headed', language: { code: 'en_US' } } },
    {
      http: 400,
      code: 132000,
      message: '(#132000) Number of parameters does not match the expected number of params',
      details: 'header: number of localizable_params (0) does not match the expected number of params (1)',
    },
  ],
  [
    'a dynamic link without its parameter',
    template('three', texts('a', 'b', 'c')),
    {
      http: 400,
      code: 131008,
      message: '(#131008) Required parameter is missing',
      details: 'buttons: Button at index 0 of type Url requires a parameter',
    },
  ],
  [
    'a template in a language that it has not',
    { type: 'template', template: { name: 'three', language: { code: 'id' } } },
    {
      http: 404,
      code: 132001,
      message: '(#132001) Template name does not exist in the translation',
      details: 'template name (three) does not exist in id',
    },
  ],
];

function expectError(answer: Answer, { http, code, message, details }: Expected): void {
  expect(answer.body.error).toEqual({
    message,
    type: 'OAuthException',
    code,
    ...(details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } }),
    fbtrace_id: expect.stringMatching(/^A[\w-]{22}$/),
  });
  expect(answer.status).toBe(http);
}

describe('a send is refused as Meta refuses it:', () => {
  test.each(ROWS)('%s', async (_label, message, expected) => {
    expectError(await lab.send(message), expected);
  });

  test('a recipient that a test number may not write to', async () => {
    const { status, body } = await lab.send({ text: { body: 'a' } }, { number: '2' });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: 131030,
      error_subcode: 2655007,
      message: '(#131030) Recipient phone number not in allowed list',
    });
    expect((await lab.send({ to: '+1 650 555 0009', ...template('any') }, { number: '2' })).status).toBe(200);
  });

  test('the pair limit', async () => {
    let answer = await lab.send({ text: { body: 'a' } });
    for (let count = 0; count < 45; count += 1) answer = await lab.send({ text: { body: 'a' } });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({
      code: 131056,
      message: '(#131056) (Business Account, Consumer Account) pair rate limit hit',
    });
  });

  test('the throughput', async () => {
    const { status, body } = await lab.send({ text: { body: 'a' } }, { number: '3' });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: 130429,
      error_subcode: 2494055,
      message: '(#130429) Rate limit hit',
      error_data: { details: 'Cloud API message throughput has been reached.' },
    });
  });

  test('a contact outside its window', async () => {
    const { body } = await lab.send({ to: '16505550042', text: { body: 'a' } });
    expect(body.error).toMatchObject({ code: 131047, message: '(#131047) Re-engagement message' });
  });

  test.each([
    ['no token', null, 401, 190, /^Authentication Error/],
    ['an unreadable token', 'nope', 401, 190, /^Invalid OAuth access token - Cannot parse access token$/],
  ])('%s', async (_label, token, http, code, message) => {
    const { status, body, headers } = await lab.send({ text: { body: 'a' } }, { token });
    expect(status).toBe(http);
    expect(body.error).toMatchObject({
      code,
      type: 'OAuthException',
      message: expect.stringMatching(message),
    });
    expect(headers.get('www-authenticate')).toMatch(/^OAuth "Facebook Platform" "invalid_token" ".+"$/);
  });

  test('an id that is unknown or somebody else’s', async () => {
    const { status, body } = await lab.send({ text: { body: 'a' } }, { number: '404' });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: 100,
      error_subcode: 33,
      type: 'GraphMethodException',
      message: expect.stringMatching(
        /^Unsupported post request\. Object with ID '404' does not exist, cannot be loaded due to missing permissions, or does not support this operation/,
      ),
    });
  });

  test('an expired token', async () => {
    await graphOf(lab).order('token', { number: NUMBER.id, accessToken: 'fresh' });
    const { status, body } = await lab.send({ text: { body: 'a' } });
    expect(status).toBe(401);
    expect(body.error).toMatchObject({
      code: 190,
      error_subcode: 463,
      message: expect.stringMatching(
        /^Error validating access token: Session has expired on \w+day, \d\d-\w{3}-\d\d \d\d:\d\d:\d\d P[DS]T\. The current time is \w+day, \d\d-\w{3}-\d\d \d\d:\d\d:\d\d P[DS]T\.$/,
      ),
    });
  });
});
