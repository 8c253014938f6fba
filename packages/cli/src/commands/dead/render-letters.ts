import { DEAD_REASONS, DeadReason, FaultSide } from '@alur/types';
import type { Colors } from '../../io.ts';
import { renderSpan, renderTime } from '../../moments.ts';
import { renderTable, type Column } from '../../render-table.ts';
import type { FoundLetter } from './read-letters.ts';

/** As many digits of an id as people are shown; the commands take them back. */
export const MID_SHOWN = 8;

interface ShownColumn extends Column {
  cell: (letter: FoundLetter, nowMs: number) => string;
}

// What all rows have in common is told once above the table, so that it fits into a terminal.
const COMMON: readonly ShownColumn[] = [
  { head: 'TEAM', cell: ({ data }) => `${data.tenant}/${data.team}` },
  { head: 'NUMBER', cell: ({ data }) => data.number },
];
const DIED: readonly ShownColumn[] = [
  { head: 'DIED', cell: ({ diedAtMs }) => renderTime(diedAtMs).slice(0, 16) },
  { head: 'AGE', align: 'right', cell: ({ diedAtMs }, nowMs) => renderSpan(nowMs - diedAtMs) },
  { head: 'MID', cell: ({ mid }) => mid.slice(0, MID_SHOWN) },
];
const WHY: readonly ShownColumn[] = [
  { head: 'CLASS', cell: ({ data }) => data.class },
  { head: 'KIND', cell: ({ data }) => data.kind },
  { head: 'REASON', cell: ({ reason }) => reason },
  { head: 'CODE', cell: ({ code }) => (code === '' ? '-' : code) },
  { head: 'ATTEMPTS', align: 'right', cell: ({ attempts }) => String(attempts) },
];

/** Dead letters as a table. Nothing in it is personal. */
export function renderLetters(letters: readonly FoundLetter[], nowMs: number, colors: Colors): string[] {
  if (letters.length === 0) return [];
  const values = COMMON.map(({ cell }) => new Set(letters.map((letter) => cell(letter, nowMs))));
  const shared = COMMON.flatMap(({ head }, index) =>
    values[index]?.size === 1 ? [`${head.toLowerCase()} ${[...values[index]].join('')}`] : [],
  );
  const own = COMMON.filter((_, index) => values[index]?.size !== 1);
  const columns = [...DIED, ...own, ...WHY];
  const rows = letters.map((letter) => columns.map(({ cell }) => cell(letter, nowMs)));
  return [
    ...(shared.length > 0 ? [colors.dim(`All of ${shared.join(', ')}`)] : []),
    ...renderTable(columns, rows, colors),
  ];
}

export interface LetterCounts {
  bySide: Record<FaultSide, number>;
  byReason: Partial<Record<DeadReason, number>>;
}

/** How many there are of each side and reason. */
export function countLetters(letters: readonly FoundLetter[]): LetterCounts {
  const bySide: LetterCounts['bySide'] = { pipeline: 0, content: 0, recipient: 0 };
  const byReason: LetterCounts['byReason'] = {};
  for (const { reason } of letters) {
    bySide[DEAD_REASONS[reason].side] += 1;
    byReason[reason] = (byReason[reason] ?? 0) + 1;
  }
  return { bySide, byReason };
}

const SIDES: Record<FaultSide, string> = {
  pipeline: 'faults of the pipeline',
  content: 'faults of the content',
  recipient: 'matters of the recipient',
};

/** A line a side that there is, its reasons with their numbers behind it, the most frequent first. */
export function renderCounts({ bySide, byReason }: LetterCounts, colors: Colors): string[] {
  const width = Math.max(...Object.values(SIDES).map((name) => name.length));
  const amountOf = (reason: DeadReason) => byReason[reason] ?? 0;
  const digits = Math.max(...Object.values(bySide).map((amount) => String(amount).length));
  return FaultSide.options
    .filter((side) => bySide[side] > 0)
    .map((side) => {
      const reasons = DeadReason.options
        .filter((reason) => DEAD_REASONS[reason].side === side && amountOf(reason) > 0)
        .sort((a, b) => amountOf(b) - amountOf(a))
        .map((reason) => `${reason} ${amountOf(reason)}`);
      const paint = side === 'recipient' ? colors.yellow : colors.red;
      const amount = String(bySide[side]).padStart(digits);
      return `${paint(SIDES[side].padEnd(width))}  ${amount}: ${reasons.join(', ')}`;
    });
}
