import {
  ConversationId,
  hash,
  MessageId,
  NumberId,
  type MessageClass,
  type OutboundMessage,
  type StatusKind,
} from '@alur/types';
import type { MessageRef } from '../message-ref.ts';
import type { Admitted, MessageBody, NewMessage } from '../record.ts';
import type { SendingNumber } from '../sending-number.ts';
import type { OwnStatus } from '../statuses.ts';

/** What a test says of a message; the contact names the conversation, the name the message. */
export interface Said {
  name: string;
  /** The name, if it is not given: a conversation of its own. */
  contact?: string;
  class?: MessageClass;
  number?: SendingNumber;
  message?: OutboundMessage;
  outsideWindow?: MessageBody['outsideWindow'];
  long?: boolean;
  exempt?: boolean;
  maxRetries?: number;
  category?: string;
  outsideCategory?: string;
}

export const text: OutboundMessage = { kind: 'text', text: 'hello' };

export function templateNamed(name: string, language = 'en') {
  return { kind: 'template' as const, template: { name, language: { code: language } } };
}

/** A number of the tenant `default` with 80 messages a second and no tier limit. */
export function numberOf(over: Partial<Omit<SendingNumber, 'id'>> & { id?: string } = {}): SendingNumber {
  return {
    tenant: 'default',
    throughput: 80,
    tier: 'unlimited',
    tierCounts: 'business_initiated',
    tierScope: 'number',
    ...over,
    id: NumberId.parse(over.id ?? '100200300'),
  };
}

export function contactOf(said: Said): string {
  return said.contact ?? said.name;
}

export function cidOf(contact: string, number = numberOf()): ConversationId {
  return ConversationId.parse(hash('cid', number.id, contact));
}

export function refOf(said: Said): MessageRef {
  const { name, class: messageClass = 'reply', number = numberOf() } = said;
  const mid = MessageId.parse(hash('mid', name));
  return { mid, cid: cidOf(contactOf(said), number), class: messageClass, shard: 0, number };
}

export function messageOf(said: Said): NewMessage {
  const { mid, cid, class: messageClass, number } = refOf(said);
  return {
    data: {
      mid,
      cid,
      class: messageClass,
      tenant: number.tenant,
      team: 'default',
      number: number.id,
      ...(said.maxRetries !== undefined && { maxRetries: said.maxRetries }),
    },
    body: {
      to: { waId: contactOf(said) },
      message: said.message ?? text,
      ...(said.outsideWindow !== undefined && { outsideWindow: said.outsideWindow }),
    },
    retryOnRateLimit: said.long ?? false,
    confirmsOptOut: said.exempt ?? false,
    category: said.category,
    outsideCategory: said.outsideCategory,
  };
}

export function statusOf(
  ref: MessageRef,
  kind: StatusKind,
  over: Partial<OwnStatus['status']> = {},
): OwnStatus {
  const { number, mid } = ref;
  const attempt = over.attempt ?? 1;
  const status = { number: number.id, wamid: `wamid.${mid}.${attempt}`, status: kind, at: 1, mid, attempt };
  return { number, status: { ...status, ...over } };
}

export function midsOf(admitted: readonly Admitted[]): string[] {
  return admitted.map(({ mid }) => mid);
}
