import { hash } from '@alur/types';

/** Whom a reader has met, in 8 bytes each: two of a million meet by chance once in ten million files. */
export interface SeenContacts {
  /** Whether it is new. */
  add(contact: { waId?: string | undefined; userId?: string | undefined }): boolean;
}

const FIRST_SLOTS = 4_096;
const FULL = 0.6;

/** A set for checks that write nothing; flat numbers and no objects, so that a million cost some 16 MB. */
export function createSeenContacts(): SeenContacts {
  let slots = new Float64Array(FIRST_SLOTS);
  let count = 0;
  const find = (table: Float64Array, mark: number): number => {
    let at = mark % table.length;
    while (table[at] !== 0 && table[at] !== mark) at = (at + 1) % table.length;
    return at;
  };
  const insert = (mark: number): void => {
    if (count >= slots.length * FULL) {
      const larger = new Float64Array(slots.length * 2);
      for (const old of slots) if (old !== 0) larger[find(larger, old)] = old;
      slots = larger;
    }
    slots[find(slots, mark)] = mark;
    count += 1;
  };
  const has = (mark: number) => slots[find(slots, mark)] === mark;
  return {
    add: ({ waId, userId }) => {
      const marks = [
        ...(waId === undefined ? [] : [markOf('wa_id', waId)]),
        ...(userId === undefined ? [] : [markOf('user_id', userId)]),
      ];
      if (marks.some(has)) return false;
      marks.forEach(insert);
      return true;
    },
  };
}

// 52 bits, and never 0, which is an empty slot.
function markOf(kind: string, id: string): number {
  return Number.parseInt(hash(kind, id).slice(0, 13), 16) + 1;
}
