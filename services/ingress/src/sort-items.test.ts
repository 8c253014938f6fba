import { describe, expect, test } from '@jest/globals';
import type { Bundle, Team } from '@alur/bundle';
import { NumberId, attemptTag, MessageId, hash } from '@alur/types';
import { parseWebhook } from '@alur/whatsapp';
import { messagesChange, metaJson, text, webhook } from '../../../test/support/meta.ts';
import { sortItems } from './sort-items.ts';

const team = (tenant: string, id: string, number: string, appSecrets: string[], enabled = true): Team => ({
  tenant,
  id,
  enabled,
  publicBaseUrl: 'https://example.com',
  flowsDir: '/flows',
  appSecrets,
  verifyToken: 'verify',
  numbers: [
    {
      id: NumberId.parse(number),
      tenant,
      team: id,
      accessToken: 'token',
      apiVersion: 'v25.0',
      tier: '1',
      tierCounts: 'business_initiated',
      throughput: 80,
    },
  ],
});
const bundle: Bundle = {
  dir: '/bundle',
  demo: false,
  strict: true,
  tenants: [
    {
      id: 'acme',
      teams: [team('acme', 'sales', '1', ['shared']), team('acme', 'help', '2', ['shared', 'old'])],
    },
    {
      id: 'other',
      teams: [team('other', 'main', '3', ['theirs']), team('other', 'off', '4', ['shared'], false)],
    },
  ],
};

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

  test('tells our own statuses from those of other senders', () => {
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
    expect(sorted.statuses).toMatchObject([{ tenant: 'acme', status: { mid, attempt: 2, status: 'sent' } }]);
    expect(sorted.foreign).toHaveLength(2);
  });
});
