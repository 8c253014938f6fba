import { type JsonObject } from '@alur/types';
import {
  isCollection,
  isMap as isYamlMap,
  isNode,
  isScalar,
  parseDocument,
  type Document,
  type Node,
} from 'yaml';
import { type YamlPath } from '../load/yaml-file.ts';
import { matchesMessage, plainMap } from './check-step.ts';
import { type TestSuite } from './read-tests.ts';
import { type CaseResult, type StepResult } from './run-tests.ts';
import { asExpected, oneLine } from './write-yaml.ts';
import { matches } from './matches.ts';

// Only the values that differ are written anew, in their places: everything else of the file, comments and layout too, is
// the author's.

interface Edit {
  start: number;
  end: number;
  text: string;
}

/** The file with what its steps came to: each `out` entry and `state` value that differs. */
export function updateTests({ text }: Pick<TestSuite, 'text'>, results: readonly CaseResult[]): string {
  const document = parseDocument(text);
  const edits = results.flatMap(({ steps }) => steps.flatMap((step) => editsOf(document, text, step)));
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce(
      (changed, { start, end, text: part }) => changed.slice(0, start) + part + changed.slice(end),
      text,
    );
}

function editsOf(document: Document, text: string, { step, path, facts, mismatches }: StepResult): Edit[] {
  const isWrong = (key: string) => mismatches.some((mismatch) => mismatch.key === key);
  if (!facts) return [];
  return [
    ...(isWrong('out') && step.out
      ? outEdits(document, text, [...path, 'out'], step.out.map(plainMap), facts.out)
      : []),
    ...(isWrong('state') && step.state
      ? stateEdits(document, text, [...path, 'state'], step.state, facts.state)
      : []),
  ];
}

function outEdits(
  document: Document,
  text: string,
  path: YamlPath,
  expected: readonly JsonObject[],
  got: readonly JsonObject[],
): Edit[] {
  if (expected.length !== got.length)
    return wholeList(
      document,
      text,
      path,
      got.map((view) => oneLine(asExpected(view))),
    );
  return got.flatMap((view, index) => {
    if (matchesMessage(expected[index] ?? {}, view)) return [];
    return replaced(document, text, [...path, index], oneLine(asExpected(view)));
  });
}

function stateEdits(
  document: Document,
  text: string,
  path: YamlPath,
  expected: JsonObject,
  got: JsonObject,
): Edit[] {
  return Object.entries(expected).flatMap(([key, value]) =>
    matches(value, got[key]) ? [] : replaced(document, text, [...path, key], oneLine(got[key] ?? null)),
  );
}

function replaced(document: Document, text: string, path: YamlPath, part: string): Edit[] {
  const node = nodeAt(document, path);
  return node?.range ? [{ start: node.range[0], end: trimmedEnd(text, node), text: part }] : [];
}

function nodeAt(document: Document, path: YamlPath): Node | undefined {
  const node = document.getIn(path, true);
  return isNode(node) ? node : undefined;
}

// A block's range goes on to the next line.
function trimmedEnd(text: string, { range }: Node): number {
  const [start, end] = range ?? [0, 0];
  return start + text.slice(start, end).trimEnd().length;
}

function wholeList(document: Document, text: string, path: YamlPath, items: readonly string[]): Edit[] {
  const node = nodeAt(document, path);
  const step = nodeAt(document, path.slice(0, -1));
  const colon = isYamlMap(step) ? keyEnd(step, path.at(-1)) : undefined;
  if (!node?.range || colon === undefined || !isCollection(step)) return [];
  const end = trimmedEnd(text, node);
  const inBrackets = ` [${items.join(', ')}]`;
  if (step.flow === true || items.length === 0) return [{ start: colon, end, text: inBrackets }];
  const isBlock = isCollection(node) && node.flow !== true;
  const indent = isBlock ? columnOf(text, node.range[0]) : columnOf(text, colon) - 'out:'.length + 2;
  const list = items.map((item) => `- ${item}`).join(`\n${' '.repeat(indent)}`);
  if (isBlock) return [{ start: node.range[0], end, text: list }];
  return [{ start: colon, end, text: `\n${' '.repeat(indent)}${list}` }];
}

/** Behind the colon of a key. */
function keyEnd(map: Node, key: string | number | undefined): number | undefined {
  if (!isYamlMap(map)) return undefined;
  const pair = map.items.find((each) => isScalar(each.key) && each.key.value === key);
  const range = isScalar(pair?.key) ? pair.key.range : undefined;
  return range ? range[1] + 1 : undefined;
}

function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}
