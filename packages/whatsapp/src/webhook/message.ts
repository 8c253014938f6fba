import { type ContactEvent, type EventId, type Json, type JsonObject, eventId } from '@alur/types';
import { PassedObject, isObject, readTimestamp, readWamid } from './fields.ts';
import { INBOUND_TYPES } from './index.ts';
import {
  type ChangeContext,
  type InboundDraft,
  type MessageContent,
  type RejectReason,
  type WebhookItem,
} from './item.ts';
import { readSender } from './sender.ts';
import { TypeWord } from './type-word.ts';

/** Reads one element of `messages[]`. A type without a kind of ours, or without its own part, is `unsupported`. */
export function parseMessage(raw: Json, change: ChangeContext): WebhookItem {
  const { number, displayNumber, wabaId } = change;
  const message = readMessage(raw, change);
  if (typeof message === 'string') return { kind: 'rejected', reason: message, wabaId, number, raw };
  return { kind: 'message', number, displayNumber, wabaId, message };
}

/** Adds whose event it is. The draft was checked when it was made, so nothing is parsed again. */
export function completeEvent(draft: InboundDraft, owner: { tenant: string; team: string }): ContactEvent {
  return { ...draft, tenant: owner.tenant, team: owner.team };
}

function readMessage(raw: Json, change: ChangeContext): InboundDraft | RejectReason {
  if (!isObject(raw)) return 'not_an_object';
  if (raw['group_id'] !== undefined) return 'group_message';
  const wamid = readWamid(raw['id']);
  if (wamid === undefined) return 'bad_id';
  const at = readTimestamp(raw['timestamp']);
  if (at === undefined) return 'bad_timestamp';
  const from = readSender(raw, change.contacts);
  if (from === undefined) return 'no_sender';
  const { number, receivedAtMs } = change;
  const type = TypeWord.parse(raw['type']);
  const content = INBOUND_TYPES.get(type)?.read(raw[type]) ?? { kind: 'unsupported', type };
  return {
    ...content,
    evt: identify(content, { number, type, wamid, at }),
    number,
    wamid,
    at,
    receivedAtMs,
    from,
    context: readContext(raw['context']),
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

function readContext(context: Json | undefined): InboundDraft['context'] {
  if (!isObject(context)) return undefined;
  const wamid = readWamid(context['id']);
  const forwarded = context['forwarded'] === true || context['frequently_forwarded'] === true || undefined;
  return wamid === undefined && forwarded === undefined ? undefined : { wamid, forwarded };
}

function readReferral(referral: Json | undefined): JsonObject | undefined {
  return referral === undefined ? undefined : PassedObject.safeParse(referral).data;
}
