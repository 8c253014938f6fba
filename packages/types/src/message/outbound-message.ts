import { z } from 'zod';
import { ContactsMessage } from './contacts.ts';
import { InteractiveMessage } from './interactive/interactive.ts';
import { LocationMessage } from './location.ts';
import { MediaMessage } from './media.ts';
import { RawMessage } from './raw.ts';
import { ReactionMessage } from './reaction.ts';
import { TemplateMessage } from './template/template.ts';
import { TextMessage } from './text.ts';

/** What a flow can say, provider-neutral in its frame, with Meta's limits. */
export const OutboundMessage = z.discriminatedUnion('kind', [
  TextMessage,
  MediaMessage,
  LocationMessage,
  TemplateMessage,
  InteractiveMessage,
  ContactsMessage,
  ReactionMessage,
  RawMessage,
]);
export type OutboundMessage = z.infer<typeof OutboundMessage>;
export type MessageKind = OutboundMessage['kind'];

/** Whether the message may be sent while the 24-hour window is closed. */
export function isTemplate(message: OutboundMessage): boolean {
  return message.kind === 'template' || (message.kind === 'raw' && message.raw['type'] === 'template');
}
