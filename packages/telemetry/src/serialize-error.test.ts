import { describe, expect, test } from '@jest/globals';
import { serializeError } from './serialize-error.ts';

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

describe('serializeError()', () => {
  test.each(['my card is 4111', '{"text":"my card is 4111"', '["my card is 4111",]', '"my card\nis 4111"'])(
    'says of a text that is no JSON that it is none, and nothing of %j',
    (text) => {
      const error = thrownBy(() => JSON.parse(text));
      const said = serializeError(error);
      expect(said).toMatchObject({ type: 'SyntaxError', message: 'a text is no JSON' });
      expect(said.stack).toMatch(/^SyntaxError: a text is no JSON\n +at /);
      const around = serializeError(new Error('Cannot read', { cause: error }));
      expect(JSON.stringify([said, around])).not.toMatch(/card|4111/);
    },
  );

  test('keeps the words of every other error', () => {
    expect(serializeError(new TypeError('x is $& wrong'))).toMatchObject({
      message: 'x is $& wrong',
      stack: expect.stringMatching(/^TypeError: x is \$& wrong\n/),
    });
  });
});
