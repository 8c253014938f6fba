import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { appIdOf } from './app-id.ts';
import { type GraphClient, graphOf } from '../testing/graph-client.ts';
import { CONTACT, type Lab, NUMBER, startLab } from '../testing/lab.ts';

let lab: Lab;
let graph: GraphClient;
beforeEach(async () => {
  lab = await startLab();
  graph = graphOf(lab);
});
afterEach(() => lab.close());

const HOUR_MS = 3_600_000;
const WHATSAPP = { messaging_product: 'whatsapp' };
const wrote = (waId = CONTACT) =>
  graph.order('inbound', { number: NUMBER.id, from: { waId }, message: { type: 'text', text: 'hi' } });

describe('GET /{phone_number_id}', () => {
  test('tells what it tells when nothing is asked for', async () => {
    const { body } = await graph.get(NUMBER.id);
    expect(body).toEqual({
      verified_name: 'Emulated number',
      code_verification_status: 'VERIFIED',
      display_phone_number: NUMBER.displayNumber,
      quality_rating: 'GREEN',
      platform_type: 'CLOUD_API',
      throughput: { level: 'STANDARD' },
      webhook_configuration: { application: expect.stringContaining('/webhook/whatsapp/acme/support') },
      whatsapp_business_manager_messaging_limit: 'TIER_UNLIMITED',
      id: NUMBER.id,
    });
  });

  test('tells the fields that are asked for, and the id', async () => {
    const fields =
      'display_phone_number,verified_name,quality_rating,code_verification_status,platform_type,status,name_status,' +
      'throughput{level},messaging_limit_tier,whatsapp_business_manager_messaging_limit,health_status,webhook_configuration';
    const { body } = await graph.get(`${NUMBER.id}?fields=${fields}`);
    expect(Object.keys(body)).toEqual([...fields.replace('{level}', '').split(','), 'id']);
    expect(body['health_status']).toEqual({
      can_send_message: 'AVAILABLE',
      entities: [
        { entity_type: 'PHONE_NUMBER', id: NUMBER.id, can_send_message: 'AVAILABLE' },
        { entity_type: 'WABA', id: NUMBER.wabaId, can_send_message: 'AVAILABLE' },
      ],
    });
  });

  test('refuses a field that there is not', async () => {
    const { status, body } = await graph.get(`${NUMBER.id}?fields=colour`);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: 100,
      message: '(#100) Tried accessing nonexisting field (colour) on node type (WhatsAppBusinessPhoneNumber)',
    });
  });
});

describe('GET /{waba_id}', () => {
  test('tells of the account, its numbers and the app', async () => {
    expect((await graph.get(NUMBER.wabaId)).body).toMatchObject({ id: NUMBER.wabaId, timezone_id: '1' });
    const numbers = (await graph.get(`${NUMBER.wabaId}/phone_numbers?fields=status`)).body;
    expect(numbers['data']).toEqual([{ status: 'CONNECTED', id: NUMBER.id }]);
    expect(numbers['paging']).toEqual({ cursors: { before: expect.any(String), after: expect.any(String) } });
    const app = (await graph.get('app')).body;
    expect(app).toMatchObject({ id: expect.stringMatching(/^\d+$/), name: 'Emulated app' });
    expect((await graph.get('me')).body).toMatchObject({ id: expect.stringMatching(/^\d+$/) });
    expect((await graph.get(`${NUMBER.wabaId}/subscribed_apps`)).body).toEqual({
      data: [{ whatsapp_business_api_data: { id: app['id'], name: 'Emulated app', link: app['link'] } }],
    });
  });

  test.each([
    [
      'GET',
      `${NUMBER.wabaId}/flows`,
      100,
      undefined,
      /nonexisting field \(flows\) on node type \(WhatsAppBusinessAccount\)/,
    ],
    ['POST', `${NUMBER.id}/paint`, 100, 33, /^Unsupported post request\. Object with ID '106540352242922'/],
    ['DELETE', NUMBER.id, 100, 33, /^Unsupported delete request/],
    ['GET', '999', 100, 33, /^Unsupported get request\. Object with ID '999' does not exist/],
    ['GET', 'nothing', 2500, undefined, /^Unknown path components: \/v25\.0\/nothing/],
    ['GET', `${NUMBER.id}/a/b`, 2500, undefined, /^Unknown path components/],
  ])('%s /%s is refused as Meta does', async (method, path, code, subcode, message) => {
    const answer = await lab.call(method, `/v25.0/${path}`, undefined, { authorization: 'Bearer EAAtest' });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code, message: expect.stringMatching(message) });
    if (subcode !== undefined) expect(answer.body.error).toMatchObject({ error_subcode: subcode });
  });
});

