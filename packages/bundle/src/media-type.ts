import { MEDIA_TYPES, type MediaType } from '@alur/types';

/** What a file's name says it is, and what its first bytes must then be. */
interface NamedType {
  mimeType: string;
  /** Bytes, as latin1, and where they stand; any one of them. Without: such files begin with anything. */
  signs?: readonly { at: number; bytes: string }[];
}

/** So many of a file's first bytes are enough for `looksLike` and `isAnimated`. */
export const HEAD_BYTES = 32;

const start = (bytes: string) => [{ at: 0, bytes }];
const ISO_MEDIA = [{ at: 4, bytes: 'ftyp' }];
const WEBP = [{ at: 8, bytes: 'WEBP' }];
const OLD_OFFICE = start('\xd0\xcf\x11\xe0');
const ZIP = start('PK\x03\x04');
const office = (name: string) => `application/vnd.openxmlformats-officedocument.${name}`;

const BY_EXTENSION: ReadonlyMap<string, NamedType> = new Map<string, NamedType>([
  ['jpg', { mimeType: 'image/jpeg', signs: start('\xff\xd8\xff') }],
  ['jpeg', { mimeType: 'image/jpeg', signs: start('\xff\xd8\xff') }],
  ['png', { mimeType: 'image/png', signs: start('\x89PNG\r\n\x1a\n') }],
  ['webp', { mimeType: 'image/webp', signs: WEBP }],
  ['mp4', { mimeType: 'video/mp4', signs: ISO_MEDIA }],
  ['3gp', { mimeType: 'video/3gpp', signs: ISO_MEDIA }],
  ['m4a', { mimeType: 'audio/mp4', signs: ISO_MEDIA }],
  ['ogg', { mimeType: 'audio/ogg', signs: start('OggS') }],
  ['amr', { mimeType: 'audio/amr', signs: start('#!AMR') }],
  ['aac', { mimeType: 'audio/aac' }],
  ['mp3', { mimeType: 'audio/mpeg' }],
  ['pdf', { mimeType: 'application/pdf', signs: start('%PDF-') }],
  ['txt', { mimeType: 'text/plain' }],
  ['doc', { mimeType: 'application/msword', signs: OLD_OFFICE }],
  ['xls', { mimeType: 'application/vnd.ms-excel', signs: OLD_OFFICE }],
  ['ppt', { mimeType: 'application/vnd.ms-powerpoint', signs: OLD_OFFICE }],
  ['docx', { mimeType: office('wordprocessingml.document'), signs: ZIP }],
  ['xlsx', { mimeType: office('spreadsheetml.sheet'), signs: ZIP }],
  ['pptx', { mimeType: office('presentationml.presentation'), signs: ZIP }],
]);

/** The endings that are known, for people. */
export const MEDIA_EXTENSIONS = [...BY_EXTENSION.keys()];

const STATIC_STICKER_BYTES_MAX = 100 * 1024;

/** The type that a name's ending stands for. */
export function typeOfName(name: string): NamedType | undefined {
  const ending = /\.([A-Za-z0-9]+)$/.exec(name)?.[1];
  return ending === undefined ? undefined : BY_EXTENSION.get(ending.toLowerCase());
}

/** The ending that a file of this type usually has, for writing one. */
export function endingOfType(mimeType: string): string | undefined {
  const [bare] = mimeType.split(';');
  return [...BY_EXTENSION].find(([, type]) => type.mimeType === bare?.trim())?.[0];
}

/** Whether a file begins as its type does. */
export function looksLike({ signs }: NamedType, head: Buffer): boolean {
  return signs?.some(({ at, bytes }) => head.toString('latin1', at, at + bytes.length) === bytes) ?? true;
}

/** How large a file of this type may be: as the class of media that allows most, and a still sticker less than a moving one. */
export function bytesMaxOf(mimeType: string, head: Buffer): number {
  if (mimeType === 'image/webp' && !isAnimated(head)) return STATIC_STICKER_BYTES_MAX;
  const classes: readonly { mimeTypes: readonly string[]; maxBytes: number }[] =
    Object.values<(typeof MEDIA_TYPES)[MediaType]>(MEDIA_TYPES);
  return Math.max(
    0,
    ...classes.filter(({ mimeTypes }) => mimeTypes.includes(mimeType)).map(({ maxBytes }) => maxBytes),
  );
}

// The extended form of WebP keeps its flags in the twentieth byte. Source: Google, "WebP container specification".
function isAnimated(head: Buffer): boolean {
  return head.toString('latin1', 12, 16) === 'VP8X' && ((head[20] ?? 0) & 0x02) !== 0;
}
