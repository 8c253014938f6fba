import { describe, expect, test } from '@jest/globals';
import { resolveOnce } from './find-addresses.ts';

describe('resolveOnce()', () => {
  test('asks for a name once at a time, and for others meanwhile', async () => {
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    const resolve = resolveOnce((host) => {
      asked.push(host);
      return new Promise((answer) => answers.push(() => answer([host])));
    });
    const calls = ['hangs.example', 'hangs.example', 'b.example', 'hangs.example'].map(resolve);
    expect(asked).toEqual(['hangs.example', 'b.example']);
    for (const answer of answers) answer();
    expect((await Promise.all(calls)).flat()).toHaveLength(4);
    void resolve('hangs.example');
    expect(asked).toHaveLength(3);
  });

  test('asks again after a failure', async () => {
    let asked = 0;
    const resolve = resolveOnce(() => {
      asked += 1;
      return Promise.reject(new Error('ENOTFOUND'));
    });
    await expect(resolve('a.example')).rejects.toThrow();
    await expect(resolve('a.example')).rejects.toThrow();
    expect(asked).toBe(2);
  });
});