describe('every call', () => {
  const send = (path: string, headers: Record<string, string>) => lab.call('GET', path, undefined, headers);
  const bearer = { authorization: `Bearer ${NUMBER.accessToken}` };

  test.each([
    ['without a version', `/${NUMBER.id}`, bearer],
    ['with a slash at its end', `/v25.0/${NUMBER.id}/`, bearer],
    ['with an odd header', `/v25.0/${NUMBER.id}`, { AUTHORIZATION: `bearer  ${NUMBER.accessToken} ` }],
    ['with the older word', `/v25.0/${NUMBER.id}`, { authorization: `OAuth ${NUMBER.accessToken}` }],
    ['with the token in the query', `/v25.0/${NUMBER.id}?access_token=${NUMBER.accessToken}`, {}],
  ])('is taken %s', async (_label, path, headers) => {
    const { status, body } = await send(path, headers);
    expect([status, body['id']]).toEqual([200, NUMBER.id]);
  });

  test('answers with the headers of Meta', async () => {
    const { headers } = await send(`/v23.0/${NUMBER.id}`, bearer);
    expect(headers.get('facebook-api-version')).toBe('v23.0');
    expect(headers.get('content-type')).toBe('application/json; charset=UTF-8');
    for (const name of ['x-fb-trace-id', 'x-fb-request-id']) {
      expect(headers.get(name)).toMatch(/^A[\w-]{22}$/);
    }
  });

  test('is refused with a wrong proof of the secret, and taken with the right one', async () => {
    const right = createHmac('sha256', NUMBER.appSecret).update(NUMBER.accessToken).digest('hex');
    expect((await send(`/v25.0/${NUMBER.id}?appsecret_proof=${right}`, bearer)).status).toBe(200);
    const { status, body } = await send(`/v25.0/${NUMBER.id}?appsecret_proof=wrong`, bearer);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: 100,
      type: 'GraphMethodException',
      message: 'Invalid appsecret_proof provided in the API argument',
    });
    const message = { text: { body: 'Hi' }, appsecret_proof: 'wrong' };
    expect((await lab.send(message)).body.error).toMatchObject({ code: 100 });
    expect((await lab.send({ ...message, appsecret_proof: right })).status).toBe(200);
  });

  test('may be a web form', async () => {
    const form = new URLSearchParams({ messaging_product: 'whatsapp', pin: '123456' }).toString();
    const answer = await lab.call('POST', `/v25.0/${NUMBER.id}/register`, form, {
      ...bearer,
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(answer.body).toEqual({ success: true });
  });
});

test('GET /debug_token tells of a token, and of none', async () => {
  const { body } = await graph.get(`debug_token?input_token=${NUMBER.accessToken}`);
  expect(body['data']).toMatchObject({
    is_valid: true,
    expires_at: 0,
    type: 'SYSTEM_USER',
    app_id: expect.any(String),
    scopes: expect.arrayContaining(['whatsapp_business_messaging']),
    granular_scopes: expect.arrayContaining([
      { scope: 'whatsapp_business_management', target_ids: [NUMBER.wabaId] },
    ]),
  });
  const other = await graph.get('debug_token?input_token=nope');
  expect(other.body['data']).toMatchObject({ is_valid: false, scopes: [], error: { code: 190 } });
  expect((await graph.get('debug_token')).body.error).toMatchObject({
    message: '(#100) The parameter input_token is required.',
  });
});

