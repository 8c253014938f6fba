import { type ContactEvent, type EventId, type Json, type JsonObject, eventId, readAs } from '@alur/types';
import { PassedObject, isObject, readTimestamp, readWamid } from './fields.ts';
import { INBOUND_TYPES } from './index.ts';
import {
  type ChangeContext,
  type InboundDraft,
  type MessageContent,
  type RejectReason,
  type WebhookItem,
} from './item.ts';
import { readContext } from './message-context.ts';
import { readSender } from './sender.ts';
import { parseSystem } from './system.ts';
import { TypeWord } from './type-word.ts';
import { readUnsupported } from './unsupported.ts';

/**
 * Reads one element of `messages[]`. A type without a kind of ours, or without its own part, is `unsupported`; one of
 * WhatsApp itself is no message of the contact's.
 */
export function parseMessage(raw: Json, change: ChangeContext): WebhookItem {
  const { number, displayNumber, wabaId } = change;
  const reject = (reason: RejectReason): WebhookItem => ({ kind: 'rejected', reason, wabaId, number, raw });
  if (!isObject(raw)) return reject('not_an_object');
  if (raw['group_id'] !== undefined) return reject('group_message');
  const wamid = readWamid(raw['id']);
  if (wamid === undefined) return reject('bad_id');
  const at = readTimestamp(raw['timestamp']);
  if (at === undefined) return reject('bad_timestamp');
  if (raw['type'] === 'system') return parseSystem(raw, { wamid, at }, change);
  const from = readSender(raw, change.contacts);
  if (from === undefined) return reject('no_sender');
  const message = readMessage(raw, { wamid, at, from }, change);
  return { kind: 'message', number, displayNumber, wabaId, message };
}

/** Adds whose event it is. The draft was checked when it was made, so nothing is parsed again. */
export function completeEvent(draft: InboundDraft, owner: { tenant: string; team: string }): ContactEvent {
  return { ...draft, tenant: owner.tenant, team: owner.team };
}

function readMessage(
  raw: JsonObject,
  frame: Pick<InboundDraft, 'wamid' | 'at' | 'from'>,
  { number, displayNumber, receivedAtMs }: ChangeContext,
): InboundDraft {
  const { wamid, at } = frame;
  const type = TypeWord.parse(raw['type']);
  const content = INBOUND_TYPES.get(type)?.read(raw[type]) ?? readUnsupported(type, raw);
  return {
    ...content,
    evt: identify(content, { number, type, wamid, at }),
    number,
    ...frame,
    receivedAtMs,
    context: readContext(raw['context'], displayNumber),
    referral: readReferral(raw['referral']),
  };
}

// A reaction and its removal share a wamid.
function identify(
  content: MessageContent,
  message: { number: string; type: string; wamid: string; at: number },
): EventId {
  const { number, type, wamid, at } = message;
  if (content.kind !== 'reaction') return eventId(number, type, wamid);
  return eventId(number, type, wamid, content.reaction.emoji ?? '', at);
}

function readReferral(referral: Json | undefined): JsonObject | undefined {
  return referral === undefined ? undefined : readAs(PassedObject, referral).data;
}
