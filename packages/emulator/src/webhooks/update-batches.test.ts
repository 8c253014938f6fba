import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Clock, createClock } from '../clock.ts';
import { createUpdateBatches } from './update-batches.ts';

interface Receipt {
  number: { id: string };
  n: number;
}
const receipt = (id: string, n: number): Receipt => ({ number: { id }, n });

/** Batches, and a promise that a number of calls of `onReady` has come. */
function open(max: number, waitMs: number) {
  let calls = 0;
  const waiters: { count: number; resolve: () => void }[] = [];
  const keyOf = ({ number }: Receipt) => number.id;
  const batches = createUpdateBatches<Receipt>({ max, waitMs, keyOf, clock }, () => {
    calls += 1;
    for (const { count, resolve } of waiters) if (calls >= count) resolve();
  });
  const ready = (count: number) =>
    new Promise<void>((resolve) => (calls >= count ? resolve() : waiters.push({ count, resolve })));
  return { ...batches, ready, calls: () => calls };
}

let clock: Clock;
beforeEach(() => {
  clock = createClock();
});
afterEach(() => clock.close());

describe('createUpdateBatches()', () => {
  test('lets receipts leave at once, as many of a number as wait', () => {
    const batches = open(3, 0);
    for (const n of [1, 2, 3, 4]) batches.add(receipt('a', n));
    batches.add(receipt('b', 5));
    expect(batches.take()?.map(({ n }) => n)).toEqual([1, 2, 3]);
    expect(batches.take()?.map(({ n }) => n)).toEqual([5]);
    expect(batches.take()?.map(({ n }) => n)).toEqual([4]);
    expect(batches.take()).toBeUndefined();
  });

  test('keeps them until there are enough', () => {
    const batches = open(2, 60_000);
    batches.add(receipt('a', 1));
    batches.add(receipt('b', 2));
    expect([batches.take(), batches.calls()]).toEqual([undefined, 0]);
    batches.add(receipt('a', 3));
    expect(batches.calls()).toBe(1);
    expect(batches.take()?.map(({ n }) => n)).toEqual([1, 3]);
    expect(batches.take()).toBeUndefined();
    batches.close();
  });

  test('says of each whether it leaves or waits, also behind a batch that has not left yet', () => {
    const batches = open(2, 60_000);
    const said = [1, 2, 3, 4, 5].map((n) => batches.add(receipt('a', n)));
    expect(said).toEqual(['waits', 'leaves', 'waits', 'leaves', 'waits']);
    expect([batches.take(), batches.take(), batches.take()].map((batch) => batch?.length)).toEqual([
      2,
      2,
      undefined,
    ]);
    batches.close();
  });

  test('keeps them no longer than the wait, also those that were left over', async () => {
    const batches = open(2, 30);
    for (const n of [1, 2, 3]) batches.add(receipt('a', n));
    expect(batches.take()?.map(({ n }) => n)).toEqual([1, 2]);
    expect(batches.take()).toBeUndefined();
    await batches.ready(2);
    expect(batches.take()?.map(({ n }) => n)).toEqual([3]);
  });
});
