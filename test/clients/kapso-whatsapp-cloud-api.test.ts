import {
  GraphApiError,
  type SendMessageResponse,
  TemplateDefinition,
  WhatsAppClient,
  buildTemplateSendPayload,
} from '@kapso/whatsapp-cloud-api';
import { normalizeWebhook, verifySignature } from '@kapso/whatsapp-cloud-api/server';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '../support/wait.ts';
import { type AlurEmulator, startAlurEmulator } from './alur-emulator.ts';
import { type Control, controlOf } from './control.ts';
import { type Listening, listen, readBytes } from './listen.ts';

// @kapso/whatsapp-cloud-api 0.3.0 has a base URL, so it is used exactly as it comes, against `alur emulator` as a process.

type Webhook = ReturnType<typeof normalizeWebhook>;

const CONTACT = '15550100001';
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const ACCENTS = 'Olá 😀 ação — 1/2 @loja <b> "ü"';

let receiver: Listening;
let emulator: AlurEmulator;
let client: WhatsAppClient;
let control: Control;
let phoneNumberId: string;
let businessAccountId: string;
let secret = '';
let hello = '';
/** What came signed, through the library's own normaliser; what it refused is counted. */
const received: Webhook[] = [];
let refused = 0;

beforeAll(async () => {
  receiver = await listen((request, response) => {
    void readBytes(request).then((rawBody) => {
      const signatureHeader = String(request.headers['x-hub-signature-256']);
      const isMeta = verifySignature({ appSecret: secret, rawBody, signatureHeader });
      if (isMeta) received.push(normalizeWebhook(JSON.parse(rawBody.toString())));
      else refused += 1;
      response.writeHead(isMeta ? 200 : 401).end();
    });
  });
  const flags = ['--strict', '--seed', 'kapso', '--status-delays', '5,10,15'];
  emulator = await startAlurEmulator(['--webhook-url', `${receiver.url}/hook`, ...flags]);
  const { environment } = emulator;
  secret = environment.WHATSAPP_APP_SECRET;
  phoneNumberId = environment.WHATSAPP_PHONE_NUMBER_ID;
  businessAccountId = environment.WHATSAPP_BUSINESS_ACCOUNT_ID;
  client = clientWith(environment.WHATSAPP_ACCESS_TOKEN);
  control = controlOf(environment.GRAPH_BASE_URL, phoneNumberId, CONTACT);
  hello = (await control.write({ type: 'text', text: 'Hi' })).wamid;
});
afterAll(async () => {
  await emulator.stop();
  await receiver.close();
});

function clientWith(accessToken: string): WhatsAppClient {
  const baseUrl = emulator.environment.GRAPH_BASE_URL;
  return new WhatsAppClient({ accessToken, baseUrl, graphVersion: 'v25.0', fetch: fetchHere });
}

// Jest runs tests in a realm of its own. The library renames members of plain objects, and those that Node's own `json()`
// makes are none here: outside of jest it needs no `fetch`.
const fetchHere: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const json = async (): Promise<unknown> => JSON.parse(await response.text());
  return Object.defineProperty(response, 'json', { value: json });
};

/** Whom every message is from and for. */
const pair = () => ({ phoneNumberId, to: `+${CONTACT}` });

const upload = async (mimeType: string, bytes = PNG) => {
  const file = new Blob([new Uint8Array(bytes)], { type: mimeType });
  const { id } = await client.media.upload({ phoneNumberId, type: mimeType, file, fileName: 'file' });
  return id;
};

const until = <T>(find: (webhook: Webhook) => T | undefined, what: string): Promise<T> =>
  waitFor(() => {
    for (const webhook of received) {
      const found = find(webhook);
      if (found !== undefined) return found;
    }
    return undefined;
  }, what);

const messageOf = (wamid: string) =>
  until(({ messages }) => messages.find(({ id }) => id === wamid), 'the message');

const failure = async (call: Promise<unknown>): Promise<GraphApiError> => {
  const thrown: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof GraphApiError) return thrown;
  throw new Error(`Expected a GraphApiError, got ${String(thrown)}`);
};

type Send = () => Promise<SendMessageResponse>;
const link = 'https://example.com/file';
const bodyText = 'Choose';

