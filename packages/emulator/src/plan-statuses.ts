import { createHash } from 'node:crypto';
import { type JsonObject } from '@alur/types';
import { type ChatLog } from './chat-log.ts';
import { type CourseFault, type ReceiptFault } from './faults.ts';
import { createChance } from './ids.ts';
import { type LedgerEntry } from './ledger.ts';
import { type NumberSettings, type StatusDelays } from './options.ts';
import { type PlannedReceipt, disturbReceipts, planReceipts } from './plan-receipts.ts';
import { type GraphFailure } from './refusal.ts';
import { type Update, type WebhookQueue } from './webhook-queue.ts';

/** What the receipts of a message depend on beside the message. */
interface Course {
  /** Why it fails, by a limit or by order. */
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
  queue: WebhookQueue;
  chat: ChatLog;
}

/** Plans each message's receipts and posts them when they are due. */
export function createStatusPlanner(deps: StatusDeps): StatusPlanner {
  const { delays, autoRead } = deps;
  if (delays === null) return { plan: () => undefined };
  const chance = createChance(`statuses ${deps.seed}`);
  const refusing = new Set<string>();
  return {
    plan(entry, number, { failure, fault, onEnd }) {
      const afterSentMs =
        failure && 'kind' in failure && failure.kind === 'late_failed_status' ? failure.ms : undefined;
      const receipts = planReceipts({
        type: entry.type,
        delays,
        autoRead,
        failure: failure && { afterSentMs },
      });
      if (onEnd) reportEnd(receipts, onEnd);
      for (const planned of disturbReceipts(receipts, fault, chance)) {
        const post = () => deps.queue.add(toUpdate({ planned, entry, number, failure, refusing }, deps));
        later(post, planned.dueMs);
      }
    },
  };
}

function reportEnd(receipts: PlannedReceipt[], onEnd: (end: 'delivered' | 'failed') => void): void {
  for (const { receipt, happensMs } of receipts) {
    if (receipt === 'delivered' || receipt === 'failed') later(() => onEnd(receipt), happensMs);
  }
}

function later(action: () => void, ms: number): void {
  setTimeout(action, ms).unref();
}

interface Plan {
  planned: PlannedReceipt;
  entry: LedgerEntry;
  number: NumberSettings;
  failure: GraphFailure | undefined;
  /** Numbers whose webhook did not take the last receipt. */
  refusing: Set<string>;
}

function toUpdate(plan: Plan, deps: StatusDeps): Update {
  const { planned, entry, number, failure, refusing } = plan;
  const { receipt } = planned;
  const isFailed = receipt === 'failed' && failure !== undefined;
  const error = isFailed ? { error: `${failure.code} ${failure.title}` } : {};
  return {
    number,
    kind: 'statuses',
    item: statusObject(plan, deps),
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

/** One element of `statuses`, member for member as Meta writes it; its time is that of the event, not of the delivery. */
function statusObject({ planned, entry, failure }: Plan, { failedStatusTag }: StatusDeps): JsonObject {
  const { receipt, happensMs } = planned;
  const atSeconds = Math.floor((entry.at + happensMs) / 1000);
  const isPhone = /^[0-9]+$/.test(entry.to);
  const isTagged = entry.opaque !== undefined && (receipt !== 'failed' || failedStatusTag);
  return {
    id: entry.wamid,
    status: receipt,
    timestamp: String(atSeconds),
    ...(isPhone ? { recipient_id: entry.to } : { recipient_user_id: entry.to }),
    ...(isTagged ? { biz_opaque_callback_data: entry.opaque } : {}),
    ...(receipt === 'sent' || receipt === 'delivered' ? billing(entry, receipt, atSeconds) : {}),
    ...(receipt === 'failed' && failure ? { errors: [errorObject(failure)] } : {}),
  };
}

const DAY_S = 86_400;

function billing(entry: LedgerEntry, receipt: 'sent' | 'delivered', atSeconds: number): JsonObject {
  const isTemplate = entry.type === 'template';
  const category = isTemplate ? 'utility' : 'service';
  const id = createHash('md5').update(`${entry.number} ${entry.to} ${category}`).digest('hex');
  return {
    conversation: {
      id,
      ...(receipt === 'sent' ? { expiration_timestamp: String(atSeconds + DAY_S) } : {}),
      origin: { type: category },
    },
    pricing: {
      billable: isTemplate,
      pricing_model: 'PMP',
      category,
      type: isTemplate ? 'regular' : 'free_customer_service',
    },
  };
}

function errorObject(failure: GraphFailure): JsonObject {
  return {
    code: failure.code,
    title: failure.title,
    message: failure.title,
    error_data: { details: failure.details ?? failure.title },
    href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
  };
}
