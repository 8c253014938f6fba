import { type NodeRef } from '../run/flow-set.ts';
import { type ParsedFlow } from './read-flow.ts';
import { type ParsedNode } from './read-node.ts';
import { type ResolveTarget } from './targets.ts';

interface Vertex {
  flow: ParsedFlow;
  node: ParsedNode;
  key: string;
  edges: string[];
}

const keyOf = ({ flow, node }: NodeRef) => `${flow}/${node}`;

/** Reports cycles, over all files, and nodes that nothing leads to. */
export function checkGraph(flows: readonly ParsedFlow[], resolve: ResolveTarget): void {
  const graph = buildGraph(flows, resolve);
  reportCycles(graph);
  reportUnreachable(flows, graph, resolve);
}

function buildGraph(flows: readonly ParsedFlow[], resolve: ResolveTarget): Map<string, Vertex> {
  const vertices = flows.flatMap((flow) =>
    flow.nodes.map((node): [string, Vertex] => {
      const key = keyOf({ flow: flow.frame.name, node: node.id });
      const targets = [node.next, node.onError, ...node.targets].flatMap((each) =>
        each ? [each.target] : [],
      );
      const edges = targets.flatMap((target) => {
        const found = resolve(flow, target);
        return found ? [keyOf(found)] : [];
      });
      return [key, { flow, node, key, edges }];
    }),
  );
  return new Map(vertices);
}

// Depth first without recursion: a file may hold more nodes in a row than a call stack has frames.
function reportCycles(graph: ReadonlyMap<string, Vertex>): void {
  const done = new Set<string>();
  for (const start of graph.values()) {
    const stack = [{ vertex: start, at: 0 }];
    const open = new Set([start.key]);
    while (stack.length > 0 && !done.has(start.key)) {
      const top = stack.at(-1);
      if (!top) break;
      const edge = top.vertex.edges[top.at];
      top.at += 1;
      if (edge === undefined) {
        stack.pop();
        open.delete(top.vertex.key);
        done.add(top.vertex.key);
        continue;
      }
      const next = graph.get(edge);
      if (!next || done.has(edge)) continue;
      if (open.has(edge)) reportCycle(top.vertex, next);
      else {
        open.add(edge);
        stack.push({ vertex: next, at: 0 });
      }
    }
  }
}

function reportCycle({ flow, node }: Vertex, back: Vertex): void {
  flow.file.report({
    code: 'E111',
    place: flow.yaml.placeOf([...node.path, 'id']),
    message: `Node "${node.id}" leads back to "${back.node.id}", and nothing in between waits for the contact`,
    fix: 'let the run end, and start again with a trigger',
  });
}

function reportUnreachable(
  flows: readonly ParsedFlow[],
  graph: ReadonlyMap<string, Vertex>,
  resolve: ResolveTarget,
): void {
  const queue = flows.flatMap((flow) =>
    flow.triggers.flatMap(({ trigger }) => {
      const entry = resolve(flow, trigger.target);
      return entry ? [keyOf(entry)] : [];
    }),
  );
  const reached = new Set(queue);
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    for (const edge of graph.get(key)?.edges ?? []) {
      if (!reached.has(edge)) queue.push(edge);
      reached.add(edge);
    }
  }
  for (const { flow, node, key } of graph.values()) {
    if (reached.has(key)) continue;
    const place = flow.yaml.placeOf([...node.path, 'id']);
    flow.file.report({ code: 'W111', place, message: `Nothing leads to node "${node.id}"` });
  }
}
