import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../test/support/events.ts';
import { optOutMatcher } from './opt-out-matcher.ts';

describe('optOutMatcher()', () => {
  test('hears the words of the settings, and prepares them once', () => {
    const settings = { words: { stop: ['BASTA'], start: ['VAMOS'] } };
    const matcher = optOutMatcher(settings);
    const wishes = ['basta', 'vamos', 'stop'].map((text) => matcher(textEvent({ wamid: text, text })));
    expect(wishes).toEqual(['out', 'in', undefined]);
    expect(optOutMatcher(settings)).toBe(matcher);
    expect(optOutMatcher({ ...settings })).not.toBe(matcher);
  });
});
