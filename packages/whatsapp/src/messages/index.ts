import { type MessageKind } from '@alur/types';
import { contacts } from './contacts.ts';
import { interactive } from './interactive.ts';
import { location } from './location.ts';
import { media } from './media.ts';
import { raw } from './raw.ts';
import { reaction } from './reaction.ts';
import { type Renderer } from './renderer.ts';
import { template } from './template.ts';
import { text } from './text.ts';

/** How each kind of message is put into Graph's form. */
export const RENDERERS: { readonly [Kind in MessageKind]: Renderer<Kind> } = {
  text,
  media,
  location,
  template,
  interactive,
  contacts,
  reaction,
  raw,
};
