import { type Effect, type InboundEvent, type Snapshot, type TurnResult } from '@alur/types';
import { type FlowSet } from './run/flow-set.ts';
import { runFlow } from './run/run-flow.ts';

/**
 * Takes one event through the flows. Pure: the same flows, snapshot and event give the same result with the same message
 * ids; the clock is `event.at`. Never throws for what flows or contacts do: a run that cannot go on has the outcome
 * `failed`, keeps the messages decided before, and says `fallbackMessage` if there is one and something failed unforeseen.
 */
export function turn(
  flows: FlowSet,
  snapshot: Snapshot,
  event: InboundEvent,
  options: { fallbackMessage?: string } = {},
): TurnResult {
  const trigger = flows.triggers.find(({ accepts }) => accepts(event));
  if (!trigger) {
    return { kind: 'done', outcome: 'unmatched', session: snapshot.session, effects: [], trace: [] };
  }
  const run = runFlow(flows, trigger, { snapshot, event, fallbackMessage: options.fallbackMessage });
  const effects: Effect[] = run.effects;
  return {
    kind: 'done',
    outcome: run.failure ? 'failed' : 'completed',
    session: { ...snapshot.session, state: run.state },
    effects,
    trace: run.trace,
    flow: trigger.flow,
    ...(run.failure && { failure: run.failure }),
  };
}
