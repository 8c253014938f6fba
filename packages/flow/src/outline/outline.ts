/** How one node leads to another. `call` runs another flow. */
type EdgeKind = 'next' | 'condition' | 'default' | 'error' | 'timeout' | 'invalid' | 'call';

/** A node by its flow and id. */
export interface OutlineRef {
  flow: string;
  node: string;
}

export interface OutlineNode {
  id: string;
  type: string;
  /** A few words of what it does, on one line, at most 56 characters; may be empty. */
  title: string;
  line: number;
}

export interface OutlineEdge {
  from: string;
  /** The target as written. */
  target: string;
  /** Where it leads; missing where nothing has that name. */
  to?: OutlineRef;
  kind: EdgeKind;
  /** The condition, the time; only where the node says one. */
  label?: string;
}

interface OutlineTrigger {
  /** As the list of triggers prints it. */
  label: string;
  target: string;
  to?: OutlineRef;
  line: number;
}

export interface OutlineFlow {
  name: string;
  file: string;
  nodes: OutlineNode[];
  edges: OutlineEdge[];
  /** In the order in which they are asked. */
  triggers: OutlineTrigger[];
  /** Nodes after which the run ends, always or when no condition holds. */
  deadEnds: string[];
  /** Nodes that no trigger leads to, over all flows. */
  unreachable: string[];
  /** Targets that nothing has the name of. */
  missing: string[];
}

/** What flows look like from above: for pictures and for other programs. */
export interface Outline {
  flows: OutlineFlow[];
}
