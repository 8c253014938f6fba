import { handlesCall, mayEnd, mayFail, reach, type Edge, type Graph, type Vertex } from './graph.ts';

/**
 * Reports cycles in which nothing waits, over all files. Depth first without recursion: a file may hold more nodes in a row
 * than a call stack has frames.
 */
export function checkCycles(graph: Graph): void {
  const calls = callsWithin(graph);
  const waysOf = (vertex: Vertex) => vertex.edges.filter((edge) => isWithinTurn(edge, vertex, calls));
  const done = new Set<string>();
  for (const start of graph.values()) {
    const stack = [{ vertex: start, edges: waysOf(start), at: 0 }];
    const open = new Set([start.key]);
    while (stack.length > 0 && !done.has(start.key)) {
      const top = stack.at(-1);
      if (!top) break;
      const edge = top.edges[top.at];
      top.at += 1;
      if (edge === undefined) {
        stack.pop();
        open.delete(top.vertex.key);
        done.add(top.vertex.key);
        continue;
      }
      const next = graph.get(edge.to);
      if (!next || done.has(edge.to)) continue;
      if (open.has(edge.to)) reportCycle(top.vertex, next);
      else {
        open.add(edge.to);
        stack.push({ vertex: next, edges: waysOf(next), at: 0 });
      }
    }
  }
}

function reportCycle({ flow, node }: Vertex, back: Vertex): void {
  flow.file.report({
    code: 'E111',
    place: flow.yaml.placeOf([...node.path, 'id']),
    message: `Node "${node.id}" leads back to "${back.node.id}", and nothing in between waits for the contact`,
    fix: 'put a `wait` node between them',
  });
}

/** What a flow that is called may do without waiting. */
interface Within {
  ends: boolean;
  fails: boolean;
}

type AskCall = (entry: string) => Within;

/** Whether a run may take a way in the turn in which it came to its node. */
function isWithinTurn({ kind }: Edge, vertex: Vertex, ask: AskCall): boolean {
  const { node, calls } = vertex;
  const { waits } = node.declares;
  // A handoff computes what it tells people before it waits; a wait does nothing before.
  if (waits) return waits.for === 'release' && kind === 'error' && mayFail(vertex);
  if (calls === undefined) return true;
  if (kind === 'back') return ask(calls).ends;
  return kind !== 'error' || mayFail(vertex) || (handlesCall(vertex) && ask(calls).fails);
}

function callsWithin(graph: Graph): AskCall {
  const known = new Map<string, Within>();
  const ask: AskCall = (entry) => {
    const before = known.get(entry);
    if (before) return before;
    // A flow that calls itself comes to an end only by another way.
    known.set(entry, { ends: false, fails: false });
    const reached = reach(
      graph,
      [entry],
      (edge, from) => edge.kind !== 'call' && isWithinTurn(edge, from, ask),
    );
    const within = {
      ends: reached.some((vertex) => endsWithin(vertex, ask)),
      fails: reached.some((vertex) => failsWithin(vertex, ask)),
    };
    known.set(entry, within);
    return within;
  };
  return ask;
}

function endsWithin(vertex: Vertex, ask: AskCall): boolean {
  if (vertex.node.declares.waits || !mayEnd(vertex)) return false;
  return vertex.calls === undefined || ask(vertex.calls).ends;
}

function failsWithin(vertex: Vertex, ask: AskCall): boolean {
  const { node, calls } = vertex;
  if (node.declares.waits?.for === 'message') return false;
  if (calls !== undefined && !handlesCall(vertex) && ask(calls).fails) return true;
  return node.onError === undefined && mayFail(vertex);
}
