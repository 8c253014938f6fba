import { type ASTNode } from '@marcbachmann/cel-js';
import { type ValueType } from './value-type.ts';

// What an author probably meant where two types do not fit.

/** An operator with what stands on its sides. */
export interface Sides {
  node: ASTNode;
  left: ASTNode;
  right: ASTNode;
  types: readonly [ValueType, ValueType];
}

/** A number that stands in quotes. */
export function meantNumber({ left, right, types }: Sides, source: string): string | undefined {
  if (!types.includes('number')) return undefined;
  const quoted = [left, right].find((side) => isQuotedNumber(side));
  return quoted && `write ${source.slice(quoted.start + 1, quoted.end - 1)} without quotes`;
}

function isQuotedNumber(node: ASTNode): boolean {
  return node.op === 'value' && typeof node.args === 'string' && /^-?\d+(\.\d+)?$/.test(node.args);
}

/** True or false that is compared with a word for it. */
export function meantFlag({ left, right, types }: Sides, source: string): string | undefined {
  if (!types.includes('bool')) return undefined;
  const name = textOf(types[0] === 'bool' ? left : right, source);
  return `write \`${name}\` or \`!${name}\``;
}

/** Something beside a text that was meant as text. */
export function meantText({ node, left, right, types }: Sides, source: string): string | undefined {
  if (!types.includes('text')) return undefined;
  const other = types[0] === 'text' ? right : left;
  const otherType = types[0] === 'text' ? types[1] : types[0];
  if (node.op === '+') return otherType === 'list' ? undefined : `write \`string(${textOf(other, source)})\``;
  return other.op === 'value' ? `write "${textOf(other, source)}" in quotes` : undefined;
}

function textOf({ start, end }: ASTNode, source: string): string {
  return source.slice(start, end);
}
