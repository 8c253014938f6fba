import { createHash } from 'node:crypto';
import { type JsonObject, type MediaType } from '@alur/types';
import { type MediaBook } from '../media/media-book.ts';
import { type MediaInbound } from './inbound-message.ts';
import { defined } from './to-meta-message.ts';

const MIME_TYPES: Record<MediaType, string> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/ogg; codecs=opus',
  document: 'application/pdf',
  sticker: 'image/webp',
};

// What a message without a file of its own brings: one pixel, one empty page, or no more than the head of a recording.
const STAND_INS: Record<MediaType, Buffer> = {
  image: Buffer.from(
    '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////' +
      '////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
    'base64',
  ),
  sticker: Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64'),
  video: Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1'),
  audio: Buffer.from(`OggS\0\x02${'\0'.repeat(20)}\x01\x13OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0`, 'latin1'),
  document: Buffer.from(
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
      '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
  ),
};

export interface MediaDeps {
  media: Pick<MediaBook, 'addInbound'>;
  /** Where a file can be fetched, with the token of its number. */
  mediaUrl: (id: string) => string;
}

/** The object that stands for a file in a message; the file is kept, to be fetched by its id. */
export function mediaObject(given: MediaInbound, number: string, { media, mediaUrl }: MediaDeps): JsonObject {
  const { type, caption, filename, mimeType = MIME_TYPES[type] } = given;
  const bytes = given.data === undefined ? STAND_INS[type] : Buffer.from(given.data, 'base64');
  const isElsewhere = given.id !== undefined && given.data === undefined;
  const { id, sha256 } = isElsewhere
    ? { id: given.id, sha256: hashOf(given.id) }
    : media.addInbound({ number, mimeType, bytes });
  return defined({
    caption,
    filename,
    mime_type: mimeType,
    sha256,
    id,
    url: id === undefined ? undefined : mediaUrl(id),
    voice: type === 'audio' ? (given.voice ?? false) : undefined,
    animated: type === 'sticker' ? (given.animated ?? false) : undefined,
  });
}

// Of a file that is not here: something of the right form that repeats.
function hashOf(id = ''): string {
  return createHash('sha256').update(id).digest('base64');
}
