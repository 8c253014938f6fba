import { formatDuration, traceLines, type SimulatedTurn, type SimulationView } from '@alur/flow';
import type { Effect } from '@alur/types';
import type { Colors } from '../../io.ts';
import { printable } from '../../printable.ts';
import { renderDelivery } from './render-delivery.ts';

/** Everything that a turn came to: messages, and what else happened beside them. */
export function renderTurn(turn: SimulatedTurn, { choices }: SimulationView, colors: Colors): string[] {
  const numberOf = ({ id }: { id: string }) => {
    const index = choices.findIndex((choice) => choice.id === id);
    return index === -1 ? undefined : index + 1;
  };
  const { deliveries, result, event, at } = turn;
  return [
    ...(event.kind === 'timer' ? [colors.dim(`. ${clock(at)} the wait is over`)] : []),
    ...deliveries.flatMap((delivery) => renderDelivery(delivery, numberOf, colors)),
    ...result.effects.flatMap((effect) => besides(effect)).map((line) => colors.dim(printable(`. ${line}`))),
    ...endOf(turn).map((line) => colors.yellow(printable(`. ${line}`))),
  ];
}

function besides(effect: Effect): string[] {
  switch (effect.kind) {
    case 'message':
      return [];
    case 'opt_out':
      return [`opted ${effect.change}: ${effect.scope}`];
    case 'tag':
      return [
        `tags ${[...effect.add.map((tag) => `+${tag}`), ...effect.remove.map((tag) => `-${tag}`)].join(' ')}`,
      ];
    case 'event':
      return [`event ${effect.eventType} ${JSON.stringify(effect.payload)}`];
    case 'log':
      return [`log ${effect.level}: ${effect.message}`];
  }
}

function endOf({ result: { outcome, failure, session }, deliveries }: SimulatedTurn): string[] {
  const { wait } = session;
  switch (outcome) {
    case 'waiting':
      return deliveries.length === 0 && wait ? [`nothing is said: ${wait.flow}/${wait.node} waits`] : [];
    case 'completed':
      return deliveries.length === 0 ? ['nothing is said: the run is over'] : [];
    case 'unmatched':
      return ['no trigger takes this: nothing is sent'];
    case 'silent':
      return ['people have the conversation: the flows are silent (/release gives it back)'];
    case 'stale':
      return ['nothing waits for this'];
    case 'failed':
      return [`failed: ${failure?.message ?? 'the run stopped'}`];
  }
}

/** The nodes that a turn went through, and why. */
export function renderTrace(turns: readonly SimulatedTurn[], colors: Colors): string[] {
  return turns
    .flatMap((turn) => [
      ...(turn.started ? [`trigger ${turn.started.label}`] : []),
      ...(turn.resumed ? [`goes on at ${turn.resumed.flow}/${turn.resumed.node}`] : []),
      ...traceLines(turn, 0, turns),
    ])
    .map((line) => colors.dim(printable(`  ${line}`)));
}

/** State, tags and what the run waits for. */
export function renderState(view: SimulationView, colors: Colors): string[] {
  const { session, contact, optedOut, at, isWindowOpen } = view;
  const { wait } = session;
  const until = wait?.until === undefined ? '' : `, for ${formatDuration(wait.until - at)} more`;
  const rows: [string, string][] = [
    ['clock', clock(at)],
    ['state', JSON.stringify(session.state)],
    ['tags', contact.tags.join(', ')],
    ['window', isWindowOpen ? 'open' : 'closed'],
    ['opted out', optedOut ?? 'no'],
    ['waits', wait ? `at ${wait.flow}/${wait.node} for ${wait.for}${until}` : 'no'],
  ];
  return rows.map(([name, value]) => `  ${colors.bold(name.padEnd(9))} ${printable(value)}`.trimEnd());
}

/** A moment of the conversation's own clock, in UTC. */
export function clock(at: number): string {
  return `${new Date(at * 1000).toISOString().slice(0, 16).replace('T', ' ')}`;
}
