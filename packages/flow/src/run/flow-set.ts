import { type InboundEvent, type JsonObject } from '@alur/types';
import { type RunNode } from '../nodes/define-node.ts';
import { type TriggerType } from '../load/trigger.ts';

export interface NodeRef {
  flow: string;
  node: string;
}

export interface CompiledNode extends NodeRef {
  type: string;
  run: RunNode;
  next?: string | undefined;
  onError?: string | undefined;
  output?: string | undefined;
  /** Every target that the node names; one that is missing leads to undefined (`strict: false` only). */
  ways: ReadonlyMap<string, NodeRef | undefined>;
}

export interface CompiledFlow {
  name: string;
  /** Of the file's text: part of every message id, so an edited flow never reuses an id. */
  hash: string;
  variables: JsonObject;
  nodes: ReadonlyMap<string, CompiledNode>;
}

export interface CompiledTrigger {
  type: TriggerType;
  flow: string;
  /** The target as written, for messages. */
  target: string;
  entry: NodeRef | undefined;
  accepts: (event: InboundEvent) => boolean;
  /** For the precedence print. */
  label: string;
}

/** Flows that were loaded together and start together. `hash` and `names` are for callers; the rest is the engine's. */
export interface FlowSet {
  /** Changes when any of the files does. */
  hash: string;
  /** Names of the flows, sorted. */
  names: readonly string[];
  flows: ReadonlyMap<string, CompiledFlow>;
  /** In order of precedence: the first that accepts an event starts its run. */
  triggers: readonly CompiledTrigger[];
}
