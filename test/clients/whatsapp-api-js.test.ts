import { type Emulator, startEmulator } from '@alur/emulator';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type OnMessageArgs, type OnStatusArgs } from 'whatsapp-api-js/emitters';
import {
  ActionButtons,
  ActionCTA,
  ActionCatalog,
  ActionContactRequest,
  ActionDataExchangeFlow,
  ActionList,
  ActionLocation,
  ActionNavigateFlow,
  ActionProduct,
  ActionProductList,
  Address,
  Audio,
  Birthday,
  Body,
  BodyComponent,
  BodyParameter,
  Button,
  CarouselCard,
  CarouselComponent,
  CatalogComponent,
  CatalogProduct,
  Contacts,
  CopyComponent,
  Currency,
  DateTime,
  Document,
  Email,
  FlowComponent,
  Footer,
  Header,
  HeaderComponent,
  HeaderParameter,
  Image,
  Interactive,
  LTOComponent,
  ListSection,
  Location,
  MPMComponent,
  Name,
  Organization,
  PayloadComponent,
  Phone,
  Product,
  ProductSection,
  Reaction,
  Row,
  Sticker,
  Template,
  Text,
  URLComponent,
  Url,
  Video,
} from 'whatsapp-api-js/messages';
import { WhatsAppAPI } from 'whatsapp-api-js/middleware/node-http';
import { type ClientMessage } from 'whatsapp-api-js/types';
import { waitFor } from '../support/wait.ts';
import { type Control, controlOf } from './control.ts';
import { type Listening, listen } from './listen.ts';

// whatsapp-api-js 6.3.0 calls graph.facebook.com and nothing else, but takes a `fetch`: there the origin is exchanged,
// and all else stays as it comes. Webhooks go through its own server middleware. It warns below Node 22 and runs on 20.

const NUMBER = {
  id: '106540352242922',
  displayNumber: '+1 555-078-3881',
  wabaId: '102290129340398',
  accessToken: 'EAAtest',
  appSecret: 'test_app_secret',
};
const META = 'https://graph.facebook.com';
const CONTACT = '15550100001';
const WEBP = Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64');
const ACCENTS = 'Olá 😀 ação — 1/2 @loja <b> "ü"';
const link = 'https://example.com/file';

let emulator: Emulator;
let receiver: Listening;
let control: Control;
let api: WhatsAppAPI;
let hello = '';
const messages: OnMessageArgs[] = [];
const statuses: OnStatusArgs[] = [];

function apiWith(token: string): WhatsAppAPI {
  const exchanged: typeof fetch = (input, init) =>
    fetch(input instanceof Request ? input : String(input).replace(META, emulator.url), init);
  return new WhatsAppAPI({
    token,
    appSecret: NUMBER.appSecret,
    webhookVerifyToken: 'word',
    v: 'v25.0',
    ponyfill: { fetch: exchanged },
  });
}

beforeAll(async () => {
  receiver = await listen((request, response) => {
    if (request.method === 'GET') {
      try {
        response.end(api.handle_get(request));
      } catch (status) {
        response.writeHead(Number(status)).end();
      }
      return;
    }
    void api.handle_post(request).then((status) => response.writeHead(status).end());
  });
  emulator = await startEmulator({
    numbers: [NUMBER],
    seed: 'clients',
    media: 'uploaded',
    statusDelayMs: { sent: 5, delivered: 10, read: 15 },
    // The library reads the first of a webhook's messages or receipts and drops the others.
    statusBatch: { max: 1 },
  });
  api = apiWith(NUMBER.accessToken);
  api.on.message = (message) => void messages.push(message);
  api.on.status = (status) => void statuses.push(status);
  control = controlOf(emulator.url, NUMBER.id, CONTACT);
  await control.post('webhook', webhookOrder('word'));
  hello = (await control.write({ type: 'text', text: 'Hi' })).wamid;
});
afterAll(async () => {
  await emulator.close();
  await receiver.close();
});

const webhookOrder = (verifyToken: string) => ({
  number: NUMBER.id,
  scope: 'app',
  url: `${receiver.url}/hook`,
  verifyToken,
});

/** Sends a message and gives what the emulator took, and the id. */
async function send(message: ClientMessage, context?: string, opaque?: string) {
  const answer = await api.sendMessage(NUMBER.id, CONTACT, message, context, opaque);
  if (answer.error) throw new Error(answer.error.message);
  expect(answer.contacts).toEqual([{ input: CONTACT, wa_id: CONTACT }]);
  const wamid = answer.messages[0].id;
  return { wamid, body: emulator.ledger().find((entry) => entry.wamid === wamid)?.body };
}

