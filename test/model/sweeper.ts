import { NAMES } from './scenario.ts';
import type { Called } from './calls.ts';
import type { State } from './state.ts';
import { may, withJobs, type Happened, type Step, type Taken, type World } from './step.ts';

// The sweeper of any sender: looks at messages whose check is due, and at the number when its time has come. It may have
// read the list of what is due long ago, so it may look at any open message at any time.

export function sweeperSteps(state: State, world: World): Step[] {
  const { calls, book } = world;
  const view = book.view(state.contents);
  const open = NAMES.filter((name) => view.messages[name]?.check !== undefined);
  const looks = open.map((name) => async (): Promise<Look> => {
    const called = await calls.sweep(state.contents, name);
    const did = `the sweeper looks at ${name}: ${called.word}`;
    return { called, did, happened: { kind: 'sweep', name, word: called.word } };
  });
  if ((view.wake ?? Infinity) <= 0) {
    looks.push(async () => {
      const called = await calls.wake(state.contents);
      return { called, did: 'the sweeper looks at the number', happened: { kind: 'wake' } };
    });
  }
  return looks.flatMap((look) => {
    const steps = [async () => lives(await look(), state)];
    return may('sweeper dies', state, world) ? [...steps, async () => dies(await look(), state)] : steps;
  });
}

interface Look {
  called: Called;
  did: string;
  happened: Happened;
}

function lives({ called, did, happened }: Look, state: State): Taken {
  if (called.contents === state.contents && called.jobs.length === 0) return { did, happened, state };
  return { did, happened, state: withJobs({ ...state, contents: called.contents }, called.jobs) };
}

function dies({ called, did, happened }: Look, state: State): Taken {
  const next = { ...state, contents: called.contents, mishaps: state.mishaps + 1 };
  return { did: `${did}; it dies before it adds jobs`, happened, state: next };
}