const SENT: [string, Send, object][] = [
  [
    'text with accents',
    () => client.messages.sendText({ ...pair(), body: ACCENTS, previewUrl: true }),
    { type: 'text', text: { body: ACCENTS, preview_url: true } },
  ],
  [
    'text as an answer',
    () =>
      client.messages.sendText({
        ...pair(),
        body: 'a',
        contextMessageId: hello,
        bizOpaqueCallbackData: 'job-1',
      }),
    { context: { message_id: expect.stringMatching(/^wamid\./) }, biz_opaque_callback_data: 'job-1' },
  ],
  [
    'image by link',
    () => client.messages.sendImage({ ...pair(), image: { link, caption: 'Ação' } }),
    { type: 'image', image: { link, caption: 'Ação' } },
  ],
  [
    'image by id',
    async () => client.messages.sendImage({ ...pair(), image: { id: await upload('image/png') } }),
    { type: 'image', image: { id: expect.stringMatching(/^\d+$/) } },
  ],
  [
    'voice by id',
    async () =>
      client.messages.sendAudio({
        ...pair(),
        audio: { id: await upload('audio/ogg; codecs=opus'), voice: true },
      }),
    { type: 'audio', audio: { voice: true } },
  ],
  [
    'video by link',
    () => client.messages.sendVideo({ ...pair(), video: { link, caption: 'v' } }),
    { type: 'video', video: { link, caption: 'v' } },
  ],
  [
    'document by link',
    () => client.messages.sendDocument({ ...pair(), document: { link, filename: 'a.pdf', caption: 'd' } }),
    { type: 'document', document: { link, filename: 'a.pdf', caption: 'd' } },
  ],
  [
    'sticker by id',
    async () => client.messages.sendSticker({ ...pair(), sticker: { id: await upload('image/webp') } }),
    { type: 'sticker', sticker: { id: expect.stringMatching(/^\d+$/) } },
  ],
  [
    'location',
    () =>
      client.messages.sendLocation({
        ...pair(),
        location: { latitude: -33.45, longitude: -70.66, name: 'Santiago', address: 'CL' },
      }),
    { type: 'location', location: { latitude: -33.45, longitude: -70.66, name: 'Santiago', address: 'CL' } },
  ],
  [
    'contacts',
    () =>
      client.messages.sendContacts({
        ...pair(),
        contacts: [
          {
            name: { formattedName: 'Ana B', firstName: 'Ana' },
            phones: [{ phone: '+15550100002', waId: '15550100002', type: 'WORK' }],
            emails: [{ email: 'a@example.com', type: 'HOME' }],
            addresses: [{ city: 'Lima', countryCode: 'pe' }],
            org: { company: 'Acme' },
            urls: [{ url: 'https://example.com' }],
            birthday: '2000-01-31',
          },
        ],
      }),
    {
      type: 'contacts',
      contacts: [
        {
          name: { formatted_name: 'Ana B', first_name: 'Ana' },
          phones: [{ phone: '+15550100002', wa_id: '15550100002', type: 'WORK' }],
          addresses: [{ city: 'Lima', country_code: 'pe' }],
        },
      ],
    },
  ],
  [
    'reaction',
    () => client.messages.sendReaction({ ...pair(), reaction: { messageId: hello, emoji: '😀' } }),
    { type: 'reaction', reaction: { message_id: expect.stringMatching(/^wamid\./), emoji: '😀' } },
  ],
  [
    'buttons under a picture',
    async () =>
      client.messages.sendInteractiveButtons({
        ...pair(),
        header: { type: 'image', image: { id: await upload('image/jpeg') } },
        bodyText,
        footerText: 'Foot',
        buttons: [
          { id: 'yes', title: 'Sim ✅' },
          { id: 'no', title: 'Não' },
        ],
      }),
    {
      interactive: {
        type: 'button',
        body: { text: bodyText },
        footer: { text: 'Foot' },
        action: { buttons: [{ type: 'reply', reply: { id: 'yes', title: 'Sim ✅' } }, { type: 'reply' }] },
      },
    },
  ],
  [
    'list',
    () =>
      client.messages.sendInteractiveList({
        ...pair(),
        header: { type: 'text', text: 'Head' },
        bodyText,
        buttonText: 'Open',
        sections: [
          { title: 'A', rows: [{ id: 'a', title: 'First', description: 'One' }] },
          { title: 'B', rows: [{ id: 'b', title: 'Second' }] },
        ],
      }),
    {
      interactive: {
        type: 'list',
        action: { button: 'Open', sections: [{ title: 'A', rows: [{ id: 'a' }] }, { title: 'B' }] },
      },
    },
  ],
  [
    'link button',
    () =>
      client.messages.sendInteractiveCtaUrl({
        ...pair(),
        header: { type: 'document', document: { link } },
        bodyText,
        parameters: { displayText: 'Open', url: link },
      }),
    {
      interactive: {
        type: 'cta_url',
        action: { name: 'cta_url', parameters: { display_text: 'Open', url: link } },
      },
    },
  ],
  [
    'flow',
    () =>
      client.messages.sendInteractiveFlow({
        ...pair(),
        bodyText,
        parameters: {
          flowId: '123',
          flowCta: 'Start',
          flowToken: 't1',
          flowAction: 'navigate',
          flowActionPayload: { screen: 'FIRST', data: { colour: 'red' } },
        },
      }),
    {
      interactive: {
        type: 'flow',
        action: {
          parameters: {
            flow_message_version: '3',
            flow_id: '123',
            flow_cta: 'Start',
            flow_action_payload: { screen: 'FIRST', data: { colour: 'red' } },
          },
        },
      },
    },
  ],
  [
    'product',
    () => client.messages.sendInteractiveProduct({ ...pair(), catalogId: '1', productRetailerId: 'sku1' }),
    { interactive: { type: 'product', action: { catalog_id: '1', product_retailer_id: 'sku1' } } },
  ],
  [
    'products',
    () =>
      client.messages.sendInteractiveProductList({
        ...pair(),
        header: { type: 'text', text: 'Head' },
        bodyText,
        catalogId: '1',
        sections: [{ title: 'A', productItems: [{ productRetailerId: 'sku1' }] }],
      }),
    {
      interactive: {
        type: 'product_list',
        action: { sections: [{ title: 'A', product_items: [{ product_retailer_id: 'sku1' }] }] },
      },
    },
  ],
  [
    'catalog',
    () =>
      client.messages.sendInteractiveCatalogMessage({
        ...pair(),
        bodyText,
        parameters: { thumbnailProductRetailerId: 'sku1' },
      }),
    {
      interactive: {
        type: 'catalog_message',
        action: { parameters: { thumbnail_product_retailer_id: 'sku1' } },
      },
    },
  ],
  [
    'address',
    () =>
      client.messages.sendInteractiveAddress({
        ...pair(),
        bodyText,
        parameters: { country: 'IN', values: { name: 'Ana', phone_number: '+911234567890' } },
      }),
    { interactive: { type: 'address_message', action: { parameters: { country: 'IN' } } } },
  ],
  [
    'cards with links',
    () => client.messages.sendInteractiveCarousel({ ...pair(), bodyText, cards: [linkCard(0), linkCard(1)] }),
    { interactive: { type: 'carousel', action: { cards: [{ card_index: 0 }, { card_index: 1 }] } } },
  ],
  [
    'cards with replies',
    () =>
      client.messages.sendInteractiveCarousel({ ...pair(), bodyText, cards: [replyCard(0), replyCard(1)] }),
    {
      interactive: {
        action: {
          cards: [
            { type: 'cta_url', action: { buttons: [{ type: 'quick_reply', quick_reply: { id: 'id0' } }] } },
            { type: 'cta_url', action: { buttons: [{ type: 'quick_reply', quick_reply: { id: 'id1' } }] } },
          ],
        },
      },
    },
  ],
  [
    'location request',
    () =>
      client.messages.sendInteractiveRaw({
        ...pair(),
        interactive: {
          type: 'location_request_message',
          body: { text: bodyText },
          action: { name: 'send_location' },
        },
      }),
    { interactive: { type: 'location_request_message' } },
  ],
];

