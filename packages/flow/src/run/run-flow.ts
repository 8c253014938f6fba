import {
  LIMITS,
  type Effect,
  type HttpRequest,
  type JsonObject,
  type RunFailure,
  type TraceStep,
  type WaitingRun,
} from '@alur/types';
import { splitText } from '../message/split-text.ts';
import { BUDGET } from './budget.ts';
import { findNode, follow, missingTarget, overBudget, type Resume, type Stop } from './follow.ts';
import { type CompiledTrigger, type FlowSet } from './flow-set.ts';
import { addMessage } from './apply-outcome.ts';
import { waitProblem } from './kept.ts';
import { beginRun, flowHashOf, keyOf, type Progress, type RunInput } from './progress.ts';

export interface RunEnd {
  kind: 'end';
  state: JsonObject;
  effects: Effect[];
  trace: TraceStep[];
  /** The run stands still. */
  wait?: WaitingRun;
  failure?: RunFailure;
}

export type Run = RunEnd | { kind: 'needs'; request: HttpRequest };

/** Starts a run at a trigger's node. */
export function startRun(flows: FlowSet, trigger: CompiledTrigger, input: RunInput): Run {
  const { event } = input;
  const progress = beginRun(flows, input, { input: event.kind === 'event' ? event.input : {} });
  const entry = findNode(flows, trigger.entry);
  const { flow, target: node } = trigger;
  const stop: Stop = entry
    ? follow(progress, entry)
    : { kind: 'failed', failure: missingTarget({ flow, node }, node) };
  return toRun(progress, stop, input);
}

/** Goes on with a run that stood still; undefined when its node is not there any more. */
export function resumeRun(
  flows: FlowSet,
  wait: WaitingRun,
  cause: Resume['cause'],
  input: RunInput,
): Run | undefined {
  const node = findNode(flows, wait);
  if (!node) return undefined;
  const { outputs, callers, tries, until } = wait;
  const progress = beginRun(flows, input, { input: wait.input, outputs, callers, tries });
  const stop = follow(progress, node, { cause, tries: tries[keyOf(node)] ?? 0, until });
  return toRun(progress, stop, input);
}

function toRun(progress: Progress, stop: Stop, { fallbackMessage }: RunInput): Run {
  if (stop.kind === 'needs') return stop;
  const wait = stop.kind === 'stands' ? waitOf(progress, stop) : undefined;
  const failure = stop.kind === 'failed' ? stop.failure : wait && waitFailure(progress, wait);
  if (failure && fallbackMessage !== undefined) addFallback(progress, failure.flow, fallbackMessage);
  const { state, trace } = progress;
  const effects = withConfirmation(progress.effects);
  return { kind: 'end', state, effects, trace, ...(failure ? { failure } : wait && { wait }) };
}

function waitFailure(progress: Progress, wait: WaitingRun): RunFailure | undefined {
  const problem = waitProblem(progress, wait);
  return problem === undefined ? undefined : overBudget(wait, problem);
}

function waitOf(
  { flows, input, outputs, callers, tries }: Progress,
  { node, wait }: Extract<Stop, { kind: 'stands' }>,
): WaitingRun {
  return {
    for: wait.for,
    flows: flows.hash,
    flow: node.flow,
    node: node.node,
    ...(wait.until !== undefined && { until: wait.until }),
    input,
    outputs,
    callers: [...callers],
    tries,
  };
}

// The fallback has a step of its own, after any that a run can have, so that its id is nobody else's.
function addFallback(progress: Progress, flow: string, text: string): void {
  progress.step = BUDGET.visits + 1;
  for (const [index, part] of splitText(text, LIMITS.text).entries()) {
    const message = { message: { kind: 'text' as const, text: part }, retryOnRateLimit: false };
    addMessage(progress, flowHashOf(progress, flow), index, message);
  }
}

// To a contact who opts out one message still goes: what the run says next, or else what it said last.
function withConfirmation(effects: Effect[]): Effect[] {
  const at = effects.findLastIndex((effect) => effect.kind === 'opt_out' && effect.scope === 'all');
  const wish = effects[at];
  if (wish?.kind !== 'opt_out' || wish.change === 'in') return effects;
  const after = effects.findIndex((effect, index) => index > at && effect.kind === 'message');
  const chosen = after === -1 ? effects.findLastIndex((effect) => effect.kind === 'message') : after;
  return effects.map((effect, index) =>
    index === chosen && effect.kind === 'message' ? { ...effect, confirmsOptOut: true } : effect,
  );
}