async function upload(mimeType: string): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(WEBP)], { type: mimeType }), 'file');
  const answer = await api.uploadMedia(NUMBER.id, form);
  if (answer.error) throw new Error(answer.error.message);
  return answer.id;
}

/** Any other call, with the library's token. */
async function graph(method: string, path: string, body?: object): Promise<unknown> {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await api.$$apiFetch$$(`${META}/v25.0/${path}`, { method, ...(body && json) });
  return response.json();
}

const body = new Body('Choose');
const product = new CatalogProduct('sku1', '1');

const SENT: [string, () => ClientMessage | Promise<ClientMessage>, object][] = [
  [
    'text with accents',
    () => new Text(ACCENTS, true),
    { type: 'text', text: { body: ACCENTS, preview_url: true } },
  ],
  [
    'image by link',
    () => new Image(link, false, 'Ação'),
    { type: 'image', image: { link, caption: 'Ação' } },
  ],
  ['image by id', async () => new Image(await upload('image/png'), true), { type: 'image' }],
  ['voice by id', async () => new Audio(await upload('audio/ogg'), true, true), { audio: { voice: true } }],
  ['video by link', () => new Video(link, false, 'v'), { type: 'video', video: { link, caption: 'v' } }],
  [
    'document by link',
    () => new Document(link, false, 'd', 'a.pdf'),
    { document: { link, caption: 'd', filename: 'a.pdf' } },
  ],
  ['sticker by id', async () => new Sticker(await upload('image/webp'), true), { type: 'sticker' }],
  [
    'location',
    () => new Location(-70.66, -33.45, 'Café', 'CL'),
    { location: { longitude: -70.66, latitude: -33.45, name: 'Café', address: 'CL' } },
  ],
  [
    'contacts, written as JSON within a string',
    () =>
      new Contacts([
        new Name('Ana B', 'Ana'),
        new Phone('+15550100002', 'WORK', '15550100002'),
        new Email('a@example.com', 'HOME'),
        new Address('Peru', 'pe', undefined, 'Lima'),
        new Organization('Acme'),
        new Url('https://example.com'),
        new Birthday('2000', '01', '31'),
      ]),
    {
      contacts: [
        {
          name: { formatted_name: 'Ana B', first_name: 'Ana' },
          phones: [{ phone: '+15550100002', wa_id: '15550100002' }],
          birthday: '2000-01-31',
        },
      ],
    },
  ],
  ['reaction', () => new Reaction(hello, '😀'), { type: 'reaction', reaction: { emoji: '😀' } }],
  ['the end of a reaction', () => new Reaction(hello), { type: 'reaction', reaction: { emoji: '' } }],
  [
    'buttons under a picture',
    () =>
      new Interactive(
        new ActionButtons(new Button('yes', 'Sim ✅'), new Button('no', 'Não')),
        body,
        new Header(new Image(link)),
        new Footer('Foot'),
      ),
    {
      interactive: {
        type: 'button',
        header: { type: 'image', image: { link } },
        footer: { text: 'Foot' },
        action: { buttons: [{ type: 'reply', reply: { id: 'yes', title: 'Sim ✅' } }, {}] },
      },
    },
  ],
  [
    'list',
    () =>
      new Interactive(
        new ActionList(
          'Open',
          new ListSection('A', new Row('a', 'First', 'One')),
          new ListSection('B', new Row('b', 'Second')),
        ),
        body,
        new Header('Head'),
      ),
    { interactive: { type: 'list', action: { sections: [{ rows: [{ id: 'a' }] }, { title: 'B' }] } } },
  ],
  [
    'link button',
    () => new Interactive(new ActionCTA('Open', link), body, new Header('Head')),
    { interactive: { type: 'cta_url', action: { parameters: { display_text: 'Open', url: link } } } },
  ],
  [
    'flow at a screen',
    () => new Interactive(new ActionNavigateFlow('t1', '123', 'Start', 'FIRST', { colour: 'red' }), body),
    {
      interactive: {
        type: 'flow',
        action: { parameters: { flow_id: '123', flow_action_payload: { screen: 'FIRST' } } },
      },
    },
  ],
  [
    'flow with a data exchange',
    () => new Interactive(new ActionDataExchangeFlow('t1', '123', 'Start', 'draft'), body),
    { interactive: { action: { parameters: { flow_action: 'data_exchange', mode: 'draft' } } } },
  ],
  [
    'product',
    () => new Interactive(new ActionProduct(product)),
    { interactive: { type: 'product', action: { catalog_id: '1', product_retailer_id: 'sku1' } } },
  ],
  [
    'products',
    () =>
      new Interactive(
        new ActionProductList('1', new ProductSection('A', new Product('sku1'), new Product('sku2'))),
        body,
        new Header('Head'),
      ),
    {
      interactive: {
        type: 'product_list',
        action: { sections: [{ product_items: [{ product_retailer_id: 'sku1' }, {}] }] },
      },
    },
  ],
  ['catalog', () => new Interactive(new ActionCatalog(), body), { interactive: { type: 'catalog_message' } }],
  [
    'catalog with a picture',
    () => new Interactive(new ActionCatalog(new Product('sku1')), body),
    { interactive: { action: { parameters: { thumbnail_product_retailer_id: 'sku1' } } } },
  ],
  [
    'location request',
    () => new Interactive(new ActionLocation(), body),
    { interactive: { type: 'location_request_message', action: { name: 'send_location' } } },
  ],
  [
    'contact request',
    () => new Interactive(new ActionContactRequest(), body),
    { interactive: { type: 'request_contact_info' } },
  ],
  [
    'template with every sort of text',
    () =>
      new Template(
        'any_text',
        'en_US',
        new HeaderComponent(new HeaderParameter(new Document(link, false, undefined, 'a.pdf'))),
        new BodyComponent(
          new BodyParameter('Zoë'),
          new BodyParameter(new Currency(1_500, 'USD', '$1.50')),
          new BodyParameter(new DateTime('Monday')),
        ),
        new URLComponent('track'),
        new PayloadComponent('STOP'),
      ),
    {
      template: {
        name: 'any_text',
        language: { code: 'en_US', policy: 'deterministic' },
        components: [
          { type: 'header', parameters: [{ type: 'document' }] },
          {
            type: 'body',
            parameters: [{ text: 'Zoë' }, { currency: { code: 'USD' } }, { type: 'date_time' }],
          },
          { type: 'button', sub_type: 'url', index: 0 },
          { type: 'button', sub_type: 'quick_reply', index: 1, parameters: [{ payload: 'STOP' }] },
        ],
      },
    },
  ],
  [
    'template with a place',
    () =>
      new Template(
        'any_place',
        'en_US',
        new HeaderComponent(new HeaderParameter(new Location(-70.66, -33.45, 'Café', 'CL'))),
      ),
    { template: { components: [{ parameters: [{ type: 'location', location: { latitude: -33.45 } }] }] } },
  ],
  [
    'template with an offer',
    () =>
      new Template('any_offer', 'en_US', new LTOComponent(1_900_000_000_000), new CopyComponent('SALE25')),
    {
      template: {
        components: [
          { type: 'limited_time_offer' },
          { sub_type: 'copy_code', parameters: [{ type: 'coupon_code', coupon_code: 'SALE25' }] },
        ],
      },
    },
  ],
  [
    'template with products',
    () =>
      new Template(
        'any_products',
        'en_US',
        new MPMComponent(product, new ProductSection('A', new Product('sku1'))),
      ),
    {
      template: {
        components: [{ sub_type: 'mpm', parameters: [{ action: { sections: [{ title: 'A' }] } }] }],
      },
    },
  ],
  [
    'template with a catalog',
    () => new Template('any_catalog', 'en_US', new CatalogComponent(product)),
    { template: { components: [{ sub_type: 'catalog' }] } },
  ],
  [
    'template with a flow',
    () => new Template('any_flow', 'en_US', new FlowComponent('t1', { colour: 'red' })),
    { template: { components: [{ sub_type: 'flow', parameters: [{ action: { flow_token: 't1' } }] }] } },
  ],
  [
    'template with cards',
    () => {
      const card = () => new CarouselCard(new Image(link), new PayloadComponent('take'));
      return new Template('any_cards', 'en_US', new CarouselComponent(card(), card()));
    },
    { template: { components: [{ type: 'carousel', cards: [{ card_index: 0 }, { card_index: 1 }] }] } },
  ],
];

