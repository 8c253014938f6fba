import {
  LIMITS,
  messageId,
  type Effect,
  type InboundEvent,
  type Json,
  type JsonObject,
  type RunFailure,
  type Snapshot,
  type TraceStep,
} from '@alur/types';
import { ExpressionFailure } from '../expression/compile.ts';
import { type Scope } from '../expression/scope.ts';
import { splitText } from '../message/split-text.ts';
import { NodeFailure, type NodeOutcome, type OutgoingMessage } from '../nodes/define-node.ts';
import { buildRoots } from './build-scope.ts';
import { type CompiledNode, type CompiledTrigger, type FlowSet } from './flow-set.ts';

// One run: from a trigger's node along `next` until nothing follows. A turn that is repeated after a crash must come to
// the same messages, so nothing here depends on anything but the arguments, and ids count visits and messages only.

/** Budgets of one turn, in units that count the same on every machine. */
const BUDGET = { visits: 200, messages: 50, sessionBytes: 256 * 1024 } as const;

export interface RunInput {
  snapshot: Snapshot;
  event: InboundEvent;
  fallbackMessage: string | undefined;
}

export interface Run {
  state: JsonObject;
  effects: Effect[];
  trace: TraceStep[];
  failure?: RunFailure;
}

interface Progress extends Run {
  flows: FlowSet;
  event: InboundEvent;
  roots: JsonObject;
  outputs: JsonObject;
  prev: Json;
  step: number;
}

type Visit =
  | { kind: 'next'; target: string | undefined; note?: string | undefined }
  | { kind: 'failed'; failure: RunFailure };

export function runFlow(flows: FlowSet, trigger: CompiledTrigger, input: RunInput): Run {
  const { snapshot, event, fallbackMessage } = input;
  const progress: Progress = {
    flows,
    event,
    roots: buildRoots(snapshot, event),
    state: snapshot.session.state,
    outputs: {},
    prev: null,
    step: 0,
    effects: [],
    trace: [],
  };
  const entry = findNode(flows, trigger.entry);
  const failure = entry
    ? follow(progress, entry)
    : missingTarget({ flow: trigger.flow, node: trigger.target }, trigger.target);
  if (failure && fallbackMessage !== undefined) addFallback(progress, failure.flow, fallbackMessage);
  const { state, effects, trace } = progress;
  return { state, effects, trace, ...(failure && { failure }) };
}

function follow(progress: Progress, entry: CompiledNode): RunFailure | undefined {
  let node: CompiledNode | undefined = entry;
  while (node) {
    if (progress.step >= BUDGET.visits)
      return overBudget(node, `more than ${BUDGET.visits} nodes in one turn`);
    const visited = visitNode(progress, node);
    progress.step += 1;
    const { flow, node: id, type, onError } = node;
    const failed = visited.kind === 'failed';
    const note = failed ? `failed: ${visited.failure.code}` : visited.note;
    progress.trace.push({ flow, node: id, type, ...(note !== undefined && { note }) });
    if (failed && (onError === undefined || visited.failure.code === 'budget')) return visited.failure;
    const target: string | undefined = failed ? onError : visited.target;
    if (target === undefined) return undefined;
    const next: CompiledNode | undefined = findNode(progress.flows, node.ways.get(target));
    if (!next) return missingTarget(node, target);
    node = next;
  }
  return undefined;
}

// A visit counts as a whole or not at all: a node that fails half way leaves nothing behind.
function visitNode(progress: Progress, node: CompiledNode): Visit {
  try {
    const outcome = node.run({ scope: scopeOf(progress, node.flow), event: progress.event });
    const over = overLimit(progress, outcome);
    if (over !== undefined) return { kind: 'failed', failure: overBudget(node, over) };
    applyOutcome(progress, node, outcome);
    return { kind: 'next', target: outcome.goTo ?? node.next, note: outcome.note };
  } catch (error) {
    return { kind: 'failed', failure: failureOf(node, error) };
  }
}

function scopeOf({ roots, prev, state, outputs, flows }: Progress, flow: string): Scope {
  return {
    roots: { ...roots, prev },
    state,
    input: {},
    flow: flows.flows.get(flow)?.variables ?? {},
    outputs,
  };
}

function overLimit({ effects, state, outputs }: Progress, outcome: NodeOutcome): string | undefined {
  if (effects.length + (outcome.messages?.length ?? 0) > BUDGET.messages) {
    return `more than ${BUDGET.messages} messages in one turn`;
  }
  if (!outcome.stateChange && !outcome.outputs && outcome.result === undefined) return undefined;
  const kept = [changedState(state, outcome), { ...outputs, ...outcome.outputs }, outcome.result ?? null];
  const tooLarge = JSON.stringify(kept).length > BUDGET.sessionBytes;
  return tooLarge ? `a session of more than ${BUDGET.sessionBytes / 1024} KiB` : undefined;
}

function applyOutcome(progress: Progress, node: CompiledNode, outcome: NodeOutcome): void {
  progress.state = changedState(progress.state, outcome);
  const result = outcome.result ?? null;
  progress.prev = result;
  progress.outputs = {
    ...progress.outputs,
    ...outcome.outputs,
    ...(node.output !== undefined && { [node.output]: result }),
  };
  const flowHash = progress.flows.flows.get(node.flow)?.hash ?? '';
  outcome.messages?.forEach((message, index) => addMessage(progress, flowHash, index, message));
}

function changedState(state: JsonObject, { stateChange }: NodeOutcome): JsonObject {
  if (!stateChange) return state;
  const others = Object.entries(state).filter(([key]) => key !== stateChange.key);
  return Object.fromEntries(
    'deleted' in stateChange ? others : [...others, [stateChange.key, stateChange.value]],
  );
}

function addMessage(progress: Progress, flowHash: string, index: number, outgoing: OutgoingMessage): void {
  progress.effects.push({
    kind: 'message',
    mid: messageId(progress.event.evt, flowHash, progress.step, index),
    class: 'reply',
    ...outgoing,
  });
}

// The fallback has a step of its own, after any that a run can have, so that its id is nobody else's.
function addFallback(progress: Progress, flow: string, text: string): void {
  progress.step = BUDGET.visits + 1;
  const flowHash = progress.flows.flows.get(flow)?.hash ?? progress.flows.hash;
  for (const [index, part] of splitText(text, LIMITS.text).entries()) {
    addMessage(progress, flowHash, index, { message: { kind: 'text', text: part }, retryOnRateLimit: false });
  }
}

function findNode(flows: FlowSet, ref: CompiledTrigger['entry']): CompiledNode | undefined {
  return ref && flows.flows.get(ref.flow)?.nodes.get(ref.node);
}

function failureOf(node: CompiledNode, error: unknown): RunFailure {
  const { flow, node: id } = node;
  const frame = `Flow "${flow}" stopped at node "${id}"`;
  if (error instanceof NodeFailure)
    return { code: error.code, flow, node: id, message: `${frame}: ${error.message}` };
  if (error instanceof ExpressionFailure)
    return { code: 'expression', flow, node: id, message: `${frame}: ${error.message}` };
  throw error;
}

function overBudget({ flow, node }: CompiledNode, what: string): RunFailure {
  return { code: 'budget', flow, node, message: `Flow "${flow}" stopped at node "${node}": ${what}` };
}

function missingTarget({ flow, node }: { flow: string; node: string }, target: string): RunFailure {
  const message = `Flow "${flow}" stopped at node "${node}": "${target}" does not exist`;
  return { code: 'missing_target', flow, node, message };
}
