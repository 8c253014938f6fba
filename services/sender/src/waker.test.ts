import { describe, expect, test } from '@jest/globals';
import { aNumber } from '../../../test/support/bundle.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { createWaker } from './waker.ts';

function lab(next: (number | undefined)[] = []) {
  const woken: string[] = [];
  const errors: unknown[] = [];
  const waker = createWaker({
    wake: async ({ id }) => {
      await Promise.resolve();
      woken.push(id);
      if (id === '9') throw new Error('Redis is away');
      return next.shift();
    },
    onError: (error) => void errors.push(error),
  });
  return { waker, woken, errors };
}

describe('createWaker()', () => {
  test('looks once for all that wait for the same number, at the earliest time', async () => {
    const { waker, woken } = lab();
    waker.look(aNumber('1'), 40_000);
    waker.look(aNumber('1'), 5);
    waker.look(aNumber('1'), 10);
    waker.look(aNumber('2'), 20);
    await waitFor(() => (woken.length === 2 ? true : undefined), 'both numbers');
    expect(woken).toEqual(['1', '2']);
    await waker.stop();
  });

  test('looks again when the look says so', async () => {
    const { waker, woken } = lab([1, 1, undefined]);
    waker.look(aNumber('1'), 0);
    await waitFor(() => (woken.length === 3 ? true : undefined), 'three looks');
    await waker.stop();
    expect(woken).toHaveLength(3);
  });

  test('leaves waits without an end, and long ones, to the sweeper', async () => {
    const { waker, woken } = lab();
    waker.look(aNumber('1'), undefined);
    waker.look(aNumber('1'), 60_001);
    waker.look(aNumber('2'), 1);
    await waitFor(() => (woken.length === 1 ? true : undefined), 'the short one');
    expect(woken).toEqual(['2']);
    await waker.stop();
  });

  test('tells of a look that failed, and stops', async () => {
    const { waker, errors } = lab();
    waker.look(aNumber('9'), 0);
    await waitFor(() => (errors.length === 1 ? true : undefined), 'the error');
    await waker.stop();
    waker.look(aNumber('9'), 0);
    expect(errors).toHaveLength(1);
  });
});
