import { describe, expect, test } from '@jest/globals';
import { isWanted, wantedTypes } from './outside-event.ts';

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

describe('wantedTypes()', () => {
  test('has what any subscriber wants', () => {
    const subscribers = [{ events: ['contact.*', 'order.*'] }, { events: ['message.failed'] }];
    expect([...wantedTypes(subscribers)]).toEqual([
      'message.failed',
      'contact.opted_out',
      'contact.opted_in',
    ]);
    expect([...wantedTypes([])]).toEqual([]);
    expect([...wantedTypes([{ events: ['*'] }])]).toContain('broadcast.done');
  });
});
