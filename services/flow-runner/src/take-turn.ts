import { optOutMatcher, type BusinessNumber, type OptOutSettings } from '@alur/bundle';
import { turn, type FlowSet } from '@alur/flow';
import type { Commit, Loaded, NewMessage, ReadyEntry, StoredContact } from '@alur/store';
import {
  messageId,
  type InboundEvent,
  type MessageEffect,
  type Snapshot,
  type TurnResult,
} from '@alur/types';

/** Everything that a turn starts from. */
export interface TurnInput {
  entry: ReadyEntry;
  loaded: Loaded;
  event: InboundEvent;
  flows: FlowSet;
  number: BusinessNumber;
  fallbackMessage?: string | undefined;
  optOut: OptOutSettings;
  /** How many contacts the number's tier has room for; undefined: no end. */
  tierRemaining: number | undefined;
}

export interface TakenTurn {
  commit: Commit;
  result: TurnResult;
}

/** One event through the engine: what to commit. Pure, so a turn that is repeated commits the same. */
export function takeTurn(input: TurnInput): TakenTurn {
  const { loaded, event, fallbackMessage, optOut, number, tierRemaining: remaining } = input;
  const snapshot: Snapshot = {
    tenant: event.tenant,
    team: event.team,
    number: event.number,
    contact: { ...contactAfter(loaded.contact, event), optedOut: loaded.optedOut !== undefined },
    lastMessageTime: lastMessageTimeAfter(input),
    limits: { tier: number.tier, ...(remaining !== undefined && { remaining }) },
    session: loaded.session,
  };
  const { confirmation, confirmationIn } = optOut;
  const wishes = { matcher: optOutMatcher(optOut), confirmation, confirmationIn };
  return toCommit(input, turn(input.flows, snapshot, event, { fallbackMessage, optOut: wishes }));
}

/** What to commit for an event that the engine cannot take: the session as it was, and the fallback if there is one. */
export function fallbackTurn(input: TurnInput): TakenTurn {
  const { loaded, event, fallbackMessage: text } = input;
  const mid = messageId(event.evt, 'fallback', 0, 0);
  const effect: MessageEffect = {
    kind: 'message',
    mid,
    class: 'reply',
    message: { kind: 'text', text: text ?? '' },
    retryOnRateLimit: false,
  };
  const effects = text === undefined ? [] : [effect];
  return toCommit(input, { kind: 'done', outcome: 'failed', session: loaded.session, effects, trace: [] });
}

function toCommit(input: TurnInput, result: TurnResult): TakenTurn {
  const { entry, loaded, event, number } = input;
  const contact = contactAfter(loaded.contact, event);
  const commit: Commit = {
    entry,
    evt: event.evt,
    version: loaded.version,
    session: result.session,
    contact,
    lastMessageTime: lastMessageTimeAfter(input),
    number,
    at: event.at,
    wishes: result.effects.filter((effect) => effect.kind === 'opt_out'),
    messages: result.effects
      .filter((effect) => effect.kind === 'message')
      .map((effect) => toMessage(effect, { entry, event, contact })),
  };
  return { commit, result };
}

function lastMessageTimeAfter({ loaded, event }: TurnInput): number {
  return Math.max(loaded.lastMessageTime, event.at);
}

function toMessage(
  effect: MessageEffect,
  { entry, event, contact }: { entry: ReadyEntry; event: InboundEvent; contact: StoredContact },
): NewMessage {
  const { mid, message, replyTo, retryOnRateLimit, maxRetries, outsideWindow, confirmsOptOut } = effect;
  const { tenant, team, number, evt, receivedAtMs } = event;
  return {
    data: {
      mid,
      cid: entry.cid,
      class: effect.class,
      tenant,
      team,
      number,
      maxRetries,
      evt,
      receivedAtMs,
    },
    body: { to: { waId: contact.waId, userId: contact.userId }, message, replyTo, outsideWindow },
    retryOnRateLimit,
    confirmsOptOut,
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
