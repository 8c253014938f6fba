import { didYouMean } from '@alur/types';
import { type NodeTarget } from '../nodes/define-node.ts';
import { type NodeRef } from '../run/flow-set.ts';
import { type ParsedFlow } from './read-flow.ts';

/** Finds the node that a target names: of the same file, a flow's first, or `flow/node`. A call names flows only. */
export type ResolveTarget = (
  from: ParsedFlow,
  target: Pick<NodeTarget, 'target' | 'kind'>,
) => NodeRef | undefined;

export function createResolver(flows: readonly ParsedFlow[]): ResolveTarget {
  const byName = new Map(flows.map((flow) => [flow.frame.name, flow]));
  return (from, { target, kind }) => {
    if (kind !== 'call' && from.ids.has(target)) return { flow: from.frame.name, node: target };
    const [name = '', node] = target.split('/');
    const flow = byName.get(name);
    const id = node ?? flow?.nodes[0]?.id;
    return flow && id !== undefined && flow.ids.has(id) ? { flow: name, node: id } : undefined;
  };
}

/** Every target of a file, nodes' and triggers'. */
export function allTargets({ nodes, triggers }: ParsedFlow): (NodeTarget & { from: string })[] {
  return [
    ...nodes.flatMap((node) =>
      [node.next, node.onError, ...node.targets].flatMap((each) =>
        each ? { ...each, from: `Node "${node.id}"` } : [],
      ),
    ),
    ...triggers.map(({ trigger, path }) => ({
      target: trigger.target,
      path: [...path, 'target'],
      from: `The ${trigger.type} trigger`,
    })),
  ];
}

/** Missing targets of a file that get a did-you-mean. */
const HINTS_MAX = 50;

/** A target that leads nowhere is an error, or a warning where the bundle is not strict. */
export function reportMissing(
  flow: ParsedFlow,
  flows: readonly ParsedFlow[],
  resolve: ResolveTarget,
  strict: boolean,
): void {
  const flowNames = flows.map(({ frame }) => frame.name);
  const known = [...flow.ids, ...flowNames];
  let missing = 0;
  for (const { target, path, from, kind } of allTargets(flow)) {
    if (resolve(flow, { target, ...(kind && { kind }) })) continue;
    flow.file.report({
      code: strict ? 'E110' : 'W110',
      place: flow.yaml.placeOf(path),
      message: `${from} points to "${target}", which does not exist`,
      // To look for what is meant costs as much as there are names: a file of nothing but slips must not take minutes.
      fix: (missing += 1) > HINTS_MAX ? undefined : didYouMean(target, kind === 'call' ? flowNames : known),
    });
  }
}