describe('WhatsAppAPI.sendMessage()', () => {
  test.each(SENT)('sends %s', async (_label, make, expected) => {
    const { body: sent } = await send(await make());
    expect(sent).toMatchObject({ messaging_product: 'whatsapp', recipient_type: 'individual', ...expected });
  });

  test('sends an answer with a word for its sender', async () => {
    const { body: sent } = await send(new Text('a'), hello, 'job-1');
    expect(sent).toMatchObject({ context: { message_id: hello }, biz_opaque_callback_data: 'job-1' });
  });

  test('sends to a business-scoped user id', async () => {
    const bsuid = 'US.13491208655302741918';
    expect(await api.sendMessage(NUMBER.id, { bsuid }, new Text('a'))).toMatchObject({
      contacts: [{ input: bsuid, user_id: bsuid }],
    });
    expect(emulator.ledger().at(-1)).toMatchObject({ to: bsuid, body: { recipient: bsuid } });
  });

  test('sends to many', async () => {
    const answers = await Promise.all(
      api.broadcastMessage(NUMBER.id, ['15550100011', '15550100012'], new Text('a'), 2, 0),
    );
    expect(answers).toMatchObject([{ messages: [{}] }, { messages: [{}] }]);
    expect(
      emulator
        .ledger()
        .slice(-2)
        .map(({ to }) => to)
        .toSorted(),
    ).toEqual(['15550100011', '15550100012']);
  });

  test('marks as read and shows that it types', async () => {
    expect(await api.markAsRead(NUMBER.id, hello, 'text')).toEqual({ success: true });
    expect(await control.get('stats')).toMatchObject({ readReceipts: 1 });
    expect(await api.markAsRead(NUMBER.id, 'wamid.none')).toMatchObject({
      error: { type: 'OAuthException' },
    });
  });
});

