import { optOutMatcher, type OptOutSettings } from '@alur/bundle';
import { messageParts } from '@alur/flow';
import type { NewEmitted, NewWish } from '@alur/store';
import {
  hash,
  isFromContact,
  type Effect,
  type InboundEvent,
  type Json,
  type OwnEventType,
} from '@alur/types';

/** As large as what an `event` node may say: the stream is kept in memory. */
const PAYLOAD_BYTES_MAX = 64 * 1024;

/** What came in, how the tenant hears wishes, and what subscribers of the team want to hear of. */
interface Heard {
  event: InboundEvent;
  optOut: OptOutSettings;
  wanted?: ReadonlySet<OwnEventType> | undefined;
}

/** What subscribers are told of a turn, in order: what came in, what it changed, what the flows say. Repeated, it has the same ids. */
export function emittedBy(input: Heard, effects: readonly Effect[]): NewEmitted[] {
  const { event } = input;
  const said = effects.filter((effect) => effect.kind === 'event');
  return [
    ...receivedBy(input),
    ...wordsBy(input),
    ...said.map(({ id, eventType, payload }) => ({ id, team: event.team, eventType, payload })),
  ];
}

/** The wishes of a turn. Whether they change anything is known when they are stored. */
export function wishesOf({ event, wanted }: Heard, effects: readonly Effect[]): NewWish[] {
  return effects
    .filter((effect) => effect.kind === 'opt_out')
    .map(({ change, scope }, index) => {
      const eventType = typeOf(change);
      if (wanted?.has(eventType) !== true) return { change, scope };
      const payload = { scope, source: 'flow' };
      return {
        change,
        scope,
        told: { id: hash('outside', eventType, event.evt, index), team: event.team, payload },
      };
    });
}

// Also what no flow answers, and what comes while people have the conversation: they are whom it is for.
function receivedBy({ event, wanted }: Heard): NewEmitted[] {
  if (!isFromContact(event) || wanted?.has('message.received') !== true) return [];
  return [tell(event, 'message.received', bounded({ event: event.evt, ...messageParts(event) }))];
}

/** A stop or start word: what it changed was stored when it came. */
function wordsBy({ event, optOut, wanted }: Heard): NewEmitted[] {
  if (!isFromContact(event) || event.changesWish !== true) return [];
  const change = optOutMatcher(optOut)(event);
  if (change === undefined || wanted?.has(typeOf(change)) !== true) return [];
  return [tell(event, typeOf(change), { scope: 'all', source: 'keyword' })];
}

function typeOf(change: 'out' | 'in'): OwnEventType {
  return change === 'out' ? 'contact.opted_out' : 'contact.opted_in';
}

function tell({ evt, team }: InboundEvent, eventType: OwnEventType, payload: Json): NewEmitted {
  return { id: hash('outside', eventType, evt), team, eventType, payload };
}

/** A message is told of even when it is too large to be told. */
function bounded(payload: Record<string, Json>): Json {
  if (Buffer.byteLength(JSON.stringify(payload)) <= PAYLOAD_BYTES_MAX) return payload;
  const { event = null, message = null } = payload;
  const known = typeof message === 'object' && !Array.isArray(message) ? message : {};
  const rest = Object.entries(known ?? {}).filter(([key]) => key !== 'text');
  return { event, message: Object.fromEntries(rest), truncated: true };
}
