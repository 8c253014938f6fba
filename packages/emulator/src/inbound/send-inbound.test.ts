import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startEmulator } from '../index.ts';
import { INBOUND_TYPES } from './inbound-message.ts';
import { type Lab, NUMBER, startLab } from '../testing/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());
afterEach(() => {
  lab.receiver.received.length = 0;
  lab.receiver.status = 200;
});

const ANA = { waId: '16505551234', userId: 'US.13491208655', name: 'Ana' };
const inbound = (message: object, more: object = {}) =>
  lab.call('POST', '/_emulator/inbound', { number: NUMBER.id, from: ANA, message, ...more });

const SHAPES: [string, object, object][] = [
  ['text', { type: 'text', text: 'Hi' }, { type: 'text', text: { body: 'Hi' } }],
  [
    'button_reply',
    { type: 'button_reply', id: 'help', title: 'Get help', replyTo: 'wamid.q' },
    {
      type: 'interactive',
      interactive: { type: 'button_reply', button_reply: { id: 'help', title: 'Get help' } },
      context: { from: '15550783881', id: 'wamid.q' },
    },
  ],
  [
    'list_reply',
    { type: 'list_reply', id: 'a', title: 'A', description: 'the first' },
    {
      type: 'interactive',
      interactive: { type: 'list_reply', list_reply: { id: 'a', title: 'A', description: 'the first' } },
    },
  ],
  [
    'quick_reply',
    { type: 'quick_reply', payload: 'confirm', text: 'Yes' },
    { type: 'button', button: { payload: 'confirm', text: 'Yes' } },
  ],
  [
    'image',
    { type: 'image', caption: 'Me' },
    {
      type: 'image',
      image: {
        caption: 'Me',
        mime_type: 'image/jpeg',
        sha256: expect.any(String),
        id: expect.stringMatching(/^\d+$/),
        url: expect.stringContaining('mid='),
      },
    },
  ],
  [
    'document',
    { type: 'document', id: '77', filename: 'a.pdf', mimeType: 'text/plain' },
    {
      type: 'document',
      document: {
        filename: 'a.pdf',
        mime_type: 'text/plain',
        sha256: expect.any(String),
        id: '77',
        url: expect.stringContaining('mid='),
      },
    },
  ],
  [
    'audio',
    { type: 'audio', id: '8', voice: true },
    {
      type: 'audio',
      audio: {
        mime_type: 'audio/ogg; codecs=opus',
        sha256: expect.any(String),
        id: '8',
        url: expect.stringContaining('mid='),
        voice: true,
      },
    },
  ],
  [
    'location',
    { type: 'location', latitude: 1.5, longitude: -2, name: 'Here' },
    { type: 'location', location: { latitude: 1.5, longitude: -2, name: 'Here' } },
  ],
  [
    'contacts',
    { type: 'contacts', contacts: [{ name: { formatted_name: 'B' } }] },
    { type: 'contacts', contacts: [{ name: { formatted_name: 'B' } }] },
  ],
  [
    'reaction',
    { type: 'reaction', wamid: 'wamid.r', emoji: '👍' },
    { type: 'reaction', reaction: { message_id: 'wamid.r', emoji: '👍' } },
  ],
  [
    'button',
    { type: 'button', payload: 'confirm', text: 'Yes', replyTo: 'wamid.t' },
    {
      type: 'button',
      button: { payload: 'confirm', text: 'Yes' },
      context: { from: '15550783881', id: 'wamid.t' },
    },
  ],
  [
    'nfm_reply',
    { type: 'nfm_reply', response: { flow_token: 't1', age: '32' } },
    {
      type: 'interactive',
      interactive: {
        type: 'nfm_reply',
        nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"flow_token":"t1","age":"32"}' },
      },
    },
  ],
  [
    'nfm_reply that holds no object',
    { type: 'nfm_reply', name: 'address_message', body: 'B', response: '[1]' },
    {
      type: 'interactive',
      interactive: {
        type: 'nfm_reply',
        nfm_reply: { name: 'address_message', body: 'B', response_json: '[1]' },
      },
    },
  ],
  [
    'order',
    {
      type: 'order',
      catalogId: 'c1',
      items: [{ retailerId: 'sku1', quantity: 2, price: 30.5, currency: 'USD' }],
    },
    {
      type: 'order',
      order: {
        catalog_id: 'c1',
        text: '',
        product_items: [{ product_retailer_id: 'sku1', quantity: 2, item_price: 30.5, currency: 'USD' }],
      },
    },
  ],
  [
    'unsupported',
    { type: 'unsupported', what: 'view_once' },
    {
      type: 'unsupported',
      errors: [
        {
          code: 131051,
          title: 'Message type unknown',
          message: 'Message type unknown',
          error_data: { details: 'Message type is currently not supported.' },
        },
      ],
      unsupported: { type: 'view_once' },
    },
  ],
  [
    'edit',
    { type: 'edit', original: 'wamid.o', message: { type: 'text', text: 'Better' } },
    {
      type: 'edit',
      edit: { original_message_id: 'wamid.o', message: { type: 'text', text: { body: 'Better' } } },
    },
  ],
  [
    'revoke',
    { type: 'revoke', original: 'wamid.o' },
    { type: 'revoke', revoke: { original_message_id: 'wamid.o' } },
  ],
  [
    'forwarded text',
    { type: 'text', text: 'Hi', forwarded: 'once' },
    { type: 'text', text: { body: 'Hi' }, context: { forwarded: true } },
  ],
  [
    'text that was forwarded often, in a group',
    { type: 'text', text: 'Hi', forwarded: 'often', groupId: 'g1' },
    { type: 'text', text: { body: 'Hi' }, context: { frequently_forwarded: true }, group_id: 'g1' },
  ],
  [
    'text about a product',
    { type: 'text', text: 'Hi', replyTo: 'wamid.p', product: { catalogId: 'c1', retailerId: 'sku1' } },
    {
      type: 'text',
      text: { body: 'Hi' },
      context: {
        from: '15550783881',
        id: 'wamid.p',
        referred_product: { catalog_id: 'c1', product_retailer_id: 'sku1' },
      },
    },
  ],
  [
    'text from an ad',
    { type: 'text', text: 'Hi', referral: { source_type: 'ad', source_id: '7' } },
    { type: 'text', text: { body: 'Hi' }, referral: { source_type: 'ad', source_id: '7' } },
  ],
  ['raw', { raw: { type: 'order', order: { text: '' } } }, { type: 'order', order: { text: '' } }],
];

