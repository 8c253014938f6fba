import { createHash } from 'node:crypto';
import { type JsonObject } from '@alur/types';
import { type GraphFailure } from '../graph/refusal.ts';
import { type LedgerEntry } from '../ledger.ts';
import { type PlannedReceipt, type Receipt } from './plan-receipts.ts';

/** What a receipt says beside what happened and when. */
export interface StatusFacts {
  entry: LedgerEntry;
  planned: PlannedReceipt;
  failure: GraphFailure | undefined;
  price: Price;
  /** The contact's user id, where webhooks bear it. */
  userId: string | undefined;
  /** Whether failed statuses bear `biz_opaque_callback_data`. */
  failedStatusTag: boolean;
}

/** What the message costs, as its first receipts tell. */
export interface Price {
  category: string;
  type: 'regular' | 'free_customer_service';
}

/** One element of `statuses`, member for member as Meta writes it; its time is that of the event, not of the delivery. */
export function statusObject(facts: StatusFacts): JsonObject {
  const { entry, planned, failure, userId } = facts;
  const { receipt, happensMs } = planned;
  const atSeconds = Math.floor((entry.at + happensMs) / 1000);
  const isTagged = entry.opaque !== undefined && (receipt !== 'failed' || facts.failedStatusTag);
  const isPhone = /^[0-9]+$/.test(entry.to);
  const named = isPhone ? userId : entry.to;
  return {
    id: entry.wamid,
    status: receipt,
    timestamp: String(atSeconds),
    ...(isPhone ? { recipient_id: entry.to } : {}),
    ...(named === undefined ? {} : { recipient_user_id: named }),
    ...(isTagged ? { biz_opaque_callback_data: entry.opaque } : {}),
    ...(isPriced(receipt) ? billing(facts, receipt, atSeconds) : {}),
    ...(receipt === 'failed' && failure ? { errors: [errorObject(failure)] } : {}),
  };
}

const DAY_S = 86_400;

function isPriced(receipt: Receipt): receipt is 'sent' | 'delivered' {
  return receipt === 'sent' || receipt === 'delivered';
}

function billing({ entry, price }: StatusFacts, receipt: Receipt, atSeconds: number): JsonObject {
  const { category, type } = price;
  const id = createHash('md5').update(`${entry.number} ${entry.to} ${category}`).digest('hex');
  return {
    conversation: {
      id,
      ...(receipt === 'sent' ? { expiration_timestamp: String(atSeconds + DAY_S) } : {}),
      origin: { type: category.replaceAll('-', '_') },
    },
    pricing: { billable: type === 'regular', pricing_model: 'PMP', category, type },
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
