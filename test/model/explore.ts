import type { Redis } from 'ioredis';
import { createBook } from './book.ts';
import { createCalls } from './calls.ts';
import type { Configuration } from './configuration.ts';
import { brokenAtEnd } from './end-rules.ts';
import { createFoundStates } from './found-states.ts';
import { NAMES, numberWith, type Name } from './scenario.ts';
import type { ScriptChange } from './script-text.ts';
import { createScriptedRedis } from './scripted-redis.ts';
import { startContents } from './start-contents.ts';
import { brokenInState, FINAL, type Bounds } from './state-rules.ts';
import { plus, startState, type State } from './state.ts';
import { brokenInStep } from './step-rules.ts';
import type { Taken, World } from './step.ts';
import { stepsOf } from './steps-of.ts';

export interface ExploreOptions {
  configuration: Configuration;
  redis: Redis;
  change: ScriptChange;
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
  state: State | undefined;
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

interface Place {
  number: number;
  state: State;
}

/** A place that a step leads to. */
interface Way extends Place {
  did: string;
}

/** A step's outcome, or why it failed. */
type Outcome = Taken | { failure: string };

const AT_ONCE = 300;

/** Goes through all states, the nearest first, until a rule is broken, there are no more, or enough. */
export async function explore(options: ExploreOptions): Promise<Explored> {
  const began = performance.now();
  const search = new Search(options);
  await search.run();
  const { trace, walks } = options;
  if (trace) await search.go(following(trace));
  for (let walked = 0; walks && walked < walks.count; walked += 1) {
    await search.go((ways) => ways[Math.floor(walks.random() * ways.length)]);
  }
  return { ...search.summary(), seconds: (performance.now() - began) / 1000 };
}

class Search {
  readonly #configuration: Configuration;
  readonly #world: World;
  readonly #bounds: Bounds;
  readonly #most: number;
  readonly #found = createFoundStates();
  readonly #ends = new Set<number>();
  readonly #start: Place;
  #level: Place[];
  #depth = 0;
  #broken: Broken | undefined;

  constructor({ configuration, redis, change, most }: ExploreOptions) {
    const { throughput = 80, tierCounts = 'business_initiated' } = configuration.limits ?? {};
    const number = numberWith({ throughput, tierCounts });
    const book = createBook();
    const calls = createCalls({ redis: createScriptedRedis(redis, change), book, configuration, number });
    const state = startState(book.number(startContents(configuration, number)));
    this.#configuration = configuration;
    this.#bounds = { throughput, tier: configuration.limits?.tier ?? Infinity };
    this.#most = most;
    this.#world = { configuration, calls, book };
    this.#start = { number: this.#found.add(state, -1, '').number, state };
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
  async go(choose: (ways: readonly Way[], steps: number) => Way | undefined): Promise<void> {
    let place: Place | undefined = this.#start;
    for (let steps = 0; place; steps += 1) {
      const { ways } = this.#leave(place, await takeAll(place.state, this.#world));
      this.#depth = Math.max(this.#depth, steps);
      place = this.#broken ? undefined : choose(ways, steps);
    }
  }

  summary(): Omit<Explored, 'seconds'> {
    return {
      states: this.#found.size(),
      transitions: this.#found.steps(),
      depth: this.#depth,
      contents: this.#world.book.size(),
      calls: this.#world.calls.made(),
      ends: this.#ends.size,
      isComplete: this.#level.length === 0,
      broken: this.#broken,
    };
  }

  async #nextLevel(level: readonly Place[]): Promise<Place[]> {
    const next: Place[] = [];
    for (let at = 0; at < level.length && !this.#broken; at += AT_ONCE) {
      const places = level.slice(at, at + AT_ONCE);
      const outcomes = await Promise.all(places.map(({ state }) => takeAll(state, this.#world)));
      places.forEach((place, index) => next.push(...this.#leave(place, outcomes[index] ?? []).reached));
    }
    return next;
  }

  /** All that a place leads to, and what of it is new. */
  #leave(place: Place, outcomes: readonly Outcome[]): { ways: Way[]; reached: Place[] } {
    const ways: Way[] = [];
    const reached: Place[] = [];
    let isEnd = true;
    for (const outcome of outcomes) {
      if ('failure' in outcome) {
        this.#report([outcome.failure], place, { isFailure: true });
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

  #arrive(from: Place, taken: Taken) {
    const { book } = this.#world;
    const view = book.view(taken.state.contents);
    const state = withPast(taken.state, this.#world);
    const { number, isNew } = this.#found.add(state, from.number, taken.did);
    const isByChance = state.mishaps > from.state.mishaps || state.hadTraffic !== from.state.hadTraffic;
    if (!isByChance) this.#found.join(from.number, number);
    const before = { state: from.state, view: book.view(from.state.contents) };
    const rules = brokenInStep(before, taken.happened, { state, view }, this.#configuration);
    if (isNew) rules.push(...brokenInState(state, view, this.#bounds));
    if (rules.length > 0) this.#report(rules, { number: from.number, state }, { last: taken.did });
    return { number, isNew, isByChance, state };
  }

  /** Nothing more happens here unless something goes wrong. */
  #end(place: Place): void {
    this.#ends.add(place.number);
    const rules = brokenAtEnd(place.state, this.#world.book.view(place.state.contents));
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

  #report(rules: string[], { number, state }: Place, how: { last?: string; isFailure?: boolean } = {}): void {
    const { last, isFailure = false } = how;
    const path = [...this.#found.path(number), ...(last === undefined ? [] : [last])];
    this.#broken ??= { rules, path, isFailure, state, contents: this.#world.book.text(state.contents) };
  }
}

function following(trace: readonly string[]) {
  return (ways: readonly Way[], steps: number): Way | undefined => {
    const next = trace[steps];
    const way = ways.find(({ did }) => did === next);
    if (next === undefined || way) return way;
    throw new Error(`no step "${next}" here, but: ${ways.map(({ did }) => did).join('; ')}`);
  };
}

function takeAll(state: State, world: World): Promise<Outcome[]> {
  const steps = stepsOf(state, world).map(async (step): Promise<Outcome> => {
    try {
      return await step();
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  });
  return Promise.all(steps);
}

/** Keeps which messages were final once. */
function withPast(state: State, { book }: World): State {
  const { messages } = book.view(state.contents);
  const isNew = (name: Name) => FINAL.has(messages[name]?.state ?? '') && !state.past.includes(name);
  const ended = NAMES.filter(isNew);
  return ended.length > 0 ? { ...state, past: plus(state.past, ...ended) } : state;
}
