import { describe, expect, test } from '@jest/globals';
import { isHeard } from './is-heard.ts';

describe('isHeard()', () => {
  test.each(['STOP', 'ne plus', "S'ABONNER", '停止', 'กด 0', '5', ' ¡baja! ', 'x'.repeat(64)])(
    'of %j is true',
    (word) => {
      expect(isHeard(word)).toBe(true);
    },
  );

  test.each(['', '🛑', '👍🏽', '—', '...', '  ', '\u0301', '\u200b', 'x'.repeat(65)])(
    'of %j is false',
    (word) => {
      expect(isHeard(word)).toBe(false);
    },
  );
});
