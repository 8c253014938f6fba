import { afterMerge, inWords, mergesAndSettles } from './merge.ts';
import { minus, plus, union, type Receipt, type State } from './state.ts';
import { may, step, withJobs, type Step, type World } from './step.ts';

// Statuses come in any order and after any time. What the merge made final is settled in a second call.

export function ingressSteps(state: State, world: World): Step[] {
  const kinds = new Map(state.receipts.map((receipt) => [JSON.stringify(receipt), receipt]));
  const received = [...kinds.values()].flatMap((receipt) => {
    const steps = [merges(receipt, state, world, { stays: false })];
    if (may('status again', state, world)) steps.push(merges(receipt, state, world, { stays: true }));
    if (may('status lost', state, world)) steps.push(loses(receipt, state));
    return steps;
  });
  const settled = state.settles.flatMap((receipt) => {
    const steps = [settles(receipt, state, world)];
    if (!may('ingress dies', state, world)) return steps;
    return [...steps, dies(receipt, state), settles(receipt, state, world, 'dies')];
  });
  return [...received, ...settled, ...goesOn(state, world)];
}

function merges(receipt: Receipt, state: State, world: World, { stays }: { stays: boolean }): Step {
  const { calls, configuration } = world;
  const came = {
    ...state,
    receipts: stays ? state.receipts : minus(state.receipts, receipt),
    mishaps: state.mishaps + (stays ? 1 : 0),
  };
  return async () => {
    if (configuration.failuresLackTag === true && receipt.kind === 'failed') {
      const { contents, word } = await calls.find(state.contents, receipt);
      const did = `the status ${inWords(receipt)} has no tag, and nobody knows its wamid yet`;
      const kept = { ...came, contents, kept: union(state.kept, receipt) };
      if (word === 'kept') return { did, state: kept, happened: { kind: 'else' } };
    }
    const { contents, word, early } = await calls.merge(state.contents, receipt);
    const merged = afterMerge(came, receipt, contents);
    return {
      did: `the status ${inWords(receipt)} is merged: ${word}${stays ? '; it will come again' : ''}`,
      state: {
        ...merged,
        settles: word === 'settle' ? union(state.settles, receipt) : state.settles,
        gotBack: early.reduce<State['gotBack']>(
          (all, one) => union(all, { receipt: one, by: receipt }),
          state.gotBack,
        ),
      },
      happened: { kind: 'merge', receipt, word },
    };
  };
}

/** Statuses that had waited for their wamid are merged next; there is no 200 before. */
function goesOn(state: State, world: World): Step[] {
  return state.gotBack.flatMap((back) => {
    const next = { ...state, gotBack: minus(state.gotBack, back) };
    const steps = [mergesAndSettles(back.receipt, next, world)];
    if (!may('ingress dies', state, world)) return steps;
    const died = { ...next, receipts: plus(state.receipts, back.by), mishaps: state.mishaps + 1 };
    return [...steps, step(`the ingress dies before it merges ${inWords(back.receipt)}`, died)];
  });
}

function loses(receipt: Receipt, state: State): Step {
  const receipts = minus(state.receipts, receipt);
  return step(`the status ${inWords(receipt)} is lost`, { ...state, receipts, mishaps: state.mishaps + 1 });
}

function settles(receipt: Receipt, state: State, { calls }: World, end?: 'dies'): Step {
  const { name } = receipt;
  return async () => {
    const { contents, jobs } = await calls.settle(state.contents, name);
    const next = { ...state, contents, settles: minus(state.settles, receipt) };
    const died = { ...next, receipts: plus(state.receipts, receipt), mishaps: state.mishaps + 1 };
    return {
      did: `the ingress settles ${name}${end ? ', and dies before it adds jobs' : ''}`,
      state: end ? died : withJobs(next, jobs),
      happened: { kind: 'settle', name },
    };
  };
}

// There was no 200, so Meta sends it again.
function dies(receipt: Receipt, state: State): Step {
  const next = {
    ...state,
    settles: minus(state.settles, receipt),
    receipts: plus(state.receipts, receipt),
    mishaps: state.mishaps + 1,
  };
  return step(`the ingress dies before it settles ${receipt.name}`, next);
}
