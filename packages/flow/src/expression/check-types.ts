import { type ASTNode } from '@marcbachmann/cel-js';
import { childrenOf, LIST_FUNCTIONS, pathOf } from './ast.ts';
import { FUNCTIONS, type FunctionEntry } from './functions.ts';
import { METHODS } from './methods.ts';
import { typeOfName, type DeclaredNames } from './names.ts';
import { ADDITIVE, MULTIPLICATIVE, ORDERING } from './operators.ts';
import { type ExpressionProblem } from './problem.ts';
import { meantFlag, meantNumber, meantText, type Sides } from './type-fixes.ts';
import { isScalar, nameTypes, typeOfValue, type ValueType } from './value-type.ts';
import { NUMBER_MAX } from './values.ts';

// The types of an expression as far as they are known when the file is loaded. Whatever is not known is `any` and fits
// everywhere, so that what is reported here can never have worked. Any name may be null, and null may be compared.

interface Check {
  source: string;
  declared: DeclaredNames;
  problems: ExpressionProblem[];
  bound: readonly string[];
}

type Node<Op extends ASTNode['op']> = Extract<ASTNode, { op: Op }>;

export function checkTypes(ast: ASTNode, source: string, declared: DeclaredNames): ExpressionProblem[] {
  const check: Check = { source, declared, problems: [], bound: [] };
  typeOf(ast, check);
  return check.problems;
}

function report(check: Check, { start, end }: ASTNode, message: string, fix?: string): ValueType {
  check.problems.push({ code: 'E204', message, fix, start, end });
  return 'any';
}

function typeOf(node: ASTNode, check: Check): ValueType {
  const path = pathOf(node);
  if (path) return typeOfPath(path, node, check);
  switch (node.op) {
    case 'value':
      return typeOfLiteral(node, check);
    case 'list':
    case 'map':
      for (const child of childrenOf(node)) typeOf(child, check);
      return node.op;
    case '.':
    case '[]':
      return typeOfPart(node, check);
    case 'call':
      return typeOfCall(node, check);
    case 'rcall':
      return typeOfMethod(node, check);
    case '?:': {
      const [condition, yes, no] = node.args;
      needFlag(condition, '?:', check);
      const types = [typeOf(yes, check), typeOf(no, check)] as const;
      return types[0] === types[1] ? types[0] : 'any';
    }
    default:
      return typeOfOperator(node, check);
  }
}

function typeOfPath(path: readonly string[], node: ASTNode, check: Check): ValueType {
  const asksLength = node.op === '.' && path.at(-1) === 'length';
  if (check.bound.includes(path[0] ?? '')) return asksLength ? noLength(node, check) : 'any';
  const { type, withoutParts } = typeOfName(path, check.declared);
  if (asksLength) return noLength(node, check);
  if (withoutParts === undefined) return type;
  return report(
    check,
    node,
    `\`${path.join('.')}\` asks for a part, and ${nameTypes(withoutParts)} has none`,
  );
}

function noLength(node: Node<'.'>, check: Check): ValueType {
  const whole = textOf(node.args[0], check);
  return report(
    check,
    node,
    'There is no `.length`',
    `write \`size(${whole})\`; a key of that name is \`["length"]\``,
  );
}

function textOf({ start, end }: ASTNode, { source }: Check): string {
  return source.slice(start, end);
}

function typeOfLiteral(node: Node<'value'>, check: Check): ValueType {
  const { args: value } = node;
  const isLarge =
    (typeof value === 'number' || typeof value === 'bigint') && Math.abs(Number(value)) > NUMBER_MAX;
  if (isLarge) return report(check, node, 'The number is beyond 2^53', 'write it as a text, in quotes');
  if (typeof value !== 'object' || value === null) return typeOfValue(value);
  const fix = 'write a plain number such as `5`, or a plain text such as `"a"`';
  return report(check, node, 'Unsigned numbers and bytes do not exist here', fix);
}

function typeOfPart(node: Node<'.' | '[]'>, check: Check): ValueType {
  const whole = typeOf(node.args[0], check);
  if (node.op === '[]') typeOf(node.args[1], check);
  else if (node.args[1] === 'length') return noLength(node, check);
  if (!isScalar(whole)) return 'any';
  return report(check, node, `This asks for a part, and ${nameTypes(whole)} has none`);
}

function typeOfOperator(node: ASTNode, check: Check): ValueType {
  if (node.op === '!_') {
    needFlag(node.args, '!', check);
    return 'bool';
  }
  if (node.op === '-_') {
    const type = typeOf(node.args, check);
    if (type !== 'number' && type !== 'any')
      report(check, node, `\`-\` needs a number, not ${nameTypes(type)}`);
    return 'number';
  }
  const [left, right] = childrenOf(node);
  if (!left || !right) return 'any';
  if (node.op === '&&' || node.op === '||') {
    needFlag(left, node.op, check);
    needFlag(right, node.op, check);
    return 'bool';
  }
  const types = [typeOf(left, check), typeOf(right, check)] as const;
  const sides: Sides = { node, left, right, types };
  if (ADDITIVE.includes(node.op) || MULTIPLICATIVE.includes(node.op)) return typeOfSum(sides, check);
  if (node.op === 'in') return typeOfIn(sides, check);
  return typeOfComparison(sides, check);
}

