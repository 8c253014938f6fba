import {
  type Json,
  type JsonObject,
  type StatusUpdate,
  StatusKind,
  parseAttemptTag,
  readAs,
} from '@alur/types';
import { readErrorCode } from './error-code.ts';
import { isObject, readTimestamp, readWamid } from './fields.ts';
import { type ChangeContext, type RejectReason, type WebhookItem } from './item.ts';

/** Reads one element of `statuses[]`. A status word that Meta invented since is `other`. */
export function parseStatus(raw: Json, change: ChangeContext): WebhookItem {
  const { number, displayNumber, wabaId } = change;
  const status = readStatus(raw, change);
  if (typeof status === 'string') return { kind: 'rejected', reason: status, wabaId, number, raw };
  return { kind: 'status', number, displayNumber, wabaId, status };
}

function readStatus(raw: Json, { number }: ChangeContext): StatusUpdate | RejectReason {
  if (!isObject(raw)) return 'not_an_object';
  if (isOfGroup(raw)) return 'group_status';
  const wamid = readWamid(raw['id']);
  if (wamid === undefined) return 'bad_id';
  const at = readTimestamp(raw['timestamp']);
  if (at === undefined) return 'bad_timestamp';
  const word = raw['status'];
  if (typeof word !== 'string' || word === '') return 'bad_status';
  const status = readAs(StatusKind, word).data ?? 'other';
  const errorCode = status === 'failed' ? readErrorCode(raw['errors']) : undefined;
  return { number, wamid, status, at, ...readAttempt(raw), errorCode };
}

// Absent when another sender of the WABA wrote the message, and then the receipt is not ours to use.
function readAttempt(raw: JsonObject): Pick<StatusUpdate, 'mid' | 'attempt'> {
  const tag = raw['biz_opaque_callback_data'];
  return typeof tag === 'string' ? (parseAttemptTag(tag) ?? {}) : {};
}

/** A group's message is told of once for each member, under one id: no receipt of a message to one contact. */
function isOfGroup(raw: JsonObject): boolean {
  return (
    raw['recipient_type'] === 'group' ||
    Object.keys(raw).some((member) => member.startsWith('recipient_participant_'))
  );
}
