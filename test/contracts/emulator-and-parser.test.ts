import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Emulator, type InboundRequest, INBOUND_TYPES, startEmulator } from '@alur/emulator';
import { parseWebhook, verifySignature, type WebhookItem } from '@alur/whatsapp';
import { z } from 'zod';
import { type Control, controlOf } from '../clients/control.ts';
import { type Listening, listen, readBytes } from '../clients/listen.ts';

const NUMBER = {
  id: '106540352242922',
  displayNumber: '+1 555-078-3881',
  wabaId: '102290129340398',
  accessToken: 'EAAtest',
  appSecret: 'test_app_secret',
};
const DISPLAY = '15550783881';
const CONTACT = '16505551234';
const USER = 'US.13491208655302741918';
const NOW_MS = 1_800_000_000_000;
const NOW_S = NOW_MS / 1_000;
const HOUR_S = 3_600;
const WAMID = 'wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI=';

let emulator: Emulator;
let receiver: Listening;
let control: Control;
const bodies: Buffer[] = [];

beforeAll(async () => {
  receiver = await listen((request, response) => {
    void readBytes(request).then((bytes) => {
      const signature = request.headers['x-hub-signature-256'];
      if (verifySignature(bytes, signature, [NUMBER.appSecret]).ok) bodies.push(bytes);
      response.writeHead(200).end();
    });
  });
  emulator = await startEmulator({
    numbers: [NUMBER],
    webhookUrl: receiver.url,
    seed: 'contract',
    clock: { now: NOW_MS, stopped: true },
  });
  control = controlOf(emulator.url, NUMBER.id, CONTACT);
});
beforeEach(() => void (bodies.length = 0));
afterAll(async () => {
  await emulator.close();
  await receiver.close();
});

/** What our parser makes of all that has come since the test began. */
function items(): WebhookItem[] {
  return bodies.flatMap((body) => {
    const parsed = parseWebhook(body, { receivedAtMs: NOW_MS + 500 });
    if (parsed.kind !== 'items') throw new Error(`The body is ${parsed.reason}`);
    return parsed.items;
  });
}

type Message = z.input<typeof InboundRequest>['message'];
type Typed = Extract<Message, { type: unknown }>;

const address = { flow_token: 't1', name: 'Ana' };

