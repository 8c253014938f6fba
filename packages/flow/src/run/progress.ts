import {
  type Caller,
  type Effect,
  type InboundEvent,
  type Journal,
  type JsonObject,
  type Snapshot,
  type TemplateDefinition,
  type TraceStep,
} from '@alur/types';
import { asObject } from '../json-object.ts';
import { type Scope } from '../expression/scope.ts';
import { buildRoots } from './build-scope.ts';
import { BUDGET } from './budget.ts';
import { type FlowSet } from './flow-set.ts';

/** Where a run stands while a turn goes on. */
export interface Progress {
  readonly flows: FlowSet;
  readonly event: InboundEvent;
  readonly journal: Journal;
  readonly hasAnswers: boolean;
  readonly templates: readonly TemplateDefinition[] | undefined;
  /** What expressions may still cost. */
  readonly meter: { left: number };
  /** Names that had no value where the visit that goes on wrote a text. */
  readonly missing: Set<string>;
  readonly roots: JsonObject;
  state: JsonObject;
  input: JsonObject;
  outputs: JsonObject;
  /** Bytes of state and outputs; undefined: not counted since they were other ones. */
  keptBytes: number | undefined;
  callers: readonly Caller[];
  tries: Readonly<Record<string, number>>;
  /** Visits so far; numbers the ids of what the run makes. */
  step: number;
  ioMs: number;
  effects: Effect[];
  trace: TraceStep[];
}

export interface RunInput {
  snapshot: Snapshot;
  event: InboundEvent;
  journal: Journal;
  fallbackMessage: string | undefined;
  templates: readonly TemplateDefinition[] | undefined;
}

export function beginRun(
  flows: FlowSet,
  { snapshot, event, journal, templates }: RunInput,
  from: Partial<Pick<Progress, 'input' | 'outputs' | 'callers' | 'tries'>>,
): Progress {
  return {
    flows,
    event,
    journal,
    hasAnswers: Object.keys(journal).length > 0,
    templates,
    meter: { left: BUDGET.expressionSteps },
    missing: new Set(),
    roots: buildRoots(snapshot, event),
    state: snapshot.session.state,
    input: {},
    outputs: {},
    keptBytes: undefined,
    callers: [],
    tries: {},
    step: 0,
    ioMs: 0,
    effects: [],
    trace: [],
    ...from,
  };
}

export function scopeOf(progress: Progress, flow: string): Scope {
  const { roots, state, input, outputs, flows, meter, missing } = progress;
  return { roots, state, input, flow: flows.flows.get(flow)?.variables ?? {}, outputs, meter, missing };
}

/** Names a node over all flows. */
export function keyOf({ flow, node }: { flow: string; node: string }): string {
  return `${flow}/${node}`;
}

export function flowHashOf({ flows }: Progress, flow: string): string {
  return flows.flows.get(flow)?.hash ?? flows.hash;
}

/** Tags after a change: no doubles, in the order in which they came. */
export function changedTags(
  tags: readonly string[],
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): string[] {
  return [...new Set([...tags, ...add])].filter((tag) => !remove.includes(tag));
}

/** The contact's tags, as an expression sees them. */
export function tagsIn({ contact }: Readonly<JsonObject>): string[] {
  const { tags } = asObject(contact);
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}
