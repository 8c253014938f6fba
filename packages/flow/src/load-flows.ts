import { hash, type TemplateDefinition } from '@alur/types';
import { isTemplateFault } from './definitions/template-faults.ts';
import { type Finding, type FlowSource } from './finding.ts';
import { checkCalls } from './load/check-calls.ts';
import { checkCycles } from './load/check-cycles.ts';
import { checkReach } from './load/check-reach.ts';
import { checkWindows } from './load/check-windows.ts';
import { compileSet, type HashedFlow } from './load/compile-set.ts';
import { compareText } from './load/compile-triggers.ts';
import { buildGraph, entriesOf } from './load/graph.ts';
import { readFlow, readParsed, type ParsedFlow } from './load/read-flow.ts';
import { checkRules } from './load/rules/index.ts';
import { type MediaFacts, checkMediaFiles } from './load/rules/media-files.ts';
import { checkTemplateDefinitions } from './load/rules/template-definitions.ts';
import { openSource } from './load/source-file.ts';
import { toEnd, type Steps } from './load/steps.ts';
import { createResolver, reportMissing, type ResolveTarget } from './load/targets.ts';
import { type TriggerType } from './load/trigger.ts';
import { type YamlFile } from './load/yaml-file.ts';
import { type FlowSet } from './run/flow-set.ts';

/** `flows` is there when no finding is an error. */
export interface LoadResult {
  flows?: FlowSet;
  /** All findings of all files, by file and line. */
  findings: Finding[];
}

interface LoadOptions {
  /** With `false` a target that does not exist is a warning, and fails the run that gets there. */
  strict?: boolean | undefined;
  /** The templates of the WABA that the flows send from. Undefined: not known, and nothing is said of them. */
  templates?: readonly TemplateDefinition[] | undefined;
  /** Files that messages may name, by path. Undefined: not known. */
  mediaFiles?: ReadonlyMap<string, MediaFacts> | undefined;
  /** Templates that do not fit are told, but refuse nothing: Meta may change them while flows run. */
  toleratesTemplates?: boolean | undefined;
}

/** A flow file that was checked, as plain data: goes from the thread that checked it to the one that runs it. */
export interface CheckedFlow {
  path: string;
  /** Of the file's text. */
  hash: string;
  value: unknown;
}

/**
 * Reads, checks and compiles flow files that run together. Pure: reads nothing but its arguments and never throws for
 * what a file says.
 */
export function loadFlows(sources: readonly FlowSource[], options: LoadOptions = {}): LoadResult {
  const { findings, set } = check(sources, options);
  return set ? { flows: set.flows, findings } : { findings };
}

/** The checks of `loadFlows`; without an error, what `compileFlows` makes the set of. */
export function checkFlows(
  sources: readonly FlowSource[],
  options: LoadOptions = {},
): { findings: Finding[]; checked?: CheckedFlow[] } {
  const { findings, set } = check(sources, options);
  if (!set) return { findings };
  const checked = set.parsed.map(({ flow, hash: fileHash }) => ({
    path: flow.file.path,
    hash: fileHash,
    value: flow.yaml.value,
  }));
  return { findings, checked };
}

/** The set of flows that `checkFlows` found right, in steps of about a millisecond at most. */
export function* compileFlows(checked: readonly CheckedFlow[]): Steps<FlowSet> {
  const parsed: HashedFlow[] = [];
  for (const { path, hash: fileHash, value } of checked) {
    const file = openSource({ path, text: '' });
    const flow = yield* readParsed(file, withoutPlaces(value));
    if (!flow) throw new Error(`Cannot compile flow "${path}": it was not checked`);
    parsed.push({ flow, hash: fileHash });
  }
  return yield* compileSet(parsed, createResolver(parsed.map(({ flow }) => flow)));
}

const NOWHERE = { start: 0, end: 0 };

function withoutPlaces(value: unknown): YamlFile {
  return { value, placeOf: () => NOWHERE, placeOfKey: () => NOWHERE, placeInText: () => NOWHERE };
}

interface Checked {
  findings: Finding[];
  /** Only when no finding is an error. */
  set?: { flows: FlowSet; parsed: HashedFlow[] };
}

function check(sources: readonly FlowSource[], options: LoadOptions): Checked {
  const { strict = true, templates, mediaFiles, toleratesTemplates = false } = options;
  const read = sources.map(readFlow);
  const flows = read.flatMap(({ flow }) => flow ?? []);
  const resolve = createResolver(flows);
  reportSameNames(flows);
  // What cannot be read may hold the target that seems to be missing.
  if (flows.length === sources.length) for (const flow of flows) reportMissing(flow, flows, resolve, strict);
  checkWays(flows, resolve);
  checkCalls(flows);
  checkRules(flows);
  for (const flow of flows) {
    if (templates) checkTemplateDefinitions(flow, templates);
    if (mediaFiles) checkMediaFiles(flow, mediaFiles);
  }
  const parsed = flows.map((flow) => ({ flow, hash: hash(flow.file.text) }));
  const set = toEnd(compileSet(parsed, resolve));
  const findings = read.flatMap(({ file }) => file.findings).sort(byPlace);
  const isRefused = findings.some(
    (finding) => finding.severity === 'error' && !(toleratesTemplates && isTemplateFault(finding)),
  );
  return isRefused ? { findings } : { findings, set: { flows: set, parsed } };
}

/** Triggers that no contact's message fires. */
const UNASKED: ReadonlySet<TriggerType> = new Set<TriggerType>(['event', 'timer', 'status']);

function checkWays(flows: readonly ParsedFlow[], resolve: ResolveTarget): void {
  const graph = buildGraph(flows, resolve);
  const asked = entriesOf(flows, resolve, (type) => !UNASKED.has(type));
  const unasked = entriesOf(flows, resolve, (type) => UNASKED.has(type));
  checkCycles(graph);
  checkReach(graph, [...asked, ...unasked]);
  checkWindows(graph, { asked, unasked });
}

function reportSameNames(flows: readonly ParsedFlow[]): void {
  const seen = new Map<string, ParsedFlow>();
  for (const flow of flows) {
    const { name } = flow.frame;
    const first = seen.get(name);
    if (!first) seen.set(name, flow);
    else {
      const message = `The flow name "${name}" is taken by ${first.file.path}`;
      flow.file.report({ code: 'E109', place: flow.yaml.placeOf(['name']), message });
    }
  }
}

function byPlace(a: Finding, b: Finding): number {
  return compareText(a.file, b.file) || a.line - b.line || a.col - b.col;
}
