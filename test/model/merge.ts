import { minus, tagOf, union, type Receipt, type State } from './state.ts';
import { withJobs, type Step, type World } from './step.ts';

export const inWords = (receipt: Receipt) => `"${receipt.kind}" of ${tagOf(receipt)}`;

/** The state after a merge of a receipt. */
export function afterMerge(state: State, receipt: Receipt, contents: number): State {
  return { ...state, contents, merged: union(state.merged, receipt), kept: minus(state.kept, receipt) };
}

/** A status that had waited for its wamid: merged, and settled at once where that makes a message final. */
export function mergesAndSettles(receipt: Receipt, state: State, { calls }: World): Step {
  return async () => {
    const { contents, word } = await calls.merge(state.contents, receipt);
    const merged = afterMerge(state, receipt, contents);
    const did = `the status ${inWords(receipt)}, which had waited, is merged: ${word}`;
    const happened = { kind: 'merge', receipt, word } as const;
    if (word !== 'settle') return { did, state: merged, happened };
    const settled = await calls.settle(contents, receipt.name);
    return { did, state: withJobs({ ...merged, contents: settled.contents }, settled.jobs), happened };
  };
}
