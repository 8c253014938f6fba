import { isCollection, isMap, isNode, isPair, isScalar, parseDocument, type Document, type Node } from 'yaml';
import { type Place, type SourceFile } from './source-file.ts';
import { findYamlFaults } from './yaml-hints.ts';

export type YamlPath = readonly (string | number)[];

/** A file's data, and where each part of it stands. */
export interface YamlFile {
  value: unknown;
  /** Where a value stands; where it is not there, the nearest thing around it. */
  placeOf: (path: YamlPath) => Place;
  /** Where the key stands that a path ends in. */
  placeOfKey: (path: YamlPath) => Place;
  /** Where some characters of a text value stand. */
  placeInText: (path: YamlPath, start: number, end: number) => Place;
}

const FILE_BYTES_MAX = 256 * 1024;
const DEPTH_MAX = 40;
const ALIASES_MAX = 20;
// Checked on the bare text, so that no input can exhaust the parser's stack; the exact depth comes after it.
const BRACKETS_MAX = 100;
const INDENT_MAX = 400;

/** Reads YAML 1.2 (core schema). Reports and returns undefined when the file cannot be used. */
export function readYaml(file: SourceFile): YamlFile | undefined {
  const tooMuch = sizeProblem(file.text);
  if (tooMuch !== undefined) {
    file.report({ code: 'E102', place: { start: 0, end: 0 }, message: tooMuch });
    return undefined;
  }
  const document = parseDocument(file.text, {
    version: '1.2',
    schema: 'core',
    prettyErrors: false,
    uniqueKeys: false,
  });
  if (reportFaults(document, file) || reportDepth(document, file)) return undefined;
  return { value: readValue(document, file), ...places(document, file.text) };
}

function sizeProblem(text: string): string | undefined {
  if (byteLength(text) > FILE_BYTES_MAX) return `The file has more than ${FILE_BYTES_MAX / 1024} KiB`;
  const tooDeep = bracketDepth(text) > BRACKETS_MAX || indentation(text) > INDENT_MAX;
  return tooDeep ? `The file nests deeper than ${DEPTH_MAX} levels` : undefined;
}

function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const char of text) {
    if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth = Math.max(0, depth - 1);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function indentation(text: string): number {
  return text
    .split('\n')
    .reduce((max, line) => Math.max(max, line.length - line.replace(/^[\s?:-]+/, '').length), 0);
}

function byteLength(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function reportFaults(document: Document, file: SourceFile): boolean {
  const faults = findYamlFaults(document, file.text);
  for (const fault of faults) file.report(fault);
  return faults.length > 0;
}

function reportDepth({ contents }: Document, file: SourceFile): boolean {
  const deepest = nodeBelow(contents, DEPTH_MAX);
  if (!deepest) return false;
  const [start = 0, end = 0] = deepest.range ?? [];
  const message = `The file nests deeper than ${DEPTH_MAX} levels`;
  file.report({ code: 'E102', place: { start, end }, message });
  return true;
}

/** The first node with more than so many around it. */
function nodeBelow(node: unknown, levels: number): Node | undefined {
  if (isPair(node)) return nodeBelow(node.key, levels) ?? nodeBelow(node.value, levels);
  if (!isNode(node)) return undefined;
  if (levels < 0) return node;
  if (!isCollection(node)) return undefined;
  for (const item of node.items) {
    const found = nodeBelow(item, levels - 1);
    if (found) return found;
  }
  return undefined;
}

function readValue(document: Document, file: SourceFile): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    return value;
  } catch {
    const message = `The file repeats parts by alias more than ${ALIASES_MAX} times over`;
    file.report({ code: 'E102', place: { start: 0, end: 0 }, message });
    return undefined;
  }
}

function places(document: Document, text: string): Omit<YamlFile, 'value'> {
  const nodeAt = (path: YamlPath): unknown =>
    path.length === 0 ? document.contents : document.getIn(path, true);
  const placeOf = (path: YamlPath): Place => {
    const node = nodeAt(path);
    if (isNode(node) && node.range) return { start: node.range[0], end: node.range[1] };
    return path.length === 0 ? { start: 0, end: 0 } : placeOfKey(path.slice(0, -1));
  };
  const placeOfKey = (path: YamlPath): Place => {
    const parent = nodeAt(path.slice(0, -1));
    const last = path.at(-1);
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === last)
      : undefined;
    const range = isScalar(pair?.key) ? pair.key.range : undefined;
    return range ? { start: range[0], end: range[1] } : placeOf(path);
  };
  const placeInText = (path: YamlPath, start: number, end: number): Place => {
    const node = nodeAt(path);
    const whole = placeOf(path);
    if (!isScalar(node) || typeof node.value !== 'string') return whole;
    const raw = text.slice(whole.start, whole.end);
    const part = node.value.slice(start, end);
    const direct = start + (/^["']/.test(raw) ? 1 : 0);
    const at = raw.startsWith(part, direct) ? direct : raw.indexOf(part);
    return at === -1 ? whole : { start: whole.start + at, end: whole.start + at + Math.max(1, part.length) };
  };
  return { placeOf, placeOfKey, placeInText };
}
