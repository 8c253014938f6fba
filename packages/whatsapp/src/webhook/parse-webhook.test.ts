import { describe, expect, test } from '@jest/globals';
import { InboundEvent, attemptTag, MessageId, eventId, type ContactEvent } from '@alur/types';
import { completeEvent } from './message.ts';
import { type ParsedWebhook, parseWebhook, ITEMS_MAX } from './parse-webhook.ts';

const NUMBER = '106540352242922';
const DISPLAY = '15550783881';
const WABA = '215589313241560';
const FROM = '16505551234';
const USER = 'US.13491208655302741918';
/** Of nothing at all, as Meta writes it in two places. */
const SHA = {
  base64: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  hex: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
};
const WAMID = 'wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTdCNUJEQTdBRTgwNDgyQ0RGRQA=';
const AT = 1739321024;

const metadata = { display_phone_number: '+1 555 078 3881', phone_number_id: NUMBER };
const contacts = [{ profile: { name: 'Ana', username: 'ana.b' }, wa_id: FROM, user_id: USER }];
const frame = { from: FROM, from_user_id: USER, id: WAMID, timestamp: String(AT) };
const textMessage = { ...frame, type: 'text', text: { body: 'Hi' } };

const change = (value: unknown, field = 'messages') => ({ field, value });
const envelope = (...changes: unknown[]) => ({
  object: 'whatsapp_business_account',
  entry: [{ id: WABA, changes }],
});
const parse = (document: unknown) => parseWebhook(Buffer.from(JSON.stringify(document)), { receivedAtMs: 5 });

function items(parsed: ParsedWebhook) {
  if (parsed.kind !== 'items') throw new Error(`unreadable: ${parsed.reason}`);
  return parsed.items;
}

const value = (members: object) => ({ messaging_product: 'whatsapp', metadata, contacts, ...members });
const parseMessages = (...messages: unknown[]) => items(parse(envelope(change(value({ messages })))));
const parseStatuses = (...statuses: unknown[]) => items(parse(envelope(change(value({ statuses })))));

/** The event of a body with one message, checked against the shared schema. */
function event(message: object, members: object = {}): ContactEvent {
  const [item] = items(parse(envelope(change(value({ messages: [{ ...frame, ...message }], ...members })))));
  if (item?.kind !== 'message') throw new Error(`no message: ${JSON.stringify(item)}`);
  const complete = completeEvent(item.message, { tenant: 'acme', team: 'sales' });
  expect(InboundEvent.parse(complete)).toEqual(complete);
  return complete;
}

const reasons = (parsed: ReturnType<typeof items>) =>
  parsed.map((item) => (item.kind === 'rejected' ? item.reason : item.kind));

