import { describe, expect, test } from '@jest/globals';
import { CliError } from './cli-error.ts';
import { parseDuration, parseMoment, renderMoment, renderSpan, renderTime } from './moments.ts';

const NOW = Date.parse('2026-01-31T12:00:00Z');
const HOUR = 3_600_000;

describe('parseDuration()', () => {
  test.each([
    ['90s', 90_000],
    ['30m', HOUR / 2],
    ['2h', 2 * HOUR],
    ['1d12h', 36 * HOUR],
  ])('reads %s', (text, ms) => expect(parseDuration('--for', text)).toBe(ms));

  test.each(['', '2', 'h', '0h', '-1h', '2 h', '2w', '1.5h', '1234567d'])('refuses %j', (text) => {
    expect(() => parseDuration('--for', text)).toThrow(CliError);
  });
});

describe('parseMoment()', () => {
  test.each([
    ['2h', NOW - 2 * HOUR],
    ['2026-01-31T10:00Z', NOW - 2 * HOUR],
    ['2026-01-31T10:00:30+01:00', NOW - 3 * HOUR + 30_000],
    ['2026-01-31T10:00', new Date(2026, 0, 31, 10).getTime()],
    ['2026-01-31 10:00:05', new Date(2026, 0, 31, 10, 0, 5).getTime()],
    ['2026-01-31', new Date(2026, 0, 31).getTime()],
  ])('reads %s', (text, atMs) => expect(parseMoment('--since', text, NOW)).toBe(atMs));

  test.each(['', 'yesterday', '2026', '31.01.2026', '2026-13-01', '2026-01-31T25:00', '1769860800'])(
    'refuses %j',
    (text) => expect(() => parseMoment('--since', text, NOW)).toThrow('--since must be a time'),
  );
});

describe('renderTime()', () => {
  test('is local, to the second, and can be read back', () => {
    expect(renderTime(NOW)).toMatch(/^2026-\d\d-\d\dT\d\d:\d\d:00[+-]\d\d:\d\d$/);
    expect(Date.parse(renderTime(NOW))).toBe(NOW);
    expect(renderTime(NOW).slice(11, 13)).toBe(String(new Date(NOW).getHours()).padStart(2, '0'));
  });
});

describe('renderSpan()', () => {
  test.each([
    [0, '0s'],
    [59_999, '59s'],
    [60_000, '1m'],
    [-2 * HOUR - 1, '2h'],
    [49 * HOUR, '2d'],
  ])('%d ms is %s', (ms, text) => expect(renderSpan(ms)).toBe(text));

  test('stands behind a time, before or after now', () => {
    expect(renderMoment(NOW - HOUR, NOW)).toBe(`${renderTime(NOW - HOUR)} (1h ago)`);
    expect(renderMoment(NOW + HOUR, NOW)).toBe(`${renderTime(NOW + HOUR)} (in 1h)`);
  });
});
