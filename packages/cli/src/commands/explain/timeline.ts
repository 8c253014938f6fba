import type { LifeWait, MessageLife } from '@alur/store';
import type { ErrorOverride } from '@alur/types';
import type { Colors } from '../../io.ts';
import { printable } from '../../printable.ts';
import { describeStep, type Told } from './describe-step.ts';
import { describeWait } from './describe-wait.ts';
import { clockTime, exactSpan } from './spans.ts';

/** Something at a time. */
export interface Row extends Told {
  atMs: number;
}

export interface TimelineOptions {
  nowMs: number;
  overrides: ReadonlyMap<number, ErrorOverride> | undefined;
  colors: Colors;
}

// A wait shorter than this was none.
const SHORT_WAIT_MS = 2;

/** What happened to a message, with its waits among it, each where it began. */
export function messageRows(life: MessageLife, options: Omit<TimelineOptions, 'colors'>): Row[] {
  const { steps, waits, createdAtMs } = life;
  const behind = steps.find((step) => step.kind === 'queued_behind');
  const ahead = behind?.kind === 'queued_behind' ? behind.ahead : 0;
  const rows = steps.map((step, index): Row => {
    const sinceMs = step.atMs - (steps[index - 1]?.atMs ?? createdAtMs);
    return { atMs: step.atMs, ...describeStep(step, { overrides: options.overrides, sinceMs, ahead }) };
  });
  const waited = waits.flatMap((wait) => waitRow(wait, options.nowMs));
  const queued = { atMs: createdAtMs, text: 'queued' };
  // Where two have the same time, a wait comes after what it follows from.
  return [...rows, ...waited].reduce<Row[]>((all, row) => insert(all, row), [queued]);
}

function waitRow(wait: LifeWait, nowMs: number): Row[] {
  const { text, advice, ms } = describeWait(wait, nowMs);
  const isWorthTelling = ms >= SHORT_WAIT_MS || wait.sinceMs !== undefined;
  return isWorthTelling ? [{ atMs: wait.firstAtMs, text, more: advice === '' ? [] : [advice] }] : [];
}

function insert(rows: readonly Row[], row: Row): Row[] {
  const at = rows.findIndex(({ atMs }) => atMs > row.atMs);
  return at < 0 ? [...rows, row] : [...rows.slice(0, at), row, ...rows.slice(at)];
}

const INDENT = '  ';
const CLOCK_WIDTH = 12;
const SPAN_WIDTH = 13;

/** Rows as lines: time of day, how long after the start, what. */
export function renderRows(rows: readonly Row[], startMs: number, colors: Colors): string[] {
  const gap = INDENT + ' '.repeat(CLOCK_WIDTH + SPAN_WIDTH + 2 * INDENT.length);
  return rows.flatMap(({ atMs, text, more = [] }) => {
    const after = `+${exactSpan(Math.max(0, atMs - startMs))}`.padStart(SPAN_WIDTH);
    return [
      `${INDENT}${colors.dim(clockTime(atMs))}${INDENT}${after}${INDENT}${printable(text)}`,
      ...more.map((line) => gap + colors.dim(printable(line))),
    ];
  });
}
