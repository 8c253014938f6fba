// What is explored: any world with states and steps, and the rules that have to hold in it.

/** A step that was taken: in words, and where it led. `happened` is what rules ask for. */
export interface TakenIn<S, H> {
  did: string;
  state: S;
  happened: H;
}

/** Something that may happen next. */
export type StepIn<S, H> = () => Promise<TakenIn<S, H>>;

export interface Model<S extends object, H> {
  start: S;
  /** Everything that may happen next. */
  steps: (state: S) => readonly StepIn<S, H>[];
  /** The state with what it has to keep of what was seen in it. */
  withPast: (state: S) => S;
  /** Whether something went wrong between the two, by choice: nobody may rely on it. */
  isByChance: (from: S, to: S) => boolean;
  brokenInStep: (from: S, happened: H, to: S) => string[];
  brokenInState: (state: S) => string[];
  /** What has to hold where nothing more happens unless something goes wrong. */
  brokenAtEnd: (state: S) => string[];
  /** What Redis holds in a state. */
  contents: (state: S) => string;
  /** Different contents of Redis, and calls of scripts on them. */
  counts: () => { contents: number; calls: number };
}

/** A call broke a rule by itself, whatever state it was made in. */
export class RuleBroken extends Error {
  override readonly name = 'RuleBroken';
}