describe('parseWebhook() and completeEvent()', () => {
  test('read a text message with all that stands around it', () => {
    const [item] = parseMessages({
      ...textMessage,
      context: { from: '15550783881', id: 'wamid.quoted', referred_product: { catalog_id: '1' } },
      referral: { source_type: 'ad', headline: 'Sale', welcome_message: { text: 'Hello' } },
      something_new: [1],
    });
    expect(item).toEqual({
      kind: 'message',
      number: NUMBER,
      displayNumber: DISPLAY,
      wabaId: WABA,
      message: {
        kind: 'text',
        evt: eventId(NUMBER, 'text', WAMID),
        number: NUMBER,
        wamid: WAMID,
        at: AT,
        receivedAtMs: 5,
        from: { waId: FROM, userId: USER, name: 'Ana', username: 'ana.b' },
        context: { wamid: 'wamid.quoted', fromMe: true, product: { catalogId: '1' } },
        referral: { source_type: 'ad', headline: 'Sale', welcome_message: { text: 'Hello' } },
        text: 'Hi',
      },
    });
  });

  test('add tenant and team, and give the same evt for a repeated delivery', () => {
    expect(event(textMessage)).toMatchObject({ tenant: 'acme', team: 'sales' });
    expect(event(textMessage).evt).toBe(event({ ...textMessage, timestamp: AT }).evt);
    expect(event(textMessage).evt).not.toBe(event({ ...textMessage, id: 'wamid.other' }).evt);
  });

  const media = {
    mime_type: 'image/jpeg',
    sha256: SHA.base64,
    id: '1003383421387256',
    url: 'https://a.example/',
  };
  const order = { catalog_id: '1', text: '', product_items: [{ quantity: 2, item_price: 30.5 }] };
  const cards = [{ name: { formatted_name: 'B. Johnson' }, phones: [{ phone: '+1 (415) 555-0829' }] }];
  const reply = (type: string, part?: unknown) => ({
    type: 'interactive',
    interactive: { type, [type]: part },
  });
  const form = (responseJson: unknown) =>
    reply('nfm_reply', { name: 'flow', body: 'Sent', response_json: responseJson });

  test.each([
    ['an empty text', { type: 'text', text: { body: '' } }, { kind: 'text', text: '' }],
    ['half a surrogate pair', { type: 'text', text: { body: 'a\ud800b😀' } }, { text: 'a\ufffdb😀' }],
    ['__proto__ as text', { type: 'text', text: { body: '__proto__' } }, { text: '__proto__' }],
    [
      'a reply button',
      reply('button_reply', { id: 'change', title: 'Change' }),
      { kind: 'interactive', source: 'button', id: 'change', title: 'Change' },
    ],
    [
      'a list row',
      reply('list_reply', { id: 'express', title: 'Express', description: '1-2 days' }),
      { kind: 'interactive', source: 'list', id: 'express', title: 'Express', description: '1-2 days' },
    ],
    [
      'a list row without description, id __proto__',
      reply('list_reply', { id: '__proto__', title: 'Express' }),
      { source: 'list', id: '__proto__', description: undefined },
    ],
    [
      'a form',
      form('{"flow_token":"t1","age":"32"}'),
      { kind: 'form', form: { flow_token: 't1', age: '32' } },
    ],
    ['a form without token', form('{}'), { kind: 'form', form: {} }],
    ['a form that is a list', form('[1]'), { kind: 'unsupported', type: 'nfm_reply' }],
    ['a form that is no JSON', form('{'), { kind: 'unsupported', type: 'nfm_reply' }],
    ['a form that is an object', form({ a: 1 }), { kind: 'unsupported', type: 'nfm_reply' }],
    ['a form that is too deep', form(`${'['.repeat(65)}${']'.repeat(65)}`), { kind: 'unsupported' }],
    ['a form that is too large', form(JSON.stringify({ a: 'x'.repeat(65_536) })), { kind: 'unsupported' }],
    ['a form with 1e999', form('{"a":1e999}'), { kind: 'unsupported', type: 'nfm_reply' }],
    ['interactive without its object', reply('list_reply'), { kind: 'unsupported', type: 'list_reply' }],
    ['a newer interactive', reply('call_permission_reply', {}), { type: 'call_permission_reply' }],
    ['interactive that is null', { type: 'interactive', interactive: null }, { type: 'interactive' }],
    [
      'a template quick reply',
      { type: 'button', button: { payload: 'STOP_PROMO', text: 'Unsubscribe' } },
      { kind: 'interactive', source: 'template', id: 'STOP_PROMO', title: 'Unsubscribe' },
    ],
    [
      'a template quick reply without payload',
      { type: 'button', button: { text: 'Yes' } },
      { source: 'template', id: 'Yes', title: 'Yes' },
    ],
    ['a template quick reply without anything', { type: 'button', button: {} }, { kind: 'unsupported' }],
    [
      'an image',
      { type: 'image', image: { ...media, caption: 'Taj' } },
      {
        kind: 'media',
        media: { type: 'image', id: media.id, mimeType: 'image/jpeg', sha256: SHA.hex, caption: 'Taj' },
      },
    ],
    ['a video', { type: 'video', video: media }, { media: { type: 'video', id: media.id } }],
    [
      'a voice note',
      { type: 'audio', audio: { ...media, voice: true } },
      { media: { type: 'audio', voice: true } },
    ],
    [
      'an old voice note',
      { type: 'voice', voice: media },
      { kind: 'media', media: { type: 'audio', voice: true } },
    ],
    [
      'a document',
      { type: 'document', document: { ...media, filename: 'receipt.pdf' } },
      { media: { type: 'document', filename: 'receipt.pdf' } },
    ],
    [
      'a sticker',
      { type: 'sticker', sticker: { ...media, animated: false } },
      { media: { type: 'sticker', animated: false } },
    ],
    [
      'media with a caption of another type',
      { type: 'image', image: { ...media, caption: 7 } },
      { kind: 'media' },
    ],
    ['media without id', { type: 'image', image: {} }, { kind: 'unsupported', type: 'image' }],
    ...['../x', 'a?b', 'a#b', 'a\r\nb', 'a/b', '', 'x'.repeat(257)].map((id): [string, object, object] => [
      `media id ${JSON.stringify(id.slice(0, 9))}`,
      { type: 'image', image: { id } },
      { kind: 'unsupported', type: 'image' },
    ]),
    [
      'a location',
      { type: 'location', location: { latitude: 37.4, longitude: -122.1, name: 'Philz', address: null } },
      {
        kind: 'location',
        location: { latitude: 37.4, longitude: -122.1, name: 'Philz', address: undefined },
      },
    ],
    [
      'latitude 1000',
      { type: 'location', location: { latitude: 1000, longitude: 0 } },
      { kind: 'unsupported' },
    ],
    [
      'latitude text',
      { type: 'location', location: { latitude: '1', longitude: 0 } },
      { kind: 'unsupported' },
    ],
    [
      'latitude null',
      { type: 'location', location: { latitude: null, longitude: 0 } },
      { kind: 'unsupported' },
    ],
    ['contact cards', { type: 'contacts', contacts: cards }, { kind: 'contacts', contacts: cards }],
    [
      'contact cards that are none',
      { type: 'contacts', contacts: {} },
      { kind: 'unsupported', type: 'contacts' },
    ],
    ['a card of 1 MB', { type: 'contacts', contacts: ['x'.repeat(1e6)] }, { kind: 'unsupported' }],
    ['an order', { type: 'order', order }, { kind: 'order', order }],
    ['an order that is a list', { type: 'order', order: [] }, { kind: 'unsupported', type: 'order' }],
    [
      'a reaction',
      { type: 'reaction', reaction: { message_id: 'wamid.a', emoji: '👍' } },
      { kind: 'reaction', reaction: { wamid: 'wamid.a', emoji: '👍' } },
    ],
    [
      'a changed text',
      {
        type: 'edit',
        edit: { original_message_id: 'wamid.a', message: { type: 'text', text: { body: 'new' } } },
      },
      { kind: 'edit', edit: { wamid: 'wamid.a', text: 'new' } },
    ],
    [
      'a changed caption, of which the new text is not told',
      { type: 'edit', edit: { original_message_id: 'wamid.a', message: { type: 'image', text: 5 } } },
      { kind: 'edit', edit: { wamid: 'wamid.a' } },
    ],
    [
      'a message taken back',
      { type: 'revoke', revoke: { original_message_id: 'wamid.a' } },
      { kind: 'revoke', revoke: { wamid: 'wamid.a' } },
    ],
    [
      'a message taken back that names none',
      { type: 'revoke', revoke: {} },
      { kind: 'unsupported', type: 'revoke' },
    ],
    [
      'a removed reaction, emoji empty',
      { type: 'reaction', reaction: { message_id: 'wamid.a', emoji: '' } },
      { kind: 'reaction', reaction: { wamid: 'wamid.a', emoji: undefined } },
    ],
    [
      'a removed reaction, emoji absent',
      { type: 'reaction', reaction: { message_id: 'wamid.a' } },
      { kind: 'reaction', reaction: { wamid: 'wamid.a', emoji: undefined } },
    ],
    [
      'an unsupported message, with text all the same',
      { type: 'unsupported', errors: [{ code: 131051 }], text: { body: 'x' } },
      { kind: 'unsupported', type: 'unsupported' },
    ],
    ['an unknown message', { type: 'unknown' }, { kind: 'unsupported', type: 'unknown' }],
    ['an edit of nothing', { type: 'edit', edit: {} }, { kind: 'unsupported', type: 'edit' }],
    ['a type that is new', { type: 'hologram', hologram: {} }, { kind: 'unsupported', type: 'hologram' }],
    ['a type named constructor', { type: 'constructor' }, { kind: 'unsupported', type: 'constructor' }],
    ['a type named __proto__', { type: '__proto__' }, { kind: 'unsupported', type: '__proto__' }],
    ['a type that is no word', { type: '{{x}}' }, { kind: 'unsupported', type: 'unknown' }],
    ['no type', {}, { kind: 'unsupported', type: 'unknown' }],
    ['text without its object', { type: 'text' }, { kind: 'unsupported', type: 'text' }],
    ['text that is a list', { type: 'text', text: [] }, { kind: 'unsupported', type: 'text' }],
    [
      'text longer than a person can write',
      { type: 'text', text: { body: 'x'.repeat(65_537) } },
      { type: 'text' },
    ],
  ])('read %s', (_label, message, expected) => {
    expect(event(message)).toMatchObject(expected);
  });

  test('tell a reaction, its removal and its renewal apart, which share a wamid', () => {
    const reaction = (emoji: string | undefined, timestamp = AT) =>
      event({ type: 'reaction', timestamp, reaction: { message_id: 'wamid.a', emoji } }).evt;
    expect(new Set([reaction('👍'), reaction(''), reaction('👍', AT + 9)]).size).toBe(3);
    expect(reaction('')).toBe(reaction(undefined));
    expect(reaction('👍')).toBe(eventId(NUMBER, 'reaction', WAMID, '👍', AT));
  });

  test.each([
    ['forwarded', { forwarded: true }, { forwarded: true }],
    ['forwarded often', { frequently_forwarded: true }, { forwarded: true, frequentlyForwarded: true }],
    [
      'a reply to the business',
      { id: 'wamid.q', from: '+1 555-078-3881' },
      { wamid: 'wamid.q', fromMe: true },
    ],
    ['a reply to themselves', { id: 'wamid.q', from: FROM }, { wamid: 'wamid.q', fromMe: false }],
    [
      'a reply to somebody without number',
      { id: 'wamid.q', from: USER },
      { wamid: 'wamid.q', fromMe: false },
    ],
    ['a reply to who knows whom', { id: 'wamid.q', from: 'x' }, { wamid: 'wamid.q' }],
    [
      'a question about a product',
      { from: DISPLAY, id: 'wamid.q', referred_product: { catalog_id: '19', product_retailer_id: 'sku1' } },
      { wamid: 'wamid.q', fromMe: true, product: { catalogId: '19', retailerId: 'sku1' } },
    ],
    ['a product that is nothing', { referred_product: { catalog_id: 5 } }, undefined],
    ['empty', {}, undefined],
    ['null', null, undefined],
    ['an id of another type', { id: 5 }, undefined],
  ])('read a context that is: %s', (_label, context, expected) => {
    expect(event({ ...textMessage, context }).context).toEqual(expected);
  });

  test('leave out a referral that is no object, and __proto__ in one that is', () => {
    expect(event({ ...textMessage, referral: 'ad' }).referral).toBeUndefined();
    const body = JSON.stringify(
      envelope(change(value({ messages: [{ ...textMessage, referral: { a: 1 } }] }))),
    );
    const bent = Buffer.from(body.replace('"a":1', '"__proto__":{"x":1},"b":2'));
    const [item] = items(parseWebhook(bent, { receivedAtMs: 0 }));
    const referral = item?.kind === 'message' ? item.message.referral : undefined;
    expect(referral).toEqual({ b: 2 });
    expect(referral?.['x']).toBeUndefined();
    expect(Object.hasOwn({}, 'x')).toBe(false);
  });
});