function linkCard(cardIndex: number) {
  const header = { type: 'image' as const, image: { link } };
  return { cardIndex, header, bodyText: 'Card', action: { displayText: 'Open', url: link } };
}

function replyCard(cardIndex: number) {
  const header = { type: 'image' as const, image: { link } };
  return { cardIndex, header, action: { buttons: [{ id: `id${cardIndex}`, title: 'Take' }] } };
}

describe('WhatsAppClient.messages', () => {
  test.each(SENT)('sends %s', async (_label, send, expected) => {
    const { messages, contacts } = await send();
    expect(contacts).toEqual([{ input: `+${CONTACT}`, waId: CONTACT }]);
    const { body, to } = await control.sent(messages[0]?.id);
    expect(to).toBe(CONTACT);
    expect(body).toMatchObject({ messaging_product: 'whatsapp', recipient_type: 'individual', ...expected });
  });

  test('sends to a business-scoped user id', async () => {
    const recipient = 'US.13491208655302741918';
    const answer = await client.messages.sendText({ phoneNumberId, recipient, body: 'a' });
    expect(answer.contacts).toEqual([{ input: recipient, userId: recipient }]);
    expect((await control.sent(answer.messages[0]?.id)).to).toBe(recipient);
  });

  test('marks as read and shows that it types', async () => {
    const { readReceipts: before } = Object(await control.get('stats'));
    expect(
      await client.messages.markRead({ phoneNumberId, messageId: hello, typingIndicator: { type: 'text' } }),
    ).toEqual({ success: true });
    expect(await control.get('stats')).toMatchObject({ readReceipts: before + 1 });
    expect(await failure(client.messages.markRead({ phoneNumberId, messageId: 'wamid.none' }))).toMatchObject(
      {
        httpStatus: 400,
        category: 'parameter',
      },
    );
  });

  // The library puts `parameters` into the action, which Meta's is without.
  test('is refused a location request with a member too many', async () => {
    const parameters = { requestMessage: 'Where?' };
    const request = client.messages.sendInteractiveLocationRequest({ ...pair(), bodyText, parameters });
    expect(await failure(request)).toMatchObject({
      code: 100,
      message: expect.stringContaining('"parameters"'),
    });
  });
});

