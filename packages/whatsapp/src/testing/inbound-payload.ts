import { type JsonObject } from '@alur/types';
import { type MessageContent } from '../webhook/item.ts';
import { DISPLAY } from './frame.ts';

/** One kind of message as Meta sends it, and what it is for us. Written from Meta's reference, every documented member once. */
export interface InboundPayload {
  label: string;
  /** Members beside those of `messageFrame`. */
  message: JsonObject;
  becomes: MessageContent;
  /** Names that a flow has of it, by path, beyond those that every message has. */
  variables: Readonly<Record<string, unknown>>;
}

export const QUOTED = 'wamid.quoted';
/** What a message bears that answers one of the business. */
export const QUOTES: JsonObject = { context: { from: DISPLAY, id: QUOTED } };
