import { type FindingCode } from './finding-codes.ts';

/** One file of flows, as read by the caller. `path` is only shown, never opened. */
export interface FlowSource {
  path: string;
  text: string;
}

/** Something to mend in a flow file. `line` and `col` count from 1, `length` is in characters of that line. */
export interface Finding {
  /** Stable; explained in `FINDING_CODES`. */
  code: FindingCode;
  severity: 'error' | 'warning';
  file: string;
  line: number;
  col: number;
  length: number;
  /** The whole line, for a caret under it. */
  lineText: string;
  message: string;
  /** What to write instead, where that is known. */
  fix?: string;
}