describe('parseWebhook() finds the sender', () => {
  const other = { profile: { name: 'Bob' }, wa_id: '4915551234', user_id: 'DE.1' };

  test.each<[string, object, unknown, unknown]>([
    [
      'by wa_id',
      { from_user_id: undefined },
      [other, ...contacts],
      { waId: FROM, userId: USER, name: 'Ana', username: 'ana.b' },
    ],
    [
      'by user_id',
      { from: undefined },
      [other, ...contacts],
      { waId: FROM, userId: USER, name: 'Ana', username: 'ana.b' },
    ],
    ['in from, when it holds a user id', { from: USER, from_user_id: undefined }, [], { userId: USER }],
    [
      'when it has a parent user id',
      { from: 'US.ENT.118', from_user_id: undefined },
      [],
      { userId: 'US.ENT.118' },
    ],
    ['without contacts', {}, undefined, { waId: FROM, userId: USER }],
    [
      'with contacts that are rubbish',
      {},
      [null, 1, { profile: 3, wa_id: FROM }],
      { waId: FROM, userId: USER },
    ],
    ["but takes no other contact's name", {}, [other], { waId: FROM, userId: USER, name: undefined }],
    ['with a bad user id beside a good number', { from_user_id: 'x y' }, [], { waId: FROM }],
  ])('%s', (_label, message, entries, expected) => {
    expect(event({ ...textMessage, ...message }, { contacts: entries }).from).toEqual(expected);
  });

  test.each([
    ['controls and bidi marks', 'A\u0000n\u001b[2Ka\u202eevil\u2066\u200f', 'An[2Kaevil'],
    ['nothing printable', '\u0000\u202e ', undefined],
    ['100 KB', 'x'.repeat(100_000), 'x'.repeat(256)],
    ['200 emoji, cut between and not within', `a${'😀'.repeat(200)}`, `a${'😀'.repeat(127)}`],
    ['half a pair', 'a\udc00', 'a\ufffd'],
    ['joined emoji', '👩‍👧', '👩‍👧'],
    ['a number', 5, undefined],
  ])('and cleans a name of %s', (_label, name, expected) => {
    const entries = [{ profile: { name }, wa_id: FROM }];
    expect(event(textMessage, { contacts: entries }).from.name).toBe(expected);
  });
});

