import { type MediaType } from '@alur/types';

const MB = 1_048_576;

interface MediaClass {
  mimeTypes: readonly string[];
  maxBytes: number;
}

// Source: Meta, "Media", supported types. Written down here once more and on purpose: what the senders of this project
// believe about media is judged by this, so it must not be the same list.
const CLASSES: Record<MediaType, MediaClass> = {
  audio: {
    mimeTypes: ['audio/aac', 'audio/mp4', 'audio/mpeg', 'audio/amr', 'audio/ogg', 'audio/opus'],
    maxBytes: 16 * MB,
  },
  document: {
    mimeTypes: [
      'application/vnd.ms-powerpoint',
      'application/msword',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/pdf',
      'text/plain',
      'application/vnd.ms-excel',
    ],
    maxBytes: 100 * MB,
  },
  image: { mimeTypes: ['image/jpeg', 'image/png'], maxBytes: 5 * MB },
  // A still one may have 100 KB only, which its first bytes would have to tell.
  sticker: { mimeTypes: ['image/webp'], maxBytes: 500 * 1_024 },
  video: { mimeTypes: ['video/mp4', 'video/3gpp'], maxBytes: 16 * MB },
};

/** What no upload may exceed, whatever it is. */
export const UPLOAD_BYTES_MAX = 100 * MB;

/** In the order of Meta's refusal. */
export const UPLOAD_MIME_TYPES = (['audio', 'document', 'image', 'sticker', 'video'] as const).flatMap(
  (type) => CLASSES[type].mimeTypes,
);

/** `audio/ogg; codecs=opus` is `audio/ogg`. */
export function bareMimeType(mimeType: string): string {
  return mimeType.split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Whether a file of this MIME type can be sent as this type of message; a document may be anything. */
export function isSendableAs(type: MediaType, mimeType: string): boolean {
  return type === 'document' || CLASSES[type].mimeTypes.includes(bareMimeType(mimeType));
}

/** How large a file of this MIME type may be. */
export function bytesMaxOf(mimeType: string): number {
  const bare = bareMimeType(mimeType);
  const found = Object.values(CLASSES).find(({ mimeTypes }) => mimeTypes.includes(bare));
  return found?.maxBytes ?? UPLOAD_BYTES_MAX;
}
