import { createIntake, createTurns, parseItem, type RedisClient } from '@alur/store';
import { fireOnce } from '../../../packages/store/src/timers.ts';
import type { ScriptedRedis } from '../scripted-redis.ts';
import type { Texts } from '../texts.ts';
import type { ConversationName } from './configuration.ts';
import { cidOf, contactOf, conversationName, messageOf, number, SHARD, START_S } from './scenario.ts';
import type { Runner, TurnsState } from './state.ts';
import type { Having } from './step.ts';
import { CALL, resultOf, type Turned } from './turn.ts';
import type { View } from './view.ts';

const NAMES_MOST = 10;

/** What a call came to, and what Redis holds then. */
interface Called<T> {
  contents: number;
  answer: T;
}

/** The store's own functions, on contents by their number. The same call on the same contents is made once. */
export type TurnsCalls = ReturnType<typeof createTurnsCalls>;

export function createTurnsCalls({ redis, book }: { redis: ScriptedRedis; book: Texts<View> }) {
  let made = 0;

  /** `keyOf` names a call by all that it depends on, the clock among it where its script asks for the time. */
  function remembering<A extends readonly unknown[], T>(
    keyOf: (...args: A) => unknown,
    call: (client: RedisClient, ...args: A) => Promise<T>,
  ) {
    const done = new Map<string, Promise<Called<T>>>();
    return ({ contents, clockS }: TurnsState, ...args: A): Promise<Called<T>> => {
      const key = JSON.stringify([contents, clockS, keyOf(...args)]);
      const run = async () => {
        made += 1;
        const now = (START_S + clockS) * 1000;
        const ran = await redis.run(book.text(contents), (client) => call(client, ...args), now);
        return { contents: book.number(ran.contents), answer: ran.answer };
      };
      const called = done.get(key) ?? run();
      done.set(key, called);
      return called;
    };
  }

  return {
    made: () => made,
    accept: remembering(
      (...args: [index: number, conversation: ConversationName, at: number]) => args,
      async (client, index, conversation, at) => {
        const intake = createIntake({ client, shards: 1, wishOf: () => undefined });
        const [outcome = 'none'] = await intake.accept([messageOf(index, conversation, at)]);
        return outcome;
      },
    ),
    fire: remembering(
      (named: readonly ConversationName[]) => named,
      async (client, named) => {
        const due = named.map(cidOf);
        const called = await fireOnce(client, SHARD, { due, most: NAMES_MOST });
        return { fired: called.fired, due: called.due.map(conversationName) };
      },
    ),
    load: remembering(
      (runner: Extract<Runner, { phase: 'read' }>) => runner,
      (client, runner) => createTurns(client).load(entryOf(runner, runner.recovered)),
    ),
    record: remembering(
      (runner: Having, answer: string) => [runner, answer],
      (client, runner, answer) => {
        const { version } = runner.loaded;
        const call = { evt: eventIn(runner).evt, version, key: CALL, result: resultOf(answer) };
        return createTurns(client).recordAnswer(entryOf(runner), call);
      },
    ),
    commit: remembering(
      (runner: Having, turned: Exclude<Turned, 'calls'>) => [runner, turned],
      (client, runner, { session, timer }) => {
        const { evt, at } = eventIn(runner);
        const { version } = runner.loaded;
        const contact = { ...contactOf(runner.conversation), tags: [] };
        const said = { number, at, lastMessageTime: 0, wishes: [], messages: [] };
        const entry = entryOf(runner);
        return createTurns(client).commit({ entry, evt, version, session, timer, contact, ...said });
      },
    ),
    setAside: remembering(
      (runner: Having) => runner,
      (client, runner) =>
        createTurns(client).quarantine(entryOf(runner), runner.loaded.item.evt, 'owner_lost', ''),
    ),
  };
}

function entryOf({ entry, conversation }: Runner, recovered = false) {
  return { id: entry, cid: cidOf(conversation), shard: SHARD, recovered };
}

export function eventIn({ loaded }: Having) {
  const event = parseItem(loaded.item);
  if (!event) throw new Error('the item is no event');
  return event;
}
