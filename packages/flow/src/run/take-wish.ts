import {
  messageId,
  type Effect,
  type InboundEvent,
  type MessageEffect,
  type OptOutMatcher,
  type Snapshot,
  type TurnDone,
} from '@alur/types';

/** How a tenant hears stop and start words. The texts have 1 to 4096 characters; without one nothing is said. */
export interface OptOutOptions {
  matcher: OptOutMatcher;
  /** Answers a stop, once: not again while the contact is opted out. */
  confirmation?: string | undefined;
  /** Answers a start of a contact who was opted out. */
  confirmationIn?: string | undefined;
}

/**
 * The turn of an event that opts its contact out, or in again; undefined when it does neither. To somebody who is not
 * opted out a start word says nothing, so it stays free for flows.
 */
export function takeWish(
  snapshot: Snapshot,
  event: InboundEvent,
  { matcher, confirmation, confirmationIn }: OptOutOptions,
): TurnDone | undefined {
  const wish = matcher(event);
  const { optedOut } = snapshot.contact;
  if (wish === undefined || (wish === 'in' && !optedOut)) return undefined;
  const out = wish === 'out';
  const text = out ? confirmation : confirmationIn;
  const isSaid = text !== undefined && !(out && optedOut);
  const effects: Effect[] = [
    { kind: 'opt_out', change: wish, scope: 'all' },
    ...(isSaid ? [{ ...answer(event, text), ...(out && { confirmsOptOut: true }) }] : []),
  ];
  const note = out && optedOut ? 'was opted out already' : `opted ${wish}`;
  const type = out ? 'opt_out' : 'opt_in';
  // No flow took part. The trace names what the engine did where otherwise a node would stand.
  const trace = [{ flow: '', node: type, type, note }];
  return { kind: 'done', outcome: 'completed', session: sessionAfter(snapshot, out), effects, trace };
}

// Whoever leaves is asked nothing any more; people who have the conversation keep it.
function sessionAfter({ session }: Snapshot, out: boolean): Snapshot['session'] {
  const { wait, ...rest } = session;
  return out && wait?.for === 'message' ? rest : session;
}

function answer(event: InboundEvent, text: string): MessageEffect {
  return {
    kind: 'message',
    mid: messageId(event.evt, 'opt_out', 0, 0),
    class: 'reply',
    message: { kind: 'text', text },
    retryOnRateLimit: false,
  };
}
