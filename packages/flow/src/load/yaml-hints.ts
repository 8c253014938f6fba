import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  visit,
  type Alias,
  type Document,
  type Scalar,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { type Place } from './source-file.ts';

export interface YamlFault {
  code: 'E101' | 'E103';
  place: Place;
  message: string;
  fix?: string | undefined;
}

type Words = Omit<YamlFault, 'code'>;

// One slip in a large file can bring thousands of faults, each with its line.
const FAULTS_MAX = 100;

/**
 * What is wrong with a document, in the words of somebody who wrote a flow. The parser's own faults name what it
 * expected; these name the slip. Beside them stand the slips that are YAML, but not what was meant.
 */
export function findYamlFaults(document: Document, text: string): YamlFault[] {
  const parsed = [...document.errors, ...document.warnings].slice(0, FAULTS_MAX);
  const misplaced = parsed[0] && misplacedDefault(text, parsed[0].pos[0]);
  const slips = [...controlCharacter(text), ...findSlips(document, text)];
  // What comes of a slip on its line is no fault of its own.
  const taken = new Set(slips.map(({ place }) => lineAt(text, place.start).start));
  const rest = (misplaced ? parsed.slice(1) : parsed)
    .filter(({ pos }) => !taken.has(lineAt(text, pos[0]).start))
    .map((fault) => describe(fault, document, text));
  const seen = new Set<string>();
  const all = [...slips, ...rest].filter(({ place, message }) => {
    const key = `${lineAt(text, place.start).start} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
  all.sort((a, b) => a.place.start - b.place.start);
  return [
    ...(misplaced ? [misplaced] : []),
    ...all.slice(0, FAULTS_MAX).map(({ message, ...fault }) => ({
      code: 'E101' as const,
      ...fault,
      message: `Cannot read the YAML: ${message}`,
    })),
  ];
}

/** The line of a `default:` with the indentation of the list dashes above it, near a fault. */
function misplacedDefault(text: string, offset: number): YamlFault | undefined {
  const pattern = /^([ \t]*)default:.*$/gm;
  for (const match of text.matchAll(pattern)) {
    const near = Math.abs(match.index - offset) <= match[0].length + 200;
    if (!near) continue;
    const indent = match[1] ?? '';
    const before = text.slice(0, match.index).trimEnd().split('\n');
    const list = before
      .reverse()
      .find((line) => line.startsWith(`${indent}- `) || /^\s*conditions:/.test(line));
    if (!list?.startsWith(`${indent}- `)) continue;
    return {
      code: 'E103',
      place: { start: match.index + indent.length, end: match.index + match[0].length },
      message: '`default` is indented to the dashes of the list before it',
      fix: 'indent `default` as far as `conditions`, two spaces less than the dashes',
    };
  }
  return undefined;
}

function controlCharacter(text: string): Words[] {
  const at = text.search(/[^\P{Cc}\t\n\r\u0085]/u);
  if (at === -1) return [];
  return [
    { place: { start: at, end: at + 1 }, message: 'a control character stands here', fix: 'remove it' },
  ];
}

const NO_SPACE = /^[\w-]+:(?![\s/])/;
const SPACE_FIX = 'put a space after the colon';

/** Slips that the parser lets through, because they are YAML of another meaning. */
function findSlips(document: Document, text: string): Words[] {
  const slips: Words[] = [];
  // Kept by hand: the parser would look through the whole document for each alias.
  const anchors = new Map<string, unknown>();
  visit(document, {
    Node: (_, node, ancestors) => {
      if (slips.length >= FAULTS_MAX) return visit.BREAK;
      if (isMap(node)) slips.push(...keysTwice(node));
      if (isAlias(node)) slips.push(...aliasSlip(node, anchors, ancestors));
      else if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isScalar(node)) slips.push(...foldedKeys(node, text), ...ampersands(node, text));
      if (!isAlias(node) && node.tag !== undefined && FOREIGN_TAGS.has(node.tag))
        slips.push(foreignTag(node));
      return undefined;
    },
    Pair: (_, { key, value }) => {
      if (isCollection(key) || isAlias(key)) slips.push(collectionKey(key.range?.[0] ?? 0, text));
      else if (isScalar(key) && value === null) slips.push(...gluedPair(key, text));
    },
  });
  return slips;
}

// The parser would compare each key with each other one.
function keysTwice({ items }: YAMLMap): Words[] {
  const seen = new Set<unknown>();
  return items.flatMap(({ key }) => {
    if (!isScalar(key) || !key.range) return [];
    if (!seen.has(key.value)) {
      seen.add(key.value);
      return [];
    }
    const place = { start: key.range[0], end: key.range[1] };
    return [{ place, message: 'Map keys must be unique', fix: 'remove one of them' }];
  });
}

const FOREIGN_TAGS: ReadonlySet<string> = new Set(
  ['binary', 'merge', 'omap', 'pairs', 'set', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`),
);

// The parser knows tags of other versions of YAML, whose values no message can hold.
function foreignTag({ range }: Pick<Scalar, 'range'>): Words {
  const place = { start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
  return { place, message: 'this tag is not of the core schema', fix: FIXES.TAG_RESOLVE_FAILED };
}

function aliasSlip(
  { source, range }: Alias,
  anchors: ReadonlyMap<string, unknown>,
  around: readonly unknown[],
): Words[] {
  const place = { start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
  const target = anchors.get(source);
  if (target === undefined) {
    const fix = 'put a text that begins with `*` in quotes';
    return [{ place, message: 'nothing above has the name that this alias repeats', fix }];
  }
  return around.includes(target)
    ? [{ place, message: 'an alias repeats what it stands in', fix: 'remove it' }]
    : [];
}

/** `{id:ask}`: a key without a value. */
function gluedPair({ type, range }: Scalar, text: string): Words[] {
  const source = range ? text.slice(range[0], range[1]) : '';
  return range && type === 'PLAIN' && NO_SPACE.test(source) ? [missingSpace(range[0], source)] : [];
}

/** Lines of `key:value`, which YAML joins to one text. */
function foldedKeys({ type, range }: Scalar, text: string): Words[] {
  if (type !== 'PLAIN' || !range) return [];
  const source = text.slice(range[0], range[1]);
  const lines = source.split('\n');
  const isGlued = lines.length > 1 && lines.every((line) => NO_SPACE.test(line.trim()));
  return isGlued ? [missingSpace(range[0], source)] : [];
}

/** `&& paid`: YAML takes the `&&` for the name of what follows. */
function ampersands({ anchor, range }: Scalar, text: string): Words[] {
  if (anchor?.startsWith('&') !== true || !range) return [];
  const start = text.lastIndexOf(`&${anchor}`, range[0]);
  const message = '`&&` at the beginning of a value is read as an anchor';
  return [{ place: { start, end: range[1] }, message, fix: 'put the expression in quotes' }];
}

// `{{name}}` without quotes is a map whose key is a map.
function collectionKey(start: number, text: string): Words {
  const { end } = lineAt(text, start);
  const isTemplate = text[start - 1] === '{';
  if (!isTemplate)
    return { place: { start, end }, message: 'a key must be a text, not a list, map or alias' };
  const place = { start: start - 1, end };
  const message = '`{{` at the beginning of a value is read as a map';
  return { place, message, fix: 'put the text in quotes: "{{name}}"' };
}

function missingSpace(start: number, source: string): Words {
  const end = start + (/^\S+/.exec(source)?.[0].length ?? 1);
  return { place: { start, end }, message: 'there is no space after a colon', fix: SPACE_FIX };
}

function describe(fault: YAMLError, document: Document, text: string): Words {
  const [start, end] = fault.pos;
  const place = { start, end };
  const plain = fault.message.split('\n')[0] ?? fault.message;
  const line = lineAt(text, start);
  if (fault.code === 'TAB_AS_INDENT' || /^[ ]*\t/.test(text.slice(line.start, line.end)))
    return { place, message: 'Tabs are not allowed as indentation', fix: 'indent with spaces' };
  if (NO_SPACE.test(text.slice(start, line.end)) && SPACE_CODES.has(fault.code))
    return missingSpace(start, text.slice(start, line.end));
  if (plain.startsWith('Missing closing'))
    return { place: openQuote(document, text) ?? place, ...UNCLOSED_QUOTE };
  if (plain === 'Unexpected scalar at node end' && /["'] *$/.test(text.slice(line.start, start)))
    return { place, ...INNER_QUOTE };
  if (fault.code === 'BAD_INDENT' && plain.startsWith('Flow ')) return { place, ...UNCLOSED_BRACKET };
  if (fault.code === 'MULTIPLE_DOCS') return { place, ...TWO_DOCUMENTS };
  return { place, message: plain, fix: fixOf(fault.code) };
}

const SPACE_CODES: ReadonlySet<string> = new Set(['MULTILINE_IMPLICIT_KEY', 'MISSING_CHAR']);
const UNCLOSED_QUOTE = { message: 'the quote that opens here is never closed', fix: 'close it' };
const UNCLOSED_BRACKET = {
  message: 'a `[` or `{` above is not closed before here',
  fix: 'close it, and put a text that begins with one in quotes',
};
const TWO_DOCUMENTS = {
  message: 'a second document begins here, and a file holds one flow',
  fix: 'put what follows into a file of its own, or remove `---`',
};
const INNER_QUOTE = {
  message: 'text stands behind a closing quote',
  fix: "a quote inside a text is doubled in single quotes ('it''s'), or written \\\" in double quotes",
};

const FIXES = {
  BLOCK_AS_IMPLICIT_KEY: 'put a text that holds a colon and a space in quotes',
  BAD_SCALAR_START: 'put the text in quotes',
  BAD_INDENT: 'indent the keys of one map alike, and what belongs to a key further than the key',
  BAD_ALIAS: 'put a text that begins with `&` or `*` in quotes',
  TAG_RESOLVE_FAILED: 'leave the tag out, or put a text that begins with `!` in quotes',
  BAD_DQ_ESCAPE: 'write `\\\\` for a backslash, or use single quotes',
  MULTILINE_IMPLICIT_KEY: 'end the line above, or put its text in quotes',
};

function fixOf(code: string): string | undefined {
  return Object.entries(FIXES).find(([name]) => name === code)?.[1];
}

/** Where the last quoted text begins: one without an end holds all the rest of the file. */
function openQuote(document: Document, text: string): Place | undefined {
  let last: number | undefined;
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (type?.startsWith('QUOTE') && range) last = Math.max(last ?? 0, range[0]);
    },
  });
  return last === undefined ? undefined : { start: last, end: lineAt(text, last).end };
}

function lineAt(text: string, offset: number): Place {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return { start: offset === 0 ? 0 : start, end: end === -1 ? text.length : end };
}