describe('GraphApiError', () => {
  const raw = (payload: object) => () =>
    client.messages.sendRaw({
      phoneNumberId,
      payload: { messaging_product: 'whatsapp', to: CONTACT, ...payload },
    });

  test.each<[string, () => Promise<unknown>, object]>([
    [
      'a wrong token',
      () => clientWith('nope').messages.sendText({ ...pair(), body: 'a' }),
      { httpStatus: 401, code: 190, category: 'authorization', retry: { action: 'refresh_token' } },
    ],
    [
      'a text too long',
      () => client.messages.sendText({ ...pair(), body: 'x'.repeat(4097) }),
      {
        httpStatus: 400,
        code: 100,
        type: 'OAuthException',
        message: "(#100) Param text['body'] must be at most 4096 characters long.",
        category: 'parameter',
      },
    ],
    [
      'an unknown template',
      () =>
        client.messages.sendTemplate({ ...pair(), template: { name: 'none', language: { code: 'en_US' } } }),
      {
        httpStatus: 404,
        code: 132001,
        category: 'template',
        details: 'template name (none) does not exist in en_US',
      },
    ],
    [
      'a list body of 1025, which the library lets pass',
      () =>
        client.messages.sendInteractiveList({
          ...pair(),
          bodyText: 'x'.repeat(1025),
          buttonText: 'Open',
          sections: [{ rows: [{ id: 'a', title: 'A' }] }],
        }),
      { code: 131009, details: 'Body text length invalid. Min length: 1, Max length: 1024' },
    ],
    [
      'four buttons',
      raw({
        type: 'interactive',
        interactive: {
          type: 'button',
          body: { text: 'a' },
          action: {
            buttons: ['a', 'b', 'c', 'd'].map((id) => ({ type: 'reply', reply: { id, title: id } })),
          },
        },
      }),
      { code: 131009, details: 'Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3' },
    ],
    [
      'a file that nobody uploaded',
      () => client.messages.sendImage({ ...pair(), image: { id: '404' } }),
      { code: 100, message: expect.stringContaining("Param image['id'] is not a valid whatsapp business") },
    ],
    [
      'a number of somebody else',
      () => client.messages.sendText({ ...pair(), phoneNumberId: '404', body: 'a' }),
      { code: 100, errorSubcode: 33, type: 'GraphMethodException' },
    ],
    [
      'the number itself',
      () => client.messages.sendText({ ...pair(), to: emulator.displayNumber, body: 'a' }),
      { code: 131021 },
    ],
  ])('tells of %s', async (_label, call, expected) => {
    const error = await failure(call());
    expect(error).toMatchObject({ name: 'GraphApiError', ...expected });
    expect(error.fbtraceId).toMatch(/^A[\w-]{22}$/);
  });

  test('tells when to come again', async () => {
    const fault = { kind: 'error', http: 429, code: 130429, title: 'Rate limit hit', retryAfterS: 5 };
    await control.post('faults', { match: { to: CONTACT }, times: 1, fault });
    const error = await failure(client.messages.sendText({ ...pair(), body: 'a' }));
    expect(error.isRateLimit()).toBe(true);
    expect(error.retry).toEqual({ action: 'retry_after', retryAfterMs: 5_000 });
  });

  test('tells of an answer that is no Graph error', async () => {
    const fault = { kind: 'http', status: 503, body: '<html>busy</html>' };
    await control.post('faults', { match: { to: CONTACT }, times: 1, fault });
    const error = await failure(client.messages.sendText({ ...pair(), body: 'a' }));
    expect(error).toMatchObject({ httpStatus: 503, category: 'server', retry: { action: 'retry' } });
  });
});

