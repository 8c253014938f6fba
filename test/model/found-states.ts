import { hash } from 'node:crypto';

// All states that were found, each by number, with the step by which it was found first and all steps between them. A
// state itself is not kept, only its hash: it is made again when its path is told.

const NONE = -1;

export interface FoundStates {
  size(): number;
  steps(): number;
  /** The state's number, and whether it is new. `by` is the step that was taken from `from`. */
  add(state: object, from: number, by: string): { number: number; isNew: boolean };
  /** Keeps that a step leads from one to another, without anything going wrong. */
  join(from: number, to: number): void;
  /** What was done on the way, first things first. */
  path(number: number): string[];
  /** The first found state from which no way leads to one of `goals`. */
  lost(goals: readonly number[]): number | undefined;
}

export function createFoundStates(): FoundStates {
  const numbers = new Map<string, number>();
  const parents: number[] = [];
  const labels: number[] = [];
  const words = new Map<string, number>();
  const said: string[] = [];
  const sources: number[] = [];
  const targets: number[] = [];
  let steps = 0;
  const wordOf = (text: string) => {
    const known = words.get(text) ?? said.push(text) - 1;
    words.set(text, known);
    return known;
  };
  return {
    size: () => parents.length,
    steps: () => steps,
    add: (state, from, by) => {
      steps += 1;
      const key = hash('sha1', JSON.stringify(Object.values(state)), 'base64');
      const known = numbers.get(key);
      if (known !== undefined) return { number: known, isNew: false };
      const number = parents.push(from) - 1;
      labels.push(wordOf(by));
      numbers.set(key, number);
      return { number, isNew: true };
    },
    join: (from, to) => {
      sources.push(from);
      targets.push(to);
    },
    path: (number) => {
      const path: string[] = [];
      for (let at = number; at > 0; at = parents[at] ?? NONE) path.unshift(said[labels[at] ?? 0] ?? '');
      return path;
    },
    lost: (goals) => firstWithoutWay({ count: parents.length, sources, targets, goals }),
  };
}

function firstWithoutWay(graph: {
  count: number;
  sources: readonly number[];
  targets: readonly number[];
  goals: readonly number[];
}): number | undefined {
  const { count, sources, targets, goals } = graph;
  // The steps that lead to each state, as chains through one array.
  const newest = new Int32Array(count).fill(NONE);
  const before = new Int32Array(targets.length).fill(NONE);
  targets.forEach((target, step) => {
    before[step] = newest[target] ?? NONE;
    newest[target] = step;
  });
  const reached = new Uint8Array(count);
  const next = [...goals];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    if (reached[at] === 1) continue;
    reached[at] = 1;
    for (let step = newest[at] ?? NONE; step !== NONE; step = before[step] ?? NONE)
      next.push(sources[step] ?? 0);
  }
  const lost = reached.indexOf(0);
  return lost < 0 ? undefined : lost;
}
