import { type FindingCode } from '../finding-codes.ts';

/** What is wrong with an expression, found when the file is loaded. */
export interface ExpressionProblem {
  code: FindingCode;
  message: string;
  fix?: string | undefined;
  /** Characters from the start of the expression. */
  start: number;
  end: number;
}
