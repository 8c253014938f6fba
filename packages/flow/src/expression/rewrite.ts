import { type ASTNode } from '@marcbachmann/cel-js';
import { countNodes, leftChain, LIST_FUNCTIONS, pathOf, childrenOf } from './ast.ts';

// An expression is written anew before it is compiled. Every path (`contact.name`, `contacts[0].phones`) becomes one
// variable, filled by our own look-up; every operator and function becomes a call of ours. So a missing part is null
// instead of an error, `message` alone means its text, a prototype cannot be reached, no name of an author meets one of
// the library, and each result keeps its limits. The library parses, decides (`&&`, `||`, `?:`) and goes through lists.

interface UsedPath {
  path: string[];
  start: number;
  end: number;
}

export interface UsedCall {
  name: string;
  start: number;
  end: number;
  args: readonly ASTNode[];
  method: boolean;
}

export interface Rewritten {
  source: string;
  /** `v_<n>` stands for `paths[n]`. */
  paths: UsedPath[];
  calls: UsedCall[];
  /** Functions of ours that it calls. */
  used: Set<string>;
  /** How many list functions (`map`, `exists`, …) stand inside one another. */
  nesting: number;
  /** What an evaluation costs; an item of a list function costs its body once more. */
  steps: number;
}

type Walk = Pick<Rewritten, 'paths' | 'calls' | 'nesting' | 'used'>;

interface Place {
  /** The author's names of list items, with ours. */
  bound: ReadonlyMap<string, string>;
  nesting: number;
}

/** Our names for the operators that are calls. */
export const OPERATOR_CALLS: ReadonlyMap<string, string> = new Map([
  ['+', 'o_add'],
  ['-', 'o_subtract'],
  ['*', 'o_multiply'],
  ['/', 'o_divide'],
  ['%', 'o_modulo'],
  ['<', 'o_less'],
  ['<=', 'o_atMost'],
  ['>', 'o_more'],
  ['>=', 'o_atLeast'],
  ['==', 'o_same'],
  ['in', 'o_in'],
]);

/** Operators whose result is true or false, whatever stands beside them. */
export const DECIDING: ReadonlySet<string> = new Set([
  '&&',
  '||',
  '!_',
  '==',
  '!=',
  'in',
  '<',
  '<=',
  '>',
  '>=',
]);
const ARITHMETIC = new Set(['+', '-', '*', '/', '%']);

export function rewrite(ast: ASTNode): Rewritten {
  const walk: Walk = { paths: [], calls: [], nesting: 0, used: new Set() };
  const source = emit(ast, walk, { bound: new Map(), nesting: 0 });
  return { source, ...walk, steps: countNodes(ast) };
}

function emit(node: ASTNode, walk: Walk, place: Place): string {
  const path = pathOf(node);
  if (path) return emitPath(path, node, walk, place);
  const each = (child: ASTNode) => emit(child, walk, place);
  switch (node.op) {
    case 'value':
      return literal(node.args);
    case 'list':
      return `[${node.args.map(each).join(', ')}]`;
    case 'map':
      return `{${node.args.map(([key, value]) => `${each(key)}: ${each(value)}`).join(', ')}}`;
    case '.':
      return call(walk, 'o_part', [each(node.args[0]), quote(node.args[1])]);
    case '[]':
      return call(walk, 'o_part', [each(node.args[0]), each(node.args[1])]);
    case 'call':
      return emitCall(node, node.args, walk, place);
    case 'rcall':
      return emitMethod(node, node.args, walk, place);
    default:
      return emitOperator(node, walk, place);
  }
}

function emitOperator(node: ASTNode, walk: Walk, place: Place): string {
  const each = (child: ASTNode) => emit(child, walk, place);
  const decide = (child: ASTNode) => emitFlag(child, walk, place);
  switch (node.op) {
    case '&&':
    case '||':
      return `(${leftChain(node, new Set([node.op]))
        .operands.map(decide)
        .join(` ${node.op} `)})`;
    case '!_':
      return `!${decide(node.args)}`;
    case '-_':
      return call(walk, 'o_negate', [each(node.args)]);
    case '?:': {
      const [condition, yes, no] = node.args;
      return `(${decide(condition)} ? ${call(walk, 'o_any', [each(yes)])} : ${call(walk, 'o_any', [each(no)])})`;
    }
    case '!=':
      return `!${call(walk, 'o_same', [each(node.args[0]), each(node.args[1])])}`;
    default:
      return ARITHMETIC.has(node.op) ? emitSum(node, walk, place) : emitBinary(node, walk, place);
  }
}

