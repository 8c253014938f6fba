import { describe, expect, test } from '@jest/globals';
import { DeadReason } from '@alur/types';
import { type FailureClass } from './graph-code.ts';
import { GRAPH_CODES, GRAPH_CODE_RANGES } from './graph-codes.ts';
import { classifyGraphError, describeGraphError, parseGraphError, parseRetryAfter } from './graph-errors.ts';

const BY_CLASS: [FailureClass, number[]][] = [
  ['retry', [1, 2, 131000, 131016, 132069, 133004, 134102]],
  ['wait_number', [130429, 131057, 131208, 2494100]],
  ['wait_pair', [131056]],
  ['wait_waba', [4, 17, 32, 613, 80007, 80008]],
  ['pause_number', [131037, 131045, 131048, 133010]],
  ['pause_waba', [368, 131031, 131042, 131064]],
  ['template_blocked', [132001, 132015, 132016]],
  ['window_closed', [131047]],
  ['opted_out', [131050]],
  ['hold_marketing', [130472, 131049]],
  ['bad_recipient', [1026, 130403, 130497, 131020, 131021, 131026, 131030, 131041]],
  ['configuration', [0, 3, 10, 33, 102, 104, 190, 200, 250, 299, 2500, 131005, 133000]],
  ['configuration', [133005, 133006, 133008, 133009, 133015, 133016]],
  ['permanent', [100, 506, 131008, 131009, 131014, 131044, 131051, 131052, 131053, 131055, 131058, 131059]],
  ['permanent', [131062, 131063, 131201, 131207, 132000, 132005, 132007, 132008, 132012, 132018, 132068]],
  ['permanent', [134011, 134100, 135000, 137000, 138001, 139000, 139103, 147001, 2388019, 2593107, 1752041]],
];
const ROWS = BY_CLASS.flatMap(([name, codes]) => codes.map((code): [number, FailureClass] => [code, name]));

describe('classifyGraphError()', () => {
  test.each(ROWS)('takes code %i for %s, whatever the HTTP status', (code, name) => {
    for (const httpStatus of [400, 401, 429, 500]) {
      const failure = classifyGraphError(httpStatus, { code });
      expect(failure).toMatchObject({ class: name, code });
      expect(DeadReason.options).toContain(failure.deadReason);
    }
  });

  test('has a row here for every code of the table', () => {
    expect([...GRAPH_CODES.keys()].filter((code) => !ROWS.some(([known]) => known === code))).toEqual([]);
  });

  test.each([
    [131026, 'bad_recipient'],
    [131047, 'window_closed'],
    [131050, 'opted_out'],
    [131049, 'rate_limited'],
    [130429, 'rate_limited'],
    [131031, 'configuration'],
    [132000, 'template'],
    [132015, 'template'],
    [131009, 'invalid_message'],
    [131000, 'retries_exhausted'],
    [131062, 'bad_recipient'],
    [190, 'configuration'],
  ])('gives code %i the dead reason %s', (code, deadReason) => {
    expect(classifyGraphError(400, { code })).toMatchObject({ deadReason });
  });

  test('tells an object out of reach from a bad parameter by the subcode', () => {
    expect(classifyGraphError(400, { code: 100, error_subcode: 33 })).toEqual({
      class: 'configuration',
      code: 100,
      subcode: 33,
      retryAfterMs: undefined,
      deadReason: 'configuration',
    });
    expect(classifyGraphError(400, { code: 100, error_subcode: 2494010 }).class).toBe('permanent');
  });

  test.each([
    ['4xx', 400, {}, 'permanent', 'unknown_code'],
    ['4xx, said to pass', 400, { is_transient: true }, 'retry', 'retries_exhausted'],
    ['429', 429, {}, 'wait_number', 'rate_limited'],
    ['5xx', 500, {}, 'retry', 'retries_exhausted'],
  ])('judges an unknown code by its HTTP status: %s', (_label, httpStatus, hint, name, deadReason) => {
    const failure = classifyGraphError(httpStatus, { code: 777777, ...hint });
    expect(failure).toMatchObject({ class: name, deadReason, code: 777777 });
  });

  test('does not let is_transient overrule a known code', () => {
    expect(classifyGraphError(400, { code: 131026, is_transient: true }).class).toBe('bad_recipient');
  });

  test('prefers Retry-After to the wait of the table', () => {
    expect(classifyGraphError(429, { code: 130429 }).retryAfterMs).toBe(1_000);
    expect(classifyGraphError(429, { code: 130429 }, '30').retryAfterMs).toBe(30_000);
    expect(classifyGraphError(400, { code: 131049 }).retryAfterMs).toBe(86_400_000);
  });
});

describe('parseRetryAfter()', () => {
  test.each([
    ['0', 1_000],
    ['7', 7_000],
    ['999999999', 86_400_000],
    ['-1', undefined],
    ['1.5', undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j as %s', (header, expected) => {
    expect(parseRetryAfter(header)).toBe(expected);
  });
});

describe('parseGraphError()', () => {
  test('reads code, subcode and hint, and none of the texts', () => {
    const error = {
      message: '(#131030) +16505551234 not in allowed list',
      type: 'OAuthException',
      code: 131030,
      error_subcode: 2655007,
      error_data: 'a string',
      is_transient: false,
      fbtrace_id: 'Az8',
    };
    expect(parseGraphError({ error })).toEqual({ code: 131030, error_subcode: 2655007, is_transient: false });
  });

  test.each([
    ['code as text', { error: { code: '190' } }, { code: 190 }],
    ['subcode of another type', { error: { code: 190, error_subcode: {} } }, { code: 190 }],
    ['no code', { error: { message: 'x' } }, undefined],
    ['a text as error', { error: 'x' }, undefined],
    ['null', null, undefined],
    ['nothing', undefined, undefined],
  ])('reads %s', (_label, json, expected) => {
    expect(parseGraphError(json)).toEqual(expected);
  });
});

describe('describeGraphError()', () => {
  test('has a title and advice for every code, and nothing for others', () => {
    const all = [...GRAPH_CODES.values(), ...GRAPH_CODE_RANGES.map(({ code }) => code)];
    for (const { title, advice } of all) expect([title.length > 5, advice.length > 5]).toEqual([true, true]);
    expect(describeGraphError({ code: 131042 })?.advice).toContain('payment');
    expect(describeGraphError({ code: 777777 })).toBeUndefined();
  });
});