describe('WhatsAppClient.media', () => {
  test('uploads, tells of, downloads and deletes a file', async () => {
    const mediaId = await upload('image/png');
    const found = await client.media.get({ mediaId, phoneNumberId });
    expect(found).toMatchObject({ messagingProduct: 'whatsapp', id: mediaId, mimeType: 'image/png' });
    expect(Number(found.fileSize)).toBe(PNG.length);
    const bytes = await client.media.download({ mediaId, phoneNumberId, auth: 'always' });
    expect(bytes instanceof ArrayBuffer && Buffer.from(bytes).equals(PNG)).toBe(true);
    expect(await client.media.delete({ mediaId, phoneNumberId })).toEqual({ success: true });
    expect(await failure(client.media.get({ mediaId }))).toMatchObject({ code: 100, errorSubcode: 33 });
  });

  // Without `auth` the library sends no token, and Meta gives no file without one.
  test('gets no file without the token', async () => {
    const mediaId = await upload('image/png');
    const answer = await client.media.download({ mediaId, as: 'response' });
    expect(answer instanceof Response && answer.status).toBe(401);
  });

  test('is refused a file without a type of its own', async () => {
    const file = new Uint8Array(PNG);
    const error = await failure(client.media.upload({ phoneNumberId, type: 'image/png', file }));
    expect(error).toMatchObject({ code: 100, message: expect.stringContaining('application/octet-stream') });
  });

  test('downloads what a contact sent', async () => {
    const { wamid } = await control.write({
      type: 'image',
      data: PNG.toString('base64'),
      mimeType: 'image/png',
      caption: 'Ação',
    });
    const { image } = await messageOf(wamid);
    expect(image).toMatchObject({ caption: 'Ação', mimeType: 'image/png' });
    const bytes = await client.media.download({ mediaId: image?.id ?? '', auth: 'always' });
    expect(bytes instanceof ArrayBuffer && Buffer.from(bytes).equals(PNG)).toBe(true);
  });
});

