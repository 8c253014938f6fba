import type { Colors } from './io.ts';
import { printable } from './printable.ts';

export interface Column {
  head: string;
  align?: 'right';
}

const GAP = '  ';

/** Columns as wide as their widest cell, without spaces at the end of a line. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  colors: Colors,
): string[] {
  const clean = rows.map((row) => row.map(printable));
  const widths = columns.map(({ head }, index) =>
    Math.max(head.length, ...clean.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, index) => {
        const cell = cells[index] ?? '';
        const width = widths[index] ?? 0;
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(GAP)
      .trimEnd();
  return [colors.bold(line(columns.map(({ head }) => head))), ...clean.map(line)];
}
