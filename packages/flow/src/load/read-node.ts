import { didYouMean, readAs } from '@alur/types';
import { keyHint, keySlip } from '../expression/hints.ts';
import { type Declares, type NodeTarget, type NodeType, type ReadNode } from '../nodes/define-node.ts';
import { NODE_TYPES, UNSUPPORTED_TYPES } from '../nodes/index.ts';
import { NodeFrame } from './flow-schema.ts';
import { knownKeys } from './issues.ts';
import { reportIssues } from './report-issues.ts';
import { isRecord } from './rules/raw-values.ts';
import { type SourceFile } from './source-file.ts';
import { cutTextFix } from './value-hints.ts';
import { type YamlFile, type YamlPath } from './yaml-file.ts';

/** A node as the first pass sees it: its frame, what it declares and where it leads. Nothing is compiled yet. */
export interface ParsedNode {
  id: string;
  type: string;
  path: YamlPath;
  next?: NodeTarget | undefined;
  onError?: NodeTarget | undefined;
  output?: string | undefined;
  /** In ms, for I/O. */
  timeoutMs?: number | undefined;
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
  const parsed = readAs(NodeFrame, raw);
  if (!parsed.success) {
    reportIssues(parsed.error.issues, NodeFrame, (each) => [...path, ...each], yaml, file);
    return undefined;
  }
  const frame = parsed.data;
  const nodeType = findType(frame.type, [...path, 'type'], yaml, file);
  if (!nodeType) return undefined;
  const isConfigBeside = reportUnknownKeys(frame, nodeType, path, yaml, file);
  const { config, configPath } = liftConfig(frame, nodeType, path, yaml, file);
  const read = nodeType.read(config);
  if ('issues' in read) {
    // What the config lacks stands beside it, and is reported there.
    if (!isConfigBeside || frame.config !== undefined)
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
  { id, type, next, to, on_error, output, timeout: timeoutMs }: NodeFrame,
  path: YamlPath,
): Pick<ParsedNode, 'id' | 'type' | 'next' | 'onError' | 'output' | 'timeoutMs'> {
  const target = (name: string | undefined, key: string) =>
    name === undefined ? undefined : { target: name, path: [...path, key] };
  const onError = target(on_error, 'on_error');
  return { id, type, next: target(next, 'next') ?? target(to, 'to'), onError, output, timeoutMs };
}

function reportBothNexts({ next, to }: NodeFrame, path: YamlPath, yaml: YamlFile, file: SourceFile): void {
  if (next === undefined || to === undefined || next === to) return;
  const message = '`to` is an alias of `next`, and both are given with different targets';
  file.report({ code: 'E113', place: yaml.placeOf([...path, 'to']), message });
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
  } else {
    const known = [...NODE_TYPES.keys()];
    const fix = didYouMean(type, known) ?? `known: ${known.join(', ')}`;
    file.report({ code: 'E106', place, message: `There is no node type \`${type}\``, fix });
  }
  return undefined;
}

/** Whether one of them belongs into the config. */
function reportUnknownKeys(
  frame: NodeFrame,
  { lifted, schema }: NodeType,
  path: YamlPath,
  yaml: YamlFile,
  file: SourceFile,
): boolean {
  const known = [...FRAME_KEYS, ...lifted];
  let isConfigBeside = false;
  for (const key of Object.keys(frame).filter((each) => !known.includes(each))) {
    const message = `\`${key}\` is no key of a \`${frame.type}\` node`;
    const place = yaml.placeOfKey([...path, key]);
    const misplaced = misplacedFix(key, knownKeys(schema));
    isConfigBeside ||= misplaced !== undefined;
    const cut = cutTextFix(yaml.value, [...path, key], file.text.slice(place.end));
    file.report({ code: 'E105', place, message, fix: cut ?? misplaced ?? keyHint(key, known) });
  }
  return isConfigBeside;
}

/** For a key that stands beside `config` and belongs into it. */
function misplacedFix(key: string, inConfig: readonly string[]): string | undefined {
  if (inConfig.includes(key)) return 'put it into `config`';
  const meant = keySlip(key, inConfig);
  return meant === undefined ? undefined : `write \`${meant}\`, and put it into \`config\``;
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
