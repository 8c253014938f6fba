import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseWebhook } from '../parse-webhook.ts';
import { NEWS_FIELDS } from './index.ts';

const AT = 1739321024;
const DISPLAY = { display_phone_number: '+1 (555) 078-3881' };
const displayNumber = '15550783881';
const WA_ID = '16505551234';
const USER = 'US.13491208655302741918';

function item(field: string, value: unknown, time: unknown = AT) {
  const document = {
    object: 'whatsapp_business_account',
    entry: [{ id: '1', time, changes: [{ field, value }] }],
  };
  const parsed = parseWebhook(Buffer.from(JSON.stringify(document)), { receivedAtMs: 1_800_000_000_500 });
  const [found] = parsed.kind === 'items' ? parsed.items : [];
  if (found?.kind !== 'account') throw new Error('no account item');
  return found;
}
const news = (field: string, value: unknown, time?: unknown) => item(field, value, time).news;

describe('parseWebhook() reads phone_number_quality_update', () => {
  const read = (members: object) => news('phone_number_quality_update', { ...DISPLAY, ...members });
  const tier = (scope: string, name: string) => [{ kind: 'tier', scope, displayNumber, tier: name }];

  test.each([
    ['TIER_250', '250'],
    ['TIER_1K', '1'],
    ['TIER_2K', '2k'],
    ['TIER_10K', '2'],
    ['TIER_100K', '3'],
    ['TIER_UNLIMITED', 'unlimited'],
  ])('%s as tier %s, of the portfolio before the number', (word, name) => {
    expect(read({ current_limit: word })).toEqual(tier('number', name));
    expect(read({ current_limit: 'TIER_250', max_daily_conversations_per_business: word })).toEqual(
      tier('portfolio', name),
    );
  });

  test.each(['TIER_50', 'NOT_SET', 'TIER_NOT_SET', 'TIER_9', '', null, {}, 'constructor'])(
    '%j as no tier',
    (word) => expect(read({ current_limit: word, max_daily_conversations_per_business: word })).toEqual([]),
  );

  test('a raise of throughput together with the tier', () => {
    const value = { event: 'THROUGHPUT_UPGRADE', old_limit: 'TIER_1K', current_limit: 'TIER_UNLIMITED' };
    expect(read(value)).toEqual([
      ...tier('number', 'unlimited'),
      { kind: 'throughput', displayNumber, perSecond: 1_000 },
    ]);
  });

  test.each(['flagged', 'unflagged', 'upgrade', 'downgrade', 'onboarding'])('quality %s', (event) => {
    expect(read({ event: event.toUpperCase() })).toEqual([{ kind: 'quality', displayNumber, event }]);
  });

  test.each([undefined, '', 'no digits', 15550783881, '1'.repeat(21), ' '.repeat(100)])(
    'without a number when it is %j',
    (display) => {
      const [first] = read({ display_phone_number: display, event: 'FLAGGED' });
      expect(first).toEqual({ kind: 'quality', event: 'flagged' });
    },
  );
});

describe('parseWebhook() reads business_capability_update', () => {
  const read = (value: object) => news('business_capability_update', value);

  test.each([
    [250, '250'],
    [999, '250'],
    [1_000, '1'],
    ['2000', '2k'],
    ['TIER_10K', '2'],
    [99_999, '2'],
    [5_000_000, '3'],
    [-1, 'unlimited'],
    ['-1', 'unlimited'],
  ])('%j as tier %s', (value, tier) => {
    expect(read({ max_daily_conversations_per_business: value })).toEqual([
      { kind: 'tier', scope: 'portfolio', tier },
    ]);
  });

  test.each([50, 0, -2, 'TIER_50', 'TIER_NOT_SET', true, [], '1e9'])('%j as no tier', (value) => {
    expect(read({ max_daily_conversations_per_business: value })).toEqual([]);
  });

  test('the limit of the portfolio and of each number', () => {
    const value = {
      max_daily_conversation_per_phone: 1000,
      max_daily_conversations_per_business: 2000,
      max_phone_numbers_per_waba: 25,
    };
    expect(read(value)).toEqual([
      { kind: 'tier', scope: 'portfolio', tier: '2k' },
      { kind: 'tier', scope: 'number', tier: '1' },
    ]);
  });
});