describe('parseWebhook() rejects', () => {
  test.each([
    ['no wamid', { id: undefined }, 'bad_id'],
    ['an empty wamid', { id: '' }, 'bad_id'],
    ['a wamid of 10 KB', { id: 'x'.repeat(10_240) }, 'bad_id'],
    ['a wamid that is a number', { id: 5 }, 'bad_id'],
    ['no timestamp', { timestamp: undefined }, 'bad_timestamp'],
    ['a negative timestamp', { timestamp: '-5' }, 'bad_timestamp'],
    ['milliseconds', { timestamp: '1739321024000' }, 'bad_timestamp'],
    ['milliseconds as a number', { timestamp: 1739321024000 }, 'bad_timestamp'],
    ['half seconds', { timestamp: 1739321024.5 }, 'bad_timestamp'],
    ['timestamp NaN', { timestamp: 'NaN' }, 'bad_timestamp'],
    ['timestamp 1e9', { timestamp: '1e9' }, 'bad_timestamp'],
    ['no sender', { from: undefined, from_user_id: undefined }, 'no_sender'],
    ['sender +', { from: '+', from_user_id: undefined }, 'no_sender'],
    ['an empty sender', { from: '', from_user_id: undefined }, 'no_sender'],
    ['a sender of 40 digits', { from: '1'.repeat(40), from_user_id: undefined }, 'no_sender'],
    ['a sender of letters', { from: 'Ana', from_user_id: undefined }, 'no_sender'],
    ['a message to a group', { group_id: 'Y2FwaV9ncm91cA' }, 'group_message'],
  ])('%s, and takes its siblings', (_label, members, reason) => {
    const bad = { ...textMessage, ...members };
    const parsed = parseMessages(textMessage, bad, { ...textMessage, id: 'wamid.2' });
    expect(reasons(parsed)).toEqual(['message', reason, 'message']);
    expect(parsed[1]).toMatchObject({ wabaId: WABA, number: NUMBER, raw: JSON.parse(JSON.stringify(bad)) });
  });

  test.each([null, '', 'x', 0, true, [], [[]]])('a message, status, change or entry that is %j', (odd) => {
    expect(reasons(parseMessages(odd, textMessage))).toEqual(['not_an_object', 'message']);
    expect(reasons(parseStatuses(odd))).toEqual(['not_an_object']);
    const good = change(value({ messages: [textMessage] }));
    expect(reasons(items(parse(envelope(odd, good))))).toEqual(['not_an_object', 'message']);
    const { object, entry } = envelope(good);
    expect(reasons(items(parse({ object, entry: [odd, ...entry] })))).toEqual(['not_an_object', 'message']);
  });

  test.each([null, '', 'x', 0, true, {}, { a: [] }])('a list that is %j', (odd) => {
    const beside = value({ messages: odd, statuses: odd, errors: odd });
    expect(reasons(items(parse(envelope(change(beside)))))).toEqual(['bad_list', 'bad_list', 'bad_list']);
    const { object, entry } = envelope(change(value({ messages: [textMessage] })));
    const parsed = parse({ object, entry: [{ id: WABA, changes: odd }, ...entry] });
    expect(reasons(items(parsed))).toEqual(['bad_list', 'message']);
  });

  test.each([
    ['a value that is a list', change([]), 'not_an_object'],
    ['no value', { field: 'messages' }, 'not_an_object'],
    ['no field', { value: {} }, 'no_field'],
    ['a field that is a number', { field: 1, value: {} }, 'no_field'],
    ['no metadata', change({ messages: [textMessage] }), 'no_number'],
    [
      'a number that is no number',
      change({ metadata: { phone_number_id: '../1' }, messages: [] }),
      'no_number',
    ],
    ['nothing in the value', change(value({})), 'empty_change'],
  ])('%s, and takes the other change', (_label, bad, reason) => {
    const parsed = parse(envelope(bad, change(value({ messages: [textMessage] }))));
    expect(reasons(items(parsed))).toEqual([reason, 'message']);
  });
});

