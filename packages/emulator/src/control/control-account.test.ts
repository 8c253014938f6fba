import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { NumberId } from '@alur/types';
import { parseWebhook } from '@alur/whatsapp';
import { ACCOUNT_EVENTS } from './account-events.ts';
import { CONTACT, type Lab, NUMBER, startLab } from '../testing/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({
    numbers: [
      { ...NUMBER, portfolio: 'p', tierLimit: 250 },
      { ...NUMBER, id: '2', displayNumber: '+1 555 0002', portfolio: 'p', tierLimit: 250 },
      {
        ...NUMBER,
        id: '3',
        displayNumber: '+1 555 0003',
        wabaId: '33',
        accessToken: 'other',
        tierLimit: 250,
      },
    ],
    enforce: { optOut: 'api' },
  });
});
afterAll(() => lab.close());
beforeEach(() => {
  lab.receiver.received.length = 0;
  lab.receiver.status = 200;
});

const post = (path: string, body: object) =>
  lab.call('POST', `/_emulator/${path}`, { number: NUMBER.id, ...body });
const template = (name: string, code = 'en') => ({
  type: 'template',
  template: { name, language: { code } },
});

/** What the parser of webhooks makes of the only one that came. */
function news(): unknown {
  const [received, ...more] = lab.receiver.received;
  expect([received?.isSigned, more]).toEqual([true, []]);
  const parsed = parseWebhook(Buffer.from(received?.raw ?? ''), { receivedAtMs: 0 });
  if (parsed.kind === 'unreadable') return parsed;
  return parsed.items.flatMap((item): unknown[] => (item.kind === 'account' ? item.news : [item]));
}

describe('POST /_emulator/account', () => {
  test('posts any field with its value, and says how it was answered', async () => {
    const value = { decision: 'APPROVED' };
    expect((await post('account', { field: 'account_review_update', value })).body).toEqual({ status: 200 });
    expect(JSON.parse(lab.receiver.received[0]?.raw ?? '')).toEqual({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: NUMBER.wabaId,
          time: expect.any(Number),
          changes: [{ field: 'account_review_update', value }],
        },
      ],
    });
    lab.receiver.status = 503;
    expect((await post('account', { field: 'security', value: {} })).body).toEqual({ status: 503 });
    lab.receiver.status = 200;
    await lab.receiver.until(() => lab.receiver.received.length === 3);
  });

  test.each([
    [
      'phone_number_quality_update',
      { display_phone_number: '15550783881', event: 'THROUGHPUT_UPGRADE' },
      [{ kind: 'throughput', displayNumber: '15550783881', perSecond: 1_000 }],
    ],
    [
      'business_capability_update',
      { max_daily_conversations_per_business: 2_000 },
      [{ kind: 'tier', scope: 'portfolio', tier: '2k' }],
    ],
    [
      'account_update',
      { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } },
      [{ kind: 'restriction', what: 'all' }],
    ],
  ])('%s reaches a parser of webhooks as what it is', async (field, value, expected) => {
    await post('account', { field, value });
    expect(news()).toMatchObject(expected);
  });

  test('user_preferences: fills in the frame, and changes what the contact wants', async () => {
    const preference = (value: string) => ({
      wa_id: CONTACT,
      category: 'marketing_messages',
      value,
      timestamp: 1_731_705_721,
    });
    const choose = (value: string) =>
      post('account', {
        field: 'user_preferences',
        value: { user_preferences: [{ value: 'perhaps' }, preference(value)] },
      });
    await choose('stop');
    expect(lab.receiver.received[0]?.value).toMatchObject({
      messaging_product: 'whatsapp',
      metadata: { phone_number_id: NUMBER.id },
    });
    expect(news()).toMatchObject([{ kind: 'preference', waId: CONTACT, change: 'out' }]);
    expect((await lab.send(template('offer'))).body.error).toMatchObject({ code: 131050 });
    expect((await lab.send({ text: { body: 'Hi' } })).status).toBe(200);
    await choose('signup');
    expect((await lab.send(template('offer'))).status).toBe(200);
  });
});

