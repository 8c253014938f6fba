/** A queue whose `take` costs the same at any length. */
export interface Fifo<T> {
  add(item: T): void;
  peek(): T | undefined;
  take(): T | undefined;
  readonly size: number;
}

// Array.shift moves everything behind it; a head index moves nothing, and the used part is cut off now and then.
const CUT_AFTER = 1_024;

export function createFifo<T>(): Fifo<T> {
  let items: T[] = [];
  let head = 0;
  return {
    add: (item) => void items.push(item),
    peek: () => items[head],
    take() {
      const item = items[head];
      if (item === undefined) return undefined;
      head += 1;
      if (head >= CUT_AFTER && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    get size() {
      return items.length - head;
    },
  };
}
