import { describe, expect, test } from '@jest/globals';
import type { BusinessNumber } from '@alur/bundle';
import { NumberId } from '@alur/types';
import { waitFor } from '../../../test/support/wait.ts';
import { createWaker } from './waker.ts';

const number = (id: string): BusinessNumber => ({
  id: NumberId.parse(id),
  tenant: 'default',
  team: 'default',
  accessToken: 'token',
  apiVersion: 'v25.0',
  tier: '1',
  tierCounts: 'business_initiated',
  tierScope: 'number',
  throughput: 80,
});

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
    waker.look(number('1'), 40_000);
    waker.look(number('1'), 5);
    waker.look(number('1'), 10);
    waker.look(number('2'), 20);
    await waitFor(() => (woken.length === 2 ? true : undefined), 'both numbers');
    expect(woken).toEqual(['1', '2']);
    await waker.stop();
  });

  test('looks again when the look says so', async () => {
    const { waker, woken } = lab([1, 1, undefined]);
    waker.look(number('1'), 0);
    await waitFor(() => (woken.length === 3 ? true : undefined), 'three looks');
    await waker.stop();
    expect(woken).toHaveLength(3);
  });

  test('leaves waits without an end, and long ones, to the sweeper', async () => {
    const { waker, woken } = lab();
    waker.look(number('1'), undefined);
    waker.look(number('1'), 60_001);
    waker.look(number('2'), 1);
    await waitFor(() => (woken.length === 1 ? true : undefined), 'the short one');
    expect(woken).toEqual(['2']);
    await waker.stop();
  });

  test('tells of a look that failed, and stops', async () => {
    const { waker, errors } = lab();
    waker.look(number('9'), 0);
    await waitFor(() => (errors.length === 1 ? true : undefined), 'the error');
    await waker.stop();
    waker.look(number('9'), 0);
    expect(errors).toHaveLength(1);
  });
});
