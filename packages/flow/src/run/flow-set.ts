import { type InboundEvent, type JsonObject } from '@alur/types';
import { type NodeRun } from '../nodes/define-node.ts';
import { type TriggerType } from '../load/trigger.ts';

export interface NodeRef {
  flow: string;
  node: string;
}

export interface CompiledNode extends NodeRef, NodeRun {
  type: string;
  next?: string | undefined;
  onError?: string | undefined;
  output?: string | undefined;
  /** Every target that the node names, by `wayKey`; one that is missing leads to undefined (`strict: false` only). */
  ways: ReadonlyMap<string, NodeRef | undefined>;
}

/** A flow that is called and a node of the same name are two ways. */
export function wayKey({ target, kind }: { target: string; kind?: string | undefined }): string {
  return kind === 'call' ? `call ${target}` : target;
}

export interface CompiledFlow {
  name: string;
  /** Of the file's text: part of every message id, so an edited flow never reuses an id. */
  hash: string;
  variables: JsonObject;
  nodes: ReadonlyMap<string, CompiledNode>;
}

/** When a `timer` trigger fires, and for whom. */
export interface Schedule {
  /** Names the trigger in its events; another one when anything of it changes. */
  id: string;
  flow: string;
  /** Five fields. */
  cron: string;
  /** IANA name. */
  timezone: string;
  /** Contacts that carry this tag. */
  tag: string;
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
  schedule?: Schedule | undefined;
}

/**
 * Flows that were loaded together and start together. `hash`, `names`, `schedules` and `wantsStatuses` are for callers;
 * the rest is the engine's.
 */
export interface FlowSet {
  /** Changes when any of the files does. */
  hash: string;
  /** Names of the flows, sorted. */
  names: readonly string[];
  flows: ReadonlyMap<string, CompiledFlow>;
  /** In order of precedence: the first that accepts an event starts its run. */
  triggers: readonly CompiledTrigger[];
  schedules: readonly Schedule[];
  /** Whether any flow has a `status` trigger. */
  wantsStatuses: boolean;
}
