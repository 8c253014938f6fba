import { z } from 'zod';
import { MediaType } from '../event.ts';
import { limitRows } from './limit.ts';
import { hasOneSource, mediaSource, ONE_SOURCE } from './media-source.ts';
import { text, STRUCTURAL } from './parts.ts';

export const MEDIA_LIMITS = { caption: 1024, filename: 240 } as const;
export const MEDIA_ROWS = limitRows('media', 'Meta, "Media messages"', MEDIA_LIMITS, {
  caption: 'characters under an image, a video or a document',
  filename: { ours: 'characters of the name of a document' },
});

export const MediaMessage = z.strictObject({
  kind: z.literal('media'),
  media: z
    .strictObject({
      type: MediaType,
      ...mediaSource,
      caption: text(MEDIA_LIMITS.caption).optional(),
      /** Its ending decides which icon a document has. */
      filename: text(MEDIA_LIMITS.filename).optional(),
      /** Shown as a voice message; the file must be Ogg with Opus. */
      voice: z.boolean().optional(),
    })
    .refine(hasOneSource, ONE_SOURCE)
    .refine(({ type, caption }) => caption === undefined || (type !== 'audio' && type !== 'sticker'), {
      error: 'audio and stickers have no caption',
      path: ['caption'],
      params: STRUCTURAL,
    })
    .refine(({ type, filename }) => filename === undefined || type === 'document', {
      error: 'only a document has a file name',
      path: ['filename'],
      params: STRUCTURAL,
    })
    .refine(({ type, voice }) => voice === undefined || type === 'audio', {
      error: 'only audio is a voice message',
      path: ['voice'],
      params: STRUCTURAL,
    }),
});
