import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Fault, LIMIT_NAMES } from './index.ts';
import { limitFailure } from './limits/limit-refusal.ts';

const page = readFileSync(new URL('../../../docs/emulator.md', import.meta.url), 'utf8');

/** The rows of the table between two markers, without its head; cells lose their backticks. */
function rowsOf(name: string): string[][] {
  const inside = page.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0] ?? '';
  const lines = inside.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const plain = (cell: string | undefined) => cell?.replaceAll('`', '');

describe('docs/emulator.md', () => {
  test('lists every fault, with exactly the members that it takes', () => {
    const rows = rowsOf('faults').map(([kind, , , members = '']) => [
      plain(kind),
      [...members.matchAll(/`(\w+)`/g)].map(([, member]) => member).sort(),
    ]);
    const expected = Fault.options.map(({ shape }) => [
      shape.kind.value,
      Object.keys(shape)
        .filter((key) => key !== 'kind')
        .sort(),
    ]);
    expect(rows).toEqual(expected);
  });

  test('lists every limit, with its code', () => {
    const rows = rowsOf('limits').map(([, name, , , code]) => [plain(name), Number(code)]);
    expect(rows).toEqual(LIMIT_NAMES.map((name) => [name, limitFailure(name).code]));
  });
});
