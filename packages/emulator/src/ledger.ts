import { type JsonObject } from '@alur/types';

/** One POST that was accepted, in the order of acceptance. */
export interface LedgerEntry {
  /** Counts from 1 and never goes back, not even when the ledger is emptied. */
  seq: number;
  /** When it was accepted, Unix milliseconds. */
  at: number;
  /** When the request was noticed, before its body: Unix milliseconds with fraction, never running backwards. */
  arrivedMs: number;
  /** It came no earlier than this: the two differ by how long the emulator was busy with something else. */
  earliestMs: number;
  /** `phone_number_id` that sent it. */
  number: string;
  /** `wa_id` (digits) or business-scoped user id. */
  to: string;
  wamid: string;
  /** `biz_opaque_callback_data`, when there was one. */
  opaque?: string;
  type: string;
  /** Whether it took a place in the tier: as Meta counts, a template outside an open window. */
  tierCounted: boolean;
  /** The request's body as it came. */
  body: JsonObject;
}

export interface Ledger {
  add(entry: Omit<LedgerEntry, 'seq'>): LedgerEntry;
  /** Entries with a greater `seq`, oldest first, at most `count`. */
  since(seq: number, count?: number): LedgerEntry[];
  clear(): void;
}

/** Keeps every accepted message in memory: who compares what was sent with what should have been needs all. */
export function createLedger(): Ledger {
  let entries: LedgerEntry[] = [];
  let seq = 0;
  return {
    add(entry) {
      const added = { seq: ++seq, ...entry };
      entries.push(added);
      return added;
    },
    since(after, count = Infinity) {
      const first = Math.max(0, after - (entries[0]?.seq ?? 1) + 1);
      return entries.slice(first, first + count);
    },
    clear() {
      entries = [];
    },
  };
}