function typeOfSum(sides: Sides, check: Check): ValueType {
  const { node, types } = sides;
  const allowed: readonly ValueType[] = node.op === '+' ? ['number', 'text', 'list'] : ['number'];
  const [first, second] = types.filter((type) => type !== 'any');
  const isMixed = first !== undefined && second !== undefined && first !== second;
  const isWrong = types.some((type) => type !== 'any' && !allowed.includes(type));
  if (!isMixed && !isWrong) return node.op === '+' ? (first ?? 'any') : 'number';
  const message = `\`${node.op}\` cannot take ${nameTypes(types[0])} and ${nameTypes(types[1])}`;
  return report(check, node, message, meantNumber(sides, check.source) ?? meantText(sides, check.source));
}

function typeOfIn({ node, left, right, types }: Sides, check: Check): ValueType {
  if (types[1] === 'list' || types[1] === 'map' || types[1] === 'any' || types[1] === 'null') return 'bool';
  const fix =
    types[1] === 'text' ? `write \`contains(${textOf(right, check)}, ${textOf(left, check)})\`` : undefined;
  report(check, node, `\`in\` needs a list or map on its right, not ${nameTypes(types[1])}`, fix);
  return 'bool';
}

function typeOfComparison(sides: Sides, check: Check): ValueType {
  const { node, types } = sides;
  const known = types.filter((type) => type !== 'any' && type !== 'null');
  const isOrdering = ORDERING.includes(node.op);
  const fits = !isOrdering || known.every((type) => type === 'number' || type === 'text');
  if (fits && (known.length < 2 || known[0] === known[1])) return 'bool';
  const message = isOrdering
    ? `\`${node.op}\` cannot compare ${nameTypes(types[0])} with ${nameTypes(types[1])}`
    : `\`${node.op}\` compares ${nameTypes(types[0])} with ${nameTypes(types[1])}: they are never the same`;
  report(
    check,
    node,
    message,
    meantNumber(sides, check.source) ?? meantFlag(sides, check.source) ?? meantText(sides, check.source),
  );
  return 'bool';
}

function needFlag(node: ASTNode, operator: string, check: Check): void {
  const type = typeOf(node, check);
  if (type === 'bool' || type === 'any' || type === 'null') return;
  const fix =
    type === 'number'
      ? 'compare it, such as with `> 0`'
      : type === 'text'
        ? 'compare it, such as with `!= ""`'
        : 'ask for its `size(x) > 0`';
  report(check, node, `\`${operator}\` needs true or false, not ${nameTypes(type)}`, fix);
}

function typeOfCall(node: Node<'call'>, check: Check): ValueType {
  const [name, args] = node.args;
  const types = args.map((arg) => typeOf(arg, check));
  if (name === 'has') {
    const isName = args.length === 1 && args[0] && pathOf(args[0]);
    if (!isName) report(check, node, '`has` takes one name', 'such as `has(state.order_id)`');
    return 'bool';
  }
  return checkArguments(FUNCTIONS, node, { name, args, types }, check);
}

interface Arguments {
  name: string;
  args: readonly ASTNode[];
  types: readonly ValueType[];
}

function typeOfMethod(node: Node<'rcall'>, check: Check): ValueType {
  const [name, receiver, args] = node.args;
  const type = typeOf(receiver, check);
  if (LIST_FUNCTIONS.includes(name)) return typeOfListFunction(node, type, check);
  const types = [type, ...args.map((arg) => typeOf(arg, check))];
  return checkArguments(METHODS, node, { name, args: [receiver, ...args], types }, check);
}

function typeOfListFunction(node: Node<'rcall'>, receiver: ValueType, check: Check): ValueType {
  const [name, , args] = node.args;
  const [variable, ...bodies] = args;
  if (isScalar(receiver))
    report(check, node, `\`${name}\` goes through a list or map, not ${nameTypes(receiver)}`);
  const count = name === 'map' ? [1, 2] : [1];
  if (variable?.op !== 'id' || !count.includes(bodies.length)) {
    return report(
      check,
      node,
      `\`${name}\` takes a name for the item, and what to do with it`,
      `such as \`list.${name}(item, item != "")\``,
    );
  }
  const inside = { ...check, bound: [...check.bound, variable.args] };
  for (const [index, body] of bodies.entries()) {
    if (name === 'map' && index === bodies.length - 1) typeOf(body, inside);
    else needFlag(body, name, inside);
  }
  return name === 'map' || name === 'filter' ? 'list' : 'bool';
}

function checkArguments(
  table: readonly FunctionEntry[],
  node: ASTNode,
  { name, args, types }: Arguments,
  check: Check,
): ValueType {
  const entries = table.filter((entry) => entry.name === name);
  const entry = entries.find(({ params }) => params.length === args.length);
  if (!entry) {
    const own = table === METHODS ? 1 : 0;
    const counts = entries.map(({ params }) => params.length - own).join(' or ');
    // A name that nobody knows has a problem of its own.
    return entries.length === 0 ? 'any' : report(check, node, `\`${name}\` takes ${counts} values`);
  }
  for (const [index, allowed] of entry.params.entries()) {
    const [type, arg] = [types[index] ?? 'any', args[index] ?? node];
    if (type === 'any' || type === 'null' || allowed.includes('any') || allowed.includes(type)) continue;
    report(check, arg, `\`${name}\` takes ${nameTypes(...allowed)} here, not ${nameTypes(type)}`);
  }
  return name === 'default' && types[0] === types[1] ? (types[0] ?? 'any') : entry.result;
}