function emitBinary(node: ASTNode, walk: Walk, place: Place): string {
  const operands = childrenOf(node).map((child) => emit(child, walk, place));
  return call(walk, OPERATOR_CALLS.get(node.op) ?? 'o_any', operands);
}

// A long sum is one call with all its terms: nested as it is read, it would be too deep for the library.
function emitSum(node: ASTNode, walk: Walk, place: Place): string {
  const { operands, operators } = leftChain(node, ARITHMETIC);
  if (operators.length === 1) return emitBinary(node, walk, place);
  const terms = operands.map((operand) => emit(operand, walk, place));
  return call(walk, 'o_chain', [`[${terms.join(', ')}]`, quote(operators.join(''))]);
}

function call({ used }: Walk, name: string, args: readonly string[]): string {
  used.add(name);
  return `${name}(${args.join(', ')})`;
}

function emitFlag(node: ASTNode, walk: Walk, place: Place): string {
  const emitted = emit(node, walk, place);
  return DECIDING.has(node.op) ? emitted : call(walk, 'o_flag', [emitted]);
}

function emitPath(path: string[], { start, end }: ASTNode, walk: Walk, place: Place): string {
  const item = place.bound.get(path[0] ?? '');
  if (item !== undefined) {
    return path.slice(1).reduce((inner, key) => call(walk, 'o_part', [inner, quote(key)]), item);
  }
  walk.paths.push({ path, start, end });
  return `v_${walk.paths.length - 1}`;
}

function emitCall(node: ASTNode, [name, args]: [string, ASTNode[]], walk: Walk, place: Place): string {
  walk.calls.push({ name, start: node.start, end: node.end, args, method: false });
  const emitted = args.map((arg) => emit(arg, walk, place));
  return name === 'has'
    ? `!${call(walk, 'o_same', [...emitted, 'null'])}`
    : call(walk, `f_${name}_${args.length}`, emitted);
}

function emitMethod(
  node: ASTNode,
  [name, receiver, args]: [string, ASTNode, ASTNode[]],
  walk: Walk,
  place: Place,
): string {
  walk.calls.push({ name, start: node.start, end: node.end, args, method: true });
  const [variable, ...bodies] = args;
  const emitted = emit(receiver, walk, place);
  if (LIST_FUNCTIONS.includes(name) && variable?.op === 'id') {
    return `${call(walk, 'o_items', [emitted])}.${name}(${emitListFunction(name, variable.args, bodies, walk, place)})`;
  }
  return call(walk, `m_${name}_${args.length + 1}`, [emitted, ...args.map((arg) => emit(arg, walk, place))]);
}

// `o_step` takes the body's cost before the body is evaluated.
function emitListFunction(
  name: string,
  variable: string,
  bodies: readonly ASTNode[],
  walk: Walk,
  place: Place,
): string {
  const nesting = place.nesting + 1;
  walk.nesting = Math.max(walk.nesting, nesting);
  const item = `i_${nesting}`;
  const inside: Place = { bound: new Map([...place.bound, [variable, item]]), nesting };
  const emitted = bodies.map((body, index) => {
    const isResult = name === 'map' && index === bodies.length - 1;
    const value = isResult ? call(walk, 'o_any', [emit(body, walk, inside)]) : emitFlag(body, walk, inside);
    return `(${call(walk, 'o_step', [`${countNodes(body)}`])} ? ${value} : ${isResult ? call(walk, 'o_any', ['null']) : 'false'})`;
  });
  return [item, ...emitted].join(', ');
}

function literal(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return 'null';
  }
}

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r' };

function quote(value: string): string {
  return `"${value.replace(/[\\"\n\r]/g, (char) => ESCAPED[char] ?? char)}"`;
}
