import { beforeEach, describe, expect, test } from '@jest/globals';
import { openConversation, setWish } from '@alur/store';
import type { TemplateDefinition } from '@alur/types';
import { aBundle, aNumber, anApiKey, aTeam } from '../../../../test/support/bundle.ts';
import { HOSTILE, inEachPlace } from '../../../../test/support/hostile.ts';
import { useApi, type ApiReply } from '../testing/use-api.ts';

const KEY = 'a-key-of-at-least-24-characters';
const OTHER = 'another-key-of-24-characters-or-so';
const READER = 'a-key-that-may-only-read-messages';

const order: TemplateDefinition = {
  id: '1',
  name: 'order_update',
  language: 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: 'Your order {{1}} is on its way.' }],
};
const file = {
  path: 'media/menu.pdf',
  absolute: '/bundle/media/menu.pdf',
  bytes: 1,
  mimeType: 'application/pdf',
  sha256: 'a',
  stamp: 'a',
};
const number = aNumber('100200300', { tier: '1' });
const shop = aTeam('acme', 'shop', {
  apiKeys: [anApiKey(KEY), anApiKey(READER, ['read'])],
  numbers: [number],
  templates: [order],
  locale: 'id-ID',
});
const desk = aTeam('acme', 'desk', { apiKeys: [anApiKey(OTHER)], numbers: [aNumber('1'), aNumber('2')] });
let limits = shop.limits;
const api = useApi(() =>
  aBundle([{ ...shop, limits }, desk], {
    mediaFiles: new Map([['media/menu.pdf', file]]),
  }),
);
beforeEach(() => {
  limits = shop.limits;
});

const to = { wa_id: '6281234567890' };
const text = { to, message: { kind: 'text', text: 'Your table is ready.' } };
const template = (components?: unknown) => ({
  to,
  message: { kind: 'template', template: { name: 'order_update', language: 'en', components } },
});
const FILLED = [{ type: 'body', parameters: [{ type: 'text', text: 'A1' }] }];

const send = (json: unknown, headers: Record<string, string> = {}): Promise<ApiReply> =>
  api.call('acme/shop/messages', { key: KEY, json, headers });
const codeOf = ({ status, json }: ApiReply) => [status, (json as { error: { code: string } }).error.code];
const problemsOf = ({ json }: ApiReply) => (json as { error: { problems: object[] } }).error.problems;

async function hear(waId = to.wa_id): Promise<void> {
  const cid = await openConversation(api.store.client, 0, { ...number, tenant: 'acme' }, { waId });
  await api.store.client.hset(`{s0}:conv:${cid}`, 'last', Math.floor(Date.now() / 1000) - 60);
}
async function records(): Promise<Record<string, string>[]> {
  const names = await api.store.client.keys('{s0}:msg:*');
  return Promise.all(names.map((name) => api.store.client.hgetall(name)));
}