describe('parseWebhook() reads statuses', () => {
  const mid = MessageId.parse('0123456789abcdef0123456789abcdef');
  const status = { id: WAMID, status: 'sent', timestamp: '1750030073', recipient_id: FROM };

  test.each([
    ['sent', {}, { status: 'sent' }],
    ['delivered', { status: 'delivered' }, { status: 'delivered' }],
    ['read', { status: 'read' }, { status: 'read' }],
    ['played', { status: 'played' }, { status: 'played' }],
    ['a word of the future', { status: 'in_orbit' }, { status: 'other' }],
    ['deleted', { status: 'deleted' }, { status: 'other' }],
    ['an integer timestamp', { timestamp: 1750030073 }, { at: 1750030073 }],
    ['our tag', { biz_opaque_callback_data: attemptTag(mid, 3) }, { mid, attempt: 3 }],
    ["another sender's tag", { biz_opaque_callback_data: 'job-42' }, { mid: undefined, attempt: undefined }],
    ['a tag of another type', { biz_opaque_callback_data: {} }, { mid: undefined }],
    [
      'failed',
      { status: 'failed', errors: [{ code: 131049, title: 'x' }] },
      { status: 'failed', errorCode: 131049 },
    ],
    [
      'failed, code as text',
      { status: 'failed', errors: [{ code: '131026' }] },
      { status: 'failed', errorCode: 131026 },
    ],
    ['failed without errors', { status: 'failed' }, { status: 'failed', errorCode: undefined }],
    ['failed with rubbish', { status: 'failed', errors: [null] }, { status: 'failed', errorCode: undefined }],
    ['errors beside a success', { errors: [{ code: 5 }] }, { status: 'sent', errorCode: undefined }],
  ])('that say: %s', (_label, members, expected) => {
    const [item] = parseStatuses({ ...status, ...members });
    const update = { number: NUMBER, wamid: WAMID, status: 'sent', at: 1750030073, ...expected };
    expect(item).toEqual({
      kind: 'status',
      number: NUMBER,
      displayNumber: DISPLAY,
      wabaId: WABA,
      status: update,
    });
  });

  test.each([
    [{ id: '' }, 'bad_id'],
    [{ timestamp: 'soon' }, 'bad_timestamp'],
    [{ status: undefined }, 'bad_status'],
    [{ status: 4 }, 'bad_status'],
  ])('and rejects one with %j', (members, reason) => {
    expect(reasons(parseStatuses({ ...status, ...members }, status))).toEqual([reason, 'status']);
  });

  test('beside messages and errors of the same value', () => {
    const errors = [{ code: 130429, title: 'Rate limit hit' }];
    const parsed = items(
      parse(envelope(change(value({ messages: [textMessage], statuses: [status], errors })))),
    );
    expect(parsed.map((item) => item.kind)).toEqual(['message', 'status', 'account']);
    expect(parsed[2]).toMatchObject({ field: 'errors', number: NUMBER, raw: errors });
  });
});

