import { type Json } from '@alur/types';
import { type CompileExpression, type Expression, type ExpressionProblem } from './compile.ts';
import { type DeclaredNames } from './names.ts';
import { type Scope } from './scope.ts';

/** A text with `{{ expressions }}`, compiled once. What it renders is never rendered again. */
export interface Template {
  /** No expression in it: the text is known when the file is loaded. */
  isFixed: boolean;
  /** The text without its expressions: no rendered text is shorter. */
  fixedText: string;
  /** As text: a name without a value is "". Throws `ExpressionFailure`. */
  render: (scope: Scope) => string;
  /** As a value: a string that is exactly one `{{ }}` keeps the value's type. Throws `ExpressionFailure`. */
  value: (scope: Scope) => Json;
  reads: readonly string[];
}

export interface CompiledTemplate {
  template?: Template;
  problems: ExpressionProblem[];
  unknownNames: ExpressionProblem[];
}

type Part = { kind: 'text'; text: string } | { kind: 'expression'; source: string; start: number };

export function compileTemplate(
  text: string,
  compile: CompileExpression,
  declared: DeclaredNames,
): CompiledTemplate {
  const split = splitTemplate(text);
  if ('problem' in split) return { problems: [split.problem], unknownNames: [] };
  const result: CompiledTemplate = { problems: [], unknownNames: [] };
  const pieces: (string | Expression)[] = [];
  for (const part of split.parts) {
    if (part.kind === 'text') {
      pieces.push(part.text);
      continue;
    }
    const compiled = compile(part.source, declared);
    result.problems.push(...compiled.problems.map((problem) => moved(problem, part.start)));
    result.unknownNames.push(...compiled.unknownNames.map((problem) => moved(problem, part.start)));
    if (compiled.expression) pieces.push(compiled.expression);
  }
  return result.problems.length > 0 ? result : { ...result, template: build(pieces) };
}

function moved(problem: ExpressionProblem, by: number): ExpressionProblem {
  return { ...problem, start: problem.start + by, end: problem.end + by };
}

function build(pieces: readonly (string | Expression)[]): Template {
  const render = (scope: Scope) =>
    pieces.map((piece) => (typeof piece === 'string' ? piece : textOf(piece.evaluate(scope)))).join('');
  const expressions = pieces.filter((piece) => typeof piece !== 'string');
  const [only] = pieces.length === 1 ? expressions : [];
  return {
    isFixed: expressions.length === 0,
    fixedText: pieces.filter((piece) => typeof piece === 'string').join(''),
    render,
    value: only ? (scope) => only.evaluate(scope) ?? '' : render,
    reads: expressions.flatMap(({ reads }) => reads),
  };
}

/** A value in a text: null is nothing, lists and maps are JSON. */
function textOf(value: Json): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(Number(value.toPrecision(15)));
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function splitTemplate(text: string): { parts: Part[] } | { problem: ExpressionProblem } {
  const parts: Part[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf('{{', at);
    if (open === -1) break;
    const close = findClose(text, open + 2);
    if (close === -1) {
      const fix = 'close it with `}}`; braces that are meant are written `{{ "{{" }}`';
      return { problem: { code: 'E206', message: '`{{` is not closed', fix, start: open, end: text.length } };
    }
    if (open > at) parts.push({ kind: 'text', text: text.slice(at, open) });
    parts.push(expressionPart(text, open + 2, close));
    at = close + 2;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return { parts };
}

function expressionPart(text: string, from: number, to: number): Part {
  const inside = text.slice(from, to);
  const lead = inside.length - inside.trimStart().length;
  return { kind: 'expression', source: inside.trim(), start: from + lead };
}

// The first `}}` outside quotes, where the braces of map literals are balanced.
function findClose(text: string, from: number): number {
  let quote = '';
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === '\\') at += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '{') depth += 1;
    else if (char === '}' && depth > 0) depth -= 1;
    else if (char === '}' && text.charAt(at + 1) === '}') return at;
  }
  return -1;
}
