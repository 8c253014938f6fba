import { describe, expect, test } from '@jest/globals';
import { attemptTag, MessageId, hash } from '@alur/types';
import { parseWebhook } from '@alur/whatsapp';
import { aBundle, aNumber, aTeam } from '../../../test/support/bundle.ts';
import { messagesChange, metaJson, text, webhook } from '../../../test/support/meta.ts';
import { sortItems } from './sort-items.ts';

const bundle = aBundle([
  aTeam('acme', 'sales', { appSecrets: ['shared'], numbers: [aNumber('1')] }),
  aTeam('acme', 'help', { appSecrets: ['shared', 'old'], numbers: [aNumber('2')] }),
  aTeam('other', 'main', { appSecrets: ['theirs'], numbers: [aNumber('3')] }),
  aTeam('other', 'off', { appSecrets: ['shared'], enabled: false, numbers: [aNumber('4')] }),
]);

const sort = (value: unknown, secret = 'shared') => {
  const parsed = parseWebhook(Buffer.from(metaJson(value)), { receivedAtMs: 0 });
  if (parsed.kind !== 'items') throw new Error(parsed.reason);
  return sortItems(parsed.items, { bundle, tenant: 'acme', team: 'sales', secret });
};
const message = (number: string) =>
  webhook(messagesChange(number, [{ number, from: '6281230002', id: 'wamid.1', content: text('x') }]));

describe('sortItems()', () => {
  test.each([
    ['the team of the address', '1', { tenant: 'acme', team: 'sales' }],
    ['another team of the same Meta app', '2', { tenant: 'acme', team: 'help' }],
  ])('gives an event to %s, by its number', (_label, number, owner) => {
    expect(sort(message(number)).events).toMatchObject([owner]);
  });

  test.each([
    ['a tenant whose secret did not verify the body', '3', 'shared'],
    ['a team that is switched off', '4', 'shared'],
    ['nobody', '5', 'shared'],
    ['a team that does not have the old secret', '1', 'old'],
  ])('keeps aside what belongs to %s', (_label, number, secret) => {
    const sorted = sort(message(number), secret);
    expect([sorted.events, sorted.aside]).toMatchObject([[], [{ reason: 'not_this_teams_number' }]]);
  });

  test('gives statuses to the number that they are of, with our tag where they have it', () => {
    const mid = MessageId.parse(hash('m'));
    const change = (opaque?: string) => ({
      field: 'messages',
      value: {
        messaging_product: 'whatsapp',
        metadata: { phone_number_id: '1' },
        statuses: [
          {
            id: 'wamid.1',
            status: 'sent',
            timestamp: '1750030073',
            recipient_id: '628',
            biz_opaque_callback_data: opaque,
          },
        ],
      },
    });
    const sorted = sort(webhook(change(attemptTag(mid, 2)), change('somebody else'), change()));
    expect(sorted.statuses).toMatchObject([
      { number: { id: '1' }, status: { mid, attempt: 2, status: 'sent' } },
      { number: { id: '1' }, status: { status: 'sent' } },
      { number: { id: '1' }, status: { status: 'sent' } },
    ]);
    expect(sorted.statuses.map(({ status }) => status.mid)).toEqual([mid, undefined, undefined]);
  });

  test('gives a contact that moved to the number that it is of, and keeps aside what is of nobody', () => {
    const moved = (number: string) =>
      messagesChange(number, [
        {
          ...{ number, from: '6281230002', id: 'wamid.1' },
          content: { type: 'system', system: { type: 'user_changed_number', wa_id: '6281230003' } },
        },
      ]);
    const sorted = sort(webhook(moved('1'), moved('5')));
    expect(sorted.identities).toMatchObject([
      { number: { id: '1' }, change: { was: { waId: '6281230002' }, is: { waId: '6281230003' } } },
    ]);
    expect(sorted.events).toEqual([]);
    expect(sorted.aside).toMatchObject([{ reason: 'not_this_teams_number' }]);
  });

  const news = {
    field: 'account_update',
    value: { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } },
  };
  const account = (wabaId: string, teams = bundle) => {
    const body = { object: 'whatsapp_business_account', entry: [{ id: wabaId, time: 1, changes: [news] }] };
    const parsed = parseWebhook(Buffer.from(metaJson(body)), { receivedAtMs: 0 });
    if (parsed.kind !== 'items') throw new Error(parsed.reason);
    return sortItems(parsed.items, { bundle: teams, tenant: 'acme', team: 'sales', secret: 'shared' });
  };

  test('takes news for the numbers of its WABA, in whichever team whose secret verified it', () => {
    const wabas = aBundle([
      aTeam('acme', 'sales', {
        appSecrets: ['shared'],
        numbers: [aNumber('1', { businessAccountId: '70' })],
      }),
      aTeam('acme', 'help', {
        appSecrets: ['shared'],
        numbers: [aNumber('2', { businessAccountId: '71' }), aNumber('5', { businessAccountId: '71' })],
      }),
      aTeam('other', 'main', {
        appSecrets: ['theirs'],
        numbers: [aNumber('3', { businessAccountId: '71' })],
      }),
    ]);
    const ids = account('71', wabas).news.map(({ numbers }) => numbers.map(({ id }) => id));
    expect(ids).toEqual([['2', '5']]);
    expect(account('72', wabas).news).toEqual([]);
  });

  test('takes news of an unknown WABA for the numbers of the address that it came by, and keeps it in any case', () => {
    const sorted = account('99');
    expect(sorted.news.map(({ numbers }) => numbers.map(({ id }) => id))).toEqual([['1']]);
    expect(sorted.aside).toMatchObject([{ reason: 'account_field' }]);
  });
});
