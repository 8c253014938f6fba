import type { Loaded } from '@alur/store';
import type { ConversationName } from './configuration.ts';
import type { EventName } from './scenario.ts';

/** What a runner that has an entry is about to do. An idle one has nothing, so it is not listed. */
export type Runner = { entry: string; conversation: ConversationName } & (
  | { phase: 'read'; recovered: boolean }
  /** `answer`: what came of the turn's call, recorded. */
  | { phase: 'loaded'; event: EventName; loaded: Loaded; answer: string | undefined }
);

/** What happened in a conversation. */
export interface Talk {
  /** Events that came into the inbox, in order. */
  came: readonly EventName[];
  /** How many of them left it, and which of these were set aside. */
  left: number;
  aside: readonly EventName[];
  /** Waits that are over, by epoch, and what ended each. */
  ended: readonly { epoch: number; by: EventName }[];
  /** The first answer that was recorded for an event. */
  answers: readonly { event: EventName; answer: string }[];
}

/** The whole world at one moment. */
export interface TurnsState {
  contents: number;
  /** Seconds since the start. */
  clockS: number;
  talks: Readonly<Record<ConversationName, Talk>>;
  runners: readonly Runner[];
  /** Entries that were given to a runner. */
  delivered: readonly string[];
  /** Runners between the two steps of `fire`, with what was named to each. */
  looks: readonly (readonly ConversationName[])[];
  /** Messages accepted so far, of each conversation. */
  heard: Readonly<Record<ConversationName, number>>;
  /** Calls that turns made: each has an answer of its own. */
  calls: number;
  mishaps: number;
}

const SILENT: Talk = { came: [], left: 0, aside: [], ended: [], answers: [] };

export function startState(contents: number): TurnsState {
  return {
    contents,
    clockS: 0,
    talks: { c1: SILENT, c2: SILENT },
    runners: [],
    delivered: [],
    looks: [],
    heard: { c1: 0, c2: 0 },
    calls: 0,
    mishaps: 0,
  };
}

/** The state with something more in a conversation's history. */
export function withTalk(state: TurnsState, name: ConversationName, more: Partial<Talk>): TurnsState {
  return { ...state, talks: { ...state.talks, [name]: { ...state.talks[name], ...more } } };
}
