import { type NodeTarget } from '../nodes/define-node.ts';
import { type NodeRef } from '../run/flow-set.ts';
import { type ParsedFlow } from './read-flow.ts';
import { type ParsedNode } from './read-node.ts';
import { isComputed, leavesOf, valueAt } from './rules/raw-values.ts';
import { type ResolveTarget } from './targets.ts';
import { type TriggerType } from './trigger.ts';

export interface Edge {
  to: string;
  /** `next` and `error` stand at the node itself; `back` leads on after a flow that was called. */
  kind: 'next' | 'error' | 'back' | NonNullable<NodeTarget['kind']>;
}

export interface Vertex {
  flow: ParsedFlow;
  node: ParsedNode;
  key: string;
  edges: readonly Edge[];
  /** The first node of the flow that it calls. */
  calls?: string | undefined;
}

/** All nodes of a set by `flow/node`, with every way that a run may take. */
export type Graph = ReadonlyMap<string, Vertex>;

const keyOf = ({ flow, node }: NodeRef) => `${flow}/${node}`;

export function buildGraph(flows: readonly ParsedFlow[], resolve: ResolveTarget): Graph {
  const graph = new Map<string, Vertex>();
  for (const flow of flows) {
    for (const node of flow.nodes) {
      const key = keyOf({ flow: flow.frame.name, node: node.id });
      const edges = edgesOf(flow, node, resolve);
      graph.set(key, { flow, node, key, edges, calls: edges.find(({ kind }) => kind === 'call')?.to });
    }
  }
  return graph;
}

function edgesOf(flow: ParsedFlow, node: ParsedNode, resolve: ResolveTarget): Edge[] {
  const edges: Edge[] = [];
  const add = (target: NodeTarget | undefined, kind: Edge['kind']) => {
    const found = target && resolve(flow, target);
    if (found) edges.push({ to: keyOf(found), kind });
  };
  const calls = node.targets.some(({ kind }) => kind === 'call');
  if (!node.declares.leaves) add(node.next, calls ? 'back' : 'next');
  add(node.onError, 'error');
  for (const target of node.targets) add(target, target.kind ?? 'next');
  return edges;
}

/** Whether the run may come to its end at a node, but for what a flow that it calls does. */
export function mayEnd({ node }: Vertex): boolean {
  const { leaves } = node.declares;
  return leaves === undefined ? !node.next : leaves === 'elsewhere' && isCall(node);
}

function isCall({ targets }: ParsedNode): boolean {
  return targets.some(({ kind }) => kind === 'call');
}

/** Whether a node itself may fail. A flow that it calls, and an answer that it waits for, are not asked. */
export function mayFail({ flow, node }: Vertex): boolean {
  if (node.declares.mayFail) return true;
  return leavesOf(valueAt(flow.yaml.value, node.path), node.path).some(({ value }) => isComputed(value));
}

/** Whether a node takes care of a failure in the flow that it calls; one that hands over for good does not. */
export function handlesCall({ node }: Vertex): boolean {
  return node.onError !== undefined && !node.declares.leaves;
}

/** The nodes that triggers lead to, by `flow/node`. */
export function entriesOf(
  flows: readonly ParsedFlow[],
  resolve: ResolveTarget,
  isWanted: (type: TriggerType) => boolean,
): string[] {
  return flows.flatMap((flow) =>
    flow.triggers.flatMap(({ trigger }) => {
      const entry = isWanted(trigger.type) ? resolve(flow, trigger) : undefined;
      return entry ? [keyOf(entry)] : [];
    }),
  );
}

/** Everything that can be reached along the edges that `follows` lets through, the start included. */
export function reach(
  graph: Graph,
  start: readonly string[],
  follows: (edge: Edge, from: Vertex) => boolean = () => true,
): Vertex[] {
  const seen = new Set(start);
  const reached: Vertex[] = [];
  const queue = [...seen];
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    const vertex = graph.get(key);
    if (!vertex) continue;
    reached.push(vertex);
    for (const edge of vertex.edges) {
      if (seen.has(edge.to) || !follows(edge, vertex)) continue;
      seen.add(edge.to);
      queue.push(edge.to);
    }
  }
  return reached;
}
