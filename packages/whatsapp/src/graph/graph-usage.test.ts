import { describe, expect, test } from '@jest/globals';
import { readUsage } from './graph-usage.ts';

const business = (value: unknown) => ({ 'x-business-use-case-usage': JSON.stringify(value) });
const app = (value: unknown) => ({ 'x-app-usage': JSON.stringify(value) });

describe('readUsage()', () => {
  test('takes the worst percent and the longest wait of all', () => {
    const headers = {
      ...app({ call_count: 28, total_time: 61, total_cputime: 25 }),
      ...business({
        '102290129340398': [
          {
            type: 'whatsapp',
            call_count: 100,
            total_cputime: 25,
            total_time: 25,
            estimated_time_to_regain_access: 19,
          },
          { type: 'whatsapp_business_management', call_count: 7, estimated_time_to_regain_access: 0 },
        ],
        '2': [{ call_count: 12, estimated_time_to_regain_access: 3 }],
      }),
    };
    expect(readUsage(headers)).toEqual({ percent: 100, regainMs: 19 * 60_000 });
    expect(readUsage({ 'x-app-usage': headers['x-app-usage'] })).toEqual({ percent: 61 });
  });

  test.each([
    ['a percent over 100', business({ 1: [{ call_count: 250 }] }), { percent: 250 }],
    [
      'a wait over a day',
      business({ 1: [{ call_count: 1, estimated_time_to_regain_access: 9e9 }] }),
      { percent: 1, regainMs: 86_400_000 },
    ],
    ['members of another type', app({ call_count: '90', total_time: 4, total_cputime: -1 }), { percent: 4 }],
    [
      'one header of two that is broken',
      { ...app({ call_count: 4 }), 'x-business-use-case-usage': '{' },
      { percent: 4 },
    ],
    [
      'the first 32 objects',
      business({ 1: [...Array(32).fill({ call_count: 1 }), { call_count: 99 }] }),
      { percent: 1 },
    ],
  ])('reads %s', (_label, headers, expected) => {
    expect(readUsage(headers)).toEqual(expected);
  });

  test.each([
    ['no headers', {}],
    ['no JSON', { 'x-app-usage': 'call_count=28', 'x-business-use-case-usage': '' }],
    ['a header twice', { 'x-app-usage': '{"call_count":1}, {"call_count":2}' }],
    ['a list', app([28])],
    ['null', app(null)],
    ['no percents', { ...app({}), ...business({ 1: [] }) }],
    ['a business use that is no list', business({ 1: { call_count: 28 } })],
  ])('reads nothing from %s', (_label, headers) => {
    expect(readUsage(headers)).toBeUndefined();
  });
});