describe('WhatsAppClient.templates', () => {
  test('creates one, lists it, sends it once it is approved, and deletes it', async () => {
    // Else it would be approved by itself after a second.
    await control.post('clock', { stopped: true });
    const name = 'pedido';
    const definition = TemplateDefinition.buildTemplateDefinition({
      name,
      language: 'pt_BR',
      category: 'UTILITY',
      parameterFormat: 'POSITIONAL',
      components: [
        {
          type: 'BODY',
          text: 'Olá {{1}}, o pedido {{2}} saiu.',
          example: { bodyText: [['Ana', '42']] },
        },
        {
          type: 'BUTTONS',
          buttons: [
            { type: 'URL', text: 'Ver', url: 'https://example.com/{{1}}', example: ['42'] },
            { type: 'QUICK_REPLY', text: 'Parar' },
          ],
        },
      ],
    });
    const made = await client.templates.create({ businessAccountId, ...definition });
    expect(made).toEqual({ id: expect.stringMatching(/^\d+$/), status: 'PENDING', category: 'UTILITY' });
    const list = (status?: string) =>
      client.templates.list({ businessAccountId, name, ...(status === undefined ? {} : { status }) });
    expect((await list()).data).toMatchObject([{ id: made.id, name, language: 'pt_BR', status: 'PENDING' }]);
    expect((await list('APPROVED')).data).toEqual([]);

    const template = buildTemplateSendPayload({
      name,
      language: 'pt_BR',
      body: [
        { type: 'text', text: 'João' },
        { type: 'text', text: '42' },
      ],
      buttons: [
        { type: 'button', subType: 'url', index: 0, parameters: [{ type: 'text', text: '42' }] },
        {
          type: 'button',
          subType: 'quick_reply',
          index: 1,
          parameters: [{ type: 'payload', payload: 'STOP' }],
        },
      ],
    });
    // The builder's components are of a stricter type than the sender takes, and become plain objects for it.
    const { components = [], ...rest } = template;
    const plain = { ...rest, components: components.map((component) => ({ ...component })) };
    const send = () => client.messages.sendTemplate({ ...pair(), template: plain });
    expect(await failure(send())).toMatchObject({ code: 132001, httpStatus: 404 });

    const decision = { name, language: 'pt_BR', status: 'APPROVED' };
    await control.post('template-review', { number: phoneNumberId, ...decision });
    await control.post('clock', { stopped: false });
    const news = await until(
      ({ raw }) => raw['messageTemplateStatusUpdate']?.find(({ event }) => event === 'APPROVED'),
      'the approval',
    );
    expect(news).toMatchObject({ messageTemplateName: name, messageTemplateId: Number(made.id) });
    expect((await list('APPROVED')).data).toMatchObject([{ id: made.id, status: 'APPROVED' }]);

    const { messages } = await send();
    expect(messages).toEqual([{ id: expect.stringMatching(/^wamid\./), messageStatus: 'accepted' }]);
    expect((await control.sent(messages[0]?.id)).body).toMatchObject({ template: { name } });

    expect(await client.templates.delete({ businessAccountId, name })).toEqual({ success: true });
    expect((await list()).data).toEqual([]);
    expect(await failure(send())).toMatchObject({ code: 132001 });
  });

  test('is told what is wrong with a definition', async () => {
    const wrong = { businessAccountId, name: 'wrong', language: 'en_US', category: 'UTILITY' };
    const body = { type: 'BODY', text: 'Hi {{1}}, welcome.' };
    const error = await failure(client.templates.create({ ...wrong, components: [body] }));
    expect(error).toMatchObject({ code: 100, errorSubcode: 2388043 });
    expect(error.raw).toMatchObject({ error: { errorUserTitle: expect.any(String) } });
  });

  // Meta has no template under its account, only by its own id.
  test('finds one by its id, and not where the library looks', async () => {
    const given = { businessAccountId, name: 'plain', language: 'en_US', category: 'MARKETING' };
    const body = { type: 'BODY', text: 'Hello there.' };
    const { id } = await client.templates.create({ ...given, components: [body] });
    expect(await failure(client.templates.get({ businessAccountId, templateId: id }))).toMatchObject({
      code: 2500,
    });
    const query = { fields: 'name,status,category,language,components,quality_score' };
    const found = await client.request('GET', id, { query, responseType: 'json' });
    expect(found).toMatchObject({ id, name: 'plain', category: 'MARKETING', language: 'en_US' });
  });
});

