import { createHash } from 'node:crypto';
import { type JsonObject } from '@alur/types';
import { type ChatLog } from './chat-log.ts';
import { type Fault } from './faults.ts';
import { type LedgerEntry } from './ledger.ts';
import { type EmulatedNumber, type StatusDelays } from './options.ts';
import { type Update, type WebhookQueue } from './webhook-queue.ts';

type FailedStatus = Extract<Fault, { kind: 'failed_status' }>;
type Receipt = 'sent' | 'delivered' | 'read' | 'failed';

export interface StatusPlanner {
  /** Orders the receipts of an accepted message. */
  plan(entry: LedgerEntry, number: EmulatedNumber, failure?: FailedStatus): void;
}

export interface StatusDeps {
  delays: StatusDelays | null;
  autoRead: boolean;
  queue: WebhookQueue;
  chat: ChatLog;
  nowMs: () => number;
}

/** sent, delivered and read at their times; a reaction is only `sent`, a failed message only `failed`. */
export function createStatusPlanner(deps: StatusDeps): StatusPlanner {
  const { delays } = deps;
  if (delays === null) return { plan: () => undefined };
  const refusing = new Set<string>();
  return {
    plan(entry, number, failure) {
      const later = (receipt: Receipt, ms: number) =>
        void setTimeout(
          () => deps.queue.add(toUpdate({ receipt, entry, number, failure, refusing }, deps)),
          ms,
        ).unref();
      if (failure) return later('failed', delays.delivered);
      later('sent', delays.sent);
      if (entry.type === 'reaction') return;
      later('delivered', delays.delivered);
      if (deps.autoRead) later('read', delays.read);
    },
  };
}

interface Plan {
  receipt: Receipt;
  entry: LedgerEntry;
  number: EmulatedNumber;
  failure: FailedStatus | undefined;
  /** Numbers whose webhook did not take the last receipt. */
  refusing: Set<string>;
}

function toUpdate({ receipt, entry, number, failure, refusing }: Plan, deps: StatusDeps): Update {
  const error = failure ? { error: `${failure.code} ${failure.title}` } : {};
  return {
    number,
    kind: 'statuses',
    item: statusObject(receipt, entry, Math.floor(deps.nowMs() / 1000), failure),
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

/** One element of `statuses`, member for member as Meta writes it. */
function statusObject(
  receipt: Receipt,
  entry: LedgerEntry,
  atSeconds: number,
  failure?: FailedStatus,
): JsonObject {
  const isPhone = /^[0-9]+$/.test(entry.to);
  return {
    id: entry.wamid,
    status: receipt,
    timestamp: String(atSeconds),
    ...(isPhone ? { recipient_id: entry.to } : { recipient_user_id: entry.to }),
    ...(entry.opaque === undefined ? {} : { biz_opaque_callback_data: entry.opaque }),
    ...(receipt === 'sent' || receipt === 'delivered' ? billing(entry, receipt, atSeconds) : {}),
    ...(failure ? { errors: [errorObject(failure)] } : {}),
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

function errorObject(failure: FailedStatus): JsonObject {
  return {
    code: failure.code,
    title: failure.title,
    message: failure.title,
    error_data: { details: failure.details ?? failure.title },
    href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
  };
}
