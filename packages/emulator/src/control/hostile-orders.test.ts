import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HOSTILE, inEachPlace } from '../../../../test/support/hostile.ts';
import { CONTACT, type Lab, NUMBER, startLab } from '../testing/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

const number = NUMBER.id;
const template = {
  name: 'a',
  language: 'en',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: 'Hi' }],
};
const ORDERS: [path: string, order: object][] = [
  ['_emulator/account', { number, field: 'account_alerts', value: { a: 1 } }],
  ['_emulator/inbound', { number, from: { waId: CONTACT, name: 'a' }, message: { type: 'text', text: 'a' } }],
  [
    '_emulator/inbound/batch',
    { messages: [{ number, from: { waId: CONTACT }, message: { type: 'text', text: 'a' } }] },
  ],
  ['_emulator/faults', { match: { to: '999' }, fault: { kind: 'http', status: 418, body: 'a' } }],
  ['_emulator/contact', { to: CONTACT, waId: CONTACT, identityKeyHash: 'a' }],
  ['_emulator/contacts', { waId: CONTACT, name: 'a' }],
  ['_emulator/media-link', { link: 'https://a.b/c' }],
  ['_emulator/webhook', { number, url: null, verifyToken: 'a', scope: 'number' }],
  [
    `v25.0/${number}/messages`,
    {
      messaging_product: 'whatsapp',
      to: CONTACT,
      type: 'text',
      text: { body: 'a' },
      context: { message_id: 'b' },
    },
  ],
  [`v25.0/${NUMBER.wabaId}/message_templates`, template],
];

test.each(ORDERS)('there is a POST to %s', async (path, order) => {
  const headers = { authorization: `Bearer ${NUMBER.accessToken}` };
  expect((await lab.call('POST', `/${path}`, order, headers)).status).toBe(200);
});

describe.each(HOSTILE)('%s', (_label, json) => {
  test.each(ORDERS)('in any place of a POST to %s is answered, never with 500', async (path, order) => {
    for (const text of inEachPlace(order, json)) {
      const headers = { authorization: `Bearer ${NUMBER.accessToken}` };
      const { status } = await lab.call('POST', `/${path}`, text, headers);
      if (status >= 500) throw new Error(`${status}: ${text}`);
    }
  });
});
