import { describe, expect, test } from '@jest/globals';
import { DeadReason, type ErrorOverride, FailureClass } from '@alur/types';
import { GRAPH_CODES, GRAPH_CODE_RANGES } from './graph-codes.ts';
import { classifyGraphError, describeGraphError, parseGraphError, parseRetryAfter } from './graph-errors.ts';
import { listGraphCodes } from './list-graph-codes.ts';

// What each code of Meta's page comes to: a change of the table has to be made here as well.
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
  [
    'permanent',
    [100, 506, 130501, 131008, 131009, 131014, 131044, 131051, 131052, 131053, 131055, 131058, 131059],
  ],
  [
    'permanent',
    [131060, 131062, 131063, 131200, 131201, 131207, 132000, 132005, 132007, 132008, 132012, 132018, 132068],
  ],
  [
    'permanent',
    [
      134011, 134100, 134101, 134103, 135000, 137000, 138001, 138099, 139000, 139100, 139103, 147001, 147005,
      2388019, 2388103, 2593107, 2593108, 1752041,
    ],
  ],
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

  test.each([
    [130429, 1_000],
    [131056, 1_000],
    [131057, 60_000],
    [131208, 60_000],
    [2494100, 60_000],
    [4, 60_000],
    [80007, 60_000],
    [80008, 60_000],
    [131048, 3_600_000],
    [131064, 3_600_000],
    [132069, 3_600_000],
    [131049, 86_400_000],
    [131000, undefined],
  ])('lets code %i wait for %s ms', (code, retryAfterMs) => {
    expect(classifyGraphError(400, { code }).retryAfterMs).toBe(retryAfterMs);
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
    expect(classifyGraphError(429, { code: 130429 }, { retryAfter: '30' }).retryAfterMs).toBe(30_000);
    expect(classifyGraphError(400, { code: 131049 }).retryAfterMs).toBe(86_400_000);
  });
});

describe('classifyGraphError() with the word of the bundle', () => {
  const classify = (code: number, word: ErrorOverride, more: { retryAfter?: string } = {}) =>
    classifyGraphError(400, { code }, { ...more, overrides: new Map([[code, word]]) });

  test.each(FailureClass.options)('takes class %s for any code, and its own reason', (name) => {
    const { deadReason } = classify(777777, { class: name });
    for (const code of [131026, 131049, 132000, 777777]) {
      expect(classify(code, { class: name })).toMatchObject({ class: name, deadReason });
    }
    expect(deadReason).not.toBe('unknown_code');
  });

  test('drops the wait of the table with its class, and keeps it without a new one', () => {
    expect(classify(131049, { class: 'retry' }).retryAfterMs).toBeUndefined();
    expect(classify(131049, { class: 'hold_marketing' }).retryAfterMs).toBe(86_400_000);
    expect(classify(131049, { advice: 'x' }).retryAfterMs).toBe(86_400_000);
    expect(classify(131049, { advice: 'x' }).deadReason).toBe('rate_limited');
  });

  test('waits as it says, and as Retry-After says before that', () => {
    expect(classify(131049, { retryAfterMs: 30_000 })).toMatchObject({
      class: 'hold_marketing',
      retryAfterMs: 30_000,
    });
    expect(classify(131049, { retryAfterMs: 30_000 }, { retryAfter: '5' }).retryAfterMs).toBe(5_000);
  });

  test('leaves other codes, and what it does not name of unknown ones', () => {
    const overrides = new Map([[131026, { class: 'retry' as const }]]);
    expect(classifyGraphError(400, { code: 131047 }, { overrides }).class).toBe('window_closed');
    expect(classify(777777, { retryAfterMs: 9_000 })).toMatchObject({
      class: 'permanent',
      deadReason: 'unknown_code',
      retryAfterMs: 9_000,
    });
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

  test('puts the advice of the bundle before its own', () => {
    const overrides = new Map([
      [131042, { advice: 'Ask accounting.' }],
      [777777, { class: 'retry' as const, advice: 'Call us.' }],
    ]);
    expect(describeGraphError({ code: 131042 }, overrides)).toMatchObject({
      class: 'pause_waba',
      title: describeGraphError({ code: 131042 })?.title,
      advice: 'Ask accounting.',
    });
    expect(describeGraphError({ code: 777777 }, overrides)).toMatchObject({
      class: 'retry',
      advice: 'Call us.',
    });
    expect(describeGraphError({ code: 888888 }, overrides)).toBeUndefined();
  });
});

describe('listGraphCodes()', () => {
  test('lists every code and range once, in order, with its class and advice', () => {
    const listed = listGraphCodes();
    const codes = listed.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes).toEqual(expect.arrayContaining([...GRAPH_CODES.keys()].map(String)));
    expect(codes).toEqual(expect.arrayContaining(['100/33', '200-299', '2388000-2388999']));
    expect(codes).toHaveLength(GRAPH_CODES.size + GRAPH_CODE_RANGES.length + 1);
    const starts = codes.map((code) => Number.parseInt(code, 10));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(listed).toContainEqual({
      code: '131042',
      class: 'pause_waba',
      title: 'The account cannot be billed',
      advice: 'Mend the payment method of the WABA in Business Settings.',
    });
  });
});
