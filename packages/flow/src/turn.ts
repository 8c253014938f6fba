import { type InboundEvent, type Snapshot, type TurnResult } from '@alur/types';
import { type FlowSet } from './run/flow-set.ts';
import { runFlow } from './run/run-flow.ts';
import { takeWish, type OptOutOptions } from './run/take-wish.ts';

export interface TurnOptions {
  /** Said by a run that fails where no `on_error` takes over. */
  fallbackMessage?: string | undefined;
  /** Without it no word opts anybody out. */
  optOut?: OptOutOptions | undefined;
}

/**
 * Takes one event through the flows; a wish to opt out, or in again, comes before any of them. Pure: the same flows,
 * snapshot, event and options give the same result with the same message ids; the clock is `event.at`. Never throws for
 * what flows or contacts do: a run that cannot go on has the outcome `failed`, keeps the messages decided before, and says
 * `fallbackMessage` if there is one and something failed unforeseen.
 */
export function turn(
  flows: FlowSet,
  snapshot: Snapshot,
  event: InboundEvent,
  { fallbackMessage, optOut }: TurnOptions = {},
): TurnResult {
  const taken = optOut && takeWish(snapshot, event, optOut);
  if (taken) return taken;
  const trigger = flows.triggers.find(({ accepts }) => accepts(event));
  if (!trigger) {
    return { kind: 'done', outcome: 'unmatched', session: snapshot.session, effects: [], trace: [] };
  }
  const run = runFlow(flows, trigger, { snapshot, event, fallbackMessage });
  return {
    kind: 'done',
    outcome: run.failure ? 'failed' : 'completed',
    session: { ...snapshot.session, state: run.state },
    effects: run.effects,
    trace: run.trace,
    flow: trigger.flow,
    ...(run.failure && { failure: run.failure }),
  };
}
