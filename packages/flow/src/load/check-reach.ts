import { reach, type Graph } from './graph.ts';
import { type ParsedFlow } from './read-flow.ts';
import { listAt } from './rules/raw-values.ts';

/** Reports nodes that nothing leads to. */
export function checkReach(graph: Graph, entries: readonly string[]): void {
  const reached = new Set(reach(graph, entries));
  for (const vertex of graph.values()) {
    if (reached.has(vertex) || holdsUnread(vertex.flow)) continue;
    const { flow, node } = vertex;
    const place = flow.yaml.placeOf([...node.path, 'id']);
    flow.file.report({ code: 'W111', place, message: `Nothing leads to node "${node.id}"` });
  }
}

/** Whether a trigger or a node could not be read: what seems to be out of reach may be behind it. */
function holdsUnread({ yaml, nodes, triggers }: ParsedFlow): boolean {
  const written = [...listAt(yaml.value, ['nodes']), ...listAt(yaml.value, ['triggers'])];
  return written.length > nodes.length + triggers.length;
}
