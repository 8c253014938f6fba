import { type MediaType } from '@alur/types';
import { z } from 'zod';
import { OptionalFlag, OptionalText } from './fields.ts';
import { type InboundType, inboundType } from './inbound-type.ts';

// The id becomes part of a Graph address, so nothing that could change the address is taken.
const MediaId = z.string().regex(/^[A-Za-z0-9_.-]{1,256}$/);

const HEX = /^[0-9A-Fa-f]{64}$/;
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/;

/** Meta writes the hash in base64 in one place and in hexadecimal in another: here it is hexadecimal, as the file's own is. */
const Sha256 = z
  .string()
  .transform((hash) => {
    if (HEX.test(hash)) return hash.toLowerCase();
    return BASE64.test(hash) ? Buffer.from(hash, 'base64').toString('hex') : undefined;
  })
  .optional()
  .catch(undefined);

// `url` is left behind: it is good for minutes and asks for the token, and the id finds it anew for a week.
const Media = z.object({
  id: MediaId,
  mime_type: OptionalText,
  sha256: Sha256,
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