describe('registration', () => {
  const register = (pin: unknown) => graph.post(`${NUMBER.id}/register`, { ...WHATSAPP, pin });
  const deregister = () => graph.post(`${NUMBER.id}/deregister`, WHATSAPP);

  test('a number that is not registered cannot send, until it is again, with its PIN', async () => {
    expect((await register('123456')).body).toEqual({ success: true });
    expect((await deregister()).body).toEqual({ success: true });
    const refused = await lab.send({ text: { body: 'Hi' } });
    expect(refused.status).toBe(400);
    expect(refused.body.error).toMatchObject({ code: 133010, message: '(#133010) Account not registered' });
    expect((await graph.get(`${NUMBER.id}?fields=status,health_status`)).body).toMatchObject({
      status: 'DISCONNECTED',
      health_status: { can_send_message: 'BLOCKED' },
    });
    expect((await register('654321')).body.error).toMatchObject({ code: 133005 });
    expect((await register('123456')).body).toEqual({ success: true });
    expect((await lab.send({ text: { body: 'Hi' } })).status).toBe(200);
  });

  test('POST /{phone_number_id} sets another PIN', async () => {
    await register('123456');
    expect((await graph.post(NUMBER.id, { pin: '000000' })).body).toEqual({ success: true });
    expect((await register('123456')).body.error).toMatchObject({ code: 133005 });
    expect((await register('000000')).status).toBe(200);
  });

  test.each([
    ['no PIN', undefined, '(#100) The parameter pin is required.'],
    ['a short PIN', '123', '(#100) Param pin must be 6 digits.'],
  ])('%s is refused', async (_label, pin, message) => {
    expect((await register(pin)).body.error).toMatchObject({ code: 100, message });
  });

  test('the eleventh request within 72 hours is refused', async () => {
    for (let count = 0; count < 5; count += 1) {
      await deregister();
      await register('123456');
    }
    expect((await register('123456')).body.error).toMatchObject({ code: 133016 });
    await graph.advance(72 * HOUR_MS);
    expect((await register('123456')).status).toBe(200);
  });

  test('a PIN that is guessed wrong too often is refused in other words', async () => {
    await register('123456');
    for (let count = 0; count < 5; count += 1) {
      expect((await register('000000')).body.error).toMatchObject({ code: 133005 });
    }
    expect((await register('000000')).body.error).toMatchObject({ code: 133008 });
    expect((await register('123456')).status).toBe(200);
  });
});

test('settings are kept; a code is asked for and proved', async () => {
  const calling = { status: 'ENABLED' };
  expect((await graph.post(`${NUMBER.id}/settings`, { calling })).body).toEqual({ success: true });
  expect((await graph.get(`${NUMBER.id}/settings`)).body).toEqual({
    calling,
    storage_configuration: { status: 'DEFAULT' },
  });
  const ask = (code_method: string) =>
    graph.post(`${NUMBER.id}/request_code`, { code_method, language: 'en' });
  expect((await ask('SMS')).body).toEqual({ success: true });
  expect((await ask('PIGEON')).body.error).toMatchObject({ code: 100 });
  const prove = (code: string) => graph.post(`${NUMBER.id}/verify_code`, { code });
  expect((await prove('123456')).body).toEqual({ success: true });
  expect((await prove('1')).body.error).toMatchObject({ code: 136025 });
});

