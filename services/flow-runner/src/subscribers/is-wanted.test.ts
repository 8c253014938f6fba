import { describe, expect, test } from '@jest/globals';
import { isWanted } from './is-wanted.ts';

describe('isWanted()', () => {
  test.each([
    [['*'], 'order.paid', true],
    [['order.*'], 'order.paid', true],
    [['order.*'], 'order', false],
    [['order.*'], 'orders.paid', false],
    [['order*'], 'orders.paid', true],
    [['order.paid'], 'order.paid', true],
    [['order.paid'], 'order.paid.late', false],
    [['handoff.started', 'order.*'], 'order.sent', true],
    [[], 'order.paid', false],
  ])('%j wants %s: %s', (patterns, type, wanted) => {
    expect(isWanted(patterns, type)).toBe(wanted);
  });
});