describe('parseWebhook() reads account_update', () => {
  const read = (value: object) => news('account_update', value);
  const restricted = (...info: unknown[]) => read({ event: 'ACCOUNT_RESTRICTION', restriction_info: info });

  test.each([
    ['RESTRICTED_BIZ_INITIATED_MESSAGING', 'business_initiated'],
    ['RESTRICTED_UTILITY_TEMPLATES', 'business_initiated'],
    ['RESTRICTED_CUSTOMER_INITIATED_MESSAGING', 'all'],
  ])('%s as a restriction of %s', (type, what) => {
    for (const expiration of [1744823932, '1744823932']) {
      expect(restricted({ restriction_type: type, expiration })).toEqual([
        { kind: 'restriction', scope: 'waba', what, untilMs: 1744823932000 },
      ]);
    }
  });

  test.each([undefined, null, 0, 'soon', 1744823932000])('no end when it is %j', (expiration) => {
    const type = 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING';
    expect(restricted({ restriction_type: type, expiration })).toEqual([
      { kind: 'restriction', scope: 'waba', what: 'all' },
    ]);
  });

  test('each restriction of a list on its own', () => {
    expect(
      restricted(
        null,
        { restriction_type: 'RESTRICTED_ADD_PHONE_NUMBER_ACTION' },
        { restriction_type: 'RESTRICTED_UTILITY_TEMPLATES' },
        7,
        { restriction_type: 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING' },
      ),
    ).toMatchObject([{ what: 'business_initiated' }, { what: 'all' }]);
  });

  test.each([
    ['DISABLED_UPDATE', 'DISABLE', [{ kind: 'restriction', scope: 'waba', what: 'all' }]],
    ['DISABLED_UPDATE', 'SCHEDULE_FOR_DISABLE', []],
    ['DISABLED_UPDATE', 'REINSTATE', [{ kind: 'reinstated' }]],
    ['DISABLED_UPDATE', undefined, []],
    ['ACCOUNT_RECONNECTED', undefined, [{ kind: 'reinstated' }]],
    ['ACCOUNT_VIOLATION', undefined, []],
    ['PARTNER_ADDED', 'DISABLE', []],
  ])('%s with ban state %s', (event, state, expected) => {
    expect(read({ event, ban_info: { waba_ban_state: state, waba_ban_date: 'x' } })).toEqual(expected);
  });
});

describe('parseWebhook() reads message_template_status_update', () => {
  const template = { message_template_id: 1689556908129835, message_template_name: 'cart' };
  const read = (members: object, time?: unknown) =>
    news('message_template_status_update', { ...template, ...members }, time);

  test.each([
    ['PAUSED', 'paused'],
    ['DISABLED', 'disabled'],
    ['REJECTED', 'disabled'],
    ['DELETED', 'disabled'],
    ['APPROVED', 'approved'],
    ['REINSTATED', 'approved'],
  ])('%s as %s', (event, state) => {
    expect(read({ event, message_template_language: 'en-US' })).toEqual([
      { kind: 'template', name: 'cart', language: 'en_US', state },
    ]);
  });

  test.each([
    ['PAUSED', 'FIRST_PAUSE', 'paused', (AT + 3 * 3600) * 1_000],
    ['PAUSED', 'SECOND_PAUSE', 'paused', (AT + 6 * 3600) * 1_000],
    ['PAUSED', 'RATE_LIMITING_PAUSE', 'paused', undefined],
    ['PAUSED', 'UNPAUSE', 'approved', undefined],
    [undefined, 'UNPAUSED', 'approved', undefined],
    ['DISABLED', 'FIRST_PAUSE', 'disabled', undefined],
  ])('%s with %s as %s until %s', (event, title, state, untilMs) => {
    expect(read({ event, other_info: { title } })).toEqual([
      { kind: 'template', name: 'cart', state, untilMs },
    ]);
  });

  test('a pause from the time of arrival where the entry has none', () => {
    const [first] = read({ event: 'PAUSED', other_info: { title: 'FIRST_PAUSE' } }, null);
    expect(first).toMatchObject({ untilMs: (1_800_000_000 + 3 * 3600) * 1_000 });
  });

  test.each([
    ['an event that changes nothing', { event: 'FLAGGED' }],
    ['no name', { event: 'PAUSED', message_template_name: undefined }],
    ['a name of another type', { event: 'PAUSED', message_template_name: 7 }],
    ['rubbish around the event', { event: ['PAUSED'], other_info: 'FIRST_PAUSE' }],
  ])('%s as no news', (_label, members) => expect(read(members)).toEqual([]));
});

describe('parseWebhook() reads user_preferences', () => {
  const stop = { wa_id: WA_ID, category: 'marketing_messages', value: 'stop', timestamp: 1731705721 };
  const read = (...list: unknown[]) => news('user_preferences', { user_preferences: list });
  const preference = (members: object) => ({ kind: 'preference', atS: 1731705721, ...members });

  test.each([
    ['stop', 'out'],
    ['resume', 'in'],
    ['signup', 'in'],
  ])('%s as %s', (word, change) => {
    expect(read({ ...stop, value: word, user_id: USER, detail: 'x' })).toEqual([
      preference({ waId: WA_ID, userId: USER, change }),
    ]);
  });

  test('several, each on its own', () => {
    const byUser = { ...stop, wa_id: undefined, user_id: USER, timestamp: '1731705721' };
    expect(read(stop, null, { ...stop, category: 'utility' }, { ...stop, value: 'maybe' }, byUser)).toEqual([
      preference({ waId: WA_ID, change: 'out' }),
      preference({ userId: USER, change: 'out' }),
    ]);
  });

  test('nobody in one without a usable id', () => {
    expect(read({ ...stop, wa_id: '+1 650', user_id: 7 })).toEqual([]);
  });

  test('at the time of the entry, or of arrival, when it has none', () => {
    const list = { user_preferences: [{ ...stop, timestamp: 1731705721000 }] };
    expect(news('user_preferences', list)).toMatchObject([{ atS: AT }]);
    expect(news('user_preferences', list, null)).toMatchObject([{ atS: 1_800_000_000 }]);
  });

  test('under the number that its metadata names', () => {
    const value = { metadata: { phone_number_id: '106540352242922' }, user_preferences: [stop] };
    expect(item('user_preferences', value)).toMatchObject({
      number: '106540352242922',
      news: [{ kind: 'preference' }],
    });
  });
});

test('parseWebhook() keeps what it does not understand, whatever the value', () => {
  expect(item('security', { event: 'PIN_RESET_REQUEST' })).toMatchObject({ news: [] });
  expect(item('constructor', {})).toMatchObject({ news: [] });
  const KEYS = ['event', 'ban_info', 'restriction_info', 'user_preferences', 'other_info', 'current_limit'];
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, -1, 1e21, 'DISABLED_UPDATE', 'ACCOUNT_RESTRICTION', 'PAUSED', '__proto__'),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...KEYS, 'message_template_name', '__proto__'), tie('json')),
    ),
  }));
  fc.assert(
    fc.property(fc.constantFrom(...NEWS_FIELDS.keys()), json, (field, value) => {
      expect(item(field, value).raw).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 500 },
  );
});
