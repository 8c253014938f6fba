import type { Redis } from 'ioredis';
import { aliasesOf, shardKeys } from '../../../packages/store/src/keys.ts';
import type { Model } from '../model.ts';
import type { ScriptChange } from '../script-text.ts';
import { createScriptedRedis } from '../scripted-redis.ts';
import { createTexts } from '../texts.ts';
import { createTurnsCalls } from './calls.ts';
import type { TurnsConfiguration } from './configuration.ts';
import { runnerSteps } from './runners.ts';
import { cidOf, contactOf, CONVERSATIONS, number, SHARD, shortened } from './scenario.ts';
import { brokenAtEnd, brokenInState } from './state-rules.ts';
import { startState, type TurnsState } from './state.ts';
import { brokenInStep } from './step-rules.ts';
import type { Happened, World } from './step.ts';
import { surroundingSteps } from './surroundings.ts';
import { keep, viewOf } from './view.ts';

/** One or two conversations: messages, turns, waits and their timers, on any number of runners. */
export function turnsModel(
  configuration: TurnsConfiguration,
  { redis, change }: { redis: Redis; change: ScriptChange },
): Model<TurnsState, Happened> {
  const book = createTexts(viewOf);
  const calls = createTurnsCalls({ redis: createScriptedRedis(redis, change, keep), book });
  const world: World = { configuration, calls, book };
  const seen = (state: TurnsState) => ({ state, view: book.view(state.contents) });
  return {
    start: startState(book.number(startContents())),
    steps: (state) => [...runnerSteps(state, world), ...surroundingSteps(state, world)],
    withPast: (state) => {
      // What was given out and is gone is of no more use.
      const { c1, c2 } = book.view(state.contents);
      const isThere = (id: string) => c1.entries.includes(id) || c2.entries.includes(id);
      return { ...state, delivered: state.delivered.filter(isThere) };
    },
    // A contact may never write again: what waits has to end without.
    isByChance: (from, to) => to.mishaps > from.mishaps || isHeard(from, to),
    brokenInStep: (from, happened, to) => brokenInStep(seen(from), happened, seen(to), configuration),
    brokenInState: (state) => brokenInState(state, book.view(state.contents)),
    brokenAtEnd: (state) => brokenAtEnd(state, book.view(state.contents)),
    contents: (state) => shortened(book.text(state.contents)),
    counts: () => ({ contents: book.size(), calls: calls.made() }),
  };
}

function isHeard({ heard: before }: TurnsState, { heard: after }: TurnsState): boolean {
  return before.c1 !== after.c1 || before.c2 !== after.c2;
}

/** Both contacts are known: which conversation a new one gets is left to chance. */
function startContents(): string {
  const keys = shardKeys(SHARD);
  const aliases = CONVERSATIONS.flatMap((name) =>
    aliasesOf(number.id, contactOf(name)).map((alias) => [keys.alias(alias), cidOf(name)] as const),
  );
  return keep({ hashes: {}, lists: {}, sets: {}, strings: Object.fromEntries(aliases), expiring: {} });
}
