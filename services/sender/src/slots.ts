/** Lets so many tasks run at once; the others begin in the order in which they came. */
export function createSlots(most: number): { run<T>(task: () => Promise<T>): Promise<T> } {
  const waiting: (() => void)[] = [];
  let free = most;
  return {
    run: async (task) => {
      if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      else free -= 1;
      try {
        return await task();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
