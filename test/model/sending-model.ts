import type { Redis } from 'ioredis';
import { createBook } from './book.ts';
import { createCalls } from './calls.ts';
import type { Configuration } from './configuration.ts';
import { brokenAtEnd } from './end-rules.ts';
import type { Model } from './model.ts';
import { NAMES, numberWith, type Name } from './scenario.ts';
import type { ScriptChange } from './script-text.ts';
import { createScriptedRedis } from './scripted-redis.ts';
import { startContents } from './start-contents.ts';
import { brokenInState, FINAL } from './state-rules.ts';
import { plus, startState, type State } from './state.ts';
import { brokenInStep } from './step-rules.ts';
import type { Happened, World } from './step.ts';
import { stepsOf } from './steps-of.ts';

/** A few messages on their way through `claim`, `finish`, statuses and the sweeper. */
export function sendingModel(
  configuration: Configuration,
  { redis, change }: { redis: Redis; change: ScriptChange },
): Model<State, Happened> {
  const { throughput = 80, tierCounts = 'business_initiated', tier = Infinity } = configuration.limits ?? {};
  const number = numberWith({ throughput, tierCounts });
  const book = createBook();
  const calls = createCalls({ redis: createScriptedRedis(redis, change), book, configuration, number });
  const world: World = { configuration, calls, book };
  const seen = (state: State) => ({ state, view: book.view(state.contents) });
  return {
    start: startState(book.number(startContents(configuration, number))),
    steps: (state) => stepsOf(state, world),
    withPast: (state) => withPast(state, world),
    isByChance: (from, to) => to.mishaps > from.mishaps || to.hadTraffic !== from.hadTraffic,
    brokenInStep: (from, happened, to) => brokenInStep(seen(from), happened, seen(to), configuration),
    brokenInState: (state) => brokenInState(state, book.view(state.contents), { throughput, tier }),
    brokenAtEnd: (state) => brokenAtEnd(state, book.view(state.contents)),
    contents: (state) => book.text(state.contents),
    counts: () => ({ contents: book.size(), calls: calls.made() }),
  };
}

/** Keeps which messages were final once. */
function withPast(state: State, { book }: World): State {
  const { messages } = book.view(state.contents);
  const isNew = (name: Name) => FINAL.has(messages[name]?.state ?? '') && !state.past.includes(name);
  const ended = NAMES.filter(isNew);
  return ended.length > 0 ? { ...state, past: plus(state.past, ...ended) } : state;
}
