import { Json } from '@alur/types';
import { type ASTNode, type Environment } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { type FindingCode } from '../finding-codes.ts';
import { celProblem, createCel, EXPRESSION_MAX, type ParseResult } from './cel.ts';
import { FUNCTIONS } from './functions.ts';
import { didYouMean, slipHint } from './hints.ts';
import { findUnknown, type DeclaredNames } from './names.ts';
import { LIST_FUNCTIONS, rewrite, type Rewritten, type UsedCall } from './rewrite.ts';
import { lookUp, type Scope } from './scope.ts';

export interface ExpressionProblem {
  code: FindingCode;
  message: string;
  fix?: string | undefined;
  /** Characters from the start of the expression. */
  start: number;
  end: number;
}

export interface Expression {
  source: string;
  /** Names that it reads, as written. */
  reads: readonly string[];
  /** Throws `ExpressionFailure`. */
  evaluate: (scope: Scope) => Json;
  /** The value as a condition: null is false. Throws `ExpressionFailure`. */
  test: (scope: Scope) => boolean;
}

interface CompiledExpression {
  expression?: Expression;
  /** What keeps it from running. */
  problems: ExpressionProblem[];
  /** Names that nothing declares: an error in a condition, a warning in a template. */
  unknownNames: ExpressionProblem[];
}

/** An expression that has no value. The message names types and the author's text, never what a contact wrote. */
export class ExpressionFailure extends Error {
  override readonly name = 'ExpressionFailure';
}

export type CompileExpression = (source: string, declared: DeclaredNames) => CompiledExpression;

const GLOBAL_FUNCTIONS = new Set([
  ...FUNCTIONS.map(({ name }) => name),
  're',
  'size',
  'has',
  'int',
  'double',
  'string',
  'bool',
]);
const METHODS = new Set([
  ...LIST_FUNCTIONS,
  ...[
    'size',
    'startsWith',
    'endsWith',
    'contains',
    'lowerAscii',
    'upperAscii',
    'trim',
    'indexOf',
    'lastIndexOf',
  ],
  ...['substring', 'split', 'join'],
]);

/** One compiler for one load, so that nothing is shared between sets of flows. */
export function createCompiler(): CompileExpression {
  const cel = createCel();
  return (source, declared) => {
    if (source.length > EXPRESSION_MAX) return faulty(tooLong(source));
    const parsed = parse(cel, source);
    if ('problem' in parsed) return faulty(parsed.problem);
    const rewritten = rewrite(source, parsed.ast);
    const problems = [...checkCalls(rewritten.calls), ...checkNesting(rewritten, source)];
    const unknownNames = checkNames(rewritten, declared);
    if (problems.length > 0) return { problems, unknownNames };
    return { ...build(cel, source, rewritten), unknownNames };
  };
}

function faulty(problem: ExpressionProblem): CompiledExpression {
  return { problems: [problem], unknownNames: [] };
}

function tooLong(source: string): ExpressionProblem {
  const message = `The expression has ${source.length} characters; ${EXPRESSION_MAX} are allowed`;
  return { code: 'E205', message, start: 0, end: source.length };
}

function parse(cel: Environment, source: string): { ast: ASTNode } | { problem: ExpressionProblem } {
  try {
    return { ast: cel.parse(source).ast };
  } catch (error) {
    const found = celProblem(error);
    if (!found) throw error;
    const code = found.code === 'limit_exceeded' ? 'E205' : 'E201';
    const message = `Cannot read the expression: ${lowerFirst(found.summary)}`;
    return { problem: { code, message, fix: slipHint(source), start: found.start, end: found.end } };
  }
}

function checkCalls(calls: readonly UsedCall[]): ExpressionProblem[] {
  return calls.flatMap((call): ExpressionProblem[] => {
    const { name, start, end } = call;
    if (name === 'matches') {
      const message = '`matches` is refused: its running time has no limit';
      return [{ code: 'E203', message, fix: 'write `re(text, "pattern")`', start, end }];
    }
    const known = call.method ? METHODS : GLOBAL_FUNCTIONS;
    if (!known.has(name)) {
      const message = `There is no ${call.method ? 'method' : 'function'} \`${name}\``;
      return [{ code: 'E203', message, fix: didYouMean(name, [...known]), start, end }];
    }
    return name === 're' && !call.method ? checkPattern(call) : [];
  });
}

