import { readAs } from '@alur/types';
import { type FlowSource } from '../finding.ts';
import { FlowFrame } from './flow-schema.ts';
import { readNode, type ParsedNode } from './read-node.ts';
import { reportIssues } from './report-issues.ts';
import { openSource, type SourceFile } from './source-file.ts';
import { toEnd, type Steps } from './steps.ts';
import { Trigger } from './trigger.ts';
import { readYaml, type YamlFile, type YamlPath } from './yaml-file.ts';

export interface ParsedTrigger {
  trigger: Trigger;
  path: YamlPath;
}

/** A file after the first pass: read and checked by itself, its names known, nothing compiled. */
export interface ParsedFlow {
  file: SourceFile;
  yaml: YamlFile;
  frame: FlowFrame;
  nodes: ParsedNode[];
  /** All ids of the file, also of nodes that could not be read, so that one fault does not bring others. */
  ids: ReadonlySet<string>;
  triggers: ParsedTrigger[];
}

export interface ReadFile {
  file: SourceFile;
  /** undefined when the file could not be read as a flow. */
  flow?: ParsedFlow | undefined;
}

export function readFlow(source: FlowSource): ReadFile {
  const file = openSource(source);
  const yaml = readYaml(file);
  return yaml ? { file, flow: toEnd(readParsed(file, yaml)) } : { file };
}

/** Reads a file whose YAML is read. */
export function* readParsed(file: SourceFile, yaml: YamlFile): Steps<ParsedFlow | undefined> {
  if (Array.isArray(yaml.value)) {
    const message = 'The file is a bare list of nodes, which no trigger can start';
    const fix = 'put it under `nodes:` and add `name`, `version` and `triggers`';
    file.report({ code: 'E112', place: { start: 0, end: 0 }, message, fix });
    return undefined;
  }
  const parsed = readAs(FlowFrame, yaml.value);
  if (!parsed.success) reportIssues(parsed.error.issues, FlowFrame, (path) => path, yaml, file);
  const nodes = yield* readNodes(listIn(yaml.value, 'nodes'), ['nodes'], yaml, file);
  const triggers = yield* readTriggers(listIn(yaml.value, 'triggers'), yaml, file);
  return parsed.success ? { file, yaml, frame: parsed.data, ...nodes, triggers } : undefined;
}

export function* readNodes(
  list: readonly unknown[],
  base: YamlPath,
  yaml: YamlFile,
  file: SourceFile,
): Steps<Pick<ParsedFlow, 'nodes' | 'ids'>> {
  const ids = new Set<string>();
  const nodes: ParsedNode[] = [];
  for (const [index, raw] of list.entries()) {
    yield;
    const path = [...base, index];
    const id = textIn(raw, 'id');
    if (id !== undefined && ids.has(id)) {
      const place = yaml.placeOf([...path, 'id']);
      file.report({ code: 'E109', place, message: `The id \`${id}\` is used twice` });
    }
    if (id !== undefined) ids.add(id);
    const node = readNode(raw, path, yaml, file);
    if (node) nodes.push(node);
  }
  return { nodes, ids };
}

function* readTriggers(list: readonly unknown[], yaml: YamlFile, file: SourceFile): Steps<ParsedTrigger[]> {
  const triggers: ParsedTrigger[] = [];
  for (const [index, raw] of list.entries()) {
    yield;
    const path = ['triggers', index];
    const parsed = readAs(Trigger, raw);
    if (parsed.success) triggers.push({ trigger: parsed.data, path });
    else reportIssues(parsed.error.issues, Trigger, (rest) => [...path, ...rest], yaml, file);
  }
  return triggers;
}

function listIn(value: unknown, key: string): readonly unknown[] {
  const list = valueIn(value, key);
  return Array.isArray(list) ? list : [];
}

function textIn(value: unknown, key: string): string | undefined {
  const text = valueIn(value, key);
  return typeof text === 'string' ? text : undefined;
}

function valueIn(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}
