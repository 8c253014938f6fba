import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type OutboundMessage } from '@alur/types';
import { renderMessage } from '@alur/whatsapp';
import { type Answer, CONTACT, type Lab, NUMBER, startLab } from '../testing/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

const body = { text: 'Pick one' };
const reply = (id: string, title: string) => ({ type: 'reply', reply: { id, title } });
const buttons = (...given: unknown[]) => ({
  type: 'interactive',
  interactive: { type: 'button', body, action: { buttons: given } },
});
const row = (id: string, title = 'Row', more = {}) => ({ id, title, ...more });
const rows = (count: number) => Array.from({ length: count }, (_, index) => row(`r${index}`));
const list = (...sections: unknown[]) => ({
  type: 'interactive',
  interactive: { type: 'list', body, action: { button: 'Open', sections } },
});
const withFrame = (frame: object) => ({
  type: 'interactive',
  interactive: { type: 'button', body, action: { buttons: [reply('a', 'A')] }, ...frame },
});
const template = (...components: unknown[]) => ({
  type: 'template',
  template: { name: 'order_confirmation', language: { code: 'en' }, components },
});
const x = (length: number) => 'x'.repeat(length);

const ACCEPTED: [string, Record<string, unknown>][] = [
  ['text', { type: 'text', text: { body: 'Hello', preview_url: false } }],
  ['text without a type', { text: { body: 'Hello' } }],
  ['text in capitals', { type: 'TEXT', text: { body: 'Hello' } }],
  ['text of 4096', { type: 'text', text: { body: x(4096) } }],
  ['quoted reply', { type: 'text', text: { body: 'Hi' }, context: { message_id: 'wamid.abc' } }],
  ['image by link', { type: 'image', image: { link: 'https://example.com/a.jpg', caption: 'A' } }],
  ['image by id', { type: 'image', image: { id: '123' } }],
  ['video', { type: 'video', video: { link: 'https://example.com/a.mp4' } }],
  ['audio', { type: 'audio', audio: { link: 'https://example.com/a.ogg', voice: true } }],
  ['document', { type: 'document', document: { link: 'https://example.com/a.pdf', filename: 'a.pdf' } }],
  ['sticker', { type: 'sticker', sticker: { id: '5' } }],
  ['location', { type: 'location', location: { latitude: 37.7, longitude: '-122.4', name: 'Office' } }],
  ['contacts', { type: 'contacts', contacts: [{ name: { formatted_name: 'A B', first_name: 'A' } }] }],
  ['reaction', { type: 'reaction', reaction: { message_id: 'wamid.abc', emoji: '👍' } }],
  ['reaction taken back', { type: 'reaction', reaction: { message_id: 'wamid.abc', emoji: '' } }],
  ['three buttons', buttons(reply('a', 'A'), reply('b', 'B'), reply('c', x(20)))],
  [
    'buttons with image header and footer',
    withFrame({
      header: { type: 'image', image: { link: 'https://example.com/a.jpg' } },
      footer: { text: x(60) },
    }),
  ],
  ['ten rows in two sections', list({ title: 'A', rows: rows(9) }, { title: 'B', rows: [row('z')] })],
  [
    'link button',
    {
      type: 'interactive',
      interactive: {
        type: 'cta_url',
        body,
        action: { name: 'cta_url', parameters: { display_text: 'Go', url: 'https://example.com' } },
      },
    },
  ],
  [
    'location request',
    {
      type: 'interactive',
      interactive: { type: 'location_request_message', body, action: { name: 'send_location' } },
    },
  ],
  [
    'flow',
    {
      type: 'interactive',
      interactive: {
        type: 'flow',
        body,
        action: { name: 'flow', parameters: { flow_message_version: '3', flow_cta: 'Book', flow_id: '1' } },
      },
    },
  ],
  ['template without components', { type: 'template', template: { name: 'hi', language: { code: 'en' } } }],
  [
    'template with header, body and button',
    template(
      { type: 'header', parameters: [{ type: 'image', image: { link: 'https://example.com/a.png' } }] },
      { type: 'body', parameters: [{ type: 'text', text: 'Ana' }] },
      {
        type: 'button',
        sub_type: 'quick_reply',
        index: 0,
        parameters: [{ type: 'payload', payload: 'confirm' }],
      },
    ),
  ],
];

