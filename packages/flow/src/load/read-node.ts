import { didYouMean, keyHint } from '../expression/hints.ts';
import { type Declares, type NodeTarget, type NodeType, type ReadNode } from '../nodes/define-node.ts';
import { LATER_TYPES, NODE_TYPES, UNSUPPORTED_TYPES } from '../nodes/index.ts';
import { NodeFrame } from './flow-schema.ts';
import { describeIssue, issuePlace, knownKeys, type Issue } from './issues.ts';
import { type SourceFile } from './source-file.ts';
import { type YamlFile, type YamlPath } from './yaml-file.ts';

/** A node as the first pass sees it: its frame, what it declares and where it leads. Nothing is compiled yet. */
export interface ParsedNode {
  id: string;
  type: string;
  path: YamlPath;
  next?: NodeTarget | undefined;
  onError?: NodeTarget | undefined;
  output?: string | undefined;
  /** Paths from the file's root. */
  targets: NodeTarget[];
  declares: Declares;
  compile: ReadNode['compile'];
  /** Where a part of the config stands, also when it was written at the node itself. */
  configPath: (path: YamlPath) => YamlPath;
}

const FRAME_KEYS = ['id', 'type', 'config', 'next', 'to', 'on_error', 'output', 'timeout'];

export function readNode(
  raw: unknown,
  path: YamlPath,
  yaml: YamlFile,
  file: SourceFile,
): ParsedNode | undefined {
  const parsed = NodeFrame.safeParse(raw);
  if (!parsed.success) {
    reportIssues(parsed.error.issues, NodeFrame, (each) => [...path, ...each], yaml, file);
    return undefined;
  }
  const frame = parsed.data;
  const nodeType = findType(frame.type, [...path, 'type'], yaml, file);
  if (!nodeType) return undefined;
  reportUnknownKeys(frame, nodeType, path, yaml, file);
  const { config, configPath } = liftConfig(frame, nodeType, path, yaml, file);
  const read = nodeType.read(config);
  if ('issues' in read) {
    reportIssues(read.issues, nodeType.schema, configPath, yaml, file);
    return undefined;
  }
  reportBothNexts(frame, path, yaml, file);
  return {
    ...framePart(frame, path),
    path,
    targets: read.targets.map((each) => ({ ...each, path: [...configPath(each.path)] })),
    declares: read.declares,
    compile: read.compile,
    configPath,
  };
}

function framePart(
  { id, type, next, to, on_error, output }: NodeFrame,
  path: YamlPath,
): Pick<ParsedNode, 'id' | 'type' | 'next' | 'onError' | 'output'> {
  const target = (name: string | undefined, key: string) =>
    name === undefined ? undefined : { target: name, path: [...path, key] };
  const onError = target(on_error, 'on_error');
  return { id, type, next: target(next, 'next') ?? target(to, 'to'), onError, output };
}

function reportBothNexts({ next, to }: NodeFrame, path: YamlPath, yaml: YamlFile, file: SourceFile): void {
  if (next === undefined || to === undefined || next === to) return;
  const message = '`to` is an alias of `next`, and both are given with different targets';
  file.report({ code: 'E113', place: yaml.placeOf([...path, 'to']), message });
}

export function reportIssues(
  issues: readonly Issue[],
  schema: NodeType['schema'],
  pathOf: (path: YamlPath) => YamlPath,
  yaml: YamlFile,
  file: SourceFile,
): void {
  for (const described of issues.flatMap((issue) => describeIssue(issue, schema))) {
    const { code, message, fix, path } = described;
    file.report({ code, message, fix, place: issuePlace(yaml, described, pathOf(path)) });
  }
}

function findType(type: string, path: YamlPath, yaml: YamlFile, file: SourceFile): NodeType | undefined {
  const known = NODE_TYPES.get(type);
  if (known) return known;
  const place = yaml.placeOf(path);
  const instead = Object.hasOwn(UNSUPPORTED_TYPES, type) ? UNSUPPORTED_TYPES[type] : undefined;
  if (instead !== undefined) {
    file.report({
      code: 'E107',
      place,
      message: `Nodes of type \`${type}\` are not supported`,
      fix: instead,
    });
  } else if (LATER_TYPES.has(type)) {
    file.report({ code: 'E108', place, message: `Nodes of type \`${type}\` are not available yet` });
  } else {
    const fix =
      didYouMean(type, [...NODE_TYPES.keys(), ...LATER_TYPES]) ??
      `known: ${[...NODE_TYPES.keys()].join(', ')}`;
    file.report({ code: 'E106', place, message: `There is no node type \`${type}\``, fix });
  }
  return undefined;
}

function reportUnknownKeys(
  frame: NodeFrame,
  { lifted, schema }: NodeType,
  path: YamlPath,
  yaml: YamlFile,
  file: SourceFile,
): void {
  const known = [...FRAME_KEYS, ...lifted];
  for (const key of Object.keys(frame).filter((each) => !known.includes(each))) {
    const message = `\`${key}\` is no key of a \`${frame.type}\` node`;
    file.report({
      code: 'E105',
      place: yaml.placeOfKey([...path, key]),
      message,
      fix: knownKeys(schema).includes(key) ? 'put it into `config`' : keyHint(key, known),
    });
  }
}

// `default` of a branch may stand in `config` or at the node; from here on it is in `config`.
function liftConfig(
  frame: NodeFrame,
  { lifted }: NodeType,
  path: YamlPath,
  yaml: YamlFile,
  file: SourceFile,
): { config: unknown; configPath: ParsedNode['configPath'] } {
  const inConfig = isRecord(frame.config) ? frame.config : {};
  const atNode = lifted.filter((key) => frame[key] !== undefined);
  for (const key of atNode.filter((each) => inConfig[each] !== undefined && inConfig[each] !== frame[each])) {
    const message = `\`${key}\` stands in \`config\` and at the node, and they differ`;
    file.report({ code: 'E113', place: yaml.placeOfKey([...path, key]), message });
  }
  const moved = Object.fromEntries(atNode.map((key) => [key, frame[key]]));
  const config =
    isRecord(frame.config) || frame.config === undefined ? { ...inConfig, ...moved } : frame.config;
  const configPath = (rest: YamlPath): YamlPath =>
    atNode.includes(String(rest[0])) ? [...path, ...rest] : [...path, 'config', ...rest];
  return { config, configPath };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
