import { describe, expect, test } from '@jest/globals';
import { createDueQueue } from './due-queue.ts';
import { createChance } from './ids.ts';

describe('createDueQueue()', () => {
  test('gives what is due in order, and in the order of adding where the time is the same', () => {
    const queue = createDueQueue();
    const chance = createChance('heap');
    const given = Array.from({ length: 2_000 }, (_, serial) => ({
      dueMs: Math.floor(chance() * 50),
      serial,
    }));
    const ran: typeof given = [];
    for (const entry of given) queue.add(entry.dueMs, () => ran.push(entry));
    queue.takeUntil(24).forEach((action) => action());
    expect(ran.every(({ dueMs }) => dueMs <= 24)).toBe(true);
    expect([queue.nextMs, queue.size]).toEqual([25, given.filter(({ dueMs }) => dueMs > 24).length]);
    queue.takeUntil(Infinity).forEach((action) => action());
    expect(ran).toEqual(
      [...given].sort((one, other) => one.dueMs - other.dueMs || one.serial - other.serial),
    );
    expect([queue.nextMs, queue.size]).toEqual([Infinity, 0]);
  });

  test('runs nothing that was taken back, before or after it was taken', () => {
    const queue = createDueQueue();
    const ran: string[] = [];
    const cancelLater = queue.add(2, () => ran.push('later'));
    queue.add(1, cancelLater);
    const cancelFirst = queue.add(0, () => ran.push('first'));
    queue.add(3, () => ran.push('last'));
    cancelFirst();
    cancelFirst();
    expect([queue.nextMs, queue.size]).toEqual([1, 3]);
    queue.takeUntil(3).forEach((action) => action());
    expect([ran, queue.size]).toEqual([['last'], 0]);
  });
});
