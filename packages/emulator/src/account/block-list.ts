import { type ContactBook, type ContactNames } from '../limits/contact-book.ts';

// Source: Meta, "Block users": the list's limit, and whom it may take.
const BLOCKED_MAX = 64_000;

/** Whom each number has blocked: it cannot write to them, and what they write does not come. */
export interface BlockList {
  isBlocked(numberId: string, contact: ContactNames | string): boolean;
  /** False when the list is full. */
  block(numberId: string, contact: string): boolean;
  /** False when the contact was not on it. */
  unblock(numberId: string, contact: string): boolean;
  /** In the order in which they were blocked. */
  list(numberId: string): string[];
}

export function createBlockList(contacts: ContactBook): BlockList {
  const byNumber = new Map<string, Set<string>>();
  const listOf = (numberId: string) => {
    const found = byNumber.get(numberId) ?? new Set<string>();
    byNumber.set(numberId, found);
    return found;
  };
  return {
    isBlocked: (numberId, contact) => {
      const blocked = byNumber.get(numberId);
      return blocked !== undefined && blocked.size > 0 && blocked.has(contacts.resolve(contact));
    },
    block(numberId, contact) {
      const blocked = listOf(numberId);
      if (blocked.size >= BLOCKED_MAX) return false;
      blocked.add(contacts.resolve(contact));
      return true;
    },
    unblock: (numberId, contact) => listOf(numberId).delete(contacts.resolve(contact)),
    list: (numberId) => [...listOf(numberId)],
  };
}
