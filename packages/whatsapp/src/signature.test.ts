import { describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { signBody, verifySignature } from './signature.ts';

const SECRET = 'test_app_secret';
const EMPTY_ENTRY = '{"object":"whatsapp_business_account","entry":[]}';
const ESCAPED =
  '{"object":"whatsapp_business_account","entry":[{"id":"0","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","messages":[{"text":{"body":"Ol\\u00e1 \\ud83d\\ude00 a\\/b \\u0040x"}}]}}]}]}';
const UNESCAPED = JSON.stringify(JSON.parse(ESCAPED));

const VECTORS: [string, string, number, string][] = [
  ['no entry', EMPTY_ENTRY, 49, 'dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756'],
  ['escaped', ESCAPED, 201, '96152b90749cb31b3d2b21e46e832d19c74e05dc534ce44e1ae9c7ee8492d42d'],
  ['raw UTF-8', UNESCAPED, 183, 'c9001ab7f06d75adae36718290a7d0aafbf794f36d3478f622818312fa35e08f'],
  ['empty body', '', 0, '517bc4c7d1d8d400868e0ad6f64b77098b818a2f2595004253a1922302a602c0'],
];

const hex = signBody(EMPTY_ENTRY, SECRET).slice('sha256='.length);
const verify = (header: string | string[] | undefined, secrets: string[] = [SECRET]) =>
  verifySignature(Buffer.from(EMPTY_ENTRY), header, secrets);

describe('verifySignature()', () => {
  test.each(VECTORS)('accepts the known signature of: %s', (_label, text, bytes, digest) => {
    const body = Buffer.from(text);
    expect(body.length).toBe(bytes);
    expect(signBody(body, SECRET)).toBe(`sha256=${digest}`);
    expect(verifySignature(body, `sha256=${digest}`, [SECRET])).toEqual({ ok: true, secret: SECRET });
  });

  test.each([
    ['no header', undefined, 'missing'],
    ['an empty list', [], 'missing'],
    ['an empty header', '', 'missing'],
    ['no digits', 'sha256=', 'malformed'],
    ['63 digits', `sha256=${hex.slice(1)}`, 'malformed'],
    ['65 digits', `sha256=${hex}0`, 'malformed'],
    ['66 digits', `sha256=${hex}00`, 'malformed'],
    ['letters behind the digits', `sha256=${hex}zz`, 'malformed'],
    ['a space behind', `sha256=${hex} `, 'malformed'],
    ['a line break behind', `sha256=${hex}\n`, 'malformed'],
    ['a space inside', `sha256= ${hex}`, 'malformed'],
    ['a colon', `sha256:${hex}`, 'malformed'],
    ['an upper-case name', `SHA256=${hex}`, 'malformed'],
    ['upper-case digits', `sha256=${hex.toUpperCase()}`, 'malformed'],
    ['base64', `sha256=${Buffer.from(hex, 'hex').toString('base64')}`, 'malformed'],
    ['SHA-1', `sha1=${createHmac('sha1', SECRET).update(EMPTY_ENTRY).digest('hex')}`, 'malformed'],
    ['the header twice, joined', `sha256=${hex}, sha256=${hex}`, 'malformed'],
    ['the header twice, as a list', [`sha256=${hex}`, `sha256=${hex}`], 'malformed'],
    ['the header once, as a list', [`sha256=${hex}`], 'malformed'],
    ['another digest', `sha256=${'0'.repeat(64)}`, 'mismatch'],
  ])('refuses %s', (_label, header, reason) => {
    expect(verify(header)).toEqual({ ok: false, reason });
  });

  test('names the secret that fits, wherever it stands in the list', () => {
    expect(verify(`sha256=${hex}`, ['new', '', SECRET, 'other'])).toEqual({ ok: true, secret: SECRET });
  });

  test.each([
    ['no secret', [], 'x'],
    ['an empty secret', [''], ''],
    ["another team's secret", ['other'], SECRET],
  ])('refuses any signature with %s', (_label, secrets, signedWith) => {
    expect(verify(signBody(EMPTY_ENTRY, signedWith), secrets)).toEqual({ ok: false, reason: 'mismatch' });
  });

  test('refuses the signature of the same document in other bytes', () => {
    const body = Buffer.from(ESCAPED);
    expect(verifySignature(body, signBody(UNESCAPED, SECRET), [SECRET]).ok).toBe(false);
    expect(verifySignature(body, signBody(`${ESCAPED}\n`, SECRET), [SECRET]).ok).toBe(false);
  });

  test('refuses every flipped bit of the header', () => {
    const header = Buffer.from(`sha256=${hex}`);
    for (let bit = 0; bit < header.length * 8; bit += 1) {
      expect(verify(flip(header, bit).toString('latin1')).ok).toBe(false);
    }
  });

  test('refuses any flipped bit of any body', () => {
    const bodies = fc.uint8Array({ minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(bodies, fc.nat(), fc.string({ minLength: 1 }), (bytes, position, secret) => {
        const body = Buffer.from(bytes);
        const header = signBody(body, secret);
        expect(verifySignature(body, header, [secret]).ok).toBe(true);
        expect(verifySignature(flip(body, position % (body.length * 8)), header, [secret]).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

function flip(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
}
