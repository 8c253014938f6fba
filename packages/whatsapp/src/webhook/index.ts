import { button } from './button.ts';
import { contacts } from './contacts.ts';
import { edit } from './edit.ts';
import { type InboundType } from './inbound-type.ts';
import { interactive } from './interactive.ts';
import { location } from './location.ts';
import { audio, document, image, sticker, video, voice } from './media.ts';
import { order } from './order.ts';
import { reaction } from './reaction.ts';
import { revoke } from './revoke.ts';
import { text } from './text.ts';

const TYPES = [
  text,
  interactive,
  button,
  image,
  document,
  audio,
  voice,
  video,
  sticker,
  location,
  contacts,
  order,
  reaction,
  edit,
  revoke,
];

/** Meta's message types that have a kind of ours, by Meta's word. A Map: words come from outside. */
export const INBOUND_TYPES: ReadonlyMap<string, InboundType> = new Map(
  TYPES.map((inbound) => [inbound.type, inbound]),
);
