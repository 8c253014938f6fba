import { EventEmitter } from 'node:events';
import { type JsonObject } from '@alur/types';

/** Who a chat is with, as the page shows it. */
interface ChatContact {
  waId?: string | undefined;
  userId?: string | undefined;
  name?: string | undefined;
}

/** What the chat page is told. `number` and `contact` name the conversation. */
type ChatEvent =
  | { type: 'inbound'; number: string; contact: ChatContact; wamid: string; at: number; message: JsonObject }
  | { type: 'outbound'; number: string; contact: string; wamid: string; at: number; message: JsonObject }
  | { type: 'status'; number: string; contact: string; wamid: string; status: string; error?: string }
  | { type: 'clock'; now: number }
  | { type: 'typing' | 'seen'; number: string; wamid: string }
  | { type: 'webhook'; number: string; wamid?: string; status: number; error?: string; retryInMs?: number };

interface NumberedChatEvent {
  id: number;
  event: ChatEvent;
}

// What a page that opens later is shown.
const KEPT = 1_000;
const CUT_AT = 2 * KEPT;

/** The newest chat events, and who listens for more. */
export interface ChatLog {
  /** When this log began, Unix milliseconds: tells the logs of two starts apart. */
  era: number;
  add(event: ChatEvent): void;
  /** Calls back with every kept event after `id`, then with each new one, until the returned function is called. */
  follow(id: number, listener: (entry: NumberedChatEvent) => void): () => void;
}

export function createChatLog(era: number): ChatLog {
  const emitter = new EventEmitter().setMaxListeners(0);
  let kept: NumberedChatEvent[] = [];
  let last = 0;
  return {
    era,
    add(event) {
      const entry = { id: ++last, event };
      kept.push(entry);
      if (kept.length >= CUT_AT) kept = kept.slice(-KEPT);
      emitter.emit('event', entry);
    },
    follow(id, listener) {
      for (const entry of kept) if (entry.id > id) listener(entry);
      emitter.on('event', listener);
      return () => void emitter.off('event', listener);
    },
  };
}
