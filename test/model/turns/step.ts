import type { CommitResult, Loaded, Recorded } from '@alur/store';
import type { StepIn } from '../model.ts';
import type { Texts } from '../texts.ts';
import type { TurnsCalls } from './calls.ts';
import type { ConversationName, Mishap, TurnsConfiguration } from './configuration.ts';
import type { EventName } from './scenario.ts';
import type { Runner, TurnsState } from './state.ts';
import type { Turned } from './turn.ts';
import type { View } from './view.ts';

export interface World {
  configuration: TurnsConfiguration;
  calls: TurnsCalls;
  book: Texts<View>;
}

export type Having = Extract<Runner, { phase: 'loaded' }>;

/** What happened in a step, as far as rules ask for it. */
export type Happened =
  | { kind: 'accept'; conversation: ConversationName; event: EventName; outcome: string }
  | { kind: 'fire'; named: readonly ConversationName[]; fired: number }
  | { kind: 'load'; conversation: ConversationName; loaded: Loaded | undefined; recovered: boolean }
  | { kind: 'record'; runner: Having; recorded: Recorded }
  | { kind: 'commit'; runner: Having; turned: Exclude<Turned, 'calls'>; word: CommitResult['kind'] }
  | { kind: 'aside'; runner: Having; isDone: boolean }
  | { kind: 'else' };

export type Step = StepIn<TurnsState, Happened>;

export function may(mishap: Mishap, state: TurnsState, { configuration }: World): boolean {
  return state.mishaps < configuration.most && configuration.mishaps.includes(mishap);
}

/** A step that needs no Redis. */
export function step(did: string, state: TurnsState): Step {
  return () => Promise.resolve({ did, state, happened: { kind: 'else' } });
}
