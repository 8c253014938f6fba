import { type FailureClass } from '@alur/types';
import { GRAPH_CODES, GRAPH_CODE_RANGES } from './graph-codes.ts';
import { OBJECT_OUT_OF_REACH } from './graph-errors.ts';

/** One row of the table, as documents show it. `code` is `131026`, `200-299` or, with a subcode, `100/33`. */
export interface ListedCode {
  code: string;
  class: FailureClass;
  title: string;
  advice: string;
}

/** Every code that has an entry, in order. A code of its own goes before the range that it lies in. */
export function listGraphCodes(): ListedCode[] {
  const rows = [
    ...[...GRAPH_CODES].map(([code, entry]) => ({ from: code, code: String(code), entry })),
    ...GRAPH_CODE_RANGES.map(({ from, to, code }) => ({ from, code: `${from}-${to}`, entry: code })),
    { from: 100, code: '100/33', entry: OBJECT_OUT_OF_REACH },
  ];
  return rows
    .toSorted((a, b) => a.from - b.from)
    .map(({ code, entry }) => ({ code, class: entry.class, title: entry.title, advice: entry.advice }));
}