// The library throws nothing at a refusal: it gives Meta's envelope.
describe('a refusal', () => {
  test.each<[string, () => Promise<object>, object]>([
    [
      'of a wrong token',
      () => apiWith('nope').sendMessage(NUMBER.id, CONTACT, new Text('a')),
      { code: 190, message: 'Invalid OAuth access token - Cannot parse access token' },
    ],
    [
      'of a number of somebody else',
      () => api.sendMessage('404', CONTACT, new Text('a')),
      { code: 100, error_subcode: 33, type: 'GraphMethodException' },
    ],
    [
      'of a text too long, which the library looks for only where it is made',
      () => api.sendMessage(NUMBER.id, CONTACT, Object.assign(new Text('a'), { body: 'x'.repeat(4_097) })),
      { code: 100, message: "(#100) Param text['body'] must be at most 4096 characters long." },
    ],
    [
      'of a malformed phone',
      () => api.sendMessage(NUMBER.id, '12', new Text('a')),
      { code: 131009, error_data: { messaging_product: 'whatsapp', details: expect.any(String) } },
    ],
    [
      'of a file that nobody uploaded',
      () => api.sendMessage(NUMBER.id, CONTACT, new Image('404', true)),
      { code: 100, message: expect.stringContaining("Param image['id'] is not a valid whatsapp business") },
    ],
    [
      'of twelve rows in two sections, which the library lets pass',
      () => {
        const rows = (name: string) => [1, 2, 3, 4, 5].map((at) => new Row(`${name}${at}`, 'Row'));
        const section = (name: string) => new ListSection(name, new Row(`${name}0`, 'Row'), ...rows(name));
        const action = new ActionList('Open', section('A'), section('B'));
        return api.sendMessage(NUMBER.id, CONTACT, new Interactive(action, body));
      },
      { code: 131009, error_data: { details: 'Total row count exceed max allowed count: 10' } },
    ],
    [
      'of the throughput',
      async () => {
        const fault = { kind: 'error', http: 429, code: 130429, title: 'Rate limit hit' };
        await control.post('faults', { match: { to: CONTACT }, times: 1, fault });
        return api.sendMessage(NUMBER.id, CONTACT, new Text('a'));
      },
      { code: 130429, message: '(#130429) Rate limit hit' },
    ],
  ])('%s', async (_label, call, expected) => {
    expect(await call()).toMatchObject({
      error: { type: 'OAuthException', fbtrace_id: expect.stringMatching(/^A[\w-]{22}$/), ...expected },
    });
  });
});

