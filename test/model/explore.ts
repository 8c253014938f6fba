import { createFoundStates } from './found-states.ts';
import { RuleBroken, type Model, type TakenIn } from './model.ts';

/** How far to go. */
export interface ExploreOptions {
  /** Stops when there are this many states. */
  most: number;
  /** Then goes this often from the start to an end, by chance, looking at all that might have been done instead. */
  walks?: { count: number; random: () => number };
  /** Then goes this way, as a trace tells it. */
  trace?: readonly string[] | undefined;
}

/** Rules that do not hold, and the shortest way there. */
export interface Broken {
  rules: string[];
  /** A call failed: that is no rule. */
  isFailure: boolean;
  path: string[];
  /** What it is like there; not known where only the way on is missing. */
  state: object | undefined;
  contents: string;
}

export interface Explored {
  states: number;
  transitions: number;
  depth: number;
  /** Different contents of Redis. */
  contents: number;
  /** Calls of scripts on them. */
  calls: number;
  ends: number;
  seconds: number;
  /** Whether nothing was left to explore. */
  isComplete: boolean;
  broken: Broken | undefined;
}

interface Place<S> {
  number: number;
  state: S;
}

/** A place that a step leads to. */
interface Way<S> extends Place<S> {
  did: string;
}

/** A step's outcome, or why it failed. */
type Outcome<S, H> = TakenIn<S, H> | { failure: string; isRule: boolean };

const AT_ONCE = 300;

/** Goes through all states, the nearest first, until a rule is broken, there are no more, or enough. */
export async function explore<S extends object, H>(
  model: Model<S, H>,
  options: ExploreOptions,
): Promise<Explored> {
  const began = performance.now();
  const search = new Search(model, options.most);
  await search.run();
  const { trace, walks } = options;
  if (trace) await search.go(following(trace));
  for (let walked = 0; walks && walked < walks.count; walked += 1) {
    await search.go((ways) => ways[Math.floor(walks.random() * ways.length)]);
  }
  return { ...search.summary(), seconds: (performance.now() - began) / 1000 };
}

class Search<S extends object, H> {
  readonly #model: Model<S, H>;
  readonly #most: number;
  readonly #found = createFoundStates();
  readonly #ends = new Set<number>();
  readonly #start: Place<S>;
  #level: Place<S>[];
  #depth = 0;
  #broken: Broken | undefined;

  constructor(model: Model<S, H>, most: number) {
    this.#model = model;
    this.#most = most;
    this.#start = { number: this.#found.add(model.start, -1, '').number, state: model.start };
    this.#level = [this.#start];
  }

  async run(): Promise<void> {
    while (this.#level.length > 0 && this.#found.size() < this.#most && !this.#broken) {
      this.#level = await this.#nextLevel(this.#level);
      this.#depth += 1;
    }
    if (!this.#broken) this.#findStuck();
  }

  /** Goes one way from the start, until there is none or a rule is broken. */
  async go(choose: (ways: readonly Way<S>[], steps: number) => Way<S> | undefined): Promise<void> {
    let place: Place<S> | undefined = this.#start;
    for (let steps = 0; place; steps += 1) {
      const { ways } = this.#leave(place, await takeAll(place.state, this.#model));
      this.#depth = Math.max(this.#depth, steps);
      place = this.#broken ? undefined : choose(ways, steps);
    }
  }

  summary(): Omit<Explored, 'seconds'> {
    return {
      states: this.#found.size(),
      transitions: this.#found.steps(),
      depth: this.#depth,
      ...this.#model.counts(),
      ends: this.#ends.size,
      isComplete: this.#level.length === 0,
      broken: this.#broken,
    };
  }

  async #nextLevel(level: readonly Place<S>[]): Promise<Place<S>[]> {
    const next: Place<S>[] = [];
    for (let at = 0; at < level.length && !this.#broken; at += AT_ONCE) {
      const places = level.slice(at, at + AT_ONCE);
      const outcomes = await Promise.all(places.map(({ state }) => takeAll(state, this.#model)));
      places.forEach((place, index) => next.push(...this.#leave(place, outcomes[index] ?? []).reached));
    }
    return next;
  }

  /** All that a place leads to, and what of it is new. */
  #leave(place: Place<S>, outcomes: readonly Outcome<S, H>[]): { ways: Way<S>[]; reached: Place<S>[] } {
    const ways: Way<S>[] = [];
    const reached: Place<S>[] = [];
    let isEnd = true;
    for (const outcome of outcomes) {
      if ('failure' in outcome) {
        this.#report([outcome.failure], place, { isFailure: !outcome.isRule });
        continue;
      }
      // Nothing came of it.
      if (outcome.state === place.state) continue;
      const { number, isNew, isByChance, state } = this.#arrive(place, outcome);
      if (number !== place.number) ways.push({ number, state, did: outcome.did });
      if (isNew) reached.push({ number, state });
      if (!isByChance && number !== place.number) isEnd = false;
    }
    if (isEnd) this.#end(place);
    return { ways, reached };
  }

  #arrive(from: Place<S>, taken: TakenIn<S, H>) {
    const model = this.#model;
    const state = model.withPast(taken.state);
    const { number, isNew } = this.#found.add(state, from.number, taken.did);
    const isByChance = model.isByChance(from.state, state);
    if (!isByChance) this.#found.join(from.number, number);
    const rules = model.brokenInStep(from.state, taken.happened, state);
    if (isNew) rules.push(...model.brokenInState(state));
    if (rules.length > 0) this.#report(rules, { number: from.number, state }, { last: taken.did });
    return { number, isNew, isByChance, state };
  }

  /** Nothing more happens here unless something goes wrong. */
  #end(place: Place<S>): void {
    this.#ends.add(place.number);
    const rules = this.#model.brokenAtEnd(place.state);
    if (rules.length > 0) this.#report(rules, place);
  }

  /** States from which no end can be reached. What was not explored may lead to one. */
  #findStuck(): void {
    const goals = [...this.#ends, ...this.#level.map(({ number }) => number)];
    const lost = this.#found.lost(goals);
    if (lost === undefined) return;
    const path = this.#found.path(lost);
    const rules = ['from here no end can be reached'];
    this.#broken = { rules, path, isFailure: false, state: undefined, contents: '' };
  }

  #report(
    rules: string[],
    { number, state }: Place<S>,
    how: { last?: string; isFailure?: boolean } = {},
  ): void {
    const { last, isFailure = false } = how;
    const path = [...this.#found.path(number), ...(last === undefined ? [] : [last])];
    this.#broken ??= { rules, path, isFailure, state, contents: this.#model.contents(state) };
  }
}

function following(trace: readonly string[]) {
  return <W extends { did: string }>(ways: readonly W[], steps: number): W | undefined => {
    const next = trace[steps];
    const way = ways.find(({ did }) => did === next);
    if (next === undefined || way) return way;
    throw new Error(`no step "${next}" here, but: ${ways.map(({ did }) => did).join('; ')}`);
  };
}

function takeAll<S extends object, H>(state: S, model: Model<S, H>): Promise<Outcome<S, H>[]> {
  const steps = model.steps(state).map(async (step): Promise<Outcome<S, H>> => {
    try {
      return await step();
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      return { failure, isRule: error instanceof RuleBroken };
    }
  });
  return Promise.all(steps);
}