describe('whatsapp_business_profile', () => {
  const path = `${NUMBER.id}/whatsapp_business_profile`;
  const x = (length: number) => 'x'.repeat(length);

  test('is what it was last set to', async () => {
    const profile = {
      about: 'We sell',
      websites: ['https://example.com'],
      vertical: 'RETAIL',
      email: 'a@b.co',
    };
    expect((await graph.post(path, { ...WHATSAPP, ...profile })).body).toEqual({ success: true });
    const shown = await graph.get(`${path}?fields=about,websites,vertical,email,messaging_product`);
    expect(shown.body).toEqual({ data: [{ ...profile, ...WHATSAPP }] });
    await graph.post(path, { ...WHATSAPP, about: 'We sell more' });
    expect((await graph.get(path)).body).toMatchObject({
      data: [{ about: 'We sell more', vertical: 'RETAIL' }],
    });
  });

  test.each([
    [{ about: x(140) }, '(#100) Param about must be at most 139 characters long.'],
    [{ about: '' }, '(#100) The parameter about is required.'],
    [{ address: x(257) }, '(#100) Param address must be at most 256 characters long.'],
    [{ description: x(513) }, '(#100) Param description must be at most 512 characters long.'],
    [{ email: x(129) }, '(#100) Param email must be at most 128 characters long.'],
    [{ email: 'nobody' }, '(#100) Param email must be a valid email address.'],
    [{ websites: ['a', 'b', 'c'] }, '(#100) Param websites must have at most 2 elements.'],
    [{ websites: [`https://${x(250)}`] }, '(#100) Param websites[0] must be at most 256 characters long.'],
    [{ websites: ['ftp://a'] }, '(#100) Param websites[0] must be a valid URI.'],
    [
      { vertical: 'SPACE' },
      expect.stringMatching(/^\(#100\) Param vertical must be one of \{OTHER, .+ - got "SPACE"\.$/),
    ],
    [{ messaging_product: '' }, '(#100) The parameter messaging_product is required.'],
  ])('%j is refused', async (change, message) => {
    const { status, body } = await graph.post(path, { ...WHATSAPP, ...change });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 100, message });
  });
});

describe('block_users', () => {
  const path = `${NUMBER.id}/block_users`;
  const users = (...given: string[]) => ({ ...WHATSAPP, block_users: given.map((user) => ({ user })) });

  test('who wrote can be blocked: nothing goes there, nothing comes from there, until the block is lifted', async () => {
    await wrote();
    expect((await graph.post(path, users(`+${CONTACT}`))).body).toEqual({
      ...WHATSAPP,
      block_users: { added_users: [{ input: `+${CONTACT}`, wa_id: CONTACT }] },
    });
    expect((await graph.get(path)).body).toMatchObject({ data: [{ ...WHATSAPP, wa_id: CONTACT }] });
    const refused = await lab.send({ text: { body: 'Hi' } });
    expect([refused.status, refused.body.error]).toMatchObject([400, { code: 130403 }]);
    const before = lab.receiver.received.length;
    expect((await wrote()).body).toMatchObject({ status: 0, error: 'BLOCKED' });
    expect(lab.receiver.received).toHaveLength(before);
    expect((await graph.delete(path, users(CONTACT))).body).toEqual({
      ...WHATSAPP,
      block_users: { removed_users: [{ input: CONTACT, wa_id: CONTACT }] },
    });
    expect((await graph.get(path)).body).toEqual({ data: [] });
    expect((await lab.send({ text: { body: 'Hi' } })).status).toBe(200);
  });

  test('who did not write within 24 hours cannot: 139100 beside those that could', async () => {
    await wrote('16505550001');
    await graph.advance(25 * HOUR_MS);
    await wrote('16505550002');
    const { status, body } = await graph.post(path, users('16505550001', '16505550002', 'x'));
    expect(status).toBe(400);
    expect(body).toMatchObject({
      ...WHATSAPP,
      block_users: {
        added_users: [{ input: '16505550002', wa_id: '16505550002' }],
        failed_users: [
          {
            input: '16505550001',
            wa_id: '16505550001',
            errors: [
              {
                message: 'Re-engagement required',
                code: 131047,
                error_data: { details: 'User has not messaged in the last 24 hours' },
              },
            ],
          },
          { input: 'x', errors: [{ code: 131009 }] },
        ],
      },
      error: { code: 139100, message: '(#139100) Failed to block/unblock users', type: 'OAuthException' },
    });
  });

  test('who hides the number is blocked by user id', async () => {
    const userId = 'US.13491208655302741918';
    const byId = { ...WHATSAPP, block_users: [{ user_id: userId }] };
    const from = { userId, hidesNumber: true };
    const write = () =>
      graph.order('inbound', { number: NUMBER.id, from, message: { type: 'text', text: 'hi' } });
    await write();
    const entry = { input: userId, user_id: userId };
    expect((await graph.post(path, byId)).body).toEqual({
      ...WHATSAPP,
      block_users: { added_users: [entry] },
    });
    expect((await graph.get(path)).body).toMatchObject({ data: [{ ...WHATSAPP, user_id: userId }] });
    const refused = await lab.send({ to: undefined, recipient: userId, text: { body: 'Hi' } });
    expect(refused.body.error).toMatchObject({ code: 130403 });
    expect((await write()).body).toMatchObject({ error: 'BLOCKED' });
    expect((await graph.delete(path, byId)).body).toEqual({
      ...WHATSAPP,
      block_users: { removed_users: [entry] },
    });
    const wrong = await graph.post(path, { ...WHATSAPP, block_users: [{ user_id: 'nobody' }] });
    expect(wrong.body).toMatchObject({
      block_users: { failed_users: [{ input: 'nobody', errors: [{ code: 131009 }] }] },
    });
  });

  test.each([
    [{}, '(#100) The parameter block_users is required.'],
    [{ block_users: [] }, '(#100) Param block_users must be an array.'],
    [
      { block_users: Array(1_001).fill({ user: CONTACT }) },
      '(#100) Param block_users must have at most 1000 elements.',
    ],
    [{ block_users: [{}] }, "(#100) The parameter block_users[0]['user'] is required."],
  ])('request %# is refused', async (body, message) => {
    expect((await graph.post(path, { ...WHATSAPP, ...body })).body.error).toMatchObject({ message });
  });

  test('a wrong cursor is refused with 131059', async () => {
    expect((await graph.get(`${path}?after=nonsense`)).body.error).toMatchObject({ code: 131059 });
  });
});

