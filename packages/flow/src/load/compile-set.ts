import { hash } from '@alur/types';
import { createCompiler } from '../expression/compile.ts';
import { wayKey, type CompiledFlow, type CompiledNode, type FlowSet } from '../run/flow-set.ts';
import { compileNode, type CompileContext } from './compile-node.ts';
import { compareText, compileTriggers } from './compile-triggers.ts';
import { declaredNames } from './declared-names.ts';
import { type ParsedFlow } from './read-flow.ts';
import { type Steps } from './steps.ts';
import { allTargets, type ResolveTarget } from './targets.ts';

/** A flow, and the hash of its file's text. */
export interface HashedFlow {
  flow: ParsedFlow;
  hash: string;
}

/** Compiles flows that run together. What is wrong with them is reported to their files; nothing is thrown. */
export function* compileSet(parsed: readonly HashedFlow[], resolve: ResolveTarget): Steps<FlowSet> {
  const all = parsed.map(({ flow }) => flow);
  const compile = createCompiler();
  const declared = declaredNames(all);
  const flows = new Map<string, CompiledFlow>();
  for (const { flow, hash: fileHash } of parsed) {
    const { file, yaml, frame } = flow;
    const context = { file, yaml, compile, declared: declared(flow), defaults: frame.config };
    const nodes = yield* compileNodes(flow, resolve, context);
    flows.set(frame.name, { name: frame.name, hash: fileHash, variables: frame.variables ?? {}, nodes });
  }
  const triggers = yield* compileTriggers(all, resolve);
  return {
    hash: setHash(parsed),
    names: [...flows.keys()].sort(compareText),
    flows,
    triggers,
    schedules: triggers.flatMap(({ schedule }) => schedule ?? []),
    wantsStatuses: triggers.some(({ type }) => type === 'status'),
  };
}

function* compileNodes(
  flow: ParsedFlow,
  resolve: ResolveTarget,
  context: CompileContext,
): Steps<Map<string, CompiledNode>> {
  const ways = new Map(allTargets(flow).map((each) => [wayKey(each), resolve(flow, each)]));
  const nodes = new Map<string, CompiledNode>();
  for (const node of flow.nodes) {
    yield;
    const run = compileNode(node, context);
    const { id, type, next, onError, output } = node;
    const targets = { next: next?.target, onError: onError?.target, ways };
    nodes.set(id, { flow: flow.frame.name, node: id, type, ...run, output, ...targets });
  }
  return nodes;
}

function setHash(parsed: readonly HashedFlow[]): string {
  const files = parsed.map(({ flow, hash: fileHash }) => ({ path: flow.file.path, fileHash }));
  files.sort((a, b) => compareText(a.path, b.path));
  return hash('flows', ...files.flatMap(({ path, fileHash }) => [path, fileHash]));
}
