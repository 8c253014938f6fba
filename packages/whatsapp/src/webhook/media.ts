import { type MediaType } from '@alur/types';
import { z } from 'zod';
import { OptionalFlag, OptionalText } from './fields.ts';
import { type InboundType, inboundType } from './inbound-type.ts';

// The id becomes part of a Graph address, so nothing that could change the address is taken.
const MediaId = z.string().regex(/^[A-Za-z0-9_.-]{1,256}$/);

const Media = z.object({
  id: MediaId,
  mime_type: OptionalText,
  sha256: OptionalText,
  caption: OptionalText,
  filename: OptionalText,
  voice: OptionalFlag,
  animated: OptionalFlag,
});

function media(word: string, type: MediaType, legacy: { voice?: boolean } = {}): InboundType {
  return inboundType(word, Media, ({ id, mime_type: mimeType, sha256, caption, filename, ...flags }) => ({
    kind: 'media',
    media: { type, id, mimeType, sha256, caption, filename, ...flags, ...legacy },
  }));
}

export const image = media('image', 'image');
export const document = media('document', 'document');
export const audio = media('audio', 'audio');
export const video = media('video', 'video');
export const sticker = media('sticker', 'sticker');
/** How voice notes came before `audio` had its `voice` flag. */
export const voice = media('voice', 'audio', { voice: true });
