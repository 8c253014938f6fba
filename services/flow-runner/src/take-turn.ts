import type { BusinessNumber } from '@alur/bundle';
import { turn, type FlowSet } from '@alur/flow';
import {
  flightCaps,
  type Commit,
  type Loaded,
  type MessageData,
  type ReadyEntry,
  type StoredContact,
} from '@alur/store';
import type { Effect, InboundEvent, Snapshot, TurnResult } from '@alur/types';

/** Everything a turn needs beside what the store keeps. */
export interface TurnContext {
  flows: FlowSet;
  number: BusinessNumber;
  fallbackMessage?: string | undefined;
}

/** One event through the engine: what to commit. Pure, so a turn that is repeated commits the same. */
export function takeTurn(
  entry: ReadyEntry,
  loaded: Loaded,
  event: InboundEvent,
  context: TurnContext,
): { commit: Commit; result: TurnResult } {
  const contact = contactAfter(loaded.contact, event);
  const lastMessageTime = Math.max(loaded.lastMessageTime, event.at);
  const snapshot: Snapshot = {
    tenant: event.tenant,
    team: event.team,
    number: event.number,
    contact,
    lastMessageTime,
    limits: { tier: context.number.tier },
    session: loaded.session,
  };
  const options = context.fallbackMessage === undefined ? {} : { fallbackMessage: context.fallbackMessage };
  const result = turn(context.flows, snapshot, event, options);
  const messages = result.effects.map((effect) => toMessage(effect, { entry, event, contact }));
  const commit: Commit = {
    entry,
    evt: event.evt,
    version: loaded.version,
    session: result.session,
    contact,
    lastMessageTime,
    number: event.number,
    caps: flightCaps(context.number.throughput),
    messages,
  };
  return { commit, result };
}

function toMessage(
  effect: Effect,
  { entry, event, contact }: { entry: ReadyEntry; event: InboundEvent; contact: StoredContact },
): MessageData {
  const { mid, message, replyTo, retryOnRateLimit, maxRetries } = effect;
  return {
    mid,
    cid: entry.cid,
    class: effect.class,
    tenant: event.tenant,
    team: event.team,
    number: event.number,
    to: { waId: contact.waId, userId: contact.userId },
    message,
    replyTo,
    retryOnRateLimit,
    maxRetries,
    evt: event.evt,
    receivedAtMs: event.receivedAtMs,
  };
}

/** What the newest event says of the contact goes over what was known. */
function contactAfter(known: StoredContact, event: InboundEvent): StoredContact {
  const { waId, userId, name } = event.from;
  return {
    ...known,
    ...(waId !== undefined && { waId }),
    ...(userId !== undefined && { userId }),
    ...(name !== undefined && { name }),
  };
}
