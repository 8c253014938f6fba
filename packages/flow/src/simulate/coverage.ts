import { type TraceStep } from '@alur/types';
import { type Outline, type OutlineEdge, type OutlineFlow } from '../outline/outline.ts';
import { type SimulatedTurn } from './simulated.ts';

/** A part of a flow that a test can reach. */
interface CoveredPart {
  /** A node by its id; a way from a node or a trigger in words. */
  name: string;
  line: number;
  isReached: boolean;
  /** The node that a way leaves; a trigger leaves none. */
  from?: string;
}

export interface FlowCoverage {
  flow: string;
  file: string;
  nodes: CoveredPart[];
  /** Every way from node to node, a branch's end where no condition holds, and every trigger. */
  ways: CoveredPart[];
}

/** Collects what turns reached, by the file of each flow: a flow may be in several sets. */
export interface CoverageBook {
  /** Puts flows on the list, whether anything reaches them or not. */
  list: (outline: Outline) => void;
  add: (outline: Outline, turns: readonly SimulatedTurn[]) => void;
  flows: () => FlowCoverage[];
}

export function createCoverage(): CoverageBook {
  const flows = new Map<string, OutlineFlow>();
  const reached = new Set<string>();
  const list = ({ flows: listed }: Outline) => {
    for (const flow of listed) flows.set(flow.file, flow);
  };
  return {
    list,
    add: (outline, turns) => {
      list(outline);
      const walk = createWalk(outline, (key) => reached.add(key));
      for (const turn of turns) walk(turn);
    },
    flows: () =>
      [...flows.values()].sort((a, b) => (a.file < b.file ? -1 : 1)).map((flow) => coverageOf(flow, reached)),
  };
}

/** Of all nodes and ways those that were reached, in percent; of nothing, all. */
export function percentOf(flows: readonly Pick<FlowCoverage, 'nodes' | 'ways'>[]): number {
  const parts = flows.flatMap(({ nodes, ways }) => [...nodes, ...ways]);
  if (parts.length === 0) return 100;
  // Down: what is not whole must not look whole.
  return Math.floor((parts.filter(({ isReached }) => isReached).length / parts.length) * 1000) / 10;
}

const nodeKey = (file: string, id: string) => `${file} node ${id}`;
const wayKey = (file: string, from: string, kind: string, index: number) =>
  `${file} way ${from} ${kind} ${index}`;
const triggerKey = (file: string, label: string) => `${file} trigger ${label}`;
/** A branch that goes nowhere when no condition holds: the run ends. */
const ENDS = 'ends';

function coverageOf(flow: OutlineFlow, reached: ReadonlySet<string>): FlowCoverage {
  const { name, file, nodes, edges, triggers } = flow;
  const lines = new Map(nodes.map(({ id, line }) => [id, line]));
  const part = (name: string, line: number, key: string) => ({ name, line, isReached: reached.has(key) });
  return {
    flow: name,
    file,
    nodes: nodes.map(({ id, line }) => part(id, line, nodeKey(file, id))),
    ways: [
      ...triggers.map(({ label, target, line }) =>
        part(`trigger ${label} → ${target}`, line, triggerKey(file, label)),
      ),
      ...edges.map((edge) => {
        const { from, target, kind, label } = edge;
        const how = label === undefined ? kind : `${kind} ${label}`;
        const index = edgesFrom(flow, from, kind).indexOf(edge);
        const name = `${from} → ${target} (${how})`;
        return { ...part(name, lines.get(from) ?? 1, wayKey(file, from, kind, index)), from };
      }),
      ...nodes
        .filter((node) => node.type === 'branch' && isOpen(flow, node.id))
        .map(({ id, line }) => {
          return { ...part(`${id} → end (no condition)`, line, wayKey(file, id, ENDS, 0)), from: id };
        }),
    ],
  };
}

function edgesFrom({ edges }: OutlineFlow, node: string, kind: OutlineEdge['kind']): OutlineEdge[] {
  return edges.filter((edge) => edge.from === node && edge.kind === kind);
}

function isOpen(flow: OutlineFlow, branch: string): boolean {
  return edgesFrom(flow, branch, 'default').length + edgesFrom(flow, branch, 'next').length === 0;
}

type Place = Pick<TraceStep, 'flow' | 'node'>;

// The trace says what each node decided, and from it follows which way the run went on.
function createWalk({ flows }: Outline, reach: (key: string) => void): (turn: SimulatedTurn) => void {
  const byName = new Map(flows.map((flow) => [flow.name, flow]));
  /** Notes a way from a node; false when the node has none of the kind. */
  const go = ({ flow: name, node }: Place, kind: OutlineEdge['kind'], index = 0): boolean => {
    const flow = byName.get(name);
    if (!flow || !edgesFrom(flow, node, kind)[index]) return false;
    reach(wayKey(flow.file, node, kind, index));
    return true;
  };
  const leave = (step: Place, callers: Place[], kind: 'next' | 'error') => {
    for (let at: Place | undefined = step; at; at = callers.pop()) if (go(at, kind)) return;
  };
  const follow = (step: TraceStep, callers: Place[]) => {
    const { note = '', flow: name, node, type } = step;
    const flow = byName.get(name);
    const condition = /^condition (\d+)$/.exec(note)?.[1];
    if (note.startsWith('failed: ')) leave(step, callers, 'error');
    else if (note === 'timeout') go(step, 'timeout');
    else if (type === 'wait' && note.startsWith('no ')) go(step, 'invalid');
    else if (condition !== undefined) go(step, 'condition', Number(condition) - 1);
    else if (note === 'default') go(step, 'default');
    else if (type === 'flow2flow') callers.push(...(go(step, 'call') ? [step] : []));
    else {
      if (type === 'branch' && flow && isOpen(flow, node)) reach(wayKey(flow.file, node, ENDS, 0));
      leave(step, callers, 'next');
    }
  };
  return ({ result: { trace }, resumed, started }) => {
    const callers: Place[] = (resumed?.callers ?? []).map(({ flow, node }) => ({ flow, node }));
    const start = started && byName.get(started.flow);
    if (start && started) reach(triggerKey(start.file, started.label));
    for (const [index, step] of trace.entries()) {
      const flow = byName.get(step.flow);
      if (flow) reach(nodeKey(flow.file, step.node));
      const standsHere = STANDING.has(step.type) && !(index === 0 && resumed);
      if (!standsHere) follow(step, callers);
    }
  };
}

/** Nodes at which a run stands still when it comes to them. */
const STANDING: ReadonlySet<string> = new Set(['wait', 'handoff']);
