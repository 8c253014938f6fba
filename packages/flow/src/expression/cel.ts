import { Environment, EvaluationError, ParseError, type ParseResult } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { ExpressionBudget } from './failure.ts';
import { createFormats } from './format.ts';
import { FUNCTIONS, type FunctionEntry, type Tools } from './functions.ts';
import { METHODS } from './methods.ts';
import { calculate, compare, flag, isIn, itemsOf, negate, ORDERING, part } from './operators.ts';
import { DECIDING, OPERATOR_CALLS } from './rewrite.ts';
import { bounded, same, text } from './values.ts';

// The only file that knows the CEL library. Two environments: one reads what an author writes, in narrow limits; the
// other runs what `rewrite` made of it, where every operator and function is a call of ours (`o_`, `f_`, `m_`).

/** Characters of one expression. */
export const EXPRESSION_MAX = 4096;
const LIMITS = {
  maxAstNodes: 1000,
  maxDepth: 64,
  maxListElements: 200,
  maxMapEntries: 200,
  maxCallArguments: 16,
};
/** What is written anew has more nodes than its source, and not many more levels. */
const REWRITTEN_LIMITS = { ...LIMITS, maxAstNodes: 8000, maxDepth: 256, maxListElements: 1000 };
const OPTIONS = { unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false };

export interface Cel {
  reader: Environment;
  /** Reads what `rewrite` made; `used` are the functions of ours in it. */
  read: (source: string, used: ReadonlySet<string>) => ParseResult;
  /** The meter of the evaluation that goes on. */
  running: { meter: { left: number } | undefined };
}

/** One for each load. Functions are registered when the first expression uses them: most loads use few. */
export function createCel(): Cel {
  const running: Cel['running'] = { meter: undefined };
  const runner = new Environment({ ...OPTIONS, limits: REWRITTEN_LIMITS });
  const waiting = new Map([...operators(), ...functions()]);
  waiting.set('o_step', [
    'o_step(int): bool',
    (cost) => {
      if (running.meter) charge(running.meter, Number(cost));
      return true;
    },
  ]);
  const read = (source: string, used: ReadonlySet<string>) => {
    for (const name of used) {
      const known = waiting.get(name);
      if (known) runner.registerFunction(...known);
      waiting.delete(name);
    }
    return runner.parse(source);
  };
  return { reader: new Environment({ ...OPTIONS, limits: LIMITS }), read, running };
}

export function charge(meter: { left: number }, steps: number): void {
  meter.left -= steps;
  if (meter.left < 0) throw new ExpressionBudget();
}

type Registration = [signature: string, run: (...args: unknown[]) => unknown];

function operators(): [string, Registration][] {
  const calls = [...OPERATOR_CALLS].map(([operator, name]): [string, Registration] => [
    name,
    [`${name}(dyn, dyn): ${DECIDING.has(operator) ? 'bool' : 'dyn'}`, operation(operator)],
  ]);
  return [
    ...calls,
    ['o_part', ['o_part(dyn, dyn): dyn', part]],
    ['o_chain', ['o_chain(dyn, dyn): dyn', chain]],
    ['o_negate', ['o_negate(dyn): dyn', negate]],
    ['o_flag', ['o_flag(dyn): bool', flag]],
    ['o_any', ['o_any(dyn): dyn', (value) => value]],
    ['o_items', ['o_items(dyn): dyn', itemsOf]],
  ];
}

function operation(operator: string): Registration[1] {
  if (operator === '==') return same;
  if (operator === 'in') return isIn;
  return ORDERING.includes(operator)
    ? (left, right) => compare(operator, left, right)
    : (left, right) => calculate(operator, left, right);
}

/** `a + b - c`, from left to right. */
function chain(operands: unknown, operators: unknown): unknown {
  if (!Array.isArray(operands)) return operands;
  const [first, ...rest]: readonly unknown[] = operands.map((operand: unknown) => operand);
  return rest.reduce((left, right, index) => calculate(text(operators).charAt(index), left, right), first);
}

const RESULTS: Partial<Record<FunctionEntry['result'], string>> = { text: 'string', bool: 'bool' };

function functions(): [string, Registration][] {
  const tools = { formats: createFormats(), pattern: createPatterns() };
  const registration = (
    prefix: string,
    { name, params, result, run }: FunctionEntry,
  ): [string, Registration] => {
    const called = `${prefix}_${name}_${params.length}`;
    const signature = `${called}(${params.map(() => 'dyn').join(', ')}): ${RESULTS[result] ?? 'dyn'}`;
    return [called, [signature, (...args) => bounded(run(args, tools))]];
  };
  return [
    ...FUNCTIONS.map((entry) => registration('f', entry)),
    ...METHODS.map((entry) => registration('m', entry)),
  ];
}

function createPatterns(): Tools['pattern'] {
  const compiled = new Map<string, RE2JS>();
  return (source) => {
    const known = compiled.get(source) ?? RE2JS.compile(text(source));
    compiled.set(source, known);
    return known;
  };
}

export interface CelProblem {
  code: string;
  /** The library's words; they name the author's own text, never a value. */
  summary: string;
  start: number;
  end: number;
}

/** What the library has to say of a text that it cannot read; `undefined` for an error that is not its own. */
export function celProblem(error: unknown): CelProblem | undefined {
  if (!(error instanceof ParseError || error instanceof EvaluationError)) return undefined;
  const { code, summary, range } = error;
  return { code, summary, start: range?.start ?? 0, end: range?.end ?? 0 };
}

export type { ParseResult };