describe('POST /_emulator/account with an event', () => {
  const FIELDS = [
    'message_template_status_update message_template_quality_update message_template_components_update',
    'template_category_update phone_number_quality_update phone_number_name_update account_update',
    'account_review_update account_alerts business_capability_update user_preferences security flows calls history',
    'smb_app_state_sync smb_message_echoes automatic_events partner_solutions payment_configuration_update',
    'group_lifecycle_update group_participants_update group_settings_update group_status_update',
    'business_username_updates',
  ].flatMap((line) => line.split(' '));

  test('there is one for every field that Meta has, and none of another', () => {
    const fields = new Set(Object.values(ACCOUNT_EVENTS).map(({ field }) => field));
    expect([...fields].sort()).toEqual([...FIELDS].sort());
  });

  test.each(Object.entries(ACCOUNT_EVENTS))(
    '%s: is posted under its field, readable',
    async (event, { field }) => {
      expect((await post('account', { event, contact: CONTACT })).body).toEqual({ status: 200 });
      const [received] = lab.receiver.received;
      expect(received?.entry).toMatchObject([{ id: NUMBER.wabaId, changes: [{ field }] }]);
      const parsed = parseWebhook(Buffer.from(received?.raw ?? ''), { receivedAtMs: 0 });
      expect(parsed.kind).not.toBe('unreadable');
      await post('number', { tierLimit: 250, throughput: 80 });
      if (event === 'marketing_stopped')
        await post('account', { event: 'marketing_resumed', contact: CONTACT });
    },
  );

  test('gives any member another value', async () => {
    const value = { ban_info: { waba_ban_state: 'SCHEDULE_FOR_DISABLE' }, extra: 1 };
    await post('account', { event: 'account_disabled', value });
    expect(lab.receiver.received[0]?.value).toEqual({ event: 'DISABLED_UPDATE', ...value });
  });

  test.each([
    ['throughput_upgraded', {}, { throughput: { limit: 1_000 }, tier: { limit: null } }],
    ['number_upgraded', {}, { tier: { limit: 10_000 } }],
    ['number_onboarded', {}, { tier: { limit: 250 } }],
    ['capability_changed', {}, { tier: { limit: 2_000 } }],
    ['capability_changed', { max_daily_conversations_per_business: -1 }, { tier: { limit: null } }],
  ])('%s %j: the limit is so from then on', async (event, value, expected) => {
    await post('account', { event, value });
    expect(lab.emulator.limits()[NUMBER.id]).toMatchObject(expected);
    await post('number', { tierLimit: 250, throughput: 80 });
  });

  test('of a template: it is so from then on', async () => {
    await post('account', { event: 'template_paused', template: { name: 'ready_made' } });
    expect((await lab.send(template('ready_made'))).body.error).toMatchObject({ code: 132015 });
    await post('account', { event: 'template_unpaused', template: { name: 'ready_made' } });
    expect((await lab.send(template('ready_made'))).status).toBe(200);
  });

  test('of a template that is paused: the pause ends after 3 hours, unless it ended before', async () => {
    const stopped = await startLab({ clock: { now: 1_800_000_000_000, stopped: true } });
    try {
      const order = (body: object) =>
        stopped.call('POST', '/_emulator/account', { number: NUMBER.id, event: 'template_paused', ...body });
      const advance = (advanceMs: number) => stopped.call('POST', '/_emulator/clock', { advanceMs });
      await order({ template: { name: 'low' } });
      await order({ template: { name: 'lower' } });
      await order({ event: 'template_disabled', template: { name: 'lower' } });
      await advance(3 * 3_600_000 - 1);
      expect((await stopped.send(template('low'))).body.error).toMatchObject({ code: 132015 });
      stopped.receiver.received.length = 0;
      await advance(1);
      expect((await stopped.send(template('low'))).status).toBe(200);
      expect((await stopped.send(template('lower'))).body.error).toMatchObject({ code: 132016 });
      expect(stopped.receiver.received.map(({ value }) => value)).toMatchObject([
        { event: 'APPROVED', message_template_name: 'low', other_info: { title: 'UNPAUSE' } },
      ]);
    } finally {
      await stopped.close();
    }
  });

  test('is refused when there is none of that name', async () => {
    expect((await post('account', { event: 'party' })).status).toBe(400);
    const { body } = await lab.call('GET', '/_emulator/account');
    expect(body['events']).toEqual(Object.keys(ACCOUNT_EVENTS));
  });
});

describe('POST /_emulator/template', () => {
  test.each([
    ['PAUSED', 400, 132015, { kind: 'template', state: 'paused', untilMs: expect.any(Number) }],
    ['DISABLED', 400, 132016, { kind: 'template', state: 'disabled' }],
    ['REJECTED', 404, 132001, { kind: 'template', state: 'disabled' }],
  ])(
    '%s: tells, and refuses to send it with %d, %d until it is approved',
    async (status, http, code, said) => {
      const name = `t_${status.toLowerCase()}`;
      expect((await post('template', { name, status, language: 'en-US' })).body).toEqual({ status: 200 });
      expect(news()).toMatchObject([{ name, language: 'en_US', ...said }]);
      const refused = await lab.send(template(name));
      expect([refused.status, refused.body.error]).toMatchObject([http, { code }]);
      expect((await lab.send(template('another'))).status).toBe(200);
      lab.receiver.received.length = 0;
      await post('template', { name, status: 'APPROVED' });
      expect(news()).toMatchObject([{ kind: 'template', name, state: 'approved' }]);
      expect((await lab.send(template(name))).status).toBe(200);
    },
  );

  test('DELETED: there is no such template any more', async () => {
    await post('template', { name: 'gone', status: 'DELETED' });
    const { status, body } = await lab.send(template('gone', 'de'));
    expect(status).toBe(404);
    expect(body.error).toMatchObject({
      code: 132001,
      message: '(#132001) Template name does not exist in the translation',
      error_data: { details: 'template name (gone) does not exist in de' },
    });
  });

  test('tells the end of a pause by its title, and a category once it is known', async () => {
    await post('template', { name: 'tip', status: 'PAUSED', category: 'UTILITY' });
    await post('template', { name: 'tip', status: 'APPROVED' });
    await post('template', { name: 'tip', status: 'DISABLED' });
    expect(lab.receiver.received.map(({ value }) => value)).toMatchObject([
      {
        event: 'PAUSED',
        message_template_category: 'UTILITY',
        message_template_id: expect.any(Number),
        other_info: { title: 'FIRST_PAUSE' },
      },
      { event: 'APPROVED', message_template_category: 'UTILITY', other_info: { title: 'UNPAUSE' } },
      { event: 'DISABLED', message_template_category: 'UTILITY', other_info: { title: 'DISABLED' } },
    ]);
  });

  test('a template of another category is no marketing', async () => {
    const stop = { user_preferences: [{ wa_id: '16505550009', value: 'stop' }] };
    await post('account', { field: 'user_preferences', value: stop });
    await post('template', { name: 'receipt', status: 'APPROVED', category: 'UTILITY' });
    const to = '16505550009';
    expect((await lab.send({ ...template('receipt'), to })).status).toBe(200);
    expect((await lab.send({ ...template('offer'), to })).status).toBe(400);
  });
});