describe('parseWebhook() reads account news', () => {
  const news = { event: 'ACCOUNT_RESTRICTION', restriction_info: [{ restriction_type: 'X' }] };
  const document = (time: unknown, content: unknown = news) => ({
    object: 'whatsapp_business_account',
    entry: [{ id: WABA, time, changes: [change(content, 'account_update')] }],
  });

  test('of any field, known or not', () => {
    expect(items(parse(document(AT)))).toEqual([
      {
        kind: 'account',
        field: 'account_update',
        evt: expect.any(String),
        wabaId: WABA,
        at: AT,
        news: [],
        alert: 'ACCOUNT_RESTRICTION',
        raw: news,
      },
    ]);
    expect(items(parse(envelope(change(7, 'new_field'))))).toMatchObject([{ field: 'new_field', raw: 7 }]);
    expect(items(parse(envelope(change(value({ user_preferences: [] }), 'user_preferences'))))).toMatchObject(
      [{ field: 'user_preferences', number: NUMBER }],
    );
  });

  test('under an evt that is the same for the same news only', () => {
    const evt = (...content: [unknown, unknown?]) => items(parse(document(...content)))[0];
    expect(evt(AT)).toEqual(evt(AT));
    expect(evt(AT)).not.toMatchObject({ evt: Reflect.get(evt(AT + 1) ?? {}, 'evt') });
    expect(evt(AT)).not.toMatchObject({ evt: Reflect.get(evt(AT, { event: 'X' }) ?? {}, 'evt') });
  });
});

