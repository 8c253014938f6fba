import { type Json, type JsonObject, type StatusUpdate, StatusKind, parseAttemptTag } from '@alur/types';
import { isObject, readTimestamp, readWamid } from './fields.ts';
import { type ChangeContext, type RejectReason, type WebhookItem } from './item.ts';

const GRAPH_CODE = /^[0-9]{1,9}$/;

/** Reads one element of `statuses[]`. A status word that Meta invented since is `other`. */
export function parseStatus(raw: Json, change: ChangeContext): WebhookItem {
  const { number, displayNumber, wabaId } = change;
  const status = readStatus(raw, change);
  if (typeof status === 'string') return { kind: 'rejected', reason: status, wabaId, number, raw };
  return { kind: 'status', number, displayNumber, wabaId, status };
}

function readStatus(raw: Json, { number }: ChangeContext): StatusUpdate | RejectReason {
  if (!isObject(raw)) return 'not_an_object';
  const wamid = readWamid(raw['id']);
  if (wamid === undefined) return 'bad_id';
  const at = readTimestamp(raw['timestamp']);
  if (at === undefined) return 'bad_timestamp';
  const word = raw['status'];
  if (typeof word !== 'string' || word === '') return 'bad_status';
  const status = StatusKind.safeParse(word).data ?? 'other';
  const errorCode = status === 'failed' ? readErrorCode(raw['errors']) : undefined;
  return { number, wamid, status, at, ...readAttempt(raw), errorCode };
}

// Absent when another sender of the WABA wrote the message, and then the receipt is not ours to use.
function readAttempt(raw: JsonObject): Pick<StatusUpdate, 'mid' | 'attempt'> {
  const tag = raw['biz_opaque_callback_data'];
  return typeof tag === 'string' ? (parseAttemptTag(tag) ?? {}) : {};
}

function readErrorCode(errors: Json | undefined): number | undefined {
  const first = Array.isArray(errors) ? errors[0] : undefined;
  const code = isObject(first) ? first['code'] : undefined;
  if (typeof code === 'string' && GRAPH_CODE.test(code)) return Number(code);
  return Number.isSafeInteger(code) && typeof code === 'number' ? code : undefined;
}
