/** Repeatable chance. */
export interface Chance {
  below(limit: number): number;
  is(share: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  of<T>(list: readonly T[]): T | undefined;
}

export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  // Mulberry32.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    is: (share) => next() < share,
    pick: (list) => list[below(list.length)] ?? list[0],
    of: (list) => list[below(list.length)],
  };
}
