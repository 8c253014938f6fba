import { isTemplate, type MessageEffect, type OptOutScope, type OutboundMessage } from '@alur/types';

const WINDOW_SECONDS = 86_400;

/** What became of a message that a flow decided. */
export interface Delivery {
  kind: 'sent' | 'skipped' | 'refused';
  /** What the contact gets; of a message that does not go, what it would have been. */
  message: OutboundMessage;
  /** Why it does not go. */
  reason?: 'window_closed' | 'opted_out';
  /** The free-form message in whose place the template goes: the window is closed. */
  insteadOf?: OutboundMessage;
  /** Of a message that goes: made up, so that a reaction can name it. */
  wamid?: string;
  effect: MessageEffect;
}

/** What the sender knows of a contact at the moment of sending. */
export interface Recipient {
  /** Unix seconds. */
  at: number;
  lastMessageTime: number;
  optedOut: OptOutScope | undefined;
}

/**
 * What the sender does with a message: first the window is asked, then the contact's wish. A template of unknown category
 * counts as marketing.
 */
export function deliver(effect: MessageEffect, recipient: Recipient): Omit<Delivery, 'wamid'> {
  const { message, outsideWindow, confirmsOptOut } = effect;
  const { optedOut } = recipient;
  const isOpen = isWindowOpen(recipient);
  if (!isOpen && !isTemplate(message)) {
    if (outsideWindow === undefined) return { kind: 'refused', reason: 'window_closed', message, effect };
    if (outsideWindow === 'skip') return { kind: 'skipped', reason: 'window_closed', message, effect };
  }
  const alternative = !isOpen && !isTemplate(message) && outsideWindow !== 'skip' ? outsideWindow : undefined;
  const goes = alternative ?? message;
  const isMeant = optedOut === 'all' || (optedOut === 'marketing' && isTemplate(goes));
  if (isMeant && confirmsOptOut !== true)
    return { kind: 'refused', reason: 'opted_out', message: goes, effect };
  return { kind: 'sent', message: goes, ...(alternative && { insteadOf: message }), effect };
}

/** Whether the contact wrote within the last 24 hours. */
export function isWindowOpen({ at, lastMessageTime }: Pick<Recipient, 'at' | 'lastMessageTime'>): boolean {
  return lastMessageTime > 0 && lastMessageTime + WINDOW_SECONDS > at;
}
