import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createChance } from '../ids.ts';
import { type PlannedReceipt, disturbReceipts, planReceipts } from './plan-receipts.ts';

const delays = { sent: 30, delivered: 120, read: 600 };
const plan = (more: object = {}) => planReceipts({ type: 'text', delays, autoRead: true, ...more });
const short = (receipts: PlannedReceipt[]) => receipts.map(({ receipt, dueMs }) => `${receipt} ${dueMs}`);

describe('planReceipts()', () => {
  test.each([
    ['a message', {}, ['sent 30', 'delivered 120', 'read 600']],
    ['one that nobody reads', { autoRead: false }, ['sent 30', 'delivered 120']],
    ['a reaction', { type: 'reaction' }, ['sent 30']],
    ['one that fails', { failure: { afterSentMs: undefined } }, ['failed 120']],
    ['one that fails late', { failure: { afterSentMs: 5_000 } }, ['sent 30', 'failed 5030']],
  ])('%s', (_label, more, expected) => {
    expect(short(plan(more))).toEqual(expected);
  });
});

describe('disturbReceipts()', () => {
  const chance = createChance('test');

  test.each([
    ['no fault', undefined, ['sent 30', 'delivered 120', 'read 600']],
    ['drop_statuses', { kind: 'drop_statuses' as const }, []],
    [
      'delay_statuses',
      { kind: 'delay_statuses' as const, ms: 1_000 },
      ['sent 1030', 'delivered 1120', 'read 1600'],
    ],
    [
      'duplicate_status',
      { kind: 'duplicate_status' as const },
      ['sent 30', 'sent 80', 'delivered 120', 'delivered 170', 'read 600', 'read 650'],
    ],
  ])('%s', (_label, fault, expected) => {
    expect(short(disturbReceipts(plan(), fault, chance))).toEqual(expected);
  });

  test('shuffle_statuses: each once, never in order, none before it happens', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const shuffled = disturbReceipts(plan(), { kind: 'shuffle_statuses' }, createChance(seed));
        const names = shuffled.map(({ receipt }) => receipt);
        expect([...names].sort()).toEqual(['delivered', 'read', 'sent']);
        expect(names).not.toEqual(['sent', 'delivered', 'read']);
        expect(shuffled.map(({ dueMs }) => dueMs)).toEqual([600, 650, 700]);
        expect(shuffled.every(({ dueMs, happensMs }) => dueMs >= happensMs)).toBe(true);
      }),
    );
  });

  test('shuffle_statuses: the same order for the same seed', () => {
    const fault = { kind: 'shuffle_statuses' as const };
    const run = () => {
      const seeded = createChance('dice');
      return [0, 1, 2, 3].map(() => short(disturbReceipts(plan(), fault, seeded)));
    };
    expect(run()).toEqual(run());
    expect(new Set(run().map(String)).size).toBeGreaterThan(1);
  });
});