/** Every type of message that the emulator knows, and what the parser shall make of it. */
const MESSAGES: Record<string, [message: Typed, content: object]> = {
  text: [
    { type: 'text', text: 'Olá 😀' },
    { kind: 'text', text: 'Olá 😀' },
  ],
  image: [
    { type: 'image', caption: 'Taj' },
    { kind: 'media', media: { type: 'image', mimeType: 'image/jpeg', caption: 'Taj' } },
  ],
  video: [{ type: 'video' }, { kind: 'media', media: { type: 'video', mimeType: 'video/mp4' } }],
  audio: [
    { type: 'audio', voice: true },
    { kind: 'media', media: { type: 'audio', mimeType: 'audio/ogg; codecs=opus', voice: true } },
  ],
  document: [
    { type: 'document', filename: 'receipt.pdf' },
    { kind: 'media', media: { type: 'document', mimeType: 'application/pdf', filename: 'receipt.pdf' } },
  ],
  sticker: [
    { type: 'sticker', animated: true },
    { kind: 'media', media: { type: 'sticker', mimeType: 'image/webp', animated: true } },
  ],
  button_reply: [
    { type: 'button_reply', id: 'change', title: 'Change' },
    { kind: 'interactive', source: 'button', id: 'change', title: 'Change' },
  ],
  list_reply: [
    { type: 'list_reply', id: 'express', title: 'Express', description: '1-2 days' },
    { kind: 'interactive', source: 'list', id: 'express', title: 'Express', description: '1-2 days' },
  ],
  quick_reply: [
    { type: 'quick_reply', payload: 'STOP_PROMO', text: 'Unsubscribe' },
    { kind: 'interactive', source: 'template', id: 'STOP_PROMO', title: 'Unsubscribe' },
  ],
  button: [
    { type: 'button', payload: 'YES', text: 'Yes' },
    { kind: 'interactive', source: 'template', id: 'YES', title: 'Yes' },
  ],
  nfm_reply: [
    { type: 'nfm_reply', name: 'address_message', response: address },
    { kind: 'form', form: address, source: 'address_message' },
  ],
  location: [
    { type: 'location', latitude: 37.4422, longitude: -122.1616, name: 'Philz', url: 'https://a.example/' },
    {
      kind: 'location',
      location: { latitude: 37.4422, longitude: -122.1616, name: 'Philz', url: 'https://a.example/' },
    },
  ],
  contacts: [
    { type: 'contacts', contacts: [{ name: { formatted_name: 'B. Johnson', first_name: 'B.' } }] },
    { kind: 'contacts', contacts: [{ name: { formatted_name: 'B. Johnson', first_name: 'B.' } }] },
  ],
  order: [
    {
      type: 'order',
      catalogId: '7',
      items: [{ retailerId: 'sku1', quantity: 2, price: 30.5, currency: 'USD' }],
    },
    {
      kind: 'order',
      order: {
        catalog_id: '7',
        text: '',
        product_items: [{ product_retailer_id: 'sku1', quantity: 2, item_price: 30.5, currency: 'USD' }],
      },
    },
  ],
  reaction: [
    { type: 'reaction', wamid: WAMID, emoji: '👍' },
    { kind: 'reaction', reaction: { wamid: WAMID, emoji: '👍' } },
  ],
  unsupported: [
    { type: 'unsupported', what: 'poll' },
    { kind: 'unsupported', type: 'poll', code: 131_051 },
  ],
  edit: [
    { type: 'edit', original: WAMID, message: { type: 'text', text: 'Bye' } },
    { kind: 'edit', edit: { wamid: WAMID, text: 'Bye' } },
  ],
  revoke: [
    { type: 'revoke', original: WAMID },
    { kind: 'revoke', revoke: { wamid: WAMID } },
  ],
};

/** Those that are no message of the contact's. */
const MOVES: Record<string, [message: Typed, change: object]> = {
  user_changed_number: [
    { type: 'user_changed_number', waId: '12195555358' },
    { was: { waId: CONTACT }, is: { waId: '12195555358' } },
  ],
  user_changed_user_id: [
    { type: 'user_changed_user_id', userId: USER },
    { was: { waId: CONTACT }, is: { userId: USER } },
  ],
};