describe('POST messages', () => {
  test('queues a template, whoever the contact is, and says how much room there is', async () => {
    const reply = await send(template(FILLED));
    expect(reply).toMatchObject({
      status: 202,
      json: {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        status: 'queued',
        conversation: expect.stringMatching(/^[0-9a-f]{32}$/),
        room: { tier: { limit: 1_000, used: 0, left: 1_000 }, waiting: 0 },
      },
    });
    const [record] = await records();
    expect(JSON.parse(record?.['body'] ?? '')).toEqual({
      to: { waId: '6281234567890' },
      message: {
        kind: 'template',
        template: { name: 'order_update', language: { code: 'en' }, components: FILLED },
      },
    });
    expect(JSON.parse(record?.['facts'] ?? '')).toMatchObject({
      class: 'notification',
      category: 'UTILITY',
      long: true,
    });
    const jobs = await api.store.client.keys('{q-1}:*m-*');
    expect(jobs).toHaveLength(1);
    expect(api.lines.join('')).toContain('message.queued');
    expect(api.lines.join('') + reply.text).not.toMatch(/62812|on its way|A1"/);
  });

  test('takes each kind of message while the window is open, and what belongs to it', async () => {
    await hear();
    const messages = [
      { kind: 'text', text: 'https://shop.example', preview_url: true },
      { kind: 'media', media: { type: 'document', file: 'media/menu.pdf', filename: 'Menu.pdf' } },
      { kind: 'location', location: { latitude: '-6.2', longitude: 106.8, name: 'Shop' } },
      {
        kind: 'template',
        template: { name: 'order_update', language: { code: 'en' }, components: FILLED },
        ttl: 60,
      },
      {
        kind: 'interactive',
        interactive: {
          type: 'button',
          body: { text: 'Size?' },
          action: { buttons: [{ type: 'reply', reply: { id: 's', title: 'S' } }] },
        },
      },
      { kind: 'contacts', contacts: [{ name: { formatted_name: 'Sari', first_name: 'Sari' } }] },
      { kind: 'reaction', reaction: { message_id: 'wamid.a', emoji: '👍' } },
      { kind: 'raw', raw: { type: 'text', text: { body: 'hi' } } },
    ];
    for (const message of messages) expect(await send({ to, message })).toMatchObject({ status: 202 });
    const reply = await send({
      ...text,
      class: 'reply',
      reply_to: 'wamid.a',
      retry_on_rate_limit: false,
      outside_window: 'skip',
    });
    expect(reply).toMatchObject({ status: 202, json: { room: { waiting: expect.any(Number) } } });
    const stored = (await records()).map(({ body = '' }) => JSON.parse(body));
    expect(stored).toHaveLength(9);
    expect(stored.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        { kind: 'text', text: 'https://shop.example', previewUrl: true },
        expect.objectContaining({ kind: 'template', ttlS: 60 }),
        { kind: 'reaction', reaction: { messageId: 'wamid.a', emoji: '👍' } },
      ]),
    );
    expect(stored).toContainEqual(expect.objectContaining({ replyTo: 'wamid.a', outsideWindow: 'skip' }));
  });

  test('reads a number as it is written in the country of the team', async () => {
    const first = await send({ ...template(FILLED), to: { wa_id: '0812-3456-7890' } });
    const again = await send({ ...template(FILLED), to: { wa_id: '+62 812 3456 7890' } });
    expect(first.status).toBe(202);
    expect(again.json).toMatchObject({ conversation: (first.json as { conversation: string }).conversation });
    const desks = await api.call('acme/desk/messages', {
      key: OTHER,
      json: { ...template(), to: { wa_id: '0812-3456-7890' }, phone_number_id: '1' },
    });
    expect(problemsOf(desks)).toMatchObject([{ at: 'to.wa_id' }]);
  });

  test('sends a message of one key once, however it is called', async () => {
    const body = { ...template(FILLED), idempotency_key: 'order-A1' };
    const first = await send(body);
    const again = await send(body);
    expect(first.json).toMatchObject({ status: 'queued' });
    expect(again.json).toMatchObject({ status: 'known', id: (first.json as { id: string }).id });
    const bare = template(FILLED);
    for (const key of ['order-A1', '"order-A1"']) {
      const named = await send(bare, { 'idempotency-key': key });
      expect(named.json).toEqual(again.json);
    }
    // The same said in another order.
    const reordered = Object.fromEntries(Object.entries(body).reverse());
    expect((await send(reordered)).json).toEqual(again.json);
    expect(await records()).toHaveLength(1);
  });

  test('makes one message of many calls at the same time, and tells one of them', async () => {
    const body = { ...template(FILLED), idempotency_key: 'order-A1' };
    const replies = await Promise.all(Array.from({ length: 50 }, () => send(body)));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]));
    const said = replies.map(({ json }) => json as { id: string; status: string; conversation: string });
    expect(new Set(said.map(({ id, conversation }) => `${id} ${conversation}`)).size).toBe(1);
    expect(said.filter(({ status }) => status === 'queued')).toHaveLength(1);
    expect(await records()).toHaveLength(1);
    expect(await api.store.client.keys('{s0}:alias:*')).toHaveLength(1);
  });

  test('tells another message under the same key from the first, also at the same time', async () => {
    const bodies = ['A1', 'A2'].map((each) => ({
      ...template([{ type: 'body', parameters: [{ type: 'text', text: each }] }]),
      idempotency_key: 'k',
    }));
    const replies = await Promise.all(bodies.map((body) => send(body)));
    expect(replies.map(({ status }) => status).sort()).toEqual([202, 409]);
    expect(replies.filter(({ status }) => status === 409).map(codeOf)).toEqual([
      [409, 'idempotency_mismatch'],
    ]);
    const once = replies[0]?.status === 202 ? bodies[0] : bodies[1];
    expect((await send(once)).json).toMatchObject({ status: 'known' });
    expect(codeOf(await send({ ...once, class: 'reply' }))).toEqual([409, 'idempotency_mismatch']);
    expect(codeOf(await send({ ...once, to: { wa_id: '6281234567891' } }))).toEqual([
      409,
      'idempotency_mismatch',
    ]);
    expect(await records()).toHaveLength(1);
  });

  test('keeps the same keys of two teams apart, and nothing personal beside the message', async () => {
    const body = { ...template(FILLED), idempotency_key: 'k' };
    const shops = await send(body);
    const desks = await api.call('acme/desk/messages', {
      key: OTHER,
      json: { ...body, phone_number_id: '1' },
    });
    expect([shops.status, desks.status]).toEqual([202, 202]);
    expect((desks.json as { id: string }).id).not.toBe((shops.json as { id: string }).id);
    for (const { data = '', facts = '' } of await records()) expect(data + facts).not.toMatch(/62812|A1/);
    expect((await api.store.client.keys('*')).join(' ')).not.toMatch(/62812/);
  });

  test('answers a repeated call as the first, also when the message could not be sent any more', async () => {
    await hear();
    const body = { ...text, idempotency_key: 'k' };
    expect(await send(body)).toMatchObject({ status: 202, json: { status: 'queued' } });
    const [conversation = ''] = await api.store.client.keys('{s0}:conv:*');
    await api.store.client.hset(conversation, 'last', 1);
    limits = { ...limits, waiting: 0 };
    expect(await send(body)).toMatchObject({ status: 202, json: { status: 'known' } });
    expect(codeOf(await send(text))).toEqual([409, 'window_closed']);
  });

  test.each([
    ['a text to who never wrote', text, 'none', 409],
    ['a text that may be skipped', { ...text, outside_window: 'skip' }, 'none', 202],
    [
      'a text with a template',
      { ...text, outside_window: { template: template(FILLED).message.template } },
      'none',
      202,
    ],
    ['a template to who wants nothing', template(FILLED), 'all', 409],
    ['a utility template to who wants no marketing', template(FILLED), 'marketing', 202],
  ] as const)('foresees what becomes of %s', async (_, body, wish, status) => {
    if (wish !== 'none') {
      const contact = { waId: to.wa_id };
      const atS = Math.floor(Date.now() / 1000);
      await setWish(api.store.client, 0, {
        tenant: 'acme',
        contact,
        change: 'out',
        scope: wish,
        atS,
        source: 'operator',
      });
    }
    const reply = await send(body);
    expect(reply.status).toBe(status);
    if (status === 409)
      expect([await records(), await api.store.client.keys('{s0}:alias:*')]).toEqual([[], []]);
    if (status === 409) expect(codeOf(reply)[1]).toBe(wish === 'all' ? 'opted_out' : 'window_closed');
  });

  test('holds a caller back while as many messages wait as may', async () => {
    limits = { ...limits, waiting: 2 };
    const statuses: number[] = [];
    for (let each = 0; each < 3; each += 1)
      statuses.push((await send({ ...template(FILLED), to: { wa_id: `628123456789${each}` } })).status);
    const full = await send({ ...template(FILLED), to: { wa_id: '6281234567899' } });
    expect(statuses.slice(0, 2)).toEqual([202, 202]);
    expect(codeOf(full)).toEqual([429, 'backlog_full']);
    expect(full.json).toMatchObject({ room: { limit: 'waiting', waiting: 2, tier: { limit: 1_000 } } });
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('holds a caller back who says too much to one contact', async () => {
    await send({ ...template(FILLED), idempotency_key: 'k' });
    const [chain = ''] = await api.store.client.keys('{s0}:chain:*');
    await api.store.client.rpush(chain, ...Array.from({ length: 999 }, () => 'x'));
    const full = await send(template(FILLED));
    expect(codeOf(full)).toEqual([429, 'backlog_full']);
    expect(full.json).toMatchObject({ room: { limit: 'conversation' } });
    expect((await send({ ...template(FILLED), to: { wa_id: '6281234567891' } })).status).toBe(202);
  });

  test.each([
    ['nothing', {}, ['to', 'message']],
    ['no object', [], ['']],
    [
      'every fault at once',
      {
        to: { wa_id: 'x', name: '' },
        message: { kind: 'text', text: '' },
        class: 'urgent',
        reply_to: 5,
        colour: 'red',
      },
      ['to.wa_id', 'to.name', 'message.text', 'class', 'reply_to', 'colour'],
    ],
    ['a kind that there is not', { to, message: { kind: 'sms' } }, ['message.kind']],
    ['a text that is too long', { to, message: { kind: 'text', text: 'x'.repeat(4_097) } }, ['message.text']],
    [
      'a media of two sources',
      { to, message: { kind: 'media', media: { type: 'image', id: '1', link: 'https://a.example/b' } } },
      ['message.media'],
    ],
    [
      'a file that is not there',
      { to, message: { kind: 'media', media: { type: 'image', file: 'media/none.png' } } },
      ['message.media.file'],
    ],
    [
      'a file in a header that is not there',
      {
        ...text,
        outside_window: {
          template: {
            name: 'order_update',
            language: 'en',
            components: [
              ...FILLED,
              { type: 'header', parameters: [{ type: 'image', image: { file: 'media/none.png' } }] },
            ],
          },
        },
      },
      [
        'outside_window.template.components.1',
        'outside_window.template.components.1.parameters.0.image.file',
      ],
    ],
    [
      'a template that is not there',
      { to, message: { kind: 'template', template: { name: 'order_updat', language: 'en' } } },
      ['message.template.name'],
    ],
    [
      'a language that is not there',
      { to, message: { kind: 'template', template: { name: 'order_update', language: 'id' } } },
      ['message.template.language.code'],
    ],
    ['a template without its parameter', template(), ['message.template']],
    [
      'a raw template without its parameter',
      { to, message: { kind: 'raw', raw: { type: 'template', template: template().message.template } } },
      ['message.raw.template'],
    ],
    [
      'a time to live that the category does not have',
      { to, message: { kind: 'template', template: template(FILLED).message.template, ttl: 86_400 } },
      ['message.template'],
    ],
    ['something in place of a template', { ...text, outside_window: 'later' }, ['outside_window']],
    [
      'a template with a wrong name outside the window',
      { ...text, outside_window: { template: { name: 'No!', language: 'en' } } },
      ['outside_window.template.name'],
    ],
    [
      'a reaction that quotes',
      { to, message: { kind: 'reaction', reaction: { message_id: 'w', emoji: '' } }, reply_to: 'w' },
      ['reply_to'],
    ],
    [
      'two keys',
      { ...template(FILLED), idempotency_key: 'a' },
      ['idempotency_key'],
      { 'idempotency-key': 'b' },
    ],
    ['a key that is too long', template(FILLED), ['idempotency_key'], { 'idempotency-key': 'b'.repeat(201) }],
  ] as [string, unknown, string[], Record<string, string>?][])(
    'tells what is wrong with %s, and stores nothing',
    async (_, body, at, headers = {}) => {
      const reply = await send(body, headers);
      expect(codeOf(reply)).toEqual([422, 'invalid']);
      expect(problemsOf(reply)).toEqual(
        at.map((each) => ({ at: each, message: expect.stringMatching(/\w/) })),
      );
      expect(await records()).toEqual([]);
    },
  );

  test('names the key and the number that a team has, and no other', async () => {
    expect(codeOf(await api.call('acme/shop/messages', { key: READER, json: template(FILLED) }))).toEqual([
      403,
      'forbidden',
    ]);
    expect(codeOf(await send({ ...template(FILLED), phone_number_id: '1' }))).toEqual([
      422,
      'unknown_number',
    ]);
    const none = await api.call('acme/desk/messages', { key: OTHER, json: template() });
    const others = await api.call('acme/desk/messages', {
      key: OTHER,
      json: { ...template(), phone_number_id: '100200300' },
    });
    expect(none.text).toBe(others.text);
  });

  test.each(HOSTILE)(
    'takes or refuses %s in any place of a body, and a neighbour is unharmed',
    async (_, json) => {
      const whole = {
        to: { wa_id: '0812-3456-7890', user_id: 'US.13491208655302741918', name: 'Ana' },
        phone_number_id: '100200300',
        class: 'reply',
        message: {
          kind: 'template',
          template: { name: 'order_update', language: { code: 'en' }, components: FILLED },
          ttl: 60,
        },
        outside_window: { template: { name: 'order_update', language: 'en', components: FILLED } },
        reply_to: 'wamid.a',
        idempotency_key: 'k',
      };
      for (const body of inEachPlace(whole, json)) {
        const reply = await api.call('acme/shop/messages', { key: KEY, method: 'POST', body });
        expect([202, 400, 409, 422]).toContain(reply.status);
      }
      expect(await send(template(FILLED))).toMatchObject({ status: 202 });
      expect(api.lines.join('')).not.toMatch(/"level":"(?:error|warn)"|api\.failed/);
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    },
  );

  test.each([
    [
      'nested 100 KiB deep',
      `{"to":{"wa_id":"15550001"},"message":${'['.repeat(51_200)}${']'.repeat(51_200)}}`,
    ],
    ['nested in objects', `{"message":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`],
    ['not JSON', '{'],
    ['empty', ''],
    ['not UTF-8', '{"to": "\u00ff'],
  ])('refuses a body that is %s', async (_, body) => {
    const reply = await api.call('acme/shop/messages', { key: KEY, method: 'POST', body });
    expect(codeOf(reply)).toEqual([400, 'bad_json']);
  });
});
