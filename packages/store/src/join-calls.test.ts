import { describe, expect, test } from '@jest/globals';
import { joinCalls } from './join-calls.ts';

const later = () => new Promise((resolve) => setImmediate(resolve));

describe('joinCalls()', () => {
  test('gathers what is asked during a call into the next one, and gives each caller its own results', async () => {
    const calls: string[] = [];
    const ask = joinCalls(async (items: readonly string[]) => {
      calls.push(items.join(''));
      await later();
      return items.map((item) => item.toUpperCase());
    });
    const results = await Promise.all([ask(['a']), ask(['b', 'c']), ask([]), ask(['d'])]);
    expect(results).toEqual([['A'], ['B', 'C'], [], ['D']]);
    expect(calls).toEqual(['a', 'bcd']);
    expect(await ask(['e'])).toEqual(['E']);
  });

  test('serves each caller alone when a shared call fails', async () => {
    const ask = joinCalls(async (items: readonly string[]) => {
      await later();
      if (items.includes('bad')) throw new Error('bad item');
      return [...items];
    });
    const results = await Promise.allSettled([ask(['first']), ask(['good']), ask(['bad']), ask(['fine'])]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await ask(['after'])).toEqual(['after']);
  });
});
