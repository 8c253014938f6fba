import { z } from 'zod';
import { limitRows } from './limit.ts';
import { atMost, STRUCTURAL, text } from './parts.ts';

export const MEDIA_SOURCE_LIMITS = { url: 2000, mediaId: 256, mediaPath: 256 } as const;
export const MEDIA_SOURCE_ROWS = limitRows('media', 'Meta, "Media"', MEDIA_SOURCE_LIMITS, {
  url: 'characters of an address',
  mediaId: { ours: 'characters of a media id' },
  mediaPath: { ours: 'characters of the path of a file' },
});

/** A file of the bundle, by its path: `media/menu.pdf`. It becomes a media id before the message goes. */
export const MediaFilePath = atMost(
  z
    .string()
    .regex(/^media(\/[^/\\.][^/\\]*)+$/, 'use a path that begins with `media/`, such as `media/menu.pdf`'),
  MEDIA_SOURCE_LIMITS.mediaPath,
);
export type MediaFilePath = z.infer<typeof MediaFilePath>;

/** An address that Meta or the contact's phone opens. */
export const Link = atMost(
  z.string().regex(/^https?:\/\/\S+$/, 'use an http or https address'),
  MEDIA_SOURCE_LIMITS.url,
);

/** Where a file comes from: exactly one of the three, which `hasOneSource` checks. */
export const mediaSource = {
  link: Link.optional(),
  id: text(MEDIA_SOURCE_LIMITS.mediaId).optional(),
  file: MediaFilePath.optional(),
};

interface Sources {
  link?: unknown;
  id?: unknown;
  file?: unknown;
}

export const hasOneSource = ({ link, id, file }: Sources) =>
  [link, id, file].filter((source) => source !== undefined).length === 1;
export const ONE_SOURCE = { error: 'give exactly one of `link`, `id` and `file`', params: STRUCTURAL };

/** Meta's media object: in headers, in cards, in a template's parameters. */
export const MediaObject = z.looseObject(mediaSource).refine(hasOneSource, ONE_SOURCE);

/** The same of a document, which has a name. */
export const DocumentObject = z
  .looseObject({ ...mediaSource, filename: z.string().min(1).optional() })
  .refine(hasOneSource, ONE_SOURCE);
