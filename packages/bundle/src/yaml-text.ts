import { LineCounter, isMap, isScalar, isSeq, parseDocument, visit, type Document, type Node } from 'yaml';
import { isNestedTooDeeply } from './nesting.ts';
import type { Problem } from './problem.ts';

export type Path = readonly PropertyKey[];

/** A YAML or JSON text (JSON is YAML), with the places of its parts. */
export interface YamlText {
  file: string;
  /** Undefined when the text cannot be read; `problems` then says why. */
  value: unknown;
  problems: Problem[];
  /** Where the key or value at a path begins; of the nearest thing around it when it is not there. */
  place(path: Path, of: 'key' | 'value'): { line: number; col: number };
}

// The library's own messages quote the text, which may be a secret: these say what is wrong without quoting.
const SYNTAX: ReadonlyMap<string, { message: string; fix: string }> = new Map([
  ['DUPLICATE_KEY', { message: 'this key is given twice', fix: 'keep one of the two' }],
  ['TAB_AS_INDENT', { message: 'a tab is used as indentation', fix: 'indent with spaces' }],
  ['BAD_INDENT', { message: 'the indentation does not fit', fix: 'indent like the lines around it' }],
  ['MULTIPLE_DOCS', { message: 'there is a second document', fix: 'keep one document in the file' }],
]);
const UNREADABLE = {
  message: 'the text is not valid JSON or YAML here',
  fix: 'look for a missing quote, comma, colon or bracket',
};

const TOO_DEEP = { message: 'the text nests too deeply', fix: 'look for brackets that are not closed' };

/** Reads a text without ever throwing: what is wrong is in `problems`, without a word of the text itself. */
export function parseYamlText(file: string, text: string): YamlText {
  if (!isNestedTooDeeply(text)) return parseShallow(file, text);
  const start = { line: 1, col: 1 };
  return { file, value: undefined, problems: [{ file, ...start, ...TOO_DEEP }], place: () => start };
}

function parseShallow(file: string, text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    schema: 'core',
    // 130429 and "130429" are one key of the map that comes of it.
    uniqueKeys: (a, b) => isScalar(a) && isScalar(b) && String(a.value) === String(b.value),
  });
  const at = (offset: number): { line: number; col: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), col: Math.max(1, col) };
  };
  const problems: Problem[] = [...document.errors, ...document.warnings].map((fault) => ({
    file,
    ...at(fault.pos[0]),
    ...(SYNTAX.get(fault.code) ?? UNREADABLE),
  }));
  visit(document, {
    Alias: (_, alias) => {
      problems.push({
        file,
        ...at(alias.range?.[0] ?? 0),
        message: 'an alias stands here',
        fix: 'write the value out',
      });
    },
    Scalar: (key, scalar) => {
      // A schema would pass over it without a word.
      if (key === 'key' && scalar.value === '__proto__') {
        const message = '`__proto__` is not known here';
        problems.push({ file, ...at(scalar.range?.[0] ?? 0), message, fix: 'remove it' });
      }
      // An integer this long is an id, and ids do not survive as numbers beyond 2^53.
      if (key !== 'key' && typeof scalar.value === 'number' && /^[0-9]{10,}$/.test(scalar.source ?? '')) {
        scalar.value = scalar.source;
      }
    },
  });
  const value: unknown = problems.length === 0 ? document.toJS() : undefined;
  return { file, value, problems, place: (path, of) => at(offsetOf(document, path, of)) };
}

/** Whether a value of a text is a map. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function offsetOf(document: Document.Parsed, path: Path, of: 'key' | 'value'): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [index, step] of path.entries()) {
    const found = child(node, step);
    if (found === undefined) return offset;
    const isLast = index === path.length - 1;
    node = found.value;
    offset =
      (of === 'key' && isLast ? found.keyOffset : undefined) ?? node?.range?.[0] ?? found.keyOffset ?? offset;
  }
  return offset;
}

function child(node: Node | null, step: PropertyKey): { value: Node | null; keyOffset?: number } | undefined {
  if (isSeq<Node>(node))
    return node.items[Number(step)] ? { value: node.items[Number(step)] ?? null } : undefined;
  if (!isMap<Node, Node>(node)) return undefined;
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
  if (!pair) return undefined;
  return { value: pair.value, ...(pair.key.range && { keyOffset: pair.key.range[0] }) };
}
