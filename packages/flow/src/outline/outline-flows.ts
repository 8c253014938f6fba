import { type Finding, type FlowSource } from '../finding.ts';
import { compileTriggers } from '../load/compile-triggers.ts';
import { readFlow, type ParsedFlow } from '../load/read-flow.ts';
import { toEnd } from '../load/steps.ts';
import { createResolver, type ResolveTarget } from '../load/targets.ts';
import { loadFlows } from '../load-flows.ts';
import { type Outline, type OutlineFlow, type OutlineRef } from './outline.ts';
import { lineOf, readOutlineNodes } from './read-outline-node.ts';

/** `outline` is there when at least one file could be read as a flow. */
export interface OutlineResult {
  /** All that `loadFlows` has to say of the files. */
  findings: Finding[];
  outline?: Outline;
}

/**
 * Nodes, ways and triggers of flows that run together, for pictures of them. Faults of single nodes do not matter: such
 * a node is there with what is known of it. Pure, as `loadFlows` is.
 */
export function outlineFlows(
  sources: readonly FlowSource[],
  options: { strict?: boolean } = {},
): OutlineResult {
  const { findings } = loadFlows(sources, options);
  // By name: of two flows with one name the resolver knows the last, and a finding tells the author.
  const byName = new Map(
    sources.flatMap((source) => readFlow(source).flow ?? []).map((flow) => [flow.frame.name, flow]),
  );
  const parsed = [...byName.values()];
  if (parsed.length === 0) return { findings };
  const resolve = createResolver(parsed);
  const triggers = toEnd(compileTriggers(parsed, resolve));
  const flows = parsed.map((flow): OutlineFlow => {
    const { name } = flow.frame;
    const own = triggers.filter((trigger) => trigger.flow === name);
    const lines = triggerLines(flow, resolve);
    return {
      ...outlineOne(flow, resolve),
      triggers: own.map(({ label, target, entry }) => {
        return { label, target, ...(entry && { to: entry }), line: lines.get(label) ?? 1 };
      }),
    };
  });
  return { findings, outline: { flows: withReach(flows) } };
}

/** Where each trigger stands, by its label: compiled by itself, since the order of all of them is another one. */
function triggerLines(flow: ParsedFlow, resolve: ResolveTarget): ReadonlyMap<string, number> {
  return new Map(
    flow.triggers.toReversed().flatMap((each): [string, number][] => {
      const [compiled] = toEnd(compileTriggers([{ ...flow, triggers: [each] }], resolve));
      return compiled ? [[compiled.label, lineOf(flow, each.path)]] : [];
    }),
  );
}

function outlineOne(flow: ParsedFlow, resolve: ResolveTarget): Omit<OutlineFlow, 'triggers'> {
  const read = readOutlineNodes(flow);
  const edges = read.flatMap((each) =>
    each.edges.map((edge) => {
      const { target, kind } = edge;
      const to = resolve(flow, { target, ...(kind === 'call' && { kind }) });
      return { ...edge, ...(to && { to }) };
    }),
  );
  const goOn = new Set(
    edges.flatMap(({ from, kind }) => (kind === 'next' || kind === 'default' ? from : [])),
  );
  const nodes = read.map(({ node }) => node);
  return {
    name: flow.frame.name,
    file: flow.file.path,
    nodes,
    edges,
    deadEnds: nodes.flatMap(({ id }) => (goOn.has(id) ? [] : id)),
    unreachable: [],
    missing: [],
  };
}

const keyOf = ({ flow, node }: OutlineRef) => `${flow}/${node}`;

function withReach(flows: readonly OutlineFlow[]): OutlineFlow[] {
  const ways = new Map<string, string[]>();
  for (const { name, edges } of flows) {
    for (const { from, to } of edges) {
      if (!to) continue;
      const key = keyOf({ flow: name, node: from });
      ways.set(key, [...(ways.get(key) ?? []), keyOf(to)]);
    }
  }
  const queue = flows.flatMap(({ triggers }) => triggers.flatMap(({ to }) => (to ? keyOf(to) : [])));
  const reached = new Set<string>();
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    if (!reached.has(key)) queue.push(...(ways.get(key) ?? []));
    reached.add(key);
  }
  return flows.map((flow) => ({
    ...flow,
    unreachable: flow.nodes.flatMap(({ id }) =>
      reached.has(keyOf({ flow: flow.name, node: id })) ? [] : id,
    ),
    missing: missingOf(flow),
  }));
}

function missingOf({ edges, triggers }: OutlineFlow): string[] {
  return [...new Set([...edges, ...triggers].flatMap(({ to, target }) => (to ? [] : target)))];
}
