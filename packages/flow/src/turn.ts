import {
  isMessage,
  type InboundEvent,
  type Journal,
  type Snapshot,
  type TemplateDefinition,
  type TurnDone,
  type TurnResult,
} from '@alur/types';
import { type FlowSet } from './run/flow-set.ts';
import { type RunInput } from './run/progress.ts';
import { resumeRun, startRun, type RunEnd } from './run/run-flow.ts';
import { takeWish, type OptOutOptions } from './run/take-wish.ts';

export interface TurnOptions {
  /** Answers that the turn asked for before (`needs`). */
  journal?: Journal | undefined;
  /** The set that the session waits in, where it is another one than `flows`. */
  pinned?: FlowSet | undefined;
  /** Whether a run of a flow that `flows` does not have any more ends, instead of being finished. */
  endRemoved?: boolean | undefined;
  /** Said by a run that fails where no `on_error` takes over. */
  fallbackMessage?: string | undefined;
  /** Without it no word opts anybody out. */
  optOut?: OptOutOptions | undefined;
  /** The templates of the WABA: a node that sends one that does not fit fails. Without them nothing is compared. */
  templates?: readonly TemplateDefinition[] | undefined;
}

/**
 * Takes one event through the flows: a wish to opt out, or in again, comes before any of them, a run that waits before any
 * trigger. Pure: the same flows, snapshot, event and options give the same result with the same ids; the clock is
 * `event.at`. Never throws for what flows or contacts do: a run that cannot go on has the outcome `failed`, keeps the
 * messages decided before, and says `fallbackMessage` if there is one and something failed unforeseen.
 */
export function turn(
  flows: FlowSet,
  snapshot: Snapshot,
  event: InboundEvent,
  options: TurnOptions = {},
): TurnResult {
  const taken = options.optOut && takeWish(snapshot, event, options.optOut);
  if (taken) return taken;
  const { journal = {}, fallbackMessage, templates } = options;
  const input: RunInput = { snapshot, event, journal, fallbackMessage, templates };
  return resume(flows, input, options) ?? start(flows, input);
}

/** What a waiting run makes of the event; undefined when the event is not for it. */
function resume(flows: FlowSet, input: RunInput, options: TurnOptions): TurnResult | undefined {
  const { snapshot, event } = input;
  const { wait, epoch } = snapshot.session;
  if (event.kind === 'timer' && (!wait || event.epoch !== epoch)) return nothing(snapshot, 'stale');
  if (event.kind === 'release' && wait?.for !== 'release') return nothing(snapshot, 'stale');
  if (!wait) return undefined;
  const cause = event.kind === 'timer' || event.kind === 'release' ? event.kind : 'message';
  if (cause === 'message' && wait.for === 'release') {
    // What another system tells is not the bot's own idea: an order is paid whoever talks to the contact.
    return event.kind === 'event' || event.kind === 'status' ? undefined : nothing(snapshot, 'silent');
  }
  if (cause === 'message' && !isMessage(event)) return undefined;
  const pinned = [flows, options.pinned].find((set) => set?.hash === wait.flows);
  const isRemoved = options.endRemoved === true && !flows.flows.has(wait.flow);
  const run = pinned && !isRemoved ? resumeRun(pinned, wait, cause, input) : undefined;
  if (run?.kind === 'needs') return run;
  if (run) return toResult(input, run, wait.flow, false);
  // Its flows are gone: the run is over, and what a contact wrote starts anew.
  const { state } = snapshot.session;
  const after = { ...snapshot, session: { state, epoch } };
  return cause === 'message' ? start(flows, { ...input, snapshot: after }) : nothing(after, 'stale');
}

function start(flows: FlowSet, input: RunInput): TurnResult {
  const trigger = flows.triggers.find(({ accepts }) => accepts(input.event));
  if (!trigger) return nothing(input.snapshot, 'unmatched');
  const run = startRun(flows, trigger, input);
  return run.kind === 'needs' ? run : toResult(input, run, trigger.flow, true);
}

function nothing({ session }: Snapshot, outcome: TurnDone['outcome']): TurnDone {
  return { kind: 'done', outcome, session, effects: [], trace: [] };
}

/** `isBeside`: the run began beside one that waits, which goes on waiting unless this one waits itself. */
function toResult({ snapshot }: RunInput, run: RunEnd, flow: string, isBeside: boolean): TurnDone {
  const { state, effects, trace, wait, failure } = run;
  const { epoch, wait: before } = snapshot.session;
  const stands = wait ?? (isBeside ? before : undefined);
  return {
    kind: 'done',
    outcome: failure ? 'failed' : wait ? 'waiting' : 'completed',
    session: { state, epoch: wait ? epoch + 1 : epoch, ...(stands && { wait: stands }) },
    effects,
    trace,
    flow,
    ...(failure && { failure }),
  };
}
