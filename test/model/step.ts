import type { Book } from './book.ts';
import type { Calls } from './calls.ts';
import type { Configuration, Mishap } from './configuration.ts';
import type { StepIn, TakenIn } from './model.ts';
import type { Name } from './scenario.ts';
import { plus, type Receipt, type State } from './state.ts';

/** What all actors see. */
export interface World {
  configuration: Configuration;
  calls: Calls;
  book: Book;
}

/** What happened in a step, as far as rules ask for it. */
export type Happened =
  | { kind: 'claim'; name: Name; word: string; attempt: number }
  | { kind: 'post'; name: Name; attempt: number }
  | { kind: 'finish'; name: Name; attempt: number }
  | { kind: 'merge'; receipt: Receipt; word: string }
  | { kind: 'settle'; name: Name }
  | { kind: 'sweep'; name: Name; word: string }
  | { kind: 'wake' }
  | { kind: 'withdraw'; name: Name; word: string }
  | { kind: 'queue again'; name: Name }
  | { kind: 'else' };

export type Taken = TakenIn<State, Happened>;
export type Step = StepIn<State, Happened>;

/** Whether this may go wrong here. */
export function may(mishap: Mishap, state: State, { configuration }: World): boolean {
  return state.mishaps < configuration.most && configuration.mishaps.includes(mishap);
}

// A third reminder of a message tells nothing that two do not.
const JOBS_MOST = 2;

export function withJobs(state: State, names: readonly Name[]): State {
  const jobs = names.reduce(
    (held, name) => (held.filter((other) => other === name).length < JOBS_MOST ? plus(held, name) : held),
    state.jobs,
  );
  return { ...state, jobs };
}

/** A step that needs no Redis. */
export function step(did: string, state: State, happened: Happened = { kind: 'else' }): Step {
  return () => Promise.resolve({ did, state, happened });
}