describe('sendInbound()', () => {
  test.each(SHAPES)('posts %s as Meta would', async (_label, message, expected) => {
    const { status, body } = await inbound(message, { timestamp: 1_739_321_024 });
    expect({ status, body }).toEqual({
      status: 200,
      body: { wamid: expect.stringMatching(/^wamid\./), status: 200 },
    });
    const [received] = lab.receiver.received;
    expect(received).toMatchObject({ path: '/webhook/whatsapp/acme/support', isSigned: true });
    expect(received?.value).toEqual({
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: NUMBER.displayNumber, phone_number_id: NUMBER.id },
      contacts: [{ profile: { name: 'Ana' }, wa_id: ANA.waId, user_id: ANA.userId }],
      messages: [
        { from: ANA.waId, from_user_id: ANA.userId, id: body.wamid, timestamp: '1739321024', ...expected },
      ],
    });
  });

  test('makes a request for every type that it lists', () => {
    const made = SHAPES.map(([label]) => label);
    const elsewhere = ['sticker', 'video', 'user_changed_number', 'user_changed_user_id'];
    expect(INBOUND_TYPES.filter((type) => !made.includes(type) && !elsewhere.includes(type))).toEqual([]);
  });

  test.each(['image', 'video', 'audio', 'document', 'sticker'])(
    'keeps the file of %s, to be fetched',
    async (type) => {
      const bytes = Buffer.from(`the bytes of a ${type}`);
      await inbound({ type, data: bytes.toString('base64'), mimeType: 'image/png' });
      const media = Object(lab.receiver.received[0]?.value.messages?.[0])[type];
      expect(media).toMatchObject({
        mime_type: 'image/png',
        sha256: createHash('sha256').update(bytes).digest('base64'),
      });
      const authorization = `Bearer ${NUMBER.accessToken}`;
      const described = await lab.call('GET', `/v25.0/${media.id}`, undefined, { authorization });
      expect(described.body).toMatchObject({ id: media.id, file_size: bytes.length });
      for (const url of [media.url, described.body['url']]) {
        const response = await fetch(String(url), { headers: { authorization } });
        expect([response.status, await response.text()]).toEqual([200, bytes.toString()]);
      }
    },
  );

  test('a reaction that is taken back has the id of the reaction', async () => {
    const react = async (emoji?: string) =>
      (await inbound({ type: 'reaction', wamid: 'wamid.q', emoji })).body.wamid;
    const added = await react('👍');
    expect([await react(''), await react()]).toEqual([added, added]);
    expect(await react('🎉')).not.toBe(added);
    const [, emptied, left] = lab.receiver.received.map(({ value }) => value.messages?.[0]?.['reaction']);
    expect([emptied, left]).toEqual([{ message_id: 'wamid.q', emoji: '' }, { message_id: 'wamid.q' }]);
  });

  test('a reaction has the same id when it is taken back under another name of the contact', async () => {
    const reaction = { type: 'reaction', wamid: 'wamid.other' };
    const added = await inbound({ ...reaction, emoji: '👍' });
    const removed = await inbound(reaction, { from: { userId: ANA.userId } });
    expect(removed.body.wamid).toBe(added.body.wamid);
  });

  test('a message of tomorrow opens no longer window than one of now', async () => {
    const own = await startLab({
      clock: { now: 1_800_000_000_000, stopped: true },
      enforce: { window: 'api' },
    });
    try {
      await own.call('POST', '/_emulator/inbound', {
        number: NUMBER.id,
        from: ANA,
        message: { type: 'text', text: 'Hi' },
        timestamp: 1_900_000_000,
      });
      await own.emulator.advance(86_400_001);
      const late = await own.send({ to: ANA.waId, text: { body: 'Hi' } });
      expect(late.body.error).toMatchObject({ code: 131_047 });
    } finally {
      await own.close();
    }
  });

  test('who is blocked is so under every number that is theirs', async () => {
    const own = await startLab({ waIdVariants: true });
    try {
      const [dialled, waId] = ['5531912345678', '553112345678'];
      const from = { authorization: `Bearer ${NUMBER.accessToken}` };
      const block = { messaging_product: 'whatsapp', block_users: [{ user: waId }] };
      const message = { type: 'text', text: 'Hi' };
      const write = () =>
        own.call('POST', '/_emulator/inbound', { number: NUMBER.id, from: { waId: dialled }, message });
      await write();
      const { status } = await own.call('POST', `/v25.0/${NUMBER.id}/block_users`, block, from);
      expect(status).toBe(200);
      expect((await write()).body).toMatchObject({ error: 'BLOCKED' });
    } finally {
      await own.close();
    }
  });

  test('user_changed_number tells it without contacts, and the contact has the new number from then on', async () => {
    const from = { waId: '16505550101', userId: 'US.101', name: 'Budi' };
    await inbound({ type: 'text', text: 'Hi' }, { from });
    await inbound({ type: 'user_changed_number', waId: '16505550102' }, { from });
    const [, told] = lab.receiver.received;
    expect(told?.value).not.toHaveProperty('contacts');
    expect(told?.value.messages?.[0]).toMatchObject({
      type: 'system',
      from: '16505550101',
      system: {
        type: 'user_changed_number',
        body: 'User Budi changed from 16505550101 to 16505550102',
        wa_id: '16505550102',
        user_id: expect.stringMatching(/^US\.[0-9]{20}$/),
      },
    });
    await inbound({ type: 'text', text: 'Me' }, { from: { waId: '16505550102' } });
    await inbound({ type: 'text', text: 'Somebody else' }, { from: { waId: '16505550101' } });
    expect(lab.receiver.received.pop()?.value['contacts']).toEqual([{ wa_id: '16505550101' }]);
    const moved = Object(told?.value.messages?.[0]?.['system']).user_id;
    expect(lab.receiver.received.at(-1)?.value['contacts']).toEqual([
      { profile: { name: 'Budi' }, wa_id: '16505550102', user_id: moved },
    ]);
  });

  test('user_changed_user_id tells both ids', async () => {
    const from = { waId: '16505550103', userId: 'US.103' };
    await inbound({ type: 'user_changed_user_id', userId: 'US.999' }, { from });
    expect(lab.receiver.received[0]?.value.messages?.[0]).toMatchObject({
      from_user_id: 'US.103',
      system: { type: 'user_changed_user_id', user_id: 'US.999', previous_user_id: 'US.103' },
    });
  });

  test('names a contact that hides its number by user id and username alone', async () => {
    const from = { waId: '16505550104', userId: 'US.104', username: '@chidi', hidesNumber: true };
    await inbound({ type: 'text', text: 'Hi' }, { from });
    const { value } = lab.receiver.received[0] ?? {};
    expect(value?.['contacts']).toEqual([{ profile: { username: 'chidi' }, user_id: 'US.104' }]);
    expect(value?.messages?.[0]).not.toHaveProperty('from');
    expect(JSON.stringify(value)).not.toContain('16505550104');
  });

  test('sends what breaks a naive receiver, on request', async () => {
    const errors = [{ code: 131000, title: 'Something went wrong' }];
    const more = { timestamp: 1_739_321_024, timestampAs: 'integer', errors, withContacts: false };
    await inbound({ type: 'text', text: 'Hi' }, more);
    const { value } = lab.receiver.received[0] ?? {};
    expect(value).toMatchObject({ errors, messages: [{ timestamp: 1_739_321_024 }] });
    expect(value).not.toHaveProperty('contacts');
  });

  test('escapes what is not ASCII and slashes, and signs those bytes', async () => {
    await inbound({ type: 'text', text: 'Olá 😀 a/b' });
    const [received] = lab.receiver.received;
    expect(received?.raw).toContain(String.raw`"Ol\u00e1 \ud83d\ude00 a\/b"`);
    expect(received?.raw).toMatch(/^[\x20-\x7e]+$/);
    expect(received?.isSigned).toBe(true);
  });

  test('keeps the id of a raw message', async () => {
    const { body } = await inbound({ raw: { id: 'wamid.mine', type: 'text', text: { body: 'a' } } });
    expect(body.wamid).toBe('wamid.mine');
  });

  test('posts duplicates as the same message', async () => {
    const { body } = await inbound({ type: 'text', text: 'Hi' }, { duplicate: 2 });
    const received = await lab.receiver.until((one) => one.value.messages?.[0]?.id === body.wamid, 3);
    expect(new Set(received.map(({ raw }) => raw)).size).toBe(1);
  });

  test('answers with the refusal, and posts again until it is taken', async () => {
    lab.receiver.status = 401;
    const { body } = await inbound({ type: 'text', text: 'Hi' });
    expect(body.status).toBe(401);
    lab.receiver.status = 200;
    await lab.receiver.until((one) => one.value.messages?.[0]?.id === body.wamid, 2);
  });

  test('answers with status 0 and the reason when nobody listens', async () => {
    const lonely = await startLab({ webhookBaseUrl: 'http://127.0.0.1:9' });
    try {
      const { body } = await lonely.call('POST', '/_emulator/inbound', {
        number: NUMBER.id,
        from: ANA,
        message: { type: 'text', text: 'Hi' },
      });
      expect(body).toMatchObject({ status: 0, error: 'ECONNREFUSED' });
    } finally {
      await lonely.close();
    }
  });

  test.each([
    ['an unknown number', { number: '404' }, 404],
    ['a sender without any id', { from: { name: 'Ana' } }, 400],
    ['a member that there is not', { colour: 'red' }, 400],
  ])('refuses %s', async (_label, more, status) => {
    expect((await inbound({ type: 'text', text: 'Hi' }, more)).status).toBe(status);
  });
});

