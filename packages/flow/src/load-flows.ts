import { hash } from '@alur/types';
import { createCompiler, type CompileExpression } from './expression/compile.ts';
import { type Finding, type FlowSource } from './finding.ts';
import { checkGraph } from './load/check-graph.ts';
import { compileNode } from './load/compile-node.ts';
import { compareText, compileTriggers } from './load/compile-triggers.ts';
import { declaredNames } from './load/declared-names.ts';
import { readFlow, type ParsedFlow } from './load/read-flow.ts';
import { createResolver, allTargets, reportMissing, type ResolveTarget } from './load/targets.ts';
import { type CompiledFlow, type CompiledNode, type FlowSet } from './run/flow-set.ts';

/** `flows` is there when no finding is an error. */
export interface LoadResult {
  flows?: FlowSet;
  /** All findings of all files, by file and line. */
  findings: Finding[];
}

/**
 * Reads, checks and compiles flow files that run together. Pure: reads nothing but its arguments and never throws for
 * what a file says. With `strict: false` a target that does not exist is a warning, and fails the run that gets there.
 */
export function loadFlows(
  sources: readonly FlowSource[],
  { strict = true }: { strict?: boolean } = {},
): LoadResult {
  const read = sources.map(readFlow);
  const parsed = read.flatMap(({ flow }) => flow ?? []);
  reportSameNames(parsed);
  const resolve = createResolver(parsed);
  const compile = createCompiler();
  const compiled = parsed.map((flow) => compileFlow(flow, { all: parsed, resolve, compile }));
  // What cannot be read may hold the target that seems to be missing.
  if (parsed.length === sources.length) {
    for (const flow of parsed) reportMissing(flow, parsed, resolve, strict);
  }
  checkGraph(parsed, resolve);
  const triggers = compileTriggers(parsed, resolve);
  const findings = read.flatMap(({ file }) => file.findings).sort(byPlace);
  if (findings.some(({ severity }) => severity === 'error')) return { findings };
  const names = parsed.map(({ frame }) => frame.name).sort(compareText);
  const hashes = [...sources]
    .sort((a, b) => compareText(a.path, b.path))
    .flatMap(({ path, text }) => [path, text]);
  const flows = new Map(compiled.map((flow) => [flow.name, flow]));
  return { flows: { hash: hash('flows', ...hashes), names, flows, triggers }, findings };
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

interface CompileAll {
  all: readonly ParsedFlow[];
  resolve: ResolveTarget;
  compile: CompileExpression;
}

function compileFlow(flow: ParsedFlow, { all, resolve, compile }: CompileAll): CompiledFlow {
  const { file, yaml, frame } = flow;
  const context = { file, yaml, compile, declared: declaredNames(flow, all), defaults: frame.config };
  const ways = new Map(allTargets(flow).map(({ target }) => [target, resolve(flow, target)]));
  const nodes = flow.nodes.map((node): [string, CompiledNode] => {
    const run = compileNode(node, context);
    const { id, type, next, onError, output } = node;
    return [
      id,
      { flow: frame.name, node: id, type, run, next: next?.target, onError: onError?.target, output, ways },
    ];
  });
  return { name: frame.name, hash: hash(file.text), variables: frame.variables ?? {}, nodes: new Map(nodes) };
}

function byPlace(a: Finding, b: Finding): number {
  return compareText(a.file, b.file) || a.line - b.line || a.col - b.col;
}
