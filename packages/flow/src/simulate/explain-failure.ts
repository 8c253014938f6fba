import { Json, type JsonObject } from '@alur/types';
import { matchesMessage, plainMap, type Mismatch } from './check-step.ts';
import { formatDuration } from './duration.ts';
import { isMap, matches } from './matches.ts';
import { type TestSuite } from './read-tests.ts';
import { type CaseResult, type StepResult } from './run-tests.ts';
import { type SimulatedTurn } from './simulated.ts';
import { asExpected, oneLine } from './write-yaml.ts';

/** A line of a comparison: as expected and got, expected only, or got only. */
interface DiffLine {
  sign: ' ' | '-' | '+';
  text: string;
}

/** Why a test failed, at its first step that came to something else. */
export interface TestFailure {
  file: string;
  /** From 1. */
  line: number;
  col: number;
  test: string;
  /** The step in words. */
  step: string;
  parts: { key: string; message?: string; diff: DiffLine[] }[];
  /** The nodes of the step, in order, with what the engine noted. */
  trace: string[];
  /** How many later steps failed, too. */
  more: number;
}

/** Says why a test failed; undefined when it did not. */
export function explainFailure(suite: TestSuite, { name, steps }: CaseResult): TestFailure | undefined {
  const failed = steps.filter(({ mismatches }) => mismatches.length > 0);
  const [first] = failed;
  if (!first) return undefined;
  const [mismatch] = first.mismatches;
  const place = suite.placeOf([...first.path, ...(mismatch ? [mismatch.key] : [])]);
  return {
    file: suite.path,
    ...place,
    test: name,
    step: stepInWords(first),
    parts: first.mismatches.map((each) => ({
      key: each.key,
      ...(each.message !== undefined && { message: each.message }),
      diff: diffOf(each),
    })),
    trace: first.turns.flatMap(traceLines),
    more: failed.length - 1,
  };
}

function stepInWords({ step, path }: StepResult): string {
  const index = Number(path.at(-1)) + 1;
  const { in: action, advance } = step;
  if (advance !== undefined) return `step ${index}, advance ${advance}`;
  if (!action) return `step ${index}`;
  const { text } = action;
  return `step ${index}, in ${oneLine(text === undefined ? Json.parse(plainMap(action)) : text)}`;
}

/** What a turn went through, a line a node. */
export function traceLines(
  { result, at, event }: SimulatedTurn,
  _index: number,
  all: readonly SimulatedTurn[],
): string[] {
  const first = all[0]?.at ?? at;
  const time = at > first ? ` after ${formatDuration(at - first)}` : '';
  const end = result.failure ? `${result.outcome}: ${result.failure.message}` : result.outcome;
  return [
    ...result.trace.map(({ flow, node, type, note }) => {
      const name = flow === '' ? node : `${flow}/${node}`;
      return `${name} (${type})${note === undefined ? '' : `: ${note}`}`;
    }),
    `${event.kind}${time}: ${end}`,
  ];
}

function diffOf({ key, expected, got, message }: Mismatch): DiffLine[] {
  if (message !== undefined && expected === null && got === null) return [];
  if (Array.isArray(expected) && Array.isArray(got)) return diffOfLists(expected, got, key === 'out');
  if (isMap(expected) && isMap(got)) return diffOfMaps(expected, got);
  return [
    ...(expected === null ? [] : [{ sign: '-' as const, text: oneLine(expected) }]),
    ...(got === null ? [] : [{ sign: '+' as const, text: oneLine(got) }]),
  ];
}

function diffOfMaps(expected: JsonObject, got: JsonObject): DiffLine[] {
  return Object.entries(expected).flatMap(([key, value]): DiffLine[] => {
    if (matches(value, got[key])) return [{ sign: ' ', text: `${key}: ${oneLine(value)}` }];
    return [
      { sign: '-', text: `${key}: ${oneLine(value)}` },
      { sign: '+', text: `${key}: ${oneLine(got[key] ?? null)}` },
    ];
  });
}

// The longest common run of entries stays as it is; what is around it was expected or got.
function diffOfLists(expected: readonly Json[], got: readonly Json[], areMessages: boolean): DiffLine[] {
  const isSame = (a: Json, b: Json) =>
    areMessages && isMap(a) && isMap(b) ? matchesMessage(a, b) : matches(a, b);
  const show = (value: Json, sign: DiffLine['sign']): DiffLine => {
    const shown = areMessages && isMap(value) ? asExpected(value) : value;
    return { sign, text: oneLine(shown) };
  };
  const lines: DiffLine[] = [];
  let [a, b] = [0, 0];
  for (const [left, right] of commonPairs(expected, got, isSame)) {
    for (; a < left; a += 1) lines.push(show(expected[a] ?? null, '-'));
    for (; b < right; b += 1) lines.push(show(got[b] ?? null, '+'));
    if (left < expected.length) lines.push(show(expected[left] ?? null, ' '));
    [a, b] = [left + 1, right + 1];
  }
  return lines;
}

/** Pairs of the longest common subsequence, and at last the two ends. */
function commonPairs(
  a: readonly Json[],
  b: readonly Json[],
  isSame: (a: Json, b: Json) => boolean,
): [number, number][] {
  const longest = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number) => longest[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = longest[i];
      const same = isSame(a[i] ?? null, b[j] ?? null);
      if (row) row[j] = same ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (isSame(a[i] ?? null, b[j] ?? null)) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return [...pairs, [a.length, b.length]];
}