describe('controlApi()', () => {
  test('gives the ledger since a number, and empties it', async () => {
    await lab.send({ text: { body: 'one' } });
    await lab.send({ text: { body: 'two' } });
    const { entries = [] } = (await lab.call('GET', '/_emulator/ledger')).body;
    const seqs = entries.map(({ seq }) => seq);
    const later = await lab.call('GET', `/_emulator/ledger?since=${seqs[0] ?? ''}`);
    expect(later.body.entries).toMatchObject([{ body: { text: { body: 'two' } } }]);
    const page = await lab.call('GET', `/_emulator/ledger?since=${(seqs[0] ?? 0) - 1}&limit=1`);
    expect(page.body.entries).toMatchObject([{ seq: seqs[0], body: { text: { body: 'one' } } }]);
    await lab.call('DELETE', '/_emulator/ledger');
    expect(lab.emulator.ledger()).toEqual([]);
    await lab.send({ text: { body: 'three' } });
    expect(lab.emulator.ledger()[0]?.seq).toBe((seqs[1] ?? 0) + 1);
  });

  test.each(['since=x', 'since=-1', 'limit=0'])('refuses a ledger with %s', async (query) => {
    expect((await lab.call('GET', `/_emulator/ledger?${query}`)).status).toBe(400);
  });

  test('tells in the ledger between which times a send came', async () => {
    const before = Date.now();
    await lab.send({ text: { body: 'when' } });
    const entry = lab.emulator.ledger().at(-1);
    expect(entry?.earliestMs).toBeLessThanOrEqual(entry?.arrivedMs ?? 0);
    expect(entry?.arrivedMs).toBeGreaterThan(before - 50);
    expect(entry?.arrivedMs).toBeLessThan(Date.now() + 50);
  });

  test('refuses a form of another site', async () => {
    const answer = await lab.call('POST', '/_emulator/faults', 'a=b', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(answer.status).toBe(415);
  });

  test.each([
    ['a type that there is not', { type: 'txt' }, /Expected 'text' \| .+at message\.type/s],
    ['a member that is missing', { type: 'text' }, /at message\.text/],
    ['a raw message that is none', { raw: 5 }, /at message\.raw/],
  ])('says what is wrong with %s', async (_, message, words) => {
    const { status, body } = await inbound(message);
    expect(status).toBe(400);
    expect(body.error).toMatch(words);
  });

  test('says that a call is not there, and asks for no token', async () => {
    expect(await lab.call('POST', '/_emulator/fault?x=1', {})).toMatchObject({
      status: 404,
      body: { error: 'There is no POST /_emulator/fault: docs/emulator.md lists the calls' },
    });
  });

  test('says what is wrong with a body that is no JSON', async () => {
    expect(await lab.call('POST', '/_emulator/faults', '{')).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('Cannot read the request') },
    });
  });

  test.each([
    ['/_emulator/ledger', { origin: 'http://evil.example' }],
    ['/chat', { origin: 'http://evil.example' }],
  ])('keeps pages of other sites away from %s', async (path, headers) => {
    expect((await lab.call('GET', path, undefined, headers)).status).toBe(403);
  });
});

