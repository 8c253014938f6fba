import type { Colors } from '../../io.ts';
import { printable } from '../../printable.ts';
import { count } from '../../report.ts';
import type { Line } from './check.ts';

const MARKS: Record<Line['status'], string> = { ok: '✓ ok', warn: '! warn', fail: '✗ fail', skip: '- skip' };
const MARK_WIDTH = 8;

/** Every line with its mark as a sign and a word, and what to do below it; at the end how many there are of each. */
export function renderLines(lines: readonly Line[], colors: Colors): string {
  const width = Math.max(...lines.map(({ id }) => id.length)) + 2;
  return [...lines.flatMap((line) => renderLine(line, width, colors)), '', summaryOf(lines, colors), ''].join(
    '\n',
  );
}

function renderLine(
  { id, status, about, checked, found, fix }: Line,
  width: number,
  colors: Colors,
): string[] {
  const paint = { ok: colors.green, warn: colors.yellow, fail: colors.red, skip: colors.dim }[status];
  const subject = about === '' ? checked : `${about}: ${checked}`;
  const indent = ' '.repeat(MARK_WIDTH + width);
  return [
    `${paint(MARKS[status].padEnd(MARK_WIDTH))}${id.padEnd(width)}${printable(subject)}`,
    `${indent}${status === 'fail' ? colors.bold(printable(found)) : colors.dim(printable(found))}`,
    ...(fix === undefined ? [] : [`${indent}${colors.blue('=')} help: ${printable(fix)}`]),
  ];
}

export interface Counts {
  ok: number;
  warn: number;
  fail: number;
  skip: number;
}

export function countLines(lines: readonly Line[]): Counts {
  const counts: Counts = { ok: 0, warn: 0, fail: 0, skip: 0 };
  for (const { status } of lines) counts[status] += 1;
  return counts;
}

function summaryOf(lines: readonly Line[], colors: Colors): string {
  const counts = countLines(lines);
  const text = `${count(lines.length, 'check')}: ${counts.ok} ok, ${count(counts.warn, 'warning')}, ${counts.fail} failed, ${counts.skip} skipped`;
  if (counts.fail > 0) return colors.red(text);
  return counts.warn > 0 ? colors.yellow(text) : colors.green(text);
}
