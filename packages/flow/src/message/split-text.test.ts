import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitText } from './split-text.ts';

describe('splitText()', () => {
  test.each([
    ['paragraph', 'aaaa bbbb.\n\ncccc dddd', 16, ['aaaa bbbb.', 'cccc dddd']],
    ['line', 'aaaa bbbb\ncccc dddd', 16, ['aaaa bbbb', 'cccc dddd']],
    ['sentence', 'Aaaa bb. Cccc dddd eeee', 15, ['Aaaa bb.', 'Cccc dddd eeee']],
    ['word', 'aaaa bbbb cccc', 10, ['aaaa bbbb', 'cccc']],
    ['no break', 'aaaaaaaaaaaa', 5, ['aaaaa', 'aaaaa', 'aa']],
    ['emoji', '😀😀😀', 3, ['😀', '😀', '😀']],
    ['short', 'abc', 5, ['abc']],
    ['empty', '  ', 5, []],
  ])('cuts at a %s', (_, text, max, parts) => {
    expect(splitText(text, max)).toEqual(parts);
  });

  test('loses nothing but space, and no part is too long', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300, unit: 'grapheme' }),
        fc.integer({ min: 4, max: 50 }),
        (text, max) => {
          const parts = splitText(text, max);
          expect(parts.every((part) => part.length <= max && part.length > 0)).toBe(true);
          expect(parts.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
        },
      ),
    );
  });
});
