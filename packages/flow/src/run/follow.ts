import { hash, type HttpRequest, type HttpResult, type RunFailure } from '@alur/types';
import { refuseUnfitSends } from '../definitions/refuse-unfit-sends.ts';
import { ExpressionBudget, ExpressionFailure } from '../expression/compile.ts';
import { NodeFailure, type NodeOutcome, type ResumeVisit } from '../nodes/define-node.ts';
import { BUDGET } from './budget.ts';
import { wayKey, type CompiledNode, type FlowSet, type NodeRef } from './flow-set.ts';
import { applyOutcome, forgetFailed, forgetTries } from './apply-outcome.ts';
import { keep } from './kept.ts';
import { flowHashOf, scopeOf, type Progress } from './progress.ts';

// A run: from node to node along `next`, into flows that are called and back, until nothing follows, a node waits, or an
// answer from outside is needed. A turn that is repeated after a crash must come to the same messages, so nothing here
// depends on anything but the arguments, and ids count visits and messages only.

/** How a node that the run stood at comes to be visited again. */
export type Resume = Pick<ResumeVisit, 'cause' | 'tries' | 'until'>;

/** Where a run came to. */
export type Stop =
  | { kind: 'ended' }
  | { kind: 'stands'; node: CompiledNode; wait: NonNullable<NodeOutcome['wait']> }
  | { kind: 'needs'; request: HttpRequest }
  | { kind: 'failed'; failure: RunFailure };

type Visited = { kind: 'visited'; outcome: NodeOutcome } | Extract<Stop, { kind: 'failed' }>;
type Visit = Visited | Extract<Stop, { kind: 'needs' }>;

export function follow(progress: Progress, entry: CompiledNode, resume?: Resume): Stop {
  let node: CompiledNode | undefined = entry;
  let again = resume;
  while (node) {
    if (progress.step >= BUDGET.visits) {
      return failed(overBudget(node, `more than ${BUDGET.visits} nodes in one turn`));
    }
    const visit = visitNode(progress, node, again);
    again = undefined;
    if (visit.kind === 'needs') return visit;
    addTrace(progress, node, visit);
    if (visit.kind === 'visited' && visit.outcome.wait) {
      return { kind: 'stands', node, wait: visit.outcome.wait };
    }
    const way: Way =
      visit.kind === 'failed' ? wayOnFailure(progress, node, visit.failure) : wayAfter(progress, node, visit);
    if (way.kind === 'failed') return way;
    node = way.node;
  }
  return { kind: 'ended' };
}

function addTrace(progress: Progress, { flow, node, type }: CompiledNode, visit: Visited): void {
  const note = noteOf(visit, progress.missing);
  progress.missing.clear();
  progress.step += 1;
  progress.trace.push({ flow, node, type, ...(note !== undefined && { note }) });
}

function noteOf(visit: Visited, missing: ReadonlySet<string>): string | undefined {
  const note = visit.kind === 'failed' ? `failed: ${visit.failure.code}` : visit.outcome.note;
  if (missing.size === 0) return note;
  const names = `no value: ${[...missing].join(', ')}`;
  return note === undefined ? names : `${note}; ${names}`;
}

// A visit counts as a whole or not at all: a node that fails half way leaves nothing behind.
function visitNode(progress: Progress, node: CompiledNode, resume: Resume | undefined): Visit {
  const answer = progress.hasAnswers ? progress.journal[callKey(progress, node)] : undefined;
  // Also what failed has taken its time.
  if (answer) progress.ioMs += answer.ms;
  try {
    const outcome = runNode(progress, node, resume, answer);
    if (outcome.request) return needed(progress, node, outcome.request);
    if (progress.templates) refuseUnfitSends(outcome.messages ?? [], progress.templates);
    const problem = applyOutcome(progress, node, outcome);
    return problem === undefined ? { kind: 'visited', outcome } : failed(overBudget(node, problem));
  } catch (error) {
    return failed(failureOf(node, error));
  }
}

/** Names a call by the visit that makes it. */
function callKey(progress: Progress, { flow, node }: CompiledNode): string {
  return hash('call', progress.event.evt, flowHashOf(progress, flow), node, progress.step);
}

function runNode(
  progress: Progress,
  node: CompiledNode,
  resume: Resume | undefined,
  answer: HttpResult | undefined,
): NodeOutcome {
  const visit = { scope: scopeOf(progress, node.flow), event: progress.event, answer };
  return resume && node.resume ? node.resume({ ...visit, ...resume }) : node.run(visit);
}