describe('WhatsAppClient.phoneNumbers', () => {
  test('tells of the number', async () => {
    const query = { fields: 'display_phone_number,verified_name,quality_rating,throughput' };
    expect(await client.request('GET', phoneNumberId, { query, responseType: 'json' })).toEqual({
      id: phoneNumberId,
      displayPhoneNumber: emulator.displayNumber,
      verifiedName: expect.any(String),
      qualityRating: 'GREEN',
      throughput: { level: 'STANDARD' },
    });
  });

  test('keeps the business profile', async () => {
    const { businessProfile } = client.phoneNumbers;
    const profile = { about: 'Aberto às 8h', email: 'a@example.com', websites: ['https://example.com/'] };
    expect(await businessProfile.update({ phoneNumberId, ...profile, vertical: 'RETAIL' })).toEqual({
      success: true,
    });
    const fields = 'about,email,websites,vertical';
    expect((await businessProfile.get({ phoneNumberId, fields })).data).toMatchObject([
      { ...profile, vertical: 'RETAIL' },
    ]);
    const long = businessProfile.update({ phoneNumberId, about: 'x'.repeat(140) });
    expect(await failure(long)).toMatchObject({ code: 100 });
  });

  test('verifies, registers and deregisters', async () => {
    const { phoneNumbers } = client;
    const done = { success: true };
    expect(await phoneNumbers.requestCode({ phoneNumberId, codeMethod: 'SMS', language: 'en_US' })).toEqual(
      done,
    );
    expect(await phoneNumbers.verifyCode({ phoneNumberId, code: '123456' })).toEqual(done);
    expect(await phoneNumbers.deregister({ phoneNumberId })).toEqual(done);
    expect(await failure(client.messages.sendText({ ...pair(), body: 'a' }))).toMatchObject({ code: 133010 });
    expect(await failure(phoneNumbers.register({ phoneNumberId, pin: '12' }))).toMatchObject({ code: 100 });
    expect(await phoneNumbers.register({ phoneNumberId, pin: '123456' })).toEqual(done);
    await client.messages.sendText({ ...pair(), body: 'a' });
  });

  test('blocks a contact, who is not heard until it is unblocked', async () => {
    const blocked = '15550100009';
    const from = { from: { waId: blocked } };
    const body = { messagingProduct: 'whatsapp', blockUsers: [{ user: `+${blocked}` }] };
    const call = (method: string) =>
      client.request(method, `${phoneNumberId}/block_users`, {
        ...(method === 'GET' ? {} : { body }),
        responseType: 'json',
      });
    expect(await failure(call('POST'))).toMatchObject({ code: 139100 });
    await control.write({ type: 'text', text: 'a' }, from);
    const entry = { input: `+${blocked}`, waId: blocked };
    expect(await call('POST')).toEqual({ messagingProduct: 'whatsapp', blockUsers: { addedUsers: [entry] } });
    expect(await call('GET')).toMatchObject({ data: [{ waId: blocked }] });
    expect(await failure(client.messages.sendText({ phoneNumberId, to: blocked, body: 'a' }))).toMatchObject({
      code: 130403,
    });
    expect(await call('DELETE')).toMatchObject({ blockUsers: { removedUsers: [entry] } });
    expect(await control.write({ type: 'text', text: 'a' }, from)).toMatchObject({ status: 200 });
  });
});

test('flows and calls are refused as Meta refuses what it does not know', async () => {
  expect(await failure(client.flows.list({ wabaId: businessAccountId }))).toMatchObject({
    code: 100,
    message: expect.stringContaining('(flows)'),
  });
  const session = { sdpType: 'offer', sdp: 'v=0' };
  expect(await failure(client.calls.connect({ ...pair(), session }))).toMatchObject({ errorSubcode: 33 });
});

