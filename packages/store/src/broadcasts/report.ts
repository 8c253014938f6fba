import type { RedisClient } from '../connection.ts';
import { shardKeys } from '../keys.ts';
import type { Broadcast, BroadcastRef } from './broadcast.ts';
import { readRows } from './create-broadcast.ts';
import { recipientMid } from './feed-recipients.ts';
import { outcomeOf, readOutcomes, type OutcomeState } from './outcomes.ts';
import { parseRecipient, type Recipient } from './recipient.ts';

const PART = 500;

/** What is known of one recipient. */
export interface ReportLine {
  /** From 0, in the order in which they were added. */
  index: number;
  mid: string;
  /** undefined for one that was erased. */
  recipient: Recipient | undefined;
  /** `cancelled`: the broadcast was, before it came to him. */
  state: OutcomeState | 'cancelled';
  /** Graph's code, or ours; '' when there is none. */
  code: string;
  reason: string;
}

/** Walks all recipients of a broadcast, in order, in parts: the newest word of each, from its record while that lives. */
export async function* readReport(
  client: RedisClient,
  ref: BroadcastRef,
  broadcast: Broadcast,
): AsyncGenerator<ReportLine[]> {
  for (let from = 0; from < broadcast.total; from += PART) {
    const count = Math.min(PART, broadcast.total - from);
    const [rows, bytes] = await Promise.all([
      readRows(client, ref, from, count),
      readOutcomes(client, ref, from, count),
    ]);
    yield Promise.all(
      rows.map((row, place) =>
        lineOf(client, ref, { index: from + place, row, byte: bytes[place], state: broadcast.state }),
      ),
    );
  }
}

/** The same of one recipient. */
export async function reportOf(
  client: RedisClient,
  ref: BroadcastRef,
  { state }: Pick<Broadcast, 'state'>,
  index: number,
): Promise<ReportLine> {
  const [rows, bytes] = await Promise.all([
    readRows(client, ref, index, 1),
    readOutcomes(client, ref, index, 1),
  ]);
  return lineOf(client, ref, { index, row: rows[0] ?? '', byte: bytes[0], state });
}

interface ToReport {
  index: number;
  row: string;
  byte: string | undefined;
  state: Broadcast['state'];
}

async function lineOf(
  client: RedisClient,
  { shard, bid }: BroadcastRef,
  { index, row, byte, state }: ToReport,
): Promise<ReportLine> {
  const mid = recipientMid(bid, index);
  const { state: known, reason = '' } = outcomeOf(byte);
  const line = { index, mid, recipient: parseRecipient(row), reason, code: '' };
  if (known === 'waiting') return { ...line, state: state === 'cancelled' ? 'cancelled' : known };
  if (known === 'skipped' || known === 'erased') return { ...line, state: known };
  const key = shardKeys(shard).message(mid);
  const [now, rank, why, code] = await client.hmget(key, 'state', 'rank', 'reason', 'code');
  return { ...line, ...stateOf(known, now, Number(rank ?? 0)), reason: why ?? reason, code: code ?? '' };
}

const RANKS: readonly OutcomeState[] = ['sent', 'sent', 'delivered', 'read', 'read'];
const STATES: Readonly<Record<string, OutcomeState>> = {
  queued: 'queued',
  attempting: 'queued',
  unknown: 'queued',
  dead: 'failed',
  dropped: 'failed',
  skipped: 'failed',
};

/** By the record, or by the byte when that is gone. */
function stateOf(
  byByte: OutcomeState,
  state: string | null | undefined,
  rank: number,
): { state: OutcomeState } {
  if (state === 'sent') return { state: RANKS[rank] ?? 'read' };
  return { state: STATES[state ?? ''] ?? byByte };
}