describe('callback addresses', () => {
  const apps = `${NUMBER.wabaId}/subscribed_apps`;

  test('without a subscription no webhook comes', async () => {
    expect((await graph.delete(apps)).body).toEqual({ success: true });
    expect((await graph.get(apps)).body).toEqual({ data: [] });
    await wrote();
    expect(lab.receiver.received).toHaveLength(0);
    expect((await graph.post(apps)).body).toEqual({ success: true });
    await wrote();
    await lab.receiver.until(() => true);
  });

  test.each([
    ['of a WABA', apps, (uri: string) => ({ override_callback_uri: uri, verify_token: 't' })],
    [
      'of a number',
      NUMBER.id,
      (uri: string) => ({ webhook_configuration: { override_callback_uri: uri, verify_token: 't' } }),
    ],
  ])('the address %s is verified first', async (_label, path, body) => {
    const bad = await graph.post(path, body(`${lab.receiver.url}/other`));
    expect(bad.status).toBe(400);
    expect(bad.body.error).toMatchObject({
      code: 2200,
      message: expect.stringMatching(/^\(#2200\) Callback verification failed with the following errors: /),
    });
    expect((await graph.post(path, body('nowhere'))).body.error).toMatchObject({
      message: expect.stringMatching(/override_callback_uri.* must be a valid URI\.$/),
    });
    expect((await graph.post(path, body(`https://example.com/${'x'.repeat(200)}`))).body.error).toMatchObject(
      {
        message: expect.stringMatching(/must be at most 200 characters long\.$/),
      },
    );
  });
});

describe('an address of its own', () => {
  /** Answers verifications with the challenge, and counts what is posted to each path. */
  async function startEcho(token: string) {
    const posts: string[] = [];
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://echo');
      request.resume();
      if (request.method === 'POST') posts.push(url.pathname);
      const isRight = url.searchParams.get('hub.verify_token') === token;
      const isAsked = url.searchParams.get('hub.mode') === 'subscribe';
      if (request.method === 'GET' && !(isRight && isAsked)) return void response.writeHead(403).end();
      response.end(url.searchParams.get('hub.challenge') ?? '');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return { url: `http://127.0.0.1:${port}`, posts, close: () => void server.close().closeAllConnections() };
  }

  test('of the number goes before that of the WABA, and this before that of the app', async () => {
    const echo = await startEcho('secret');
    try {
      const at = (path: string, verify_token = 'secret') => ({
        override_callback_uri: `${echo.url}${path}`,
        verify_token,
      });
      const apps = `${NUMBER.wabaId}/subscribed_apps`;
      const wrong = await graph.post(apps, at('/waba', 'wrong'));
      expect(wrong.body.error).toMatchObject({
        code: 2200,
        message:
          '(#2200) Callback verification failed with the following errors: HTTP Status Code = 403; HTTP Message = Forbidden',
      });
      expect((await graph.post(apps, at('/waba'))).body).toEqual({ success: true });
      await wrote();
      expect((await graph.post(NUMBER.id, { webhook_configuration: at('/number') })).body).toEqual({
        success: true,
      });
      await wrote();
      expect((await graph.get(apps)).body).toMatchObject({
        data: [{ override_callback_uri: `${echo.url}/waba` }],
      });
      expect((await graph.get(`${NUMBER.id}?fields=webhook_configuration`)).body).toMatchObject({
        webhook_configuration: {
          phone_number: `${echo.url}/number`,
          whatsapp_business_account: `${echo.url}/waba`,
          application: expect.stringContaining(lab.receiver.url),
        },
      });
      await graph.post(NUMBER.id, { webhook_configuration: { override_callback_uri: '' } });
      await wrote();
      await graph.post(apps);
      await wrote();
      expect(echo.posts).toEqual(['/waba', '/number', '/waba']);
      expect(lab.receiver.received).toHaveLength(1);
    } finally {
      echo.close();
    }
  });
});

describe('/{app_id}/subscriptions', () => {
  const appToken = `${appIdOf(NUMBER.appSecret)}|${NUMBER.appSecret}`;
  const path = `/v25.0/${appIdOf(NUMBER.appSecret)}/subscriptions`;
  const app = (method: string, body?: object) =>
    lab.call(method, path, body, { authorization: `Bearer ${appToken}` });
  const change = (fields: string) =>
    app('POST', {
      object: 'whatsapp_business_account',
      callback_url: `${lab.receiver.url}/webhook/whatsapp/acme/support`,
      verify_token: lab.receiver.verifyToken,
      fields,
    });

  test('tells the app by its own token which fields it gets, and nobody by another one', async () => {
    const { body } = await app('GET');
    expect(JSON.stringify(body)).toContain('{"name":"messages","version":"v25.0"}');
    const other = await lab.call('GET', path, undefined, { authorization: `Bearer ${NUMBER.accessToken}` });
    expect(other.status).toBe(400);
    const wrong = await lab.call('GET', path, undefined, { authorization: `Bearer ${appToken}x` });
    expect(wrong.status).toBe(401);
  });

  test('an app that is not subscribed to messages gets none', async () => {
    expect((await change('account_update')).body).toEqual({ success: true });
    expect(JSON.stringify((await app('GET')).body)).not.toContain('"messages"');
    await wrote();
    expect((await change('messages')).status).toBe(200);
    await wrote('16505559999');
    await lab.receiver.until(({ raw }) => raw.includes('16505559999'));
    expect(JSON.stringify(lab.receiver.received)).not.toContain(CONTACT);
  });

  test('an app token sends nothing', async () => {
    const sent = await lab.send({ type: 'text', text: { body: 'hi' } }, { token: appToken });
    expect(sent.status).toBe(401);
  });
});

describe('debug_token', () => {
  test('tells the permissions and the end that the number has', async () => {
    await lab.close();
    const numbers = [
      { ...NUMBER, tokenScopes: ['whatsapp_business_messaging'], tokenExpiresAt: 1_800_000_000 },
    ];
    lab = await startLab({ numbers });
    const { body } = await graphOf(lab).get(`debug_token?input_token=${NUMBER.accessToken}`);
    expect(body['data']).toMatchObject({
      scopes: ['whatsapp_business_messaging'],
      expires_at: 1_800_000_000,
      granular_scopes: [{ scope: 'whatsapp_business_messaging' }],
    });
  });
});
