import {
  Environment,
  EvaluationError,
  ParseError,
  TypeError as CelTypeError,
  type ParseResult,
} from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { FUNCTIONS, text } from './functions.ts';

// The only file that knows the CEL library. What it adds to the standard, and why:
// - numbers mix: what a flow reads is a double, what an author writes is an int, and `last_message_time + 86400`
//   must not be a type error;
// - null takes part in comparisons as "not so" instead of failing, because a name without a value is null.

/** Characters of one expression. */
export const EXPRESSION_MAX = 4096;
const LIMITS = {
  maxAstNodes: 1000,
  maxDepth: 64,
  maxListElements: 200,
  maxMapEntries: 200,
  maxCallArguments: 16,
};

const ARITHMETIC = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '%': (a: number, b: number) => a % b,
};

export function createCel(): Environment {
  const cel = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    limits: LIMITS,
  });
  addArithmetic(cel);
  addNull(cel);
  for (const { signature, run } of FUNCTIONS) cel.registerFunction(signature, run);
  cel.registerFunction('flag_(dyn): bool', flag);
  cel.registerFunction('re(dyn, string): bool', createRe());
  return cel;
}

function addArithmetic(cel: Environment): void {
  for (const [operator, compute] of Object.entries(ARITHMETIC)) {
    const mixed = (left: unknown, right: unknown) => compute(Number(left), Number(right));
    cel.registerOperator(`int ${operator} double`, mixed);
    cel.registerOperator(`double ${operator} int`, mixed);
  }
  cel.registerOperator('double % double', ARITHMETIC['%']);
  cel.registerOperator('int == double', (left: unknown, right: unknown) => Number(left) === right);
}

function addNull(cel: Environment): void {
  const no = () => false;
  for (const operator of ['<', '<=', '>', '>=']) {
    cel.registerOperator(`null ${operator} null`, no);
    for (const type of ['int', 'double', 'string']) {
      cel.registerOperator(`null ${operator} ${type}`, no);
      cel.registerOperator(`${type} ${operator} null`, no);
    }
  }
  cel.registerOperator('dyn in null', no);
  for (const name of ['startsWith', 'endsWith', 'contains']) {
    cel.registerFunction(`null.${name}(string): bool`, no);
  }
  cel.registerFunction('size(null): int', () => 0n);
  cel.registerFunction('null.size(): int', () => 0n);
}

/** `re(text, pattern)` in linear time. Patterns are the author's own and few (checked at load), so all are kept. */
function createRe(): (value: unknown, pattern: unknown) => boolean {
  const compiled = new Map<string, RE2JS>();
  return (value, pattern) => {
    const source = text(pattern);
    const known = compiled.get(source) ?? RE2JS.compile(source);
    compiled.set(source, known);
    return known.matcher(text(value)).find();
  };
}

/** A name where true or false is needed: null is false, anything else that is no bool is an error. */
function flag(value: unknown): boolean {
  if (value === null) return false;
  if (typeof value === 'boolean') return value;
  throw new Error('not true or false');
}

export interface CelProblem {
  code: string;
  /** The library's words; they name types and the author's own text, never a value. */
  summary: string;
  start: number;
  end: number;
}

/** What the library has to say of an expression; `undefined` for an error that is not its own. */
export function celProblem(error: unknown): CelProblem | undefined {
  const known =
    error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError;
  if (!known) return undefined;
  const { code, summary, range } = error;
  return { code, summary, start: range?.start ?? 0, end: range?.end ?? 0 };
}

export type { ParseResult };
