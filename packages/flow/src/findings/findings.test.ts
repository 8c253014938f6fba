import { describe, expect, test } from '@jest/globals';
import { checkExample, FINDING_CODES } from '../index.ts';
import { type FailingExample, type PassingExample } from './example.ts';

const CODES = Object.entries(FINDING_CODES).sort(([a], [b]) => (a < b ? -1 : 1));

const listed = <Example>(pick: (entry: (typeof CODES)[number][1]) => readonly Example[]) =>
  CODES.flatMap(([code, entry]) =>
    pick(entry).map((example, index): [string, number, Example] => [code, index + 1, example]),
  );

describe('FINDING_CODES', () => {
  test.each(listed<FailingExample>(({ fails }) => fails))('%s, failing example %d', (code, _, example) => {
    const findings = checkExample(example);
    const [found] = findings.filter((each) => each.code === code);
    expect(found).toBeDefined();
    if (!found) return;
    const { line, col, length, lineText, severity } = found;
    expect([line, lineText.slice(col - 1, col - 1 + length)]).toEqual(example.at);
    expect(severity).toBe(code.startsWith('E') ? 'error' : 'warning');
    expect(findings.map((each) => each.code).sort()).toEqual([code, ...example.also].sort());
  });

  test.each(listed<PassingExample>(({ passes }) => passes))('%s, passing example %d', (_, __, example) => {
    expect(checkExample(example)).toEqual([]);
  });

  test.each(CODES)('%s says the same severity as its letter', (code, { severity }) => {
    expect(severity).toBe(code.startsWith('E') ? 'error' : 'warning');
  });

  test('has examples for every code', () => {
    const without = CODES.filter(([, { fails, passes }]) => fails.length === 0 || passes.length === 0);
    expect(without).toEqual([]);
    expect(CODES.length).toBeGreaterThan(36);
  });
});