describe('POST /_emulator/token', () => {
  test('replaces the token of a number and of those that share it; the old one has expired', async () => {
    expect((await post('token', { accessToken: 'fresh' })).body).toEqual({ success: true });
    const { status, body, headers } = await lab.send({ text: { body: 'Hi' } });
    expect(status).toBe(401);
    expect(body.error).toMatchObject({
      code: 190,
      error_subcode: 463,
      message: expect.stringMatching(
        /^Error validating access token: Session has expired on .+ P[SD]T\. The current time is .+ P[SD]T\.$/,
      ),
    });
    expect(headers.get('www-authenticate')).toContain('Session has expired');
    for (const number of [NUMBER.id, '2'])
      expect((await lab.send({ text: { body: 'Hi' } }, { token: 'fresh', number })).status).toBe(200);
    expect((await lab.send({ text: { body: 'Hi' } }, { token: 'other', number: '3' })).status).toBe(200);
    await post('token', { accessToken: NUMBER.accessToken });
    expect((await lab.send({ text: { body: 'Hi' } })).status).toBe(200);
  });
});

describe('POST /_emulator/number', () => {
  const limitOf = async (id: string, token: string = NUMBER.accessToken) => {
    const authorization = `Bearer ${token}`;
    const { body } = await lab.call('GET', `/v25.0/${id}`, undefined, { authorization });
    return [body['throughput'], body['whatsapp_business_manager_messaging_limit']];
  };

  test('changes throughput of a number, and the tier of its portfolio', async () => {
    expect(await limitOf('2')).toEqual([{ level: 'STANDARD' }, 'TIER_250']);
    await post('number', { throughput: 1_000, tierLimit: 2_000 });
    expect(await limitOf(NUMBER.id)).toEqual([{ level: 'HIGH' }, 'TIER_2K']);
    expect(await limitOf('2')).toEqual([{ level: 'STANDARD' }, 'TIER_2K']);
    expect(await limitOf('3', 'other')).toEqual([{ level: 'STANDARD' }, 'TIER_250']);
    await post('number', { tierLimit: null });
    expect(await limitOf('2')).toEqual([{ level: 'STANDARD' }, 'TIER_UNLIMITED']);
    expect(lab.emulator.limits()).toMatchObject({
      [NUMBER.id]: { throughput: { limit: 1_000 }, tier: { limit: null } },
      2: { throughput: { limit: 80 }, tier: { limit: null } },
      3: { tier: { limit: 250 } },
    });
  });
});

describe('orders about an account', () => {
  test.each([
    ['account', { field: 'security' }],
    ['account', { field: '', value: {} }],
    ['account', { field: 'security', value: [] }],
    ['template', { name: 'a', status: 'LOST' }],
    ['template', { name: 'a', status: 'PAUSED', category: 'NEWS' }],
    ['token', {}],
    ['number', {}],
    ['number', { throughput: 0 }],
    ['number', { tierLimit: 0 }],
    ['number', { throughput: 5, colour: 'red' }],
  ])('are refused when wrong: %s %j', async (path, body) => {
    const answer = await post(path, body);
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining('✖') } });
    expect(lab.receiver.received).toEqual([]);
  });

  test.each([
    ['account', { field: 'security', value: {} }],
    ['template', { name: 'a', status: 'PAUSED' }],
    ['token', { accessToken: 'x' }],
    ['number', { throughput: 5 }],
    ['inbound', { from: { waId: CONTACT }, message: { type: 'text', text: 'Hi' } }],
  ])('are refused for a number that is not there: %s', async (path, body) => {
    const answer = await post(path, { ...body, number: NumberId.parse('404') });
    expect(answer).toMatchObject({
      status: 404,
      body: { error: `Unknown number 404: there are ${NUMBER.id}, 2, 3` },
    });
  });
});
