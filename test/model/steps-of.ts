import { clockSteps } from './clock.ts';
import { graphSteps } from './graph.ts';
import { ingressSteps } from './ingress.ts';
import { senderSteps } from './senders.ts';
import type { State } from './state.ts';
import type { Step, World } from './step.ts';
import { contactSteps, turnSteps } from './surroundings.ts';
import { sweeperSteps } from './sweeper.ts';

/** Everything that may happen next. */
export function stepsOf(state: State, world: World): Step[] {
  return [
    ...turnSteps(state, world),
    ...senderSteps(state, world),
    ...graphSteps(state, world),
    ...ingressSteps(state, world),
    ...sweeperSteps(state, world),
    ...contactSteps(state, world),
    ...clockSteps(state, world),
  ];
}
