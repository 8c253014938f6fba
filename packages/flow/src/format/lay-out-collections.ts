import { isCollection, isMap, isNode, isPair, isScalar, isSeq, parseDocument, visit, type Node } from 'yaml';
import { commentsOf } from './comments.ts';
import { textWidth } from './text-width.ts';

const COLUMNS_MAX = 110;
const STEP = 2;

/** Braces and brackets of a printed file: on one line where they fit, else one entry a line. */
export function layOutCollections(text: string): string {
  const document = parseDocument(text, { version: '1.2', schema: 'core' });
  const outermost: Node[] = [];
  visit(document, {
    Collection: (_, node) => {
      if (node.flow !== true) return undefined;
      outermost.push(node);
      return visit.SKIP;
    },
  });
  let laidOut = text;
  // From the end, so that places before it stay where they are.
  for (const node of outermost.reverse()) {
    const { range } = node;
    if (!range) continue;
    const [start, end] = range;
    const entry = isPlain(node, text.slice(start, end)) ? readEntry(node, text) : undefined;
    const before = entry && layOutAt(entry, text, start);
    if (before) laidOut = laidOut.slice(0, before.from) + before.text + laidOut.slice(end);
  }
  return laidOut;
}

/** One value inside braces or brackets, or the whole of them. */
interface Entry {
  /** `key: `, or nothing. */
  lead: string;
  /** Of a value that holds no others. */
  text?: string;
  marks?: readonly [string, string];
  entries: Entry[];
}

// Comments, anchors and tags inside are left where they are.
function isPlain(node: Node, source: string): boolean {
  let plain = commentsOf(source).length === 0;
  visit(node, {
    Node: (_, each) => {
      const isNamed = 'anchor' in each && each.anchor !== undefined;
      if (isNamed || each.tag !== undefined) plain = false;
    },
    Pair: (_, { key }) => {
      if (isCollection(key)) plain = false;
    },
  });
  return plain;
}

function readEntry(node: unknown, text: string, lead = ''): Entry {
  if (isMap(node)) {
    const entries = node.items.map(({ key, value }) => readPair(key, value, text));
    return { lead, marks: ['{', '}'], entries };
  }
  if (isSeq(node)) {
    const entries = node.items.map((item) =>
      isPair(item) ? readPair(item.key, item.value, text) : readEntry(item, text),
    );
    return { lead, marks: ['[', ']'], entries };
  }
  return { lead, text: sourceOf(node, text), entries: [] };
}

function readPair(key: unknown, value: unknown, text: string): Entry {
  const name = sourceOf(key, text);
  const isEmpty = !isNode(value) || (isScalar(value) && sourceOf(value, text) === '');
  return isEmpty ? { lead: '', text: name, entries: [] } : readEntry(value, text, `${name}: `);
}

function sourceOf(node: unknown, text: string): string {
  return isNode(node) && node.range ? text.slice(node.range[0], node.range[1]) : '';
}

/** The entry as it stands in its line; undefined where what comes before it is not a dash or a key. */
function layOutAt(entry: Entry, text: string, start: number): { from: number; text: string } | undefined {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const line = text.slice(lineStart, start);
  const [, dashes = '', lead = ''] = /^( *(?:- )*)(.*)$/.exec(line) ?? [];
  if (lead !== '' && !lead.endsWith(': ')) return undefined;
  const from = lineStart + dashes.length;
  return { from, text: layOut({ ...entry, lead }, dashes.length, 0) };
}

function layOut(entry: Entry, column: number, after: number): string {
  const short = onOneLine(entry);
  const { lead, marks, entries } = entry;
  if (!marks || entries.length === 0 || column + textWidth(short) + after <= COLUMNS_MAX) return short;
  const open = lead === '' ? column : column + STEP;
  const inside = open + STEP;
  const lines = entries.map((each) => `${' '.repeat(inside)}${layOut(each, inside, 1)},`);
  const opening = lead === '' ? marks[0] : `${lead.trimEnd()}\n${' '.repeat(open)}${marks[0]}`;
  return [opening, ...lines, `${' '.repeat(open)}${marks[1]}`].join('\n');
}

function onOneLine({ lead, text, marks, entries }: Entry): string {
  if (!marks) return lead + (text ?? '');
  const [open, close] = marks;
  const inside = entries.map(onOneLine).join(', ');
  const space = open === '{' && inside !== '' ? ' ' : '';
  return lead + open + space + inside + space + close;
}
