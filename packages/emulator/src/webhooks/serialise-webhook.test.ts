import { describe, expect, test } from '@jest/globals';
import { signBody } from '@alur/whatsapp';
import { serialiseWebhook } from './serialise-webhook.ts';

const SECRET = 'test_app_secret';

const withText = (body: string) => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: '0',
      changes: [
        { field: 'messages', value: { messaging_product: 'whatsapp', messages: [{ text: { body } }] } },
      ],
    },
  ],
});

describe('serialiseWebhook()', () => {
  test.each([
    [
      'nothing to escape',
      { object: 'whatsapp_business_account', entry: [] },
      49,
      'dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756',
    ],
    [
      'accents, emoji, slash and at sign',
      withText('Olá 😀 a/b @x'),
      201,
      '96152b90749cb31b3d2b21e46e832d19c74e05dc534ce44e1ae9c7ee8492d42d',
    ],
  ])('writes the bytes that Meta signs: %s', (_label, document, bytes, signature) => {
    const body = serialiseWebhook(document);
    expect([Buffer.byteLength(body), signBody(body, SECRET)]).toEqual([bytes, `sha256=${signature}`]);
  });

  test('writes the same document, in ASCII alone', () => {
    const text = '<b>\u007f\u2028 "q" \\ a/b';
    const body = serialiseWebhook({ text });
    expect(body).toMatch(/^[\x20-\x7e]+$/);
    expect(body).toContain(String.raw`\u003Cb>\u007f\u2028`);
    expect(JSON.parse(body)).toEqual({ text });
  });
});
