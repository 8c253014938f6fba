import { type ASTNode } from '@marcbachmann/cel-js';

// How to walk what the library has read.

export const LIST_FUNCTIONS: readonly string[] = ['all', 'exists', 'exists_one', 'map', 'filter'];

/** The parts of a plain path; undefined for anything else. */
export function pathOf(node: ASTNode): string[] | undefined {
  if (node.op === 'id') return [node.args];
  if (node.op === '.') {
    const head = pathOf(node.args[0]);
    return head && [...head, node.args[1]];
  }
  if (node.op !== '[]') return undefined;
  const [parent, key] = node.args;
  const literal = key.op === 'value' ? key.args : undefined;
  const head = typeof literal === 'string' || typeof literal === 'bigint' ? pathOf(parent) : undefined;
  return head && [...head, String(literal)];
}

export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case '.':
    case '.?':
      return [node.args[0]];
    case '-_':
    case '!_':
      return [node.args];
    case 'map':
      return node.args.flat();
    default:
      return node.args;
  }
}

/** What an evaluation costs, in steps. */
export function countNodes(node: ASTNode): number {
  return childrenOf(node).reduce((sum, child) => sum + countNodes(child), 1);
}

/** `a + b - c`, which is read as `(a + b) - c`, as its operands and operators in order. */
export function leftChain(
  node: ASTNode,
  operators: ReadonlySet<string>,
): { operands: ASTNode[]; operators: string[] } {
  const operands: ASTNode[] = [];
  const found: string[] = [];
  let at = node;
  while (operators.has(at.op)) {
    const [left, right] = childrenOf(at);
    if (!left || !right) break;
    operands.unshift(right);
    found.unshift(at.op);
    at = left;
  }
  return { operands: [at, ...operands], operators: found };
}