function needed(progress: Progress, node: CompiledNode, request: NonNullable<NodeOutcome['request']>): Visit {
  const left = BUDGET.ioMs - progress.ioMs;
  if (left <= 0) return failed(overBudget(node, 'more than 30 seconds of web services in one turn'));
  const timeoutMs = Math.min(request.timeoutMs, left);
  const { flow, node: id } = node;
  return { kind: 'needs', request: { ...request, key: callKey(progress, node), flow, node: id, timeoutMs } };
}

type Way = { kind: 'way'; node: CompiledNode | undefined } | { kind: 'failed'; failure: RunFailure };

function wayAfter(
  progress: Progress,
  node: CompiledNode,
  { outcome }: Extract<Visited, { kind: 'visited' }>,
): Way {
  if (outcome.call) return enter(progress, node, outcome.call);
  if (outcome.ends) return { kind: 'way', node: undefined };
  const target = outcome.goTo ?? node.next;
  return target === undefined ? comeBack(progress) : goTo(progress, node, target);
}

function goTo(progress: Progress, node: CompiledNode, target: string): Way {
  const next = findNode(progress.flows, node.ways.get(target));
  return next ? { kind: 'way', node: next } : failed(missingTarget(node, target));
}

function enter(
  progress: Progress,
  node: CompiledNode,
  { flow, input, returns }: NonNullable<NodeOutcome['call']>,
): Way {
  const entry = findNode(progress.flows, node.ways.get(wayKey({ target: flow, kind: 'call' })));
  if (!entry) return failed(missingTarget(node, flow));
  if (returns && progress.callers.length >= BUDGET.callers) {
    return failed(overBudget(node, `more than ${BUDGET.callers} flows inside one another`));
  }
  const { input: own, outputs } = progress;
  if (returns)
    progress.callers = [...progress.callers, { flow: node.flow, node: node.node, input: own, outputs }];
  see(progress, { input, outputs: {} });
  forgetTries(progress, flow);
  return { kind: 'way', node: entry };
}

/** The flow has ended: its outputs are the result of the node that called it. */
function comeBack(progress: Progress): Way {
  for (;;) {
    const result = progress.outputs;
    const node = leave(progress);
    if (!node) return { kind: 'way', node: undefined };
    progress.roots['prev'] = result;
    if (node.output !== undefined) keep(progress, { in: 'outputs', key: node.output, value: result });
    if (node.next !== undefined) return goTo(progress, node, node.next);
  }
}

/** The node that called this flow; its own input and outputs count again. */
function leave(progress: Progress): CompiledNode | undefined {
  const caller = progress.callers.at(-1);
  if (!caller) return undefined;
  progress.callers = progress.callers.slice(0, -1);
  see(progress, caller);
  return findNode(progress.flows, caller);
}

/** A flow sees its own input and outputs only. */
function see(progress: Progress, { input, outputs }: Pick<Progress, 'input' | 'outputs'>): void {
  progress.input = input;
  progress.outputs = outputs;
  progress.keptBytes = undefined;
}

/** Where a failure is taken care of: at the node, else at the node that called its flow. A broken budget is not. */
function wayOnFailure(progress: Progress, from: CompiledNode, failure: RunFailure): Way {
  if (failure.code === 'budget') return failed(failure);
  forgetFailed(progress, from);
  for (let node: CompiledNode | undefined = from; node; node = leave(progress)) {
    if (node.onError !== undefined) return goTo(progress, node, node.onError);
  }
  return failed(failure);
}

export function findNode(flows: FlowSet, ref: NodeRef | undefined): CompiledNode | undefined {
  return ref && flows.flows.get(ref.flow)?.nodes.get(ref.node);
}

function failed(failure: RunFailure): { kind: 'failed'; failure: RunFailure } {
  return { kind: 'failed', failure };
}

function failureOf(node: CompiledNode, error: unknown): RunFailure {
  if (error instanceof ExpressionBudget) {
    return overBudget(node, `more than ${BUDGET.expressionSteps} expression steps in one turn`);
  }
  const code =
    error instanceof NodeFailure ? error.code : error instanceof ExpressionFailure ? 'expression' : undefined;
  if (code === undefined || !(error instanceof Error)) throw error;
  return { code, flow: node.flow, node: node.node, message: `${stoppedAt(node)}: ${error.message}` };
}

export function overBudget(node: NodeRef, what: string): RunFailure {
  return { code: 'budget', flow: node.flow, node: node.node, message: `${stoppedAt(node)}: ${what}` };
}

export function missingTarget({ flow, node }: NodeRef, target: string): RunFailure {
  const message = `${stoppedAt({ flow, node })}: "${target}" does not exist`;
  return { code: 'missing_target', flow, node, message };
}

function stoppedAt({ flow, node }: NodeRef): string {
  return `Flow "${flow}" stopped at node "${node}"`;
}