// A pattern that could come from a contact would make their text a program.
function checkPattern({ args, start, end }: UsedCall): ExpressionProblem[] {
  const pattern = args[1]?.op === 'value' ? args[1].args : undefined;
  if (typeof pattern !== 'string') {
    return [{ code: 'E204', message: 'The pattern of `re` must be a text in quotes', start, end }];
  }
  try {
    RE2JS.compile(pattern);
    return [];
  } catch {
    return [{ code: 'E204', message: `"${pattern}" is no regular expression`, start, end }];
  }
}

function checkNesting({ nesting }: Rewritten, source: string): ExpressionProblem[] {
  if (nesting <= 1) return [];
  const message = 'List functions inside list functions are refused: their running time grows too fast';
  return [{ code: 'E205', message, start: 0, end: source.length }];
}

function checkNames({ paths }: Rewritten, declared: DeclaredNames): ExpressionProblem[] {
  return paths.flatMap(({ path, start, end }): ExpressionProblem[] => {
    if (path[0] === 'secrets') {
      return [{ code: 'E202', message: '`secrets` are seen in http nodes only', start, end }];
    }
    const unknown = findUnknown(path, declared);
    if (!unknown) return [];
    const message = `Nothing declares \`${unknown.name}\``;
    return [{ code: 'E202', message, fix: didYouMean(unknown.name, unknown.candidates), start, end }];
  });
}

function build(
  cel: Environment,
  source: string,
  rewritten: Rewritten,
): Omit<CompiledExpression, 'unknownNames'> {
  const program = cel.parse(rewritten.source);
  const checked = program.check();
  if (!checked.valid) {
    const summary = checked.error?.summary ?? 'the types do not fit';
    const message = `Cannot use the expression: ${lowerFirst(ownNames(summary, rewritten))}`;
    return { problems: [{ code: 'E204', message, fix: slipHint(source), start: 0, end: source.length }] };
  }
  const evaluate = (scope: Scope) => run(program, source, rewritten, scope);
  const expression: Expression = {
    source,
    reads: rewritten.paths.map(({ path }) => path.join('.')),
    evaluate,
    test: (scope) => condition(evaluate(scope), source),
  };
  return { expression, problems: [] };
}

function run(program: ParseResult, source: string, { prefix, paths }: Rewritten, scope: Scope): Json {
  const values = Object.fromEntries(
    paths.map(({ path }, index) => [`${prefix}${index}`, lookUp(scope, path)]),
  );
  let value: unknown;
  try {
    value = program(values);
  } catch (error) {
    const found = celProblem(error);
    const reason = found?.code === 'no_such_overload' ? lowerFirst(found.summary) : found?.code;
    throw new ExpressionFailure(
      `\`${source}\` has no value (${reason ?? 'a function refused what it got'})`,
      {
        cause: error,
      },
    );
  }
  return toJson(value, source);
}

function toJson(value: unknown, source: string): Json {
  if (value instanceof Date) return value.getTime() / 1000;
  const plain = withoutBigInts(value);
  const parsed = Json.safeParse(plain);
  if (parsed.success) return parsed.data;
  throw new ExpressionFailure(`\`${source}\` gives something that is neither text, number, list nor map`);
}

function withoutBigInts(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(withoutBigInts);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutBigInts(item)]));
}

function condition(value: Json, source: string): boolean {
  if (value === null) return false;
  if (typeof value === 'boolean') return value;
  const kind = Array.isArray(value) ? 'list' : typeof value;
  throw new ExpressionFailure(`\`${source}\` gives a ${kind} where true or false is needed`);
}

function ownNames(text: string, { prefix, paths }: Rewritten): string {
  return text.replace(
    new RegExp(`${prefix}(\\d+)`, 'g'),
    (_, index: string) => paths[Number(index)]?.path.join('.') ?? '',
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