describe('graphApi()', () => {
  const authorization = `Bearer ${NUMBER.accessToken}`;

  test('describes a number and the numbers of its WABA', async () => {
    const one = await lab.call('GET', `/v25.0/${NUMBER.id}`, undefined, { authorization });
    const all = await lab.call('GET', `/v25.0/${NUMBER.wabaId}/phone_numbers`, undefined, { authorization });
    expect(one.body).toMatchObject({ id: NUMBER.id, display_phone_number: NUMBER.displayNumber });
    expect(all.body).toMatchObject({ data: [one.body] });
  });

  test.each([
    ['without a token', `/v25.0/${NUMBER.id}`, {}, 401, 190],
    ['of an unknown number', '/v25.0/404', { authorization }, 400, 100],
    ['of an unknown WABA', '/v25.0/404/phone_numbers', { authorization }, 400, 100],
    ['of an unknown path', '/v25.0', { authorization }, 400, 2500],
  ])('refuses a call %s', async (_label, path, headers, status, code) => {
    expect(await lab.call('GET', path, undefined, headers)).toMatchObject({
      status,
      body: { error: { code, fbtrace_id: expect.any(String) } },
    });
  });
});

describe('startEmulator()', () => {
  test('gives the same ids for the same seed', async () => {
    const send = async () => {
      const other = await startLab({ seed: 'twin' });
      const { body } = await other.send({ text: { body: 'Hi' } });
      await other.close();
      return body.messages?.[0].id;
    };
    expect(await send()).toBe(await send());
  });

  test('refuses options that are wrong', async () => {
    await expect(startEmulator({ webhookBaseUrl: 'nowhere', numbers: [] })).rejects.toThrow('webhookBaseUrl');
  });
});
