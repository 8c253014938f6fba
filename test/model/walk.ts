import type { Redis } from 'ioredis';
import { createBook, type Book } from './book.ts';
import { createCalls } from './calls.ts';
import type { Configuration } from './configuration.ts';
import { afterTime, type Contents } from './contents.ts';
import { numberWith, NOW } from './scenario.ts';
import { withModelClock } from './script-text.ts';
import { createScriptedRedis, type ScriptedRedis } from './scripted-redis.ts';
import { startContents } from './start-contents.ts';
import { startState } from './state.ts';
import type { World } from './step.ts';
import { stepsOf } from './steps-of.ts';

export interface Walked {
  path: string[];
  /** What Redis holds at the end, by the clock that stands, and by one that went. */
  standing: string;
  gone: string;
}

/**
 * Walks any way at all, twice at once: as the exploration does, with times moving into the past, and with a clock that
 * goes and contents that nobody touches. Both have to end the same, or the exploration would merge what is different.
 */
export async function walk(
  configuration: Configuration,
  { redis, random, steps }: { redis: Redis; random: () => number; steps: number },
): Promise<Walked> {
  const { throughput = 80, tierCounts = 'business_initiated' } = configuration.limits ?? {};
  const number = numberWith({ throughput, tierCounts });
  const book = createBook();
  const world: World = {
    configuration,
    book,
    calls: createCalls({ redis: createScriptedRedis(redis, withModelClock), book, configuration, number }),
  };
  const clock = { ms: 0 };
  const untouched = untouchedBook(book, clock);
  const twin: World = {
    configuration,
    book: untouched,
    calls: createCalls({
      redis: goingRedis(redis, clock),
      book: untouched,
      configuration,
      number,
      remembers: false,
    }),
  };
  let state = startState(book.number(startContents(configuration, number)));
  let other = startState(untouched.number(startContents(configuration, number)));
  const path: string[] = [];
  while (path.length < steps) {
    untouched.looksLike(state.contents);
    const possible = stepsOf(state, world);
    if (possible.length === 0) break;
    const choice = Math.floor(random() * possible.length);
    const [taken, same] = [await possible[choice]?.(), await stepsOf(other, twin)[choice]?.()];
    if (!taken || !same) throw new Error('the two walks part');
    path.push(taken.did);
    state = taken.state;
    other = same.state;
  }
  return {
    path,
    standing: book.text(state.contents),
    gone: afterTime(untouched.text(other.contents), clock.ms),
  };
}

/** Contents as they are; what they look like is asked of the other walk's, so that both have the same choices. */
function untouchedBook(like: Book, clock: { ms: number }): Book & { looksLike(contents: number): void } {
  const own = createBook();
  let contents = 0;
  return {
    ...own,
    view: () => like.view(contents),
    later: (number, ms) => {
      clock.ms += ms;
      return number;
    },
    looksLike: (number) => {
      contents = number;
    },
  };
}

function goingRedis(redis: Redis, clock: { ms: number }): ScriptedRedis {
  const scripted = createScriptedRedis(redis, withModelClock, (contents: Contents) =>
    JSON.stringify(contents),
  );
  return { run: (contents, call) => scripted.run(contents, call, NOW + clock.ms) };
}
