import { describe, expect, test } from '@jest/globals';
import { readinessOf } from './readiness-of.ts';

describe('readinessOf()', () => {
  test.each([
    ['nothing is wrong', { redis: undefined }, {}, { ready: true, checks: { redis: { ok: true } } }],
    [
      'one of two is wrong',
      { redis: undefined, bundle: 'gone' },
      {},
      { ready: false, checks: { redis: { ok: true }, bundle: { ok: false, detail: 'gone' } } },
    ],
    [
      'there is a note',
      { bundle: undefined },
      { bundle: 'old' },
      { ready: true, checks: { bundle: { ok: true, detail: 'old' } } },
    ],
    [
      'a problem goes over a note',
      { bundle: 'gone' },
      { bundle: 'old' },
      { ready: false, checks: { bundle: { ok: false, detail: 'gone' } } },
    ],
  ])('when %s', (_label, problems, notes, expected) => {
    expect(readinessOf(problems, notes)).toEqual(expected);
  });
});
