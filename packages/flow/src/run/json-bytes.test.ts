import { describe, expect, test } from '@jest/globals';
import { Json } from '@alur/types';
import fc from 'fast-check';
import { jsonBytes } from './json-bytes.ts';

describe('jsonBytes()', () => {
  test.each<[string, Json]>([
    ['ASCII', 'abc'],
    ['escapes', '"\\\b\f\n\r\t\u0001\u007f'],
    ['two, three and four bytes', 'é€😀'],
    ['half a character', '\ud800x\udc00'],
    ['numbers', [0, -1.5, 1e21, 1e-7]],
    ['nothing in it', [[], {}, '']],
    ['the rest', { a: [true, false, null], 'b"': { c: 1 } }],
  ])('counts what JSON takes: %s', (_, value) => {
    expect(jsonBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
  });

  test('counts what JSON takes, whatever the value', () => {
    fc.assert(
      fc.property(fc.json(), fc.string({ unit: 'binary' }), (json, text) => {
        const value = Json.parse([JSON.parse(json), text]);
        expect(jsonBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
      }),
    );
  });
});
