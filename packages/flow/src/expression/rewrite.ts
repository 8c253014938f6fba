import { type ASTNode } from '@marcbachmann/cel-js';
import { RENAMED } from './functions.ts';

// An expression is rewritten before it is compiled: every path (`contact.name`, `contacts[0].phones`) becomes one
// variable of its own, filled by our own look-up. So a missing part is null instead of an error, `message` alone means
// its text, a prototype cannot be reached, and which names an expression uses is known when the file is loaded.

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
  /** Variable `<prefix><n>` stands for `paths[n]`. */
  prefix: string;
  paths: UsedPath[];
  calls: UsedCall[];
  /** How many list functions (`map`, `exists`, …) stand inside one another. */
  nesting: number;
}

interface Walk {
  source: string;
  prefix: string;
  paths: UsedPath[];
  calls: UsedCall[];
  edits: { start: number; end: number; text: string }[];
  nesting: number;
}

interface Place {
  bound: readonly string[];
  nesting: number;
}

export const LIST_FUNCTIONS: readonly string[] = ['all', 'exists', 'exists_one', 'map', 'filter'];
const PATH = /^[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*|\s*\[\s*(?:"[^"\\]*"|'[^'\\]*'|\d+)\s*\])*$/;

export function rewrite(source: string, ast: ASTNode): Rewritten {
  let prefix = 'v_';
  while (source.includes(prefix)) prefix += '_';
  const walk: Walk = { source, prefix, paths: [], calls: [], edits: [], nesting: 0 };
  visit(ast, walk, { bound: [], nesting: 0 });
  return {
    source: applyEdits(source, walk.edits),
    prefix,
    paths: walk.paths,
    calls: walk.calls,
    nesting: walk.nesting,
  };
}

function visit(node: ASTNode, walk: Walk, place: Place, asFlag = false): void {
  const path = pathOf(node, walk.source);
  if (path) {
    if (!place.bound.includes(path[0] ?? '')) addPath(node, path, walk, asFlag ? 'flag' : 'value');
    return;
  }
  switch (node.op) {
    case 'call':
      visitCall(node.args[0], node.args[1], node, walk, place);
      return;
    case 'rcall':
      visitMethod(node.args, node, walk, place);
      return;
    case '&&':
    case '||':
      for (const side of node.args) visit(side, walk, place, true);
      return;
    case '!_':
      visit(node.args, walk, place, true);
      return;
    case '?:':
      visit(node.args[0], walk, place, true);
      visit(node.args[1], walk, place);
      visit(node.args[2], walk, place);
      return;
    default:
      for (const child of childrenOf(node)) visit(child, walk, place);
  }
}

function visitCall(name: string, args: ASTNode[], node: ASTNode, walk: Walk, place: Place): void {
  const [first] = args;
  const path = name === 'has' && first ? pathOf(first, walk.source) : undefined;
  if (path && !place.bound.includes(path[0] ?? '')) {
    addPath({ start: node.start, end: node.end }, path, walk, 'presence');
    return;
  }
  walk.calls.push({ name, start: node.start, end: node.end, args, method: false });
  const renamed = Object.hasOwn(RENAMED, name) ? RENAMED[name] : undefined;
  if (renamed !== undefined)
    walk.edits.push({ start: node.start, end: node.start + name.length, text: renamed });
  for (const arg of args) visit(arg, walk, place);
}

function visitMethod(
  [name, receiver, args]: [string, ASTNode, ASTNode[]],
  node: ASTNode,
  walk: Walk,
  place: Place,
): void {
  walk.calls.push({ name, start: node.start, end: node.end, args, method: true });
  visit(receiver, walk, place);
  const [variable, ...rest] = args;
  if (!LIST_FUNCTIONS.includes(name) || variable?.op !== 'id') {
    for (const arg of args) visit(arg, walk, place);
    return;
  }
  const nesting = place.nesting + 1;
  walk.nesting = Math.max(walk.nesting, nesting);
  for (const arg of rest) visit(arg, walk, { bound: [...place.bound, variable.args], nesting });
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
    case 'call':
    case 'rcall':
      return [];
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

/** The parts of a plain path; undefined for anything else, also for a path with parentheses inside. */
function pathOf(node: ASTNode, source: string): string[] | undefined {
  if (node.op !== 'id' && node.op !== '.' && node.op !== '[]') return undefined;
  return PATH.test(source.slice(node.start, node.end)) ? pathParts(node) : undefined;
}

function pathParts(node: ASTNode): string[] | undefined {
  if (node.op === 'id') return [node.args];
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const [parent, last] = node.args;
  const head = pathParts(parent);
  if (typeof last === 'string') return head && [...head, last];
  return head && last.op === 'value' ? [...head, String(last.args)] : undefined;
}

function addPath(
  { start, end }: { start: number; end: number },
  path: string[],
  walk: Walk,
  use: 'value' | 'flag' | 'presence',
): void {
  const variable = `${walk.prefix}${walk.paths.length}`;
  walk.paths.push({ path, start, end });
  const text = { value: variable, flag: `flag_(${variable})`, presence: `(${variable} != null)` }[use];
  walk.edits.push({ start, end, text });
}

function applyEdits(source: string, edits: Walk['edits']): string {
  let result = source;
  for (const { start, end, text } of [...edits].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + text + result.slice(end);
  }
  return result;
}
