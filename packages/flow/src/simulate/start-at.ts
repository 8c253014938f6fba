import { didYouMean } from '@alur/types';
import { type FlowSet, type NodeRef } from '../run/flow-set.ts';
import { ActionError } from './action-error.ts';

/** No `event_type` that an author may write has a space in it. */
export const START_EVENT = 'start here';

/** The set with one trigger more: what starts a run at a node that is named, whatever leads there otherwise. */
export function startAt(flows: FlowSet, name: string): FlowSet {
  const entry = nodeOf(flows, name);
  const trigger = {
    type: 'event' as const,
    flow: entry.flow,
    target: name,
    entry,
    accepts: ({ kind, ...event }: { kind: string; eventType?: string }) =>
      kind === 'event' && event.eventType === START_EVENT,
    label: name,
  };
  return { ...flows, triggers: [trigger, ...flows.triggers] };
}

/** `flow`, which is its first node, or `flow/node`. */
function nodeOf(flows: FlowSet, name: string): NodeRef {
  const [flow = '', id] = name.split('/');
  const found = flows.flows.get(flow);
  if (!found) throw new ActionError(`There is no flow "${flow}"`, didYouMean(flow, flows.names));
  const ids = [...found.nodes.keys()];
  const node = id ?? ids[0];
  if (node !== undefined && found.nodes.has(node)) return { flow, node };
  throw new ActionError(`Flow "${flow}" has no node "${id ?? ''}"`, didYouMean(id ?? '', ids));
}
