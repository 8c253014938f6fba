import { optOutMatcher, type BusinessNumber, type OptOutSettings } from '@alur/bundle';
import { changedTags, turn, type FlowSet } from '@alur/flow';
import {
  templateOf,
  type Commit,
  type Loaded,
  type NewMessage,
  type ReadyEntry,
  type StoredContact,
} from '@alur/store';
import {
  isFromContact,
  isMessage,
  isTemplate,
  messageId,
  timerEventId,
  type Effect,
  type HttpRequest,
  type InboundEvent,
  type Journal,
  type MessageEffect,
  type OwnEventType,
  type Session,
  type Snapshot,
  type TemplateDefinition,
  type TurnDone,
} from '@alur/types';
import { emittedBy, wishesOf } from './emitted-by-turn.ts';
import { traceTurn } from './trace-turn.ts';

/** Everything that a turn starts from. */
export interface TurnInput {
  entry: ReadyEntry;
  loaded: Loaded;
  event: InboundEvent;
  flows: FlowSet;
  /** The set that the session waits in, where that is a former one. */
  pinned?: FlowSet | undefined;
  /** Runs that wait in a flow that is gone end, instead of being finished. */
  endRemoved: boolean;
  number: BusinessNumber;
  fallbackMessage?: string | undefined;
  /** Of the team's WABA, where they were pulled. */
  templates?: readonly TemplateDefinition[] | undefined;
  optOut: OptOutSettings;
  /** What subscribers of the team want to hear of. */
  wanted?: ReadonlySet<OwnEventType> | undefined;
  /** How many contacts the number's tier has room for; undefined: no end. */
  tierRemaining: number | undefined;
}

export interface TakenTurn {
  kind: 'taken';
  commit: Commit;
  result: TurnDone;
}

/** What one event came to, or the call that has to be made before it can. Pure, so a repeated turn commits the same. */
export function takeTurn(
  input: TurnInput,
  journal: Journal,
): TakenTurn | { kind: 'needs'; request: HttpRequest } {
  const { flows, pinned, endRemoved, event, fallbackMessage, templates, optOut } = input;
  const { confirmation, confirmationIn } = optOut;
  const wishes = { matcher: optOutMatcher(optOut), confirmation, confirmationIn };
  const options = { journal, pinned, endRemoved, fallbackMessage, templates, optOut: wishes };
  const result = turn(flows, snapshotOf(input), event, options);
  return result.kind === 'needs' ? result : toCommit(input, result);
}

function snapshotOf(input: TurnInput): Snapshot {
  const { loaded, event, number, tierRemaining: remaining } = input;
  return {
    tenant: event.tenant,
    team: event.team,
    number: event.number,
    contact: { ...contactAfter(loaded.contact, event), optedOut: loaded.optedOut !== undefined },
    lastMessageTime: lastMessageTimeAfter(input),
    limits: { tier: number.tier, ...(remaining !== undefined && { remaining }) },
    session: loaded.session,
  };
}

/**
 * What to commit for an event that the engine cannot take: the session as it was, and the fallback if there is one. A wait
 * whose time is up is over all the same: nothing would end it any more.
 */
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
  const { state, epoch } = loaded.session;
  const session = event.kind === 'timer' ? { state, epoch } : loaded.session;
  const result: TurnDone = { kind: 'done', outcome: 'failed', session, effects, trace: [] };
  return toCommit(input, result, 'turn_threw');
}

function toCommit(
  input: TurnInput,
  result: TurnDone,
  failure: string | undefined = result.failure?.code,
): TakenTurn {
  const { entry, loaded, event, number, templates } = input;
  const known = contactAfter(loaded.contact, event);
  const contact = { ...known, tags: tagsAfter(known.tags, result.effects) };
  const { effects } = result;
  const messages = effects
    .filter((effect) => effect.kind === 'message')
    .map((effect) => toMessage(effect, { entry, event, contact, templates }));
  const commit: Commit = {
    entry,
    evt: event.evt,
    version: loaded.version,
    session: result.session,
    contact,
    lastMessageTime: lastMessageTimeAfter(input),
    number,
    at: event.at,
    wishes: wishesOf(input, effects),
    messages,
    life: traceTurn({ ...input, result, messages, failure }),
    timer: timerOf(input, result.session),
    ...(effects.some(({ kind }) => kind === 'tag') && {
      tags: { team: event.team, before: loaded.contact.tags },
    }),
    emitted: emittedBy(input, effects),
  };
  return { kind: 'taken', commit, result };
}

function tagsAfter(tags: readonly string[], effects: readonly Effect[]): string[] {
  return effects.reduce<string[]>(
    (now, effect) => (effect.kind === 'tag' ? changedTags(now, effect) : now),
    [...tags],
  );
}

/** What wakes a run that waits, when its time is up. */
function timerOf({ entry, event }: TurnInput, { wait, epoch }: Session): Commit['timer'] {
  if (wait?.until === undefined) return undefined;
  const { tenant, team, number, from } = event;
  const evt = timerEventId(entry.cid, wait.node, epoch);
  const at = wait.until;
  return {
    at,
    event: { kind: 'timer', evt, tenant, team, number, at, receivedAtMs: at * 1000, from, epoch },
  };
}

// Only what a contact says opens the window.
function lastMessageTimeAfter({ loaded, event }: TurnInput): number {
  return isMessage(event) ? Math.max(loaded.lastMessageTime, event.at) : loaded.lastMessageTime;
}

interface Addressed extends Pick<TurnInput, 'entry' | 'event' | 'templates'> {
  contact: StoredContact;
}

function toMessage(effect: MessageEffect, { entry, event, contact, templates }: Addressed): NewMessage {
  const { mid, message, replyTo, retryOnRateLimit, maxRetries, outsideWindow, confirmsOptOut } = effect;
  const { tenant, team, number, evt } = event;
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
      // Nobody waits for an answer to a timer: it would only blur the reply times.
      ...(isFromContact(event) && { receivedAtMs: event.receivedAtMs }),
      ...(event.kind === 'status' && { quiet: true }),
    },
    body: { to: { waId: contact.waId, userId: contact.userId }, message, replyTo, outsideWindow },
    retryOnRateLimit,
    confirmsOptOut,
    category: categoryOf(message, templates),
    ...(typeof outsideWindow === 'object' && { outsideCategory: categoryOf(outsideWindow, templates) }),
  };
}

/** undefined for what is no template, or none that is known: whoever wants no marketing does not get it. */
function categoryOf(
  message: MessageEffect['message'],
  templates: TurnInput['templates'],
): string | undefined {
  if (!templates || !isTemplate(message)) return undefined;
  const [named, code] = templateOf(message).split(':');
  return templates.find(({ name, language }) => name === named && language === code)?.category;
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