describe('templates', () => {
  const list = async (status: string) => graph('GET', `${NUMBER.wabaId}/message_templates?status=${status}`);
  const components = [
    { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::a'] } },
    {
      type: 'BODY',
      text: 'Olá {{cliente}}, o pedido {{numero}} saiu.',
      example: {
        body_text_named_params: [
          { param_name: 'cliente', example: 'Ana' },
          { param_name: 'numero', example: '42' },
        ],
      },
    },
  ];
  const pedido = (...names: [string, string][]) =>
    new Template(
      'pedido',
      'pt_BR',
      new HeaderComponent(new HeaderParameter(new Image(link), 'foto')),
      new BodyComponent(
        new BodyParameter('João', 'cliente'),
        ...names.map(([name, text]) => new BodyParameter(text, name)),
      ),
    );

  test('one with names is sent once it is approved, and refused with a parameter too few', async () => {
    await control.post('clock', { stopped: true });
    const made = await graph('POST', `${NUMBER.wabaId}/message_templates`, {
      name: 'pedido',
      language: 'pt_BR',
      category: 'UTILITY',
      parameter_format: 'NAMED',
      components,
    });
    expect(made).toMatchObject({ status: 'PENDING', category: 'UTILITY' });
    expect(await list('PENDING')).toMatchObject({ data: [{ name: 'pedido', parameter_format: 'NAMED' }] });
    const refused = await api.sendMessage(NUMBER.id, CONTACT, pedido(['numero', '42']));
    expect(refused.error?.code).toBe(132001);
    const decision = { number: NUMBER.id, name: 'pedido', language: 'pt_BR', status: 'APPROVED' };
    await control.post('template-review', decision);
    await control.post('clock', { stopped: false });
    expect(await list('APPROVED')).toMatchObject({ data: [{ name: 'pedido' }] });

    const { body: sent } = await send(pedido(['numero', '42']));
    expect(sent).toMatchObject({
      template: { components: [{}, { parameters: [{}, { parameter_name: 'numero' }] }] },
    });
    const few = await api.sendMessage(NUMBER.id, CONTACT, pedido());
    expect(few.error).toMatchObject({
      code: 132000,
      error_data: {
        details: expect.stringContaining('(1) does not match the expected number of params (2)'),
      },
    });
    const other = await api.sendMessage(NUMBER.id, CONTACT, new Template('pedido', 'en_US'));
    expect(other.error).toMatchObject({
      code: 132001,
      error_data: { details: expect.stringContaining('en_US') },
    });
    expect(await graph('DELETE', `${NUMBER.wabaId}/message_templates?name=pedido`)).toEqual({
      success: true,
    });
  });

  test('a code is sent twice in one', async () => {
    await graph('POST', `${NUMBER.wabaId}/message_templates`, {
      name: 'code',
      language: 'en_US',
      category: 'AUTHENTICATION',
      components: [
        { type: 'BODY', add_security_recommendation: true },
        { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy' }] },
      ],
    });
    await control.post('template-review', {
      number: NUMBER.id,
      name: 'code',
      language: 'en_US',
      status: 'APPROVED',
    });
    const { body: sent } = await send(Template.OTP('code', 'en_US', '123456'));
    expect(sent).toMatchObject({
      template: { components: [{ type: 'body' }, { sub_type: 'url', index: 0 }] },
    });
    const bare = new Template('code', 'en_US', new BodyComponent(new BodyParameter('123456')));
    const refused = await api.sendMessage(NUMBER.id, CONTACT, bare);
    expect(refused.error).toMatchObject({ code: 131008 });
  });
});

describe('media', () => {
  test('is uploaded, described, fetched and deleted', async () => {
    const id = await upload('image/webp');
    const found = await api.retrieveMedia(id, NUMBER.id);
    expect(found).toMatchObject({ messaging_product: 'whatsapp', id, mime_type: 'image/webp' });
    if (found.error) throw new Error(found.error.message);
    const file = await api.fetchMedia(found.url);
    expect(file.headers.get('content-type')).toBe('image/webp');
    expect(Buffer.from(await file.arrayBuffer()).equals(WEBP)).toBe(true);
    expect((await apiWith('nope').fetchMedia(found.url)).status).toBe(401);
    expect(await api.deleteMedia(id, NUMBER.id)).toEqual({ success: true });
    expect(await api.retrieveMedia(id)).toMatchObject({ error: { code: 100, error_subcode: 33 } });
    expect((await api.fetchMedia(found.url)).status).toBe(404);
  });

  test('that is none of Meta’s types is refused', async () => {
    const form = new FormData();
    form.set('file', new Blob(['a'], { type: 'text/html' }), 'a.html');
    expect(await api.uploadMedia(NUMBER.id, form, false)).toMatchObject({
      error: { code: 100, message: expect.stringContaining("Received file of type 'text/html'") },
    });
  });
});

describe('the number', () => {
  test('tells of itself and keeps its profile', async () => {
    expect(await graph('GET', `${NUMBER.id}?fields=display_phone_number,quality_rating`)).toEqual({
      id: NUMBER.id,
      display_phone_number: NUMBER.displayNumber,
      quality_rating: 'GREEN',
    });
    const profile = { messaging_product: 'whatsapp', about: 'Aberto às 8h', vertical: 'RETAIL' };
    expect(await graph('POST', `${NUMBER.id}/whatsapp_business_profile`, profile)).toEqual({ success: true });
    expect(await graph('GET', `${NUMBER.id}/whatsapp_business_profile?fields=about,vertical`)).toMatchObject({
      data: [{ about: 'Aberto às 8h', vertical: 'RETAIL' }],
    });
  });

  test('blocks and unblocks who wrote within a day', async () => {
    const blocked = '15550100009';
    expect(await api.blockUser(NUMBER.id, blocked)).toMatchObject({
      block_users: { added_users: [], failed_users: [{ input: blocked, errors: [{ code: 131047 }] }] },
      error: { code: 139100 },
    });
    await control.write({ type: 'text', text: 'a' }, { from: { waId: blocked } });
    const users = [{ input: blocked, wa_id: blocked }];
    expect(await api.blockUser(NUMBER.id, blocked)).toMatchObject({ block_users: { added_users: users } });
    expect(await api.sendMessage(NUMBER.id, blocked, new Text('a'))).toMatchObject({
      error: { code: 130403 },
    });
    expect(await api.unblockUser(NUMBER.id, blocked)).toMatchObject({
      block_users: { removed_users: users },
    });
  });
});

test('calls and QR codes are refused as Meta refuses what it does not know', async () => {
  const codes = await api.retrieveQR(NUMBER.id);
  expect(codes.error).toMatchObject({ code: 100, message: expect.stringContaining('(message_qrdls)') });
  expect(await api.initiateCall(NUMBER.id, CONTACT, 'v=0')).toMatchObject({
    error: { code: 100, error_subcode: 33 },
  });
});

describe('WhatsAppAPI.handle_get()', () => {
  test('answers the challenge of whom it knows, and of nobody else', async () => {
    await control.post('webhook', { ...webhookOrder('word'), verifyOnly: true });
    await expect(control.post('webhook', { ...webhookOrder('other'), verifyOnly: true })).rejects.toThrow(
      '400',
    );
  });
});

describe('WhatsAppAPI.handle_post()', () => {
  const heard = async (wamid: string) =>
    waitFor(() => messages.find(({ message }) => message.id === wamid), 'the message');

  test.each<[string, Parameters<Control['write']>[0], object]>([
    ['text with accents', { type: 'text', text: ACCENTS }, { type: 'text', text: { body: ACCENTS } }],
    [
      'the tap of a button',
      { type: 'button_reply', id: 'sim', title: 'Sim ✅' },
      { interactive: { type: 'button_reply', button_reply: { id: 'sim', title: 'Sim ✅' } } },
    ],
    [
      'the row of a list',
      { type: 'list_reply', id: 'a', title: 'Ação', description: 'é' },
      { interactive: { list_reply: { id: 'a', title: 'Ação', description: 'é' } } },
    ],
    [
      'a quick reply',
      { type: 'quick_reply', payload: 'STOP', text: 'Parar' },
      { type: 'button', button: { payload: 'STOP', text: 'Parar' } },
    ],
    [
      'the end of a flow',
      { type: 'nfm_reply', response: { city: 'São Paulo' } },
      { interactive: { nfm_reply: { response_json: '{"city":"São Paulo"}' } } },
    ],
    [
      'a location',
      { type: 'location', latitude: -33.45, longitude: -70.66 },
      { location: { latitude: -33.45 } },
    ],
    [
      'a sticker',
      { type: 'sticker', animated: true },
      { sticker: { animated: true, mime_type: 'image/webp' } },
    ],
    ['what it cannot show', { type: 'unsupported' }, { type: 'unsupported', errors: [{ code: 131051 }] }],
  ])('reads %s', async (_label, message, expected) => {
    const { wamid, status } = await control.write(message);
    expect(status).toBe(200);
    const { phoneID, from, name, message: read } = await heard(wamid);
    expect([phoneID, from, name]).toEqual([NUMBER.id, CONTACT, 'Zoë']);
    expect(read).toMatchObject({ id: wamid, from: CONTACT, ...expected });
  });

  test('fetches what a contact sent, and answers it', async () => {
    const data = WEBP.toString('base64');
    const { wamid } = await control.write({ type: 'image', data, mimeType: 'image/jpeg', caption: 'é' });
    const { message, reply, received } = await heard(wamid);
    if (message.type !== 'image') throw new Error(`Expected an image, got ${message.type}`);
    const found = await api.retrieveMedia(message.image.id);
    if (found.error) throw new Error(found.error.message);
    expect(Buffer.from(await (await api.fetchMedia(found.url)).arrayBuffer()).equals(WEBP)).toBe(true);
    await reply(new Text('Obrigado'), true);
    expect(emulator.ledger().at(-1)?.body).toMatchObject({ to: CONTACT, context: { message_id: wamid } });
    expect(await received()).toEqual({ success: true });
  });

  test('reads of a contact that hides its number, answers it and blocks it', async () => {
    const userId = 'US.134912086553';
    const { wamid } = await control.write(
      { type: 'text', text: 'a' },
      { from: { userId, hidesNumber: true } },
    );
    const { from, recipient, reply, block } = await heard(wamid);
    expect([from, recipient]).toEqual([userId, { bsuid: userId }]);
    await reply(new Text('Obrigado'));
    expect(emulator.ledger().at(-1)).toMatchObject({ to: userId, body: { recipient: userId } });
    expect(await block()).toMatchObject({
      block_users: { added_users: [{ input: userId, user_id: userId }] },
    });
  });

  test('reads the receipts of a message, with what its sender wrote on it', async () => {
    const { wamid } = await send(new Text('a'), undefined, 'job-7');
    for (const status of ['sent', 'delivered', 'read']) {
      const found = await waitFor(
        () => statuses.find((one) => one.id === wamid && one.status === status),
        status,
      );
      expect(found).toMatchObject({ phone: CONTACT, phoneID: NUMBER.id, biz_opaque_callback_data: 'job-7' });
    }
  });

  test('reads why a message failed', async () => {
    const fault = { kind: 'failed_status', code: 131049, title: 'Not delivered' };
    await control.post('faults', { match: { to: CONTACT }, times: 1, fault });
    const { wamid } = await send(new Text('a'));
    const failed = await waitFor(() => statuses.find(({ id }) => id === wamid), 'the failure');
    expect(failed).toMatchObject({ status: 'failed', error: { code: 131049, title: 'Not delivered' } });
  });

  test('takes nothing that is signed with another secret', async () => {
    await control.post('secret', { number: NUMBER.id, appSecret: 'another' });
    const { wamid, status } = await control.write({ type: 'text', text: 'a' });
    expect([status, messages.some(({ message }) => message.id === wamid)]).toEqual([401, false]);
    await control.post('secret', { number: NUMBER.id, appSecret: NUMBER.appSecret });
  });

  // Meta may put up to 1,000 updates into one webhook.
  test('reads the first of several messages alone', async () => {
    const write = (text: string) => ({
      number: NUMBER.id,
      from: { waId: '15550100005' },
      message: { type: 'text', text },
    });
    const { results } = Object(await control.post('inbound/batch', { messages: [write('1'), write('2')] }));
    expect(results).toMatchObject([{ status: 200 }, { status: 200 }]);
    const read = messages.flatMap(({ message }) => (message.from === '15550100005' ? message.id : []));
    expect(read).toEqual([results[0].wamid]);
  });

  // It looks for the number, which news of an account does not name: Meta would send it again for days.
  test('fails at news of the account', async () => {
    await control.post('account', { number: NUMBER.id, event: 'account_review_approved' });
    const answered = await waitFor(async () => {
      const { deliveries } = Object(await control.get('webhooks'));
      return deliveries.find(({ field }: { field: string }) => field === 'account_review_update');
    }, 'the news');
    expect(answered).toMatchObject({ status: 500 });
  });
});
