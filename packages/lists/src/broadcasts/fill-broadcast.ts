import {
  addRecipients,
  readBroadcast,
  removeRecipients,
  type BroadcastRef,
  type Recipient,
  type RedisClient,
} from '@alur/store';
import { setImmediate } from 'node:timers/promises';
import type { RecipientsFormat } from '../rows/read-row.ts';
import {
  readRecipients,
  type FaultCode,
  type RecipientFault,
  type RecipientRules,
} from './read-recipients.ts';

/** Faults that are told with their places; of the others only how many there are. */
const FAULTS_SHOWN = 100;
const CHUNK = 500;

/** What came of reading recipients. */
export interface FillReport {
  /** Lines that say something. */
  read: number;
  added: number;
  /** There already, in this file or from before, in another spelling perhaps. */
  duplicates: number;
  /** Beyond what a broadcast may hold. */
  full: number;
  faulty: number;
  /** The first hundred. */
  faults: RecipientFault[];
  faultCounts: Partial<Record<FaultCode, number>>;
  /** `file`: nothing of it could be used. `closed`: it is no draft any more. */
  stopped?: 'file' | 'closed';
}

interface FillOptions extends RecipientRules {
  format: RecipientsFormat;
  /** Takes a chunk: for each whether it is new; undefined when no more are taken. */
  take: (recipients: readonly Recipient[]) => Promise<readonly ('added' | 'twice' | 'full')[] | undefined>;
}

/** Reads recipients and hands them on in chunks, as fast as those are taken; holds one chunk and the first faults. */
export async function fillBroadcast(
  input: AsyncIterable<Uint8Array | string>,
  options: FillOptions,
): Promise<FillReport> {
  const report: FillReport = {
    read: 0,
    added: 0,
    duplicates: 0,
    full: 0,
    faulty: 0,
    faults: [],
    faultCounts: {},
  };
  let chunk: Recipient[] = [];
  const flush = async (): Promise<boolean> => {
    const said = await options.take(chunk);
    chunk = [];
    for (const each of said ?? []) report[each === 'twice' ? 'duplicates' : each] += 1;
    return said !== undefined;
  };
  for await (const each of readRecipients(input, options.format, options)) {
    if (each.kind !== 'recipient') noteFault(report, each.fault);
    if (each.kind === 'fatal') return { ...report, stopped: 'file' };
    report.read += 1;
    if (report.read % CHUNK === 0) await setImmediate();
    if (each.kind === 'recipient') chunk.push(each.recipient);
    if (chunk.length >= CHUNK && !(await flush())) return { ...report, stopped: 'closed' };
  }
  if (chunk.length > 0 && !(await flush())) return { ...report, stopped: 'closed' };
  return report;
}

function noteFault(report: FillReport, fault: RecipientFault): void {
  report.faulty += 1;
  report.faultCounts[fault.code] = (report.faultCounts[fault.code] ?? 0) + 1;
  if (report.faults.length < FAULTS_SHOWN) report.faults.push(fault);
}

/**
 * Reads recipients into a draft. With `strict` all of them or, when one line is faulty, none; so it is too when `input` breaks off. The
 * others of the draft stay.
 */
export async function addFromFile(
  client: RedisClient,
  ref: BroadcastRef,
  input: AsyncIterable<Uint8Array | string>,
  options: RecipientRules & { format: RecipientsFormat; strict?: boolean },
): Promise<FillReport> {
  const from = (await readBroadcast(client, ref))?.total ?? 0;
  const undo = async (): Promise<void> => {
    const till = (await readBroadcast(client, ref))?.total ?? from;
    await removeRecipients(client, ref, { from, till });
  };
  const take: FillOptions['take'] = (recipients) => addRecipients(client, ref, recipients);
  try {
    const report = await fillBroadcast(input, { ...options, take });
    if (options.strict !== true || report.faulty === 0) return report;
    await undo();
    return { ...report, added: 0 };
  } catch (error) {
    await undo();
    throw error;
  }
}
