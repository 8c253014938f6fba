import { type FlowSource } from '../finding.ts';
import { FlowFrame } from './flow-schema.ts';
import { readNode, reportIssues, type ParsedNode } from './read-node.ts';
import { openSource, type SourceFile } from './source-file.ts';
import { LATER_TRIGGERS, Trigger } from './trigger.ts';
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

export function readFlow(source: FlowSource): { file: SourceFile; flow?: ParsedFlow } {
  const file = openSource(source);
  const yaml = readYaml(file);
  if (!yaml) return { file };
  if (Array.isArray(yaml.value)) {
    const message = 'The file is a bare list of nodes, which no trigger can start';
    const fix = 'put it under `nodes:` and add `name`, `version` and `triggers`';
    file.report({ code: 'E112', place: { start: 0, end: 0 }, message, fix });
    return { file };
  }
  const parsed = FlowFrame.safeParse(yaml.value);
  if (!parsed.success) reportIssues(parsed.error.issues, FlowFrame, (path) => path, yaml, file);
  const nodes = readNodes(listIn(yaml.value, 'nodes'), ['nodes'], yaml, file);
  const triggers = readTriggers(listIn(yaml.value, 'triggers'), yaml, file);
  return parsed.success ? { file, flow: { file, yaml, frame: parsed.data, ...nodes, triggers } } : { file };
}

export function readNodes(
  list: readonly unknown[],
  base: YamlPath,
  yaml: YamlFile,
  file: SourceFile,
): Pick<ParsedFlow, 'nodes' | 'ids'> {
  const ids = new Set<string>();
  const nodes = list.flatMap((raw, index) => {
    const path = [...base, index];
    const id = textIn(raw, 'id');
    if (id !== undefined && ids.has(id)) {
      file.report({
        code: 'E109',
        place: yaml.placeOf([...path, 'id']),
        message: `The id \`${id}\` is used twice`,
      });
    }
    if (id !== undefined) ids.add(id);
    return readNode(raw, path, yaml, file) ?? [];
  });
  return { nodes, ids };
}

function readTriggers(list: readonly unknown[], yaml: YamlFile, file: SourceFile): ParsedTrigger[] {
  return list.flatMap((raw, index) => {
    const path = ['triggers', index];
    const type = textIn(raw, 'type');
    if (type !== undefined && LATER_TRIGGERS.has(type)) {
      const place = yaml.placeOf([...path, 'type']);
      file.report({ code: 'E108', place, message: `Triggers of type \`${type}\` are not available yet` });
      return [];
    }
    const parsed = Trigger.safeParse(raw);
    if (parsed.success) return { trigger: parsed.data, path };
    reportIssues(parsed.error.issues, Trigger, (rest) => [...path, ...rest], yaml, file);
    return [];
  });
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
