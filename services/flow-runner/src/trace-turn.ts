import type { FlowSet } from '@alur/flow';
import type { Commit, Loaded, NewMessage } from '@alur/store';
import type { InboundEvent, TurnDone } from '@alur/types';

interface TracedTurn {
  event: InboundEvent;
  loaded: Loaded;
  flows: FlowSet;
  pinned?: FlowSet | undefined;
  result: TurnDone;
  messages: readonly NewMessage[];
  /** Why it stopped. */
  failure: string | undefined;
}

/** What people who ask later are told of a turn: ids and names of nodes, nothing of the contact's. */
export function traceTurn({
  event,
  loaded,
  flows,
  pinned,
  result,
  messages,
  failure,
}: TracedTurn): Commit['life'] {
  const { outcome, flow, trace, effects, session } = result;
  const before = loaded.session.wait;
  // A run that waited ends in the flows that it began in.
  const isPinned = pinned !== undefined && before !== undefined && flow === before.flow;
  const { wait } = session;
  return {
    team: event.team,
    trace: {
      evt: event.evt,
      kind: event.kind,
      outcome,
      at: event.at,
      // A timer comes from nowhere.
      ...(event.kind !== 'timer' && { receivedAtMs: event.receivedAtMs }),
      flow,
      ...(flow !== undefined && { flows: (isPinned ? pinned : flows).hash }),
      nodes: trace,
      messages: messages.map(({ data }) => data.mid),
      emitted: effects.flatMap((effect) => (effect.kind === 'event' ? [effect.eventType] : [])),
      ...(wait && { wait: { node: wait.node, for: wait.for, until: wait.until } }),
      failure,
      lost: loaded.lost,
    },
  };
}