describe('acceptMessages() accepts', () => {
  test.each(ACCEPTED)('%s', async (_label, message) => {
    const { status, body: answer } = await lab.send({ ...message, biz_opaque_callback_data: 'job-42' });
    expect(answer).toMatchObject({
      messaging_product: 'whatsapp',
      contacts: [{ input: CONTACT, wa_id: CONTACT }],
      messages: [{ id: expect.stringMatching(/^wamid\./) }],
    });
    expect(status).toBe(200);
    expect(lab.emulator.ledger().at(-1)).toMatchObject({
      number: NUMBER.id,
      to: CONTACT,
      opaque: 'job-42',
      wamid: answer.messages?.[0].id,
      body: message,
    });
  });

  test('an object that is written as JSON within a string, and the whole as a web form', async () => {
    const text = JSON.stringify({ body: 'Hello' });
    const form = new URLSearchParams({ messaging_product: 'whatsapp', to: CONTACT, type: 'text', text });
    const headers = {
      authorization: `Bearer ${NUMBER.accessToken}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const answers = [
      await lab.send({ type: 'text', text }),
      await lab.call('POST', `/${NUMBER.id}/messages/`, form.toString(), headers),
    ];
    for (const { status } of answers) expect(status).toBe(200);
    expect(lab.emulator.ledger().at(-1)).toMatchObject({ body: { text: { body: 'Hello' } } });
  });

  test('what is said in the query, as far as the body does not say it; the token is no part of the message', async () => {
    const query = new URLSearchParams({
      access_token: NUMBER.accessToken,
      messaging_product: 'whatsapp',
      to: '16505550000',
      text: JSON.stringify({ body: 'Hello' }),
      context: JSON.stringify({ message_id: 'wamid.a' }),
    });
    const answer = await lab.call('POST', `/v25.0/${NUMBER.id}/messages?${query.toString()}`, {
      to: CONTACT,
    });
    expect(answer.status).toBe(200);
    const { body } = lab.emulator.ledger().at(-1) ?? {};
    expect(body).toEqual({
      messaging_product: 'whatsapp',
      to: CONTACT,
      text: { body: 'Hello' },
      context: { message_id: 'wamid.a' },
    });
  });

  test('a template with message_status, other messages without', async () => {
    const sent = await lab.send(template());
    const plain = await lab.send({ text: { body: 'Hi' } });
    expect(sent.body.messages?.[0]['message_status']).toBe('accepted');
    expect(plain.body.messages?.[0]).not.toHaveProperty('message_status');
  });

  test.each([
    ['a written number', { to: '+1 (650) 555-1234' }, { input: '+1 (650) 555-1234', wa_id: CONTACT }],
    [
      'a user id',
      { to: undefined, recipient: 'US.134912086553' },
      { input: 'US.134912086553', user_id: 'US.134912086553' },
    ],
  ])('%s as recipient', async (_label, recipient, contact) => {
    const { body: answer } = await lab.send({ ...recipient, text: { body: 'Hi' } });
    expect(answer['contacts']).toEqual([contact]);
  });

  test('a read receipt with typing indicator, which is no message', async () => {
    const { body: inbound } = await lab.call('POST', '/_emulator/inbound', {
      number: NUMBER.id,
      from: { waId: CONTACT },
      message: { type: 'text', text: 'Hi' },
    });
    const before = lab.emulator.ledger().length;
    const { body: answer } = await lab.send({
      status: 'read',
      message_id: inbound.wamid,
      typing_indicator: { type: 'text' },
    });
    expect(answer).toEqual({ success: true });
    expect(lab.emulator.ledger()).toHaveLength(before);
  });
});

const textOf = (error: Answer['body']['error']) =>
  typeof error === 'object' ? (error.error_data?.details ?? error.message) : error;
const RENDERED: OutboundMessage[] = [
  { kind: 'text', text: 'Hello', previewUrl: true },
  ...(['image', 'video', 'document'] as const).map((type) => ({
    kind: 'media' as const,
    media: { type, link: 'https://example.com/a', caption: 'A' },
  })),
  { kind: 'media', media: { type: 'audio', link: 'https://example.com/a.ogg' } },
  { kind: 'media', media: { type: 'document', id: '12', filename: 'a.pdf' } },
  { kind: 'location', location: { latitude: 1, longitude: 2, name: 'Office', address: '1 Main St' } },
  { kind: 'template', template: { name: 'follow_up', language: { code: 'en' } } },
  {
    kind: 'interactive',
    interactive: {
      type: 'button',
      body,
      action: { buttons: [{ type: 'reply', reply: { id: 'a', title: 'A' } }] },
    },
  },
  {
    kind: 'interactive',
    interactive: {
      type: 'list',
      header: { type: 'text', text: 'Menu' },
      body,
      action: { button: 'Open', sections: [{ rows: [{ id: 'a', title: 'A', description: 'the first' }] }] },
    },
  },
  { kind: 'contacts', contacts: [{ name: { formatted_name: 'A B', first_name: 'A' } }] },
  { kind: 'reaction', reaction: { messageId: 'wamid.abc', emoji: '👍' } },
  { kind: 'raw', raw: { type: 'text', text: { body: 'raw' } } },
];

test.each(RENDERED.map((message) => [message.kind, message] as const))(
  'acceptMessages() accepts what renderMessage() makes of a %s',
  async (_kind, message) => {
    const rendered = renderMessage(message, { waId: CONTACT }, { opaque: 'job-1', replyTo: 'wamid.q' });
    const { status, text } = await lab.send(rendered);
    expect({ status, text }).toEqual({ status: 200, text: expect.stringContaining('wamid.') });
  },
);

const param = (text: string) => `(#100) ${text}`;
const REFUSED: [string, Record<string, unknown>, number, string][] = [
  [
    'no product',
    { messaging_product: undefined, text: { body: 'a' } },
    100,
    param('The parameter messaging_product is required.'),
  ],
  [
    'another product',
    { messaging_product: 'x', text: { body: 'a' } },
    100,
    param('Param messaging_product must be one of {WHATSAPP} - got "x".'),
  ],
  ['no recipient', { to: '', text: { body: 'a' } }, 100, param('The parameter to is required.')],
  [
    'a malformed phone',
    { to: '12-ab', text: { body: 'a' } },
    131009,
    'Recipient is not a valid phone number: use digits with the country code',
  ],
  [
    'itself as recipient',
    { to: '15550783881', text: { body: 'a' } },
    131021,
    '(#131021) Recipient cannot be sender',
  ],
  [
    'an unknown type',
    { type: 'fax' },
    100,
    param(
      'Param type must be one of {AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION, REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got "fax".',
    ),
  ],
  ['no text object', { type: 'text' }, 100, "Parameter 'text' is mandatory for type 'text'"],
  [
    'an empty text',
    { type: 'text', text: { body: '' } },
    100,
    param("The parameter text['body'] is required."),
  ],
  [
    'text of 4097',
    { type: 'text', text: { body: x(4097) } },
    100,
    param("Param text['body'] must be at most 4096 characters long."),
  ],
  [
    'a stray member',
    { type: 'text', text: { body: 'a', colour: 'red' } },
    100,
    param('Unexpected key "colour" on param "text".'),
  ],
  [
    'opaque data of 513',
    { text: { body: 'a' }, biz_opaque_callback_data: x(513) },
    100,
    param('Param biz_opaque_callback_data must be at most 512 characters long.'),
  ],
  [
    'media without source',
    { type: 'image', image: { caption: 'a' } },
    100,
    "Parameter 'id' or 'link' is mandatory for 'image'",
  ],
  [
    'media with two sources',
    { type: 'image', image: { id: '1', link: 'https://example.com/a' } },
    100,
    "Parameters 'id' and 'link' of 'image' exclude each other; give one of them",
  ],
  [
    'a bad media id',
    { type: 'image', image: { id: 'abc' } },
    100,
    param("Param image['id'] is not a valid whatsapp business account media attachment ID"),
  ],
  [
    'a link that is none',
    { type: 'image', image: { link: 'ftp://a' } },
    100,
    param("Param image['link'] must be a valid URI."),
  ],
  [
    'a caption of 1025',
    { type: 'image', image: { id: '1', caption: x(1025) } },
    100,
    param("Param image['caption'] must be at most 1024 characters long."),
  ],
  [
    'a caption on audio',
    { type: 'audio', audio: { id: '1', caption: 'a' } },
    100,
    param('Unexpected key "caption" on param "audio".'),
  ],
  [
    'a place off the globe',
    { type: 'location', location: { latitude: 91, longitude: 0 } },
    100,
    param("Param location['latitude'] must be between -90 and 90."),
  ],
  [
    'a place without longitude',
    { type: 'location', location: { latitude: 1 } },
    100,
    param("The parameter location['longitude'] is required."),
  ],
  [
    'a contact without name part',
    { type: 'contacts', contacts: [{ name: { formatted_name: 'A' } }] },
    131009,
    "contacts[0]['name'] needs one more name part beside formatted_name, such as first_name",
  ],
  [
    '258 contacts',
    { type: 'contacts', contacts: Array(258).fill({}) },
    131009,
    'Invalid contacts count. Min allowed contacts: 1, Max allowed contacts: 257',
  ],
  [
    'a reaction without emoji',
    { type: 'reaction', reaction: { message_id: 'wamid.a' } },
    100,
    param("The parameter reaction['emoji'] is required."),
  ],
  [
    'an unknown interactive',
    { type: 'interactive', interactive: { type: 'menu', body } },
    100,
    param(
      'Param interactive[\'type\'] must be one of {BUTTON, LIST, CTA_URL, LOCATION_REQUEST_MESSAGE, FLOW, PRODUCT, PRODUCT_LIST, CATALOG_MESSAGE, ADDRESS_MESSAGE, CAROUSEL, REQUEST_CONTACT_INFO, CALL_PERMISSION_REQUEST, VOICE_CALL, ORDER_DETAILS, ORDER_STATUS} - got "menu".',
    ),
  ],
  ['no buttons', buttons(), 131009, 'Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3'],
  [
    'four buttons',
    buttons(reply('a', 'A'), reply('b', 'B'), reply('c', 'C'), reply('d', 'D')),
    131009,
    'Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3',
  ],
  [
    'a button title of 21',
    buttons(reply('a', x(21))),
    131009,
    'Button title length invalid. Min length: 1, Max length: 20',
  ],
  [
    'a button id of 257',
    buttons(reply(x(257), 'A')),
    131009,
    'Button id length invalid. Min length: 1, Max length: 256',
  ],
  [
    'a button id with a space',
    buttons(reply('a ', 'A')),
    131009,
    'Button id cannot have leading or trailing spaces',
  ],
  ['two equal button ids', buttons(reply('a', 'A'), reply('a', 'B')), 131009, 'Button ids must be unique'],
  [
    'two equal button titles',
    buttons(reply('a', 'A'), reply('b', 'A')),
    131009,
    'Button titles must be unique',
  ],
  [
    'a button without title',
    buttons(reply('a', '')),
    100,
    param("The parameter interactive['action']['buttons'][0]['reply']['title'] is required."),
  ],
  [
    'a body of 1025',
    withFrame({ body: { text: x(1025) } }),
    131009,
    'Body text length invalid. Min length: 1, Max length: 1024',
  ],
  [
    'a header of 61',
    withFrame({ header: { type: 'text', text: x(61) } }),
    131009,
    'Header text length invalid. Min length: 1, Max length: 60',
  ],
  [
    'a header without its media',
    withFrame({ header: { type: 'image' } }),
    100,
    param("The parameter interactive['header']['image'] is required."),
  ],
  [
    'a footer of 61',
    withFrame({ footer: { text: x(61) } }),
    131009,
    'Footer text length invalid. Min length: 1, Max length: 60',
  ],
  [
    'no sections',
    list(),
    131009,
    'Invalid sections count. Min allowed sections: 1, Max allowed sections: 10',
  ],
  [
    'eleven rows',
    list({ title: 'A', rows: rows(11) }),
    131009,
    'Total row count exceed max allowed count: 10',
  ],
  ['a section without rows', list({ title: 'A', rows: [] }), 131009, 'Section has no rows'],
  [
    'two sections, one untitled',
    list({ title: 'A', rows: [row('a')] }, { rows: [row('b')] }),
    131009,
    'Section title is required when there is more than one section',
  ],
  [
    'a section title of 25',
    list({ title: x(25), rows: rows(1) }),
    131009,
    'Section title is too long. Max length is 24',
  ],
  ['a row title of 25', list({ rows: [row('a', x(25))] }), 131009, 'Row title is too long. Max length is 24'],
  ['a row id of 201', list({ rows: [row(x(201))] }), 131009, 'Row id is too long. Max length is 200'],
  [
    'a row description of 73',
    list({ rows: [row('a', 'A', { description: x(73) })] }),
    131009,
    'Row description is too long. Max length is 72',
  ],
  ['two equal row ids', list({ rows: [row('a'), row('a')] }), 131009, 'Row ids must be unique'],
  [
    'a row without title',
    list({ rows: [row('a', '')] }),
    100,
    param("The parameter interactive['action']['sections'][0]['rows'][0]['title'] is required."),
  ],
  [
    'a template without language',
    { type: 'template', template: { name: 'hi' } },
    100,
    param("The parameter template['language'] is required."),
  ],
  [
    'a template with a bad name',
    { type: 'template', template: { name: 'Hi!', language: { code: 'en' } } },
    131009,
    'Template name must be lower-case letters, digits and underscores',
  ],
  [
    'a template text with a line break',
    template({ type: 'body', parameters: [{ type: 'text', text: 'a\nb' }] }),
    100,
    'Param text cannot have new-line/tab characters or more than 4 consecutive spaces',
  ],
  [
    'an empty template text',
    template({ type: 'body', parameters: [{ type: 'text', text: '' }] }),
    100,
    param("The parameter template['components'][0]['parameters'][0]['text'] is required."),
  ],
  [
    'a link button without parameter',
    template({ type: 'button', sub_type: 'url', index: 0 }),
    131008,
    'buttons: Button at index 0 of type Url requires a parameter',
  ],
  [
    'a read receipt for a message that never came',
    { status: 'read', message_id: 'wamid.abc' },
    131009,
    'Message ID is invalid: it must be the id of a received message',
  ],
  [
    'a reaction of two emoji',
    { type: 'reaction', reaction: { message_id: 'wamid.a', emoji: '👍👍' } },
    131009,
    'Reaction must be exactly one emoji',
  ],
  [
    'a reaction that is a word',
    { type: 'reaction', reaction: { message_id: 'wamid.a', emoji: 'ok' } },
    131009,
    'Reaction must be exactly one emoji',
  ],
  [
    'a reaction with a context',
    {
      type: 'reaction',
      reaction: { message_id: 'wamid.a', emoji: '👍' },
      context: { message_id: 'wamid.a' },
    },
    100,
    param('Param context is not supported for messages of type reaction.'),
  ],
  [
    'a contact with a birthday that is none',
    {
      type: 'contacts',
      contacts: [{ name: { formatted_name: 'A B', first_name: 'A' }, birthday: '2000-02-30' }],
    },
    131009,
    "contacts[0]['birthday'] must be a date as YYYY-MM-DD",
  ],
  [
    'a life for what is no template',
    { text: { body: 'a' }, message_send_ttl_seconds: 60 },
    100,
    param('Param message_send_ttl_seconds is supported for messages of type template only.'),
  ],
  [
    'a life beyond 30 days',
    {
      ...{ type: 'template', template: { name: 'hi', language: { code: 'en' } } },
      message_send_ttl_seconds: 2_592_001,
    },
    100,
    param('Param message_send_ttl_seconds must be between -1 and 2592000.'),
  ],
  [
    'two parameters of a header',
    template({
      type: 'header',
      parameters: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    }),
    131009,
    'header: Only one parameter is allowed',
  ],
  [
    'a coupon code of 21',
    template({
      type: 'button',
      sub_type: 'copy_code',
      index: 0,
      parameters: [{ type: 'coupon_code', coupon_code: x(21) }],
    }),
    100,
    param(
      "Param template['components'][0]['parameters'][0]['coupon_code'] must be at most 20 characters long.",
    ),
  ],
  [
    'a read receipt for no message',
    { status: 'read', message_id: 'abc' },
    131009,
    'Message ID is invalid: it must be the id of a received message',
  ],
];

describe('acceptMessages() refuses', () => {
  test.each(REFUSED)('%s', async (_label, message, code, text) => {
    const before = lab.emulator.ledger().length;
    const { status, body: answer } = await lab.send(message);
    expect(textOf(answer.error)).toBe(text);
    expect(answer.error).toMatchObject({ code, type: 'OAuthException', fbtrace_id: expect.any(String) });
    expect(status).toBe(400);
    expect(lab.emulator.ledger()).toHaveLength(before);
  });

  test.each([
    ['no token', null, 'Authentication Error: an access token is required to request this resource.'],
    ['an unknown token', 'nope', 'Invalid OAuth access token - Cannot parse access token'],
  ])('%s with 401, 190', async (_label, token, message) => {
    const answer = await lab.send({ text: { body: 'Hi' } }, { token });
    expect(answer.status).toBe(401);
    expect(answer.body.error).toMatchObject({ code: 190, message });
    expect(answer.headers.get('www-authenticate')).toContain('OAuth "Facebook Platform" "invalid_token"');
  });

  test('an unknown number with 100, subcode 33', async () => {
    const answer = await lab.send({ text: { body: 'Hi' } }, { number: '404' });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: 100, error_subcode: 33, type: 'GraphMethodException' });
    expect(textOf(answer.body.error)).toMatch(
      /^Unsupported post request. Object with ID '404' does not exist/,
    );
  });

  test('a body that is no JSON for its first missing parameter', async () => {
    const answer = await lab.call('POST', `/v25.0/${NUMBER.id}/messages`, '{"a":', {
      authorization: `Bearer ${NUMBER.accessToken}`,
    });
    expect(textOf(answer.body.error)).toBe('(#100) The parameter messaging_product is required.');
  });

  test('and counts by code', async () => {
    const before = (await lab.call('GET', '/_emulator/stats')).body.refused;
    await lab.send(buttons());
    const after = (await lab.call('GET', '/_emulator/stats')).body.refused;
    expect(after?.['131009']).toBe((before?.['131009'] ?? 0) + 1);
  });
});

test('acceptMessages() names version and trace in its headers', async () => {
  const { headers } = await lab.send({ text: { body: 'Hi' } });
  expect(headers.get('facebook-api-version')).toBe('v25.0');
  expect(headers.get('x-fb-trace-id')).toMatch(/^A/);
});
