import { NAMES, type Name } from './scenario.ts';
import { minus, union, type State } from './state.ts';
import { may, step, withJobs, type Step, type World } from './step.ts';

/** The next turn is committed, and the jobs of what it let go are added. */
export function turnSteps(state: State, world: World): Step[] {
  const names = world.configuration.turns[state.turns];
  if (names === undefined) return [];
  const steps = [commits(names, state, world, { dies: false })];
  return may('runner dies', state, world) ? [...steps, commits(names, state, world, { dies: true })] : steps;
}

function commits(names: readonly Name[], state: State, { calls }: World, { dies }: { dies: boolean }): Step {
  return async () => {
    const { contents, word, jobs } = await calls.commit(state.contents, state.turns);
    if (word !== 'ok') throw new Error(`the turn of ${names.join(', ')} is not committed: ${word}`);
    const next = { ...state, contents, turns: state.turns + 1 };
    return {
      did: `a turn queues ${names.join(', ')}${dies ? ', and the runner dies before it adds jobs' : ''}`,
      state: dies ? { ...next, mishaps: state.mishaps + 1 } : withJobs(next, jobs),
      happened: { kind: 'else' },
    };
  };
}

/** What comes from outside: a wish of the contact, other traffic of the number, a reminder too many. */
export function contactSteps(state: State, world: World): Step[] {
  const { calls, configuration, book } = world;
  const messages = Object.values(book.view(state.contents).messages);
  const mishaps = state.mishaps + 1;
  const steps: Step[] = [];
  if (may('stop', state, world)) {
    steps.push(async () => {
      const { contents } = await calls.stop(state.contents);
      return {
        did: 'the contact says stop',
        state: { ...state, contents, mishaps },
        happened: { kind: 'else' },
      };
    });
  }
  if (may('job again', state, world)) {
    const there = NAMES.filter((name) => book.view(state.contents).messages[name] !== undefined);
    steps.push(
      ...there.map((name) =>
        step(`a second job of ${name} appears`, withJobs({ ...state, mishaps }, [name])),
      ),
    );
  }
  if (may('withdrawn', state, world)) steps.push(...withdrawals(state, world));
  // It makes a difference to an unknown only; before it is one, it makes the same.
  const isUnknown = messages.some((message) => message.state === 'unknown');
  if (configuration.hasTraffic === true && !state.hadTraffic && isUnknown) {
    steps.push(async () => {
      const { contents } = await calls.traffic(state.contents);
      const next = { ...state, contents, hadTraffic: true };
      return { did: 'statuses of later messages arrive', state: next, happened: { kind: 'else' } };
    });
  }
  return steps;
}

/** Any message is withdrawn at any time, and what was is queued again. */
function withdrawals(state: State, { calls, book }: World): Step[] {
  const mishaps = state.mishaps + 1;
  const there = NAMES.filter((name) => book.view(state.contents).messages[name] !== undefined);
  const withdraws = there.map((name): Step => async () => {
    const { contents, word } = await calls.withdraw(state.contents, name);
    const over = { past: union(state.past, name), withdrawn: union(state.withdrawn, name) };
    return {
      did: `${name} is withdrawn: ${word}`,
      state: word === 'withdrawn' ? { ...state, ...over, contents, mishaps } : state,
      happened: { kind: 'withdraw', name, word },
    };
  });
  const queues = state.withdrawn.map((name): Step => async () => {
    const { contents, jobs } = await calls.queueAgain(state.contents, name);
    const next = { ...state, contents, withdrawn: minus(state.withdrawn, name), mishaps };
    return {
      did: `${name} is queued again`,
      state: withJobs(next, jobs),
      happened: { kind: 'queue again', name },
    };
  });
  return [...withdraws, ...queues];
}
