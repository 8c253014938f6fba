import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { renderFields } from './render-fields.ts';
import { renderTable } from './render-table.ts';

const plain = pc.createColors(false);

describe('renderFields()', () => {
  test('wraps what is too long at 80 columns, under its first line, and keeps long words whole', () => {
    const word = 'x'.repeat(90);
    const lines = renderFields(
      [
        ['name', 'ab '.repeat(40).trim(), word],
        ['longer name', 'c'],
      ],
      plain,
    );
    expect(lines[0]).toBe(`  name         ${'ab '.repeat(22).trim()}`);
    expect(lines[1]).toBe(`               ${'ab '.repeat(18).trim()}`);
    expect(lines[2]).toBe(`               ${word}`);
    expect(lines[3]).toBe('  longer name  c');
  });

  test('lets no text drive the terminal', () => {
    expect(renderFields([['a', 'b\u001B[31mc']], plain)).toEqual(['  a  b\uFFFD[31mc']);
  });
});

describe('renderTable()', () => {
  test('aligns columns, numbers to the right, and leaves no space at the end', () => {
    const lines = renderTable(
      [{ head: 'A' }, { head: 'N', align: 'right' }, { head: 'LAST' }],
      [
        ['long cell', '1', 'x'],
        ['s', '100', 'y\u0007'],
      ],
      plain,
    );
    expect(lines).toEqual(['A            N  LAST', 'long cell    1  x', 's          100  y\uFFFD']);
  });
});
