import { type MediaType } from '../event.ts';

const MB = 1024 * 1024;

/**
 * What Meta takes as each type of media: MIME types and the size of a file.
 * Source: Meta, "Cloud API: media, supported media types".
 */
export const MEDIA_TYPES: Readonly<
  Record<MediaType, { readonly mimeTypes: readonly string[]; readonly maxBytes: number }>
> = {
  image: { mimeTypes: ['image/jpeg', 'image/png'], maxBytes: 5 * MB },
  video: { mimeTypes: ['video/mp4', 'video/3gpp'], maxBytes: 16 * MB },
  audio: {
    mimeTypes: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'],
    maxBytes: 16 * MB,
  },
  document: {
    mimeTypes: [
      'text/plain',
      'application/pdf',
      'application/msword',
      'application/vnd.ms-excel',
      'application/vnd.ms-powerpoint',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    ],
    maxBytes: 100 * MB,
  },
  // An animated sticker may have 500 KB, one that stands still 100 KB; which it is, its bytes alone say.
  sticker: { mimeTypes: ['image/webp'], maxBytes: 500 * 1024 },
};
