import * as dagre from '@dagrejs/dagre';
import { z } from 'zod';

// Dagre's own types point to files without an extension, which this project does not resolve: here is what is used of it.

interface Size {
  width: number;
  height: number;
}

interface Middle {
  x: number;
  y: number;
}

interface EdgeWish extends Size {
  weight: number;
  labelpos: 'c';
}

interface GraphWish {
  rankdir: 'TB' | 'LR';
  nodesep: number;
  edgesep: number;
  ranksep: number;
  marginx: number;
  marginy: number;
}

/** What is to be placed and, once it is laid out, where everything is. */
export interface Plan {
  setGraph: (wish: GraphWish) => void;
  setNode: (key: string, size: Size) => void;
  setParent: (key: string, parent: string) => void;
  setEdge: (from: string, to: string, wish: EdgeWish, name: string) => void;
  graph: () => Size;
  node: (key: string) => Middle & Size;
  /** Without a middle where the edge has no label. */
  edge: (from: string, to: string, name: string) => Partial<Middle> & { points: Middle[] };
}

interface Library {
  Graph: new (options: { directed: boolean; multigraph: boolean; compound: boolean }) => Plan;
  layout: (plan: Plan) => Plan;
}

const Library = z.custom<Library>(
  (value) => typeof value === 'object' && value !== null && 'Graph' in value && 'layout' in value,
);

export function createPlan(wish: GraphWish): Plan {
  const { Graph } = Library.parse(dagre);
  const plan = new Graph({ directed: true, multigraph: true, compound: true });
  plan.setGraph(wish);
  return plan;
}

/** The same plan with a place for everything. */
export function layOutPlan(plan: Plan): Plan {
  return Library.parse(dagre).layout(plan);
}