describe('every message of the emulator’s contacts is what parseWebhook() of @alur/whatsapp takes it for', () => {
  test('all types are here', () => {
    expect([...Object.keys(MESSAGES), ...Object.keys(MOVES)].toSorted()).toEqual(INBOUND_TYPES.toSorted());
  });

  test.each(Object.entries(MESSAGES))('%s', async (_type, [message, content]) => {
    const { wamid } = await control.write(message);
    const from = { waId: CONTACT, name: 'Zoë' };
    expect(items()).toMatchObject([
      { kind: 'message', number: NUMBER.id, displayNumber: DISPLAY, wabaId: NUMBER.wabaId },
    ]);
    expect(items()).toMatchObject([{ message: { wamid, at: NOW_S, from, ...content } }]);
  });

  test.each(Object.entries(MOVES))('%s', async (_type, [message, change]) => {
    await control.write(message);
    expect(items()).toMatchObject([{ kind: 'identity', field: 'system', number: NUMBER.id, change }]);
  });

  test.each<[string, object, object]>([
    ['an answer', { replyTo: WAMID }, { context: { wamid: WAMID, fromMe: true } }],
    ['forwarded', { forwarded: 'once' }, { context: { forwarded: true } }],
    ['forwarded often', { forwarded: 'often' }, { context: { forwarded: true, frequentlyForwarded: true } }],
    [
      'about a product',
      { product: { catalogId: '7', retailerId: 'sku1' } },
      { context: { product: { catalogId: '7', retailerId: 'sku1' } } },
    ],
    ['from an ad', { referral: { source_type: 'ad' } }, { referral: { source_type: 'ad' } }],
  ])('a text that is %s', async (_label, more, read) => {
    await control.write({ type: 'text', text: 'Hi', ...more });
    expect(items()).toMatchObject([{ kind: 'message', message: read }]);
  });

  test('one that is written to a group is set aside', async () => {
    await control.write({ type: 'text', text: 'Hi', groupId: 'Y2FwaQ' });
    expect(items()).toMatchObject([{ kind: 'rejected', reason: 'group_message' }]);
  });

  test('a reaction that is taken back has the same wamid and is another event', async () => {
    const emoji = { type: 'reaction' as const, wamid: 'wamid.dGFrZW4=', emoji: '👍' };
    await control.write(emoji);
    await control.write({ ...emoji, emoji: '' });
    await control.write({ type: 'reaction', wamid: emoji.wamid });
    const reactions = items().flatMap((item) => (item.kind === 'message' ? [item.message] : []));
    expect(new Set(reactions.map(({ wamid }) => wamid)).size).toBe(1);
    expect(reactions.map(({ kind, ...rest }) => ('reaction' in rest ? rest.reaction.emoji : kind))).toEqual([
      '👍',
      undefined,
      undefined,
    ]);
    expect(new Set(reactions.map(({ evt }) => evt)).size).toBe(2);
  });

  test('who hides the number is known by user id alone, also when it changes', async () => {
    const from = { userId: USER, waId: '16505559999', username: '@zoe', hidesNumber: true };
    await control.write({ type: 'text', text: 'Hi' }, { from });
    await control.write({ type: 'user_changed_user_id', userId: 'US.2' }, { from: { userId: USER } });
    const [message, move] = items();
    expect(message).toMatchObject({ message: { from: { userId: USER, username: 'zoe' } } });
    expect(JSON.stringify(message)).not.toContain('16505559999');
    expect(move).toMatchObject({
      kind: 'identity',
      change: { was: { userId: USER }, is: { userId: 'US.2' } },
    });
  });

  test('errors beside a message are news of their own', async () => {
    const errors = [{ code: 130_429, title: 'Rate limit hit' }];
    await control.write(
      { type: 'text', text: 'Hi' },
      { errors, timestampAs: 'integer', withContacts: false },
    );
    expect(items()).toMatchObject([
      { kind: 'message', message: { kind: 'text', at: NOW_S } },
      { kind: 'account', field: 'errors', alert: '130429' },
    ]);
  });
});

const template = { name: 'order_update', language: 'en_US' };
const state = (word: string, untilMs?: number) => [
  { kind: 'template', ...template, state: word, ...(untilMs === undefined ? {} : { untilMs }) },
];
const tier = (name: string) => ({ kind: 'tier', scope: 'portfolio', displayNumber: DISPLAY, tier: name });
const quality = (event: string) => ({ kind: 'quality', displayNumber: DISPLAY, event });
const preference = (change: string) => [{ kind: 'preference', waId: CONTACT, change, atS: NOW_S }];
const ALL_HELD = [{ kind: 'restriction', scope: 'waba', what: 'all' }];

interface Meaning {
  field: string;
  news?: object[];
  alert?: string;
}
const of = (field: string, news: object[] = [], alert?: string): Meaning => ({
  field,
  news,
  ...(alert === undefined ? {} : { alert }),
});
const ofStatus = (news: object[] = []) => of('message_template_status_update', news);
const ofQuality = (...news: object[]) => of('phone_number_quality_update', news);

