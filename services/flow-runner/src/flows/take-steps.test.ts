import { describe, expect, test } from '@jest/globals';
import { takeSteps } from './take-steps.ts';

/** Steps of some milliseconds each. */
function* steps(count: number, ms: number): Generator<undefined, string> {
  for (let step = 0; step < count; step += 1) {
    const until = performance.now() + ms;
    while (performance.now() < until);
    yield undefined;
  }
  return 'done';
}

describe('takeSteps()', () => {
  test('lets other work go on in between, and brings the result', async () => {
    let others = 0;
    const count = () => {
      others += 1;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    expect(await takeSteps(steps(60, 1))).toBe('done');
    clearImmediate(timer);
    expect(others).toBeGreaterThan(4);
  });

  test('does short work at once', async () => {
    let others = 0;
    const timer = setImmediate(() => (others += 1));
    await takeSteps(steps(3, 0));
    clearImmediate(timer);
    expect(others).toBe(0);
  });

  test('fails as a step fails', async () => {
    function* broken(): Generator<undefined, string> {
      yield undefined;
      throw new Error('broken');
    }
    await expect(takeSteps(broken())).rejects.toThrow('broken');
  });
});