describe('parseWebhook() finds a body', () => {
  const good = JSON.stringify(envelope(change(value({ messages: [textMessage] }))));
  const nested = (depth: number) => {
    const inner = depth - 2;
    return good.replace('"Hi"', `"Hi"},"x":{"y":${'['.repeat(inner - 7)}${']'.repeat(inner - 7)}`);
  };

  test.each([
    ['empty', '', 'not_json'],
    ['cut off', good.slice(0, -1), 'not_json'],
    ['in UTF-16', Buffer.from(good, 'utf16le'), 'not_json'],
    ['with single quotes', "{'object':1}", 'not_json'],
    ['null', 'null', 'not_whatsapp'],
    ['0', '0', 'not_whatsapp'],
    ['""', '""', 'not_whatsapp'],
    ['[]', '[]', 'not_whatsapp'],
    ['true', 'true', 'not_whatsapp'],
    ['of another product', '{"object":"page","entry":[]}', 'not_whatsapp'],
    ['without object', '{"entry":[]}', 'not_whatsapp'],
    ['with a list as object', '{"object":["whatsapp_business_account"],"entry":[]}', 'not_whatsapp'],
    [
      'with object twice, the last being another',
      '{"object":"whatsapp_business_account","object":"x"}',
      'not_whatsapp',
    ],
    ['without entries', '{"object":"whatsapp_business_account"}', 'no_entries'],
    ['with entries that are no list', '{"object":"whatsapp_business_account","entry":{}}', 'no_entries'],
    ['of depth 65', '['.repeat(65) + ']'.repeat(65), 'too_deep'],
    ['of 750,000 brackets', '['.repeat(750_000), 'too_deep'],
    ['of 750,000 braces', '{"a":'.repeat(750_000), 'too_deep'],
  ])('%s unreadable', (_label, body, reason) => {
    expect(parseWebhook(Buffer.from(body), { receivedAtMs: 0 })).toEqual({ kind: 'unreadable', reason });
  });

  test.each([
    ['after a byte order mark', `\ufeff${good}`],
    ['with object twice, the last being ours', good.replace('{', '{"object":"x",')],
    ['with brackets inside of strings', good.replace('Hi', `\\"${'['.repeat(100)}\\\\`)],
    ['of depth 64', nested(64)],
    ['with spaces around', ` \n${good}\t`],
    ['with 1e999 in an unused place', good.replace('"Hi"', '"Hi","n":1e999')],
  ])('readable %s', (_label, body) => {
    expect(reasons(items(parseWebhook(Buffer.from(body), { receivedAtMs: 0 })))).toEqual(['message']);
  });

  test('of depth 65 unreadable, where 64 still was not', () => {
    expect(parseWebhook(Buffer.from(nested(65)), { receivedAtMs: 0 })).toMatchObject({ reason: 'too_deep' });
  });

  test('with bytes that are not UTF-8 readable, the bytes replaced', () => {
    const [head, tail] = good.split('Hi');
    const body = Buffer.concat([Buffer.from(head ?? ''), Buffer.from([0xff, 0xc0]), Buffer.from(tail ?? '')]);
    expect(items(parseWebhook(body, { receivedAtMs: 0 }))).toMatchObject([
      { message: { text: '\ufffd\ufffd' } },
    ]);
  });

  test('with several entries, changes and messages readable, in order', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ ...textMessage, id }));
    const { object, entry } = envelope(change(value({ messages: [a, b] })), change(value({ messages: [c] })));
    const parsed = items(parse({ object, entry: [...entry, ...entry] }));
    const wamids = parsed.map((item) => (item.kind === 'message' ? item.message.wamid : item.kind));
    expect(wamids).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  test('without entries in the list readable', () => {
    expect(parse({ object: 'whatsapp_business_account', entry: [] })).toEqual({ kind: 'items', items: [] });
  });

  test.each([
    ['messages', envelope(change(value({ messages: Array(ITEMS_MAX + 1).fill(0) })))],
    ['changes', envelope(...Array(ITEMS_MAX + 1).fill(0))],
    ['entries', { object: 'whatsapp_business_account', entry: Array(ITEMS_MAX + 1).fill(0) }],
  ])('with more than 2,000 %s unreadable as a whole', (_label, document) => {
    expect(parse(document)).toEqual({ kind: 'unreadable', reason: 'too_many_items' });
  });

  test('with 2,000 items readable', () => {
    expect(parseMessages(...Array(ITEMS_MAX).fill(textMessage))).toHaveLength(ITEMS_MAX);
  });
});
