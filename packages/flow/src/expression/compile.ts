import { didYouMean, type Json } from '@alur/types';
import { type ASTNode, type Environment } from '@marcbachmann/cel-js';
import { celProblem, charge, createCel, EXPRESSION_MAX, type Cel, type ParseResult } from './cel.ts';
import { checkCalls } from './check-calls.ts';
import { checkTypes } from './check-types.ts';
import { ExpressionBudget, ExpressionFailure, NoValue } from './failure.ts';
import { foreignName, slipHint } from './hints.ts';
import { findUnknown, type DeclaredNames } from './names.ts';
import { flag } from './operators.ts';
import { type ExpressionProblem } from './problem.ts';
import { rewrite, type Rewritten } from './rewrite.ts';
import { lookUp, type Scope } from './scope.ts';
import { toJson } from './values.ts';

export { ExpressionBudget, ExpressionFailure } from './failure.ts';
export { type ExpressionProblem } from './problem.ts';

export interface Expression {
  source: string;
  /** Names that it reads, as written. */
  reads: readonly string[];
  /** Throws `ExpressionFailure`, of which `ExpressionBudget` is one. */
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

export interface CompileOptions {
  /** The place may name secrets. An expression never computes with one: see `compileTemplate`. */
  allowSecrets?: boolean;
}

export type CompileExpression = (
  source: string,
  declared: DeclaredNames,
  options?: CompileOptions,
) => CompiledExpression;

/** What an expression is by itself, whatever its flow declares. */
type Read = { problem: ExpressionProblem } | { ast: ASTNode; rewritten: Rewritten; built: Built };

/**
 * One compiler for one load, so that nothing is shared between sets of flows. Within one an expression that stands in many
 * places is read once.
 */
export function createCompiler(): CompileExpression {
  const cel = createCel();
  const known = new Map<string, Read>();
  return (source, declared, { allowSecrets = false } = {}) => {
    const read = known.get(source) ?? readExpression(cel, source);
    known.set(source, read);
    if ('problem' in read) return { problems: [read.problem], unknownNames: [] };
    const { ast, rewritten, built } = read;
    const problems = [
      ...checkCalls(rewritten.calls),
      ...checkNesting(rewritten, source),
      ...checkSecrets(rewritten, allowSecrets),
      ...checkTypes(ast, source, declared),
    ];
    const unknownNames = checkNames(rewritten, declared).filter(
      ({ start, end }) => !problems.some((problem) => problem.start === start && problem.end === end),
    );
    return problems.length > 0 ? { problems, unknownNames } : { ...built(), unknownNames };
  };
}

function readExpression(cel: Cel, source: string): Read {
  if (source.length > EXPRESSION_MAX) return { problem: tooLong(source) };
  const parsed = parse(cel.reader, source);
  if ('problem' in parsed) return parsed;
  const rewritten = rewrite(parsed.ast);
  let result: ReturnType<Built> | undefined;
  // Not before it has been checked: what is faulty cannot be built.
  const built = () => (result ??= build(cel, source, rewritten));
  return { ...parsed, rewritten, built };
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

function checkNesting({ nesting }: Rewritten, source: string): ExpressionProblem[] {
  if (nesting <= 1) return [];
  const message = 'List functions inside list functions are refused: their running time grows too fast';
  return [{ code: 'E205', message, start: 0, end: source.length }];
}

function checkSecrets({ paths }: Rewritten, allowSecrets: boolean): ExpressionProblem[] {
  return paths.flatMap(({ path, start, end }): ExpressionProblem[] => {
    if (path[0] !== 'secrets') return [];
    if (!allowSecrets) {
      return [{ code: 'E207', message: '`secrets` are seen in http nodes only', start, end }];
    }
    const message = 'A secret stands alone in its braces: no expression computes with one';
    return [{ code: 'E207', message, fix: 'write `{{secrets.NAME}}`', start, end }];
  });
}

function checkNames({ paths }: Rewritten, declared: DeclaredNames): ExpressionProblem[] {
  return paths.flatMap(({ path, start, end }): ExpressionProblem[] => {
    const unknown = path[0] === 'secrets' ? undefined : findUnknown(path, declared);
    if (!unknown) return [];
    const message = `Nothing declares \`${unknown.name}\``;
    const fix = foreignName(unknown.name) ?? didYouMean(unknown.name, unknown.candidates);
    return [{ code: 'E202', message, fix, start, end }];
  });
}

type Built = () => Omit<CompiledExpression, 'unknownNames'>;

function build(cel: Cel, source: string, rewritten: Rewritten): ReturnType<Built> {
  const compute = compileRun(cel, rewritten);
  if (!compute) {
    const message = 'The expression is too deep for its operators to be followed';
    return { problems: [{ code: 'E205', message, start: 0, end: source.length }] };
  }
  const evaluate = (scope: Scope) => attempt(source, () => compute(scope));
  const expression: Expression = {
    source,
    reads: rewritten.paths.map(({ path }) => path.join('.')),
    evaluate,
    test: (scope) => attempt(source, () => flag(compute(scope))),
  };
  return { expression, problems: [] };
}

type Compute = (scope: Scope) => Json;

function compileRun(cel: Cel, { source, used, paths, steps }: Rewritten): Compute | undefined {
  const [only] = paths;
  // A plain name is what most templates hold; it needs no evaluator.
  if (only && source === 'v_0') {
    const { path } = only;
    return (scope) => {
      if (scope.meter) charge(scope.meter, steps);
      return lookUp(scope, path);
    };
  }
  const program = parseRewritten(cel, source, used);
  if (!program) return undefined;
  const names = paths.map(({ path }, index): [string, string[]] => [`v_${index}`, path]);
  return (scope) => {
    if (scope.meter) charge(scope.meter, steps);
    const values: Record<string, Json> = {};
    for (const [name, path] of names) values[name] = lookUp(scope, path);
    return toJson(runMetered(cel, scope.meter, () => program(values)));
  };
}

function parseRewritten(cel: Cel, source: string, used: ReadonlySet<string>): ParseResult | undefined {
  try {
    const program = cel.read(source, used);
    return program.check().valid ? program : undefined;
  } catch (error) {
    if (celProblem(error)?.code === 'limit_exceeded') return undefined;
    throw error;
  }
}

// `||` and `exists` pass over an error when the other side decides; a budget that is used up must not be passed over.
function runMetered(cel: Cel, meter: Scope['meter'], run: () => unknown): unknown {
  cel.running.meter = meter;
  const value = run();
  if (meter && meter.left < 0) throw new ExpressionBudget();
  return value;
}

function attempt<Value>(source: string, compute: () => Value): Value {
  try {
    return compute();
  } catch (error) {
    if (error instanceof ExpressionBudget) throw error;
    const [code, reason] =
      error instanceof NoValue ? [error.code, error.message] : (['type', 'the types do not fit'] as const);
    throw new ExpressionFailure(code, `\`${source}\` has no value: ${reason}`, { cause: error });
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
