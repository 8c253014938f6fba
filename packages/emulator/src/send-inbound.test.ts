import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startEmulator } from './index.ts';
import { type Lab, NUMBER, startLab } from './testing/lab.ts';

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
      },
    },
  ],
  [
    'document',
    { type: 'document', id: '77', filename: 'a.pdf', mimeType: 'text/plain' },
    {
      type: 'document',
      document: { filename: 'a.pdf', mime_type: 'text/plain', sha256: expect.any(String), id: '77' },
    },
  ],
  [
    'audio',
    { type: 'audio', id: '8', voice: true },
    {
      type: 'audio',
      audio: { mime_type: 'audio/ogg; codecs=opus', sha256: expect.any(String), id: '8', voice: true },
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
    expect(all.body).toEqual({ data: [one.body] });
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
