/** One thing wrong with a file, and what to do about it. Line and column count from 1. Never holds a secret's value. */
export interface Problem {
  file: string;
  line?: number;
  col?: number;
  message: string;
  fix: string;
}

/** `not_found`: no bundle, file or folder there. `invalid_bundle`, `invalid_answers`: there, but wrong. */
export type BundleErrorCode = 'not_found' | 'invalid_bundle' | 'invalid_answers';

/** What keeps a bundle from being used: every problem that was found, not only the first. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
  readonly code: BundleErrorCode;
  /** Of a process that cannot start because of it: invalid input. */
  readonly exitCode = 3;
  readonly problems: readonly Problem[];
  constructor(code: BundleErrorCode, subject: string, problems: readonly Problem[], options?: ErrorOptions) {
    super([`${subject}:`, ...problems.map(formatProblem)].join('\n'), options);
    this.code = code;
    this.problems = problems;
  }
}

/** `file:line:col: message (fix)`, on one line. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.col].filter((part) => part !== undefined).join(':');
  return `${place}: ${problem.message} (${problem.fix})`;
}

/** For sorting problems of one file. */
export function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.col ?? 0) - (b.col ?? 0);
}
