import type { Outline, OutlineEdge, OutlineFlow } from '@alur/flow';

/**
 * `elsewhere` stands for a node of a flow that is not in the picture, `missing` for a target that does not exist, `sign` for a
 * box that is drawn at another place.
 */
type Look = 'node' | 'trigger' | 'missing' | 'elsewhere' | 'sign';

export interface Vertex {
  key: string;
  look: Look;
  type: string;
  id: string;
  title: string;
  isDeadEnd: boolean;
  isUnreachable: boolean;
}

export interface Link {
  from: string;
  to: string;
  kind: OutlineEdge['kind'] | 'trigger';
  label: string;
}

/** One flow. */
export interface Group {
  key: string;
  title: string;
  file: string;
  vertices: Vertex[];
}

/** What is drawn, whatever it is drawn with. Keys are letters and digits. */
export interface Picture {
  groups: Group[];
  links: Link[];
}

/** One picture of all sets of flows; with `only`, of the flows that have this name. */
export function buildPicture(outlines: readonly Outline[], only?: string): Picture {
  const drawn = outlines.flatMap((outline, set) => {
    const flows = outline.flows.filter(({ name }) => only === undefined || name === only);
    return flows.map((flow) => ({ set, flow }));
  });
  const keys = new Map<string, string>();
  for (const [index, { set, flow }] of drawn.entries()) {
    for (const [at, { id }] of flow.nodes.entries()) keys.set(`${set} ${flow.name}/${id}`, `f${index}n${at}`);
  }
  const parts = drawn.map(({ set, flow }, index) =>
    buildGroup(flow, `f${index}`, (ref) => keys.get(`${set} ${ref}`)),
  );
  return { groups: parts.map(({ group }) => group), links: parts.flatMap(({ links }) => links) };
}

type FindKey = (ref: string) => string | undefined;

function buildGroup(flow: OutlineFlow, key: string, find: FindKey): { group: Group; links: Link[] } {
  const deadEnds = new Set(flow.deadEnds);
  const unreachable = new Set(flow.unreachable);
  const outside = new Map<string, Vertex>();
  const keyOf = ({ target, to }: Pick<OutlineEdge, 'target' | 'to'>): string => {
    const found = to && find(`${to.flow}/${to.node}`);
    if (found !== undefined) return found;
    const id = to ? `${to.flow}/${to.node}` : target;
    const made = outside.get(id) ?? standIn(id, to ? 'elsewhere' : 'missing', `${key}x${outside.size}`);
    outside.set(id, made);
    return made.key;
  };
  const nodes = flow.nodes.map(({ id, type, title }, at): Vertex => {
    const [isDeadEnd, isUnreachable] = [deadEnds.has(id), unreachable.has(id)];
    return { key: `${key}n${at}`, look: 'node', type, id, title, isDeadEnd, isUnreachable };
  });
  const triggers = flow.triggers.map(({ label }, at) => standIn(label, 'trigger', `${key}t${at}`));
  const links = [
    ...flow.triggers.map((trigger, at): Link => {
      return { from: `${key}t${at}`, to: keyOf(trigger), kind: 'trigger', label: '' };
    }),
    ...flow.edges.map((edge): Link => {
      const from = find(`${flow.name}/${edge.from}`) ?? key;
      return { from, to: keyOf(edge), kind: edge.kind, label: labelOf(edge) };
    }),
  ];
  const vertices = [...triggers, ...nodes, ...outside.values()];
  return { group: { key, title: flow.name, file: flow.file, vertices }, links };
}

function standIn(id: string, look: Look, key: string): Vertex {
  return { key, look, type: look, id, title: '', isDeadEnd: false, isUnreachable: false };
}

function labelOf({ kind, label }: OutlineEdge): string {
  if (label !== undefined) return label;
  switch (kind) {
    case 'next':
      return '';
    case 'condition':
      return 'if';
    case 'error':
      return 'on error';
    case 'timeout':
      return 'no answer';
    case 'invalid':
      return 'not valid';
    case 'call':
      return 'runs';
    case 'default':
      return 'default';
    default:
      return kind satisfies never;
  }
}