/** All ready-made news, and what the parser shall read in it. */
const NEWS: Record<string, Meaning> = {
  template_approved: ofStatus(state('approved')),
  template_rejected: ofStatus(state('disabled')),
  template_pending: ofStatus(),
  template_paused: ofStatus(state('paused', (NOW_S + 3 * HOUR_S) * 1_000)),
  template_unpaused: ofStatus(state('approved')),
  template_disabled: ofStatus(state('disabled')),
  template_flagged: ofStatus(),
  template_deleted: ofStatus(state('disabled')),
  template_quality_changed: of('message_template_quality_update', [
    { kind: 'template_quality', ...template, quality: 'yellow' },
  ]),
  template_components_changed: of('message_template_components_update', [
    { kind: 'template_changed', ...template },
  ]),
  template_category_warned: of('template_category_update', [
    { kind: 'template_category', ...template, category: 'UTILITY' },
  ]),
  template_category_changed: of('template_category_update', [
    { kind: 'template_category', ...template, category: 'MARKETING' },
  ]),
  throughput_upgraded: ofQuality(tier('unlimited'), {
    kind: 'throughput',
    displayNumber: DISPLAY,
    perSecond: 1_000,
  }),
  number_onboarded: ofQuality(tier('250'), quality('onboarding')),
  number_upgraded: ofQuality(tier('2'), quality('upgrade')),
  number_downgraded: ofQuality(tier('2k'), quality('downgrade')),
  number_flagged: { ...ofQuality(tier('2k'), quality('flagged')), alert: 'FLAGGED' },
  number_unflagged: ofQuality(tier('2k'), quality('unflagged')),
  number_name_approved: of('phone_number_name_update'),
  number_name_rejected: of('phone_number_name_update', [], 'REJECTED'),
  capability_changed: of('business_capability_update', [{ kind: 'tier', scope: 'portfolio', tier: '2k' }]),
  marketing_stopped: of('user_preferences', preference('out')),
  marketing_resumed: of('user_preferences', preference('in')),
  pin_reset_requested: of('security', [], 'PIN_RESET_REQUEST'),
  username_approved: of('business_username_updates'),
  account_violation: of('account_update', [], 'ACCOUNT_VIOLATION'),
  account_restricted: of(
    'account_update',
    [
      {
        kind: 'restriction',
        scope: 'waba',
        what: 'business_initiated',
        untilMs: (NOW_S + 72 * HOUR_S) * 1_000,
      },
    ],
    'ACCOUNT_RESTRICTION',
  ),
  account_disabled: of('account_update', ALL_HELD, 'DISABLED_UPDATE'),
  account_reinstated: of('account_update', [{ kind: 'reinstated' }], 'DISABLED_UPDATE'),
  account_deleted: of('account_update', ALL_HELD, 'ACCOUNT_DELETED'),
  partner_added: of('account_update'),
  partner_removed: of('account_update', [], 'PARTNER_REMOVED'),
  account_review_approved: of('account_review_update'),
  account_review_rejected: of('account_review_update', [], 'REJECTED'),
  account_alerted: of('account_alerts', [], 'INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED'),
  flow_throttled: of('flows'),
  solution_updated: of('partner_solutions'),
  payment_configured: of('payment_configuration_update'),
  call_connected: of('calls'),
  business_app_echo: of('smb_message_echoes'),
  business_app_contact: of('smb_app_state_sync'),
  history_synced: of('history'),
  automatic_event: of('automatic_events'),
  group_created: of('group_lifecycle_update'),
  group_joined: of('group_participants_update'),
  group_settings_changed: of('group_settings_update'),
  group_suspended: of('group_status_update'),
};

describe('every piece of the emulator’s news is what parseWebhook() of @alur/whatsapp takes it for', () => {
  test('all are here', async () => {
    const { events } = z.object({ events: z.array(z.string()) }).parse(await control.get('account'));
    expect(Object.keys(NEWS).toSorted()).toEqual(events.toSorted());
  });

  test.each(Object.entries(NEWS))('%s', async (event, { field, news, alert }) => {
    await control.post('account', { number: NUMBER.id, event, contact: CONTACT });
    const [item, ...more] = items();
    expect(more).toEqual([]);
    expect(item).toMatchObject({ kind: 'account', field, wabaId: NUMBER.wabaId, at: NOW_S });
    const read = item?.kind === 'account' ? item : undefined;
    expect(JSON.parse(JSON.stringify(read?.news))).toEqual(news);
    expect(read?.alert).toBe(alert);
  });

  test('a wish of a contact that is known by user id alone', async () => {
    await control.post('account', { number: NUMBER.id, event: 'marketing_stopped', contact: USER });
    expect(items()).toMatchObject([{ news: [{ kind: 'preference', userId: USER, change: 'out' }] }]);
  });
});
