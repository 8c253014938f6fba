import { type Json, type JsonObject } from '@alur/types';
import { type Clock } from '../clock.ts';
import { type ChatLog } from '../control/chat-log.ts';
import { type CourseFault, type ReceiptFault } from '../faults.ts';
import { type GraphFailure } from '../graph/refusal.ts';
import { createChance } from '../ids.ts';
import { type LedgerEntry } from '../ledger.ts';
import { type NumberSettings, type StatusDelays } from '../options.ts';
import { type PlannedReceipt, disturbReceipts, planReceipts } from './plan-receipts.ts';
import { type Price, statusObject } from './status-object.ts';
import { type Update } from './update.ts';
import { type WebhookQueue } from './webhook-queue.ts';

/** What the receipts of a message depend on beside the message. */
interface Course {
  /** Why it fails, by a limit or by order, or that it is held. */
  failure?: GraphFailure | CourseFault | undefined;
  /** What shall become of the webhooks. */
  fault?: ReceiptFault | undefined;
  /** Called when the message is delivered and when it has failed, whether or not a webhook tells. */
  onEnd?: (end: 'delivered' | 'failed') => void;
}

export interface StatusPlanner {
  /** Orders the receipts of an accepted message. */
  plan(entry: LedgerEntry, number: NumberSettings, course: Course): void;
}

export interface StatusDeps {
  delays: StatusDelays | null;
  autoRead: boolean;
  /** Whether failed statuses bear `biz_opaque_callback_data`. */
  failedStatusTag: boolean;
  seed: string;
  clock: Clock;
  queue: WebhookQueue;
  chat: ChatLog;
  priceOf: (entry: LedgerEntry, number: NumberSettings) => Price;
  /** Who the receipt is about, where webhooks bear user ids. */
  recipient: (to: string) => { userId: string; contact: JsonObject } | undefined;
}

/** Plans each message's receipts and posts them when they are due. */
export function createStatusPlanner(deps: StatusDeps): StatusPlanner {
  const { delays, autoRead, clock } = deps;
  if (delays === null) return { plan: () => undefined };
  const chance = createChance(`statuses ${deps.seed}`);
  const refusing = new Set<string>();
  return {
    plan(entry, number, { failure: course, fault, onEnd }) {
      const { failure, afterSentMs, held } = readCourse(course);
      const receipts = planReceipts({
        type: entry.type,
        isVoice: isVoice(entry.body),
        delays,
        autoRead,
        failure: failure && { afterSentMs },
        held,
      });
      if (onEnd) reportEnd(receipts, onEnd, clock);
      // As it was when the message was accepted: the window may close before the receipt.
      const price = deps.priceOf(entry, number);
      for (const planned of disturbReceipts(receipts, fault, chance)) {
        const plan = { planned, entry, number, failure, price, refusing };
        clock.later(() => deps.queue.add(toUpdate(plan, deps)), planned.dueMs);
      }
    },
  };
}

// Source: Meta, "Template pacing": what is dropped fails like a paused template.
const DROPPED: GraphFailure = {
  code: 132_015,
  title: 'Template is paused',
  details: 'Template is paused due to low quality so it cannot be sent in a template message.',
};

interface ReadCourse {
  failure?: GraphFailure;
  afterSentMs?: number;
  held?: { ms: number; isDropped: boolean };
}

function readCourse(course: Course['failure']): ReadCourse {
  if (!course) return {};
  if (!('kind' in course)) return { failure: course };
  switch (course.kind) {
    case 'held': {
      const isDropped = course.outcome === 'dropped';
      return { held: { ms: course.ms, isDropped }, ...(isDropped ? { failure: DROPPED } : {}) };
    }
    case 'late_failed_status':
      return { failure: course, afterSentMs: course.ms };
    case 'failed_status':
      return { failure: course };
  }
}

function isVoice({ audio }: JsonObject): boolean {
  return isJsonObject(audio) && audio['voice'] === true;
}

function reportEnd(
  receipts: PlannedReceipt[],
  onEnd: (end: 'delivered' | 'failed') => void,
  clock: Clock,
): void {
  for (const { receipt, happensMs } of receipts) {
    if (receipt === 'delivered' || receipt === 'failed') clock.later(() => onEnd(receipt), happensMs);
  }
}

interface Plan {
  planned: PlannedReceipt;
  entry: LedgerEntry;
  number: NumberSettings;
  failure: GraphFailure | undefined;
  price: Price;
  /** Numbers whose webhook did not take the last receipt. */
  refusing: Set<string>;
}

function toUpdate(plan: Plan, deps: StatusDeps): Update {
  const { planned, entry, number, failure, price, refusing } = plan;
  const { receipt } = planned;
  const isFailed = receipt === 'failed' && failure !== undefined;
  const error = isFailed ? { error: `${failure.code} ${failure.title}` } : {};
  const recipient = deps.recipient(entry.to);
  const { failedStatusTag } = deps;
  return {
    number,
    kind: 'statuses',
    item: statusObject({ entry, planned, failure, price, userId: recipient?.userId, failedStatusTag }),
    // Meta: never on failed, and no username on sent.
    ...(recipient && receipt !== 'failed' ? { contact: contactOn(receipt, recipient.contact) } : {}),
    onAnswer(answer, retryInMs) {
      const isTaken = answer.status === 200;
      const { wamid, to: contact } = entry;
      if (isTaken) {
        deps.chat.add({ type: 'status', number: number.id, contact, wamid, status: receipt, ...error });
      }
      // Only the change is told: a receiver that is down would fill the log otherwise.
      if (refusing.has(number.id) !== isTaken) return;
      refusing[isTaken ? 'delete' : 'add'](number.id);
      const repeat = retryInMs === undefined ? {} : { retryInMs };
      deps.chat.add({ type: 'webhook', number: number.id, ...answer, ...repeat });
    },
  };
}

function contactOn(receipt: string, contact: JsonObject): JsonObject {
  const { profile } = contact;
  if (receipt !== 'sent' || !isJsonObject(profile)) return contact;
  const shown = Object.entries(profile).filter(([member]) => member !== 'username');
  return { ...contact, profile: Object.fromEntries(shown) };
}

function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
