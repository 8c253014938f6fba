import { type ReceiptFault } from '../faults.ts';
import { type StatusDelays } from '../options.ts';

export type Receipt = 'sent' | 'delivered' | 'read' | 'played' | 'failed';

/** One receipt; times in milliseconds after acceptance. */
export interface PlannedReceipt {
  receipt: Receipt;
  /** When it happens: its timestamp. */
  happensMs: number;
  /** When its webhook is posted. */
  dueMs: number;
}

export interface ReceiptPlan {
  type: string;
  /** Whether it is a voice note, which is played when it has been read. */
  isVoice?: boolean;
  delays: StatusDelays;
  autoRead: boolean;
  /** Whether the message fails: `afterSentMs` after `sent`, or without ever being sent. */
  failure?: { afterSentMs: number | undefined } | undefined;
  /** For how long the message is held before it is sent, or dropped. */
  held?: { ms: number; isDropped: boolean } | undefined;
}

const PLAYED_AFTER_MS = 400;

/** The receipts of a message; of one that is held only when it is released, or that it failed when it is dropped. */
export function planReceipts({ held, ...plan }: ReceiptPlan): PlannedReceipt[] {
  if (!held) return planUnheld(plan);
  if (held.isDropped) return [{ receipt: 'failed', happensMs: held.ms, dueMs: held.ms }];
  return planUnheld(plan).map(({ receipt, happensMs, dueMs }) => ({
    receipt,
    happensMs: happensMs + held.ms,
    dueMs: dueMs + held.ms,
  }));
}

/**
 * sent, delivered and read at their times, and played for a voice note; a reaction is only sent, a failed message only
 * failed, or sent before.
 */
function planUnheld({
  type,
  isVoice = false,
  delays,
  autoRead,
  failure,
}: Omit<ReceiptPlan, 'held'>): PlannedReceipt[] {
  const at = (receipt: Receipt, ms: number) => ({ receipt, happensMs: ms, dueMs: ms });
  const sent = at('sent', delays.sent);
  if (failure?.afterSentMs !== undefined) return [sent, at('failed', delays.sent + failure.afterSentMs)];
  if (failure) return [at('failed', delays.delivered)];
  if (type === 'reaction') return [sent];
  const delivered = at('delivered', delays.delivered);
  if (!autoRead) return [sent, delivered];
  const played = isVoice ? [at('played', delays.read + PLAYED_AFTER_MS)] : [];
  return [sent, delivered, at('read', delays.read), ...played];
}

// Far enough from each other that two are two webhooks.
const APART_MS = 50;

/** What a fault makes of the deliveries. `chance` gives numbers in [0, 1). */
export function disturbReceipts(
  receipts: PlannedReceipt[],
  fault: ReceiptFault | undefined,
  chance: () => number,
): PlannedReceipt[] {
  switch (fault?.kind) {
    case 'drop_statuses':
      return [];
    case 'delay_statuses':
      return receipts.map((planned) => ({ ...planned, dueMs: planned.dueMs + fault.ms }));
    case 'duplicate_status':
      return receipts.flatMap((planned) => [planned, { ...planned, dueMs: planned.dueMs + APART_MS }]);
    case 'shuffle_statuses':
      return shuffle(receipts, chance);
    case undefined:
      return receipts;
  }
}

/** Another order than they have, one after the other from the last on: none is told before it happens. */
function shuffle(receipts: PlannedReceipt[], chance: () => number): PlannedReceipt[] {
  const order = receipts
    .map((planned) => ({ planned, rank: chance() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ planned }) => planned);
  if (order.every((planned, index) => planned === receipts[index])) order.reverse();
  const lastMs = Math.max(...receipts.map(({ dueMs }) => dueMs));
  return order.map((planned, index) => ({ ...planned, dueMs: lastMs + index * APART_MS }));
}
