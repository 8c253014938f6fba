import type { OnUnknown, SendingNumber } from '@alur/store';
import type { Name } from './scenario.ts';

/** What goes wrong in the world of the model, each time by choice. */
export type Mishap =
  /** A sender dies, at any step; the next one starts at once. */
  | 'sender dies'
  /** A sender stands still, past its slack or its lease, and goes on. */
  | 'sender stops'
  /** The ingress dies between the merge of a status and what follows; the webhook comes again. */
  | 'ingress dies'
  /** The flow-runner dies between the commit of a turn and its jobs. */
  | 'runner dies'
  /** The sweeper dies with jobs in its hands. */
  | 'sweeper dies'
  /** The POST times out; it may arrive later, or never. */
  | 'no answer'
  /** Redis does what `finish` says, and the sender does not hear of it. */
  | 'finish repeated'
  /** Graph refuses: to be tried again, for good, or because of its limit. */
  | 'refused'
  | 'rejected'
  | 'limited'
  /** Graph takes it and reports a failure later, of a class that is tried again. */
  | 'failed later'
  /** The same, and it is delivered all the same: to another device. */
  | 'failed too'
  /** A status comes twice. */
  | 'status again'
  /** A status never comes. */
  | 'status lost'
  /** A reminder too many. */
  | 'job again'
  /** The contact wants no more. */
  | 'stop'
  /** A message is taken off the books, as a broadcast does that is stopped; and it is queued again. */
  | 'withdrawn';

export interface Configuration {
  name: string;
  /** What each turn decides, in the order of turns; a conversation's turns come one after the other. */
  turns: readonly (readonly Name[])[];
  /** What Graph reports of a message that it takes. */
  statuses: readonly ('sent' | 'delivered')[];
  /** Meta promises our tag in statuses of success only: failures are found by their wamid. */
  failuresLackTag?: boolean;
  onUnknown: OnUnknown;
  /** Other traffic of the number may prove at any time that statuses arrive. */
  hasTraffic?: boolean;
  limits?: { throughput?: number; pair?: number; tier?: number; tierCounts?: SendingNumber['tierCounts'] };
  /** What may go wrong, and how often in all. */
  mishaps: readonly Mishap[];
  most: number;
}

export const LEASE_MS = 15_000;
/** An attempt that is this late does not begin. */
export const SLACK_MS = 5_000;
export const GRACE_MS = 30_000;
export const FLOOR_MS = 40_000;
export const AGAIN_MS = 10_000;
export const RETRY_MS = 1_000;
export const MAX_TRIES = 2;
