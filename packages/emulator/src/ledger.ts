import { type JsonObject } from '@alur/types';

/** One POST that was accepted, in the order of acceptance. */
export interface LedgerEntry {
  /** Counts from 1 and never goes back, not even when the ledger is emptied. */
  seq: number;
  /** Unix milliseconds. */
  at: number;
  /** `phone_number_id` that sent it. */
  number: string;
  /** `wa_id` (digits) or business-scoped user id. */
  to: string;
  wamid: string;
  /** `biz_opaque_callback_data`, when there was one. */
  opaque?: string;
  type: string;
  /** The request's body as it came. */
  body: JsonObject;
}

export interface Ledger {
  add(entry: Omit<LedgerEntry, 'seq'>): LedgerEntry;
  /** Entries with a greater `seq`, oldest first. */
  since(seq: number): LedgerEntry[];
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
    since(after) {
      const first = entries[0]?.seq ?? 1;
      return entries.slice(Math.max(0, after - first + 1));
    },
    clear() {
      entries = [];
    },
  };
}
