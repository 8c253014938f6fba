import { type JsonObject } from '@alur/types';
import { graphObject } from './graph-object.ts';
import { type Renderer } from './renderer.ts';

// Who gets the message, and what the receipts carry, is never the author's to say.
const OURS = new Set(['messaging_product', 'recipient_type', 'to', 'recipient', 'biz_opaque_callback_data']);

export const raw: Renderer<'raw'> = (message): JsonObject =>
  Object.fromEntries(Object.entries(graphObject(message.raw)).filter(([member]) => !OURS.has(member)));
