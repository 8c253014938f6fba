/** Actions by when they are due; what is due at the same time comes in the order in which it was added. */
export interface DueQueue {
  add(dueMs: number, action: () => void): () => void;
  /** When the first is due; Infinity when there is none. */
  readonly nextMs: number;
  readonly size: number;
  /** Takes all that are due by then, in order. */
  takeUntil(ms: number): (() => void)[];
  clear(): void;
}

interface Entry {
  dueMs: number;
  serial: number;
  action: (() => void) | undefined;
}

/** A binary heap: thousands of receipts a second are added and taken, hundreds of thousands may wait. */
export function createDueQueue(): DueQueue {
  return new Heap();
}

class Heap implements DueQueue {
  readonly #heap: Entry[] = [];
  #serial = 0;
  #size = 0;

  get nextMs(): number {
    return this.#first()?.dueMs ?? Infinity;
  }

  get size(): number {
    return this.#size;
  }

  add(dueMs: number, action: () => void): () => void {
    const entry: Entry = { dueMs, serial: (this.#serial += 1), action };
    push(this.#heap, entry);
    this.#size += 1;
    return () => this.#useUp(entry);
  }

  takeUntil(ms: number): (() => void)[] {
    const taken: (() => void)[] = [];
    for (let entry = this.#first(); entry && entry.dueMs <= ms; entry = this.#first()) {
      const due = entry;
      // One before it may have taken it back.
      taken.push(() => this.#useUp(due)?.());
      pop(this.#heap);
    }
    return taken;
  }

  clear(): void {
    this.#heap.length = 0;
    this.#size = 0;
  }

  /** The first that was not taken back. */
  #first(): Entry | undefined {
    while (this.#heap[0] && !this.#heap[0].action) pop(this.#heap);
    return this.#heap[0];
  }

  #useUp(entry: Entry): (() => void) | undefined {
    const { action } = entry;
    if (action) this.#size -= 1;
    entry.action = undefined;
    return action;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.serial < other.serial);
}

function push(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above];
    if (!parent || !isBefore(entry, parent)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const child = smallerChild(heap, index);
    const below = heap[child];
    if (!below || !isBefore(below, last)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = last;
}

function smallerChild(heap: Entry[], index: number): number {
  const left = heap[2 * index + 1];
  const right = heap[2 * index + 2];
  return left && right && isBefore(right, left) ? 2 * index + 2 : 2 * index + 1;
}
