/** A queue whose `take` costs the same at any length. */
export interface Fifo<T> {
  add(item: T): void;
  peek(): T | undefined;
  take(): T | undefined;
  /** So many from a place on, which stay; 0 is the next that would be taken. */
  from(place: number, count: number): T[];
  readonly size: number;
}

// Array.shift moves everything behind it; a head index moves nothing, and the used part is cut off now and then.
const CUT_AFTER = 1_024;

export function createFifo<T>(): Fifo<T> {
  // What was taken is let go of at once: it may be large, and the cut late.
  let items: (T | undefined)[] = [];
  let head = 0;
  return {
    add: (item) => void items.push(item),
    peek: () => items[head],
    take() {
      const item = items[head];
      if (item === undefined) return undefined;
      items[head] = undefined;
      head += 1;
      if (head >= CUT_AFTER && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    from: (place, count) =>
      items.slice(head + place, head + place + count).filter((item) => item !== undefined),
    get size() {
      return items.length - head;
    },
  };
}
