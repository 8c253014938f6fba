import { type Json } from '@alur/types';
import { type CompileExpression, type CompileOptions, type Expression } from './compile.ts';
import { ExpressionFailure } from './failure.ts';
import { type DeclaredNames } from './names.ts';
import { type ExpressionProblem } from './problem.ts';
import { lookUp, type Scope } from './scope.ts';
import { splitTemplate } from './split-template.ts';
import { numberText, TEXT_MAX } from './values.ts';

/** Makes a value safe for where it goes, such as `encodeURIComponent`; told too what it is and which names it was made of. */
type Encode = (text: string, of: { value: Json; reads: readonly string[] }) => string;

/** A part of a text that leaves the engine: as it is, or the name of a secret that only the runner knows. */
type TemplatePiece = string | { secret: string };

/** A text with `{{ expressions }}`, compiled once. What it renders is never rendered again. */
export interface Template {
  /** No expression in it: the text is known when the file is loaded. */
  isFixed: boolean;
  /** The text without its expressions: no rendered text is shorter. */
  fixedText: string;
  /** As text: a name without a value is "". A secret stays as the author wrote it. Throws `ExpressionFailure`. */
  render: (scope: Scope) => string;
  /** As text, with the value of each expression encoded; the author's own text is left alone. Throws `ExpressionFailure`. */
  renderWith: (scope: Scope, encode: Encode) => string;
  /** As a value: a string that is exactly one `{{ }}` keeps the value's type. Throws `ExpressionFailure`. */
  value: (scope: Scope) => Json;
  /** As text around the secrets that it names; a value never poses as one. Throws `ExpressionFailure`. */
  pieces: (scope: Scope, encode?: Encode) => readonly TemplatePiece[];
  /** Whether it begins with an expression. */
  startsComputed: boolean;
  /** Names of the secrets in it. */
  secrets: readonly string[];
}

export interface CompiledTemplate {
  template?: Template;
  problems: ExpressionProblem[];
  unknownNames: ExpressionProblem[];
}

type Part = string | Expression | { secret: string };

const SECRET = /^secrets\s*\.\s*([A-Za-z_]\w*)$/;

export function compileTemplate(
  text: string,
  compile: CompileExpression,
  declared: DeclaredNames,
  options: CompileOptions = {},
): CompiledTemplate {
  const split = splitTemplate(text);
  if ('problem' in split) return { problems: [split.problem], unknownNames: [] };
  const result: CompiledTemplate = { problems: [], unknownNames: [] };
  const parts: Part[] = [];
  for (const part of split.parts) {
    if (part.kind === 'text') {
      parts.push(part.text);
      continue;
    }
    const secret = options.allowSecrets ? SECRET.exec(part.source)?.[1] : undefined;
    if (secret !== undefined) {
      parts.push({ secret });
      continue;
    }
    const compiled = compile(part.source, declared, options);
    result.problems.push(...compiled.problems.map((problem) => moved(problem, part.start)));
    result.unknownNames.push(...compiled.unknownNames.map((problem) => moved(problem, part.start)));
    if (compiled.expression) parts.push(compiled.expression);
  }
  if (result.problems.length > 0) return result;
  return {
    ...result,
    template: parts.some((part) => typeof part !== 'string') ? computed(parts) : fixed(text),
  };
}

function moved(problem: ExpressionProblem, by: number): ExpressionProblem {
  return { ...problem, start: problem.start + by, end: problem.end + by };
}

function fixed(text: string): Template {
  const same = () => text;
  const pieces = text === '' ? [] : [text];
  return {
    isFixed: true,
    fixedText: text,
    render: same,
    renderWith: same,
    value: same,
    pieces: () => pieces,
    startsComputed: false,
    secrets: [],
  };
}

function computed(parts: readonly Part[]): Template {
  const expressions = parts.filter((part) => isExpression(part));
  const [only] = parts.length === 1 ? expressions : [];
  const render = (scope: Scope, encode?: Encode) =>
    piecesOf(parts, scope, encode)
      .map((piece) => (typeof piece === 'string' ? piece : `{{secrets.${piece.secret}}}`))
      .join('');
  return {
    isFixed: false,
    fixedText: parts.filter((part) => typeof part === 'string').join(''),
    render: (scope) => render(scope),
    renderWith: render,
    value: only ? (scope) => valueOf(only, scope) ?? '' : (scope) => render(scope),
    pieces: (scope, encode) => piecesOf(parts, scope, encode),
    startsComputed: parts[0] !== undefined && isExpression(parts[0]),
    secrets: parts.flatMap((part) => (typeof part !== 'string' && 'secret' in part ? [part.secret] : [])),
  };
}

function isExpression(part: Part): part is Expression {
  return typeof part !== 'string' && 'evaluate' in part;
}

/** The value of an expression in a text; of one that has none, the names are noted that are to blame. */
function valueOf({ evaluate, reads }: Expression, scope: Scope): Json {
  const value = evaluate(scope);
  if (value !== null || !scope.missing) return value;
  for (const name of reads) if (lookUp(scope, name.split('.')) === null) scope.missing.add(name);
  return null;
}

function encodedText(part: Expression, scope: Scope, encode: Encode | undefined): string {
  const value = valueOf(part, scope);
  return encode ? encode(textOf(value), { value, reads: part.reads }) : textOf(value);
}

/** Neighbouring texts are one piece; the texts together keep the limit of one. */
function piecesOf(parts: readonly Part[], scope: Scope, encode: Encode | undefined): TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let text = '';
  let size = 0;
  for (const part of parts) {
    if (!isExpression(part) && typeof part !== 'string') {
      if (text !== '') pieces.push(text);
      pieces.push(part);
      text = '';
      continue;
    }
    const encoded = typeof part === 'string' ? part : encodedText(part, scope, encode);
    size += encoded.length;
    if (size > TEXT_MAX) {
      throw new ExpressionFailure('too_large', `The text comes to more than ${TEXT_MAX} characters`);
    }
    text += encoded;
  }
  return text === '' ? pieces : [...pieces, text];
}

/** A value in a text: null is nothing, lists and maps are JSON. */
function textOf(value: Json): string {
  if (value === null) return '';
  if (typeof value === 'number') return numberText(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