describe('normalizeWebhook() after verifySignature()', () => {
  const HEARD: [string, Parameters<Control['write']>[0], object][] = [
    ['text with accents', { type: 'text', text: ACCENTS }, { type: 'text', text: { body: ACCENTS } }],
    [
      'the tap of a button',
      { type: 'button_reply', id: 'sim', title: 'Sim ✅' },
      { interactive: { type: 'button_reply', buttonReply: { id: 'sim', title: 'Sim ✅' } } },
    ],
    [
      'the row of a list',
      { type: 'list_reply', id: 'a', title: 'Ação', description: 'é' },
      { interactive: { type: 'list_reply', listReply: { id: 'a', title: 'Ação', description: 'é' } } },
    ],
    [
      'a quick reply',
      { type: 'quick_reply', payload: 'STOP', text: 'Parar' },
      { type: 'button', button: { payload: 'STOP', text: 'Parar' } },
    ],
    [
      'a voice note',
      { type: 'audio', voice: true },
      {
        type: 'audio',
        audio: { voice: true, id: expect.stringMatching(/^\d+$/), sha256: expect.any(String) },
      },
    ],
    [
      'a document',
      { type: 'document', filename: 'préço.pdf', caption: 'é' },
      { type: 'document', document: { filename: 'préço.pdf', caption: 'é', mimeType: 'application/pdf' } },
    ],
    [
      'a location',
      { type: 'location', latitude: -33.45, longitude: -70.66, name: 'Café' },
      { location: { latitude: -33.45, longitude: -70.66, name: 'Café' } },
    ],
    [
      'contacts',
      { type: 'contacts', contacts: [{ name: { formatted_name: 'Ana', first_name: 'Ana' } }] },
      { contacts: [{ name: { formattedName: 'Ana', firstName: 'Ana' } }] },
    ],
    [
      'an order',
      {
        type: 'order',
        catalogId: '1',
        text: 'Obrigado',
        items: [{ retailerId: 'sku1', quantity: 2, price: 3.5, currency: 'USD' }],
      },
      {
        order: {
          catalogId: '1',
          orderText: 'Obrigado',
          productItems: [{ productRetailerId: 'sku1', quantity: 2, itemPrice: 3.5 }],
        },
      },
    ],
    [
      'the end of a flow',
      { type: 'nfm_reply', response: { flow_token: 't1', city: 'São Paulo' } },
      { kapso: { flowResponse: { flowToken: 't1', city: 'São Paulo' }, flowToken: 't1', flowName: 'flow' } },
    ],
    ['what it cannot show', { type: 'unsupported' }, { type: 'unsupported', errors: [{ code: 131051 }] }],
  ];

  test.each(HEARD)('reads %s', async (_label, message, expected) => {
    const { wamid, status } = await control.write(message);
    expect(status).toBe(200);
    const heard = await messageOf(wamid);
    expect(heard).toMatchObject({ id: wamid, from: CONTACT, kapso: { direction: 'inbound' } });
    expect(heard).toMatchObject(expected);
    const webhook = await until((found) => (found.messages.includes(heard) ? found : undefined), 'it');
    expect(webhook).toMatchObject({
      object: 'whatsapp_business_account',
      phoneNumberId,
      contacts: [{ waId: CONTACT, profile: { name: 'Zoë' } }],
    });
  });

  test('reads of a contact that hides its number', async () => {
    const userId = 'US.134912086553';
    const from = { userId, username: 'zoe.b', hidesNumber: true };
    const { wamid } = await control.write({ type: 'text', text: 'a' }, { from });
    const heard = await messageOf(wamid);
    expect(heard).toMatchObject({ fromUserId: userId, kapso: { direction: 'inbound' } });
    expect(heard.from).toBeUndefined();
    const webhook = await until((found) => (found.messages.includes(heard) ? found : undefined), 'it');
    expect(webhook.contacts).toMatchObject([{ userId, profile: { username: 'zoe.b' } }]);
  });

  test('reads a reaction and its end', async () => {
    const { messages } = await client.messages.sendText({ ...pair(), body: 'a' });
    const target = messages[0]?.id ?? '';
    const reaction = await control.write({ type: 'reaction', wamid: target, emoji: '👍' });
    expect((await messageOf(reaction.wamid)).reaction).toEqual({ messageId: target, emoji: '👍' });
    const { wamid } = await control.write({ type: 'reaction', wamid: target });
    expect(wamid).toBe(reaction.wamid);
  });

  test('reads the receipts of a message, with what its sender wrote on it', async () => {
    const { messages } = await client.messages.sendText({
      ...pair(),
      body: 'a',
      bizOpaqueCallbackData: 'job-7',
    });
    for (const status of ['sent', 'delivered', 'read']) {
      const found = await until(
        ({ statuses }) => statuses.find((one) => one.id === messages[0]?.id && one.status === status),
        status,
      );
      expect(found).toMatchObject({ recipientId: CONTACT, bizOpaqueCallbackData: 'job-7' });
    }
  });

  test('reads why a message failed', async () => {
    const fault = { kind: 'failed_status', code: 131049, title: 'Not delivered' };
    await control.post('faults', { match: { to: CONTACT }, times: 1, fault });
    const { messages } = await client.messages.sendText({ ...pair(), body: 'a' });
    const failed = await until(
      ({ statuses }) => statuses.find(({ id, status }) => id === messages[0]?.id && status === 'failed'),
      'the failure',
    );
    expect(failed.errors).toMatchObject([{ code: 131049, title: 'Not delivered' }]);
  });

  test('reads all of a webhook with several messages', async () => {
    const count = received.length;
    const write = (text: string, waId: string) => ({
      number: phoneNumberId,
      from: { waId },
      message: { type: 'text', text },
    });
    await control.post('inbound/batch', {
      messages: [write('é1', '15550100005'), write('é2', '15550100006')],
    });
    const batch = await waitFor(
      () => received.slice(count).find(({ messages }) => messages.length > 1),
      'it',
    );
    expect(batch.messages.map(({ text }) => text?.body)).toEqual(['é1', 'é2']);
  });

  test('takes nothing that is signed with another secret', async () => {
    await control.post('secret', { number: phoneNumberId, appSecret: 'another' });
    const { status } = await control.write({ type: 'text', text: 'a' });
    expect([status, refused]).toEqual([401, 1]);
    await control.post('secret', { number: phoneNumberId, appSecret: secret });
  });
});
