import { type GraphFailure, type Refusal, badParameter } from '../graph/refusal.ts';
import { type BrokenLinks } from './broken-links.ts';
import { type MediaBook } from './media-book.ts';
import { bareMimeType, isSendableAs } from './media-types.ts';
import { type MediaUse } from './media-uses.ts';

/** Refuses ids of files that are not there, or are another number's; of unknown ones only where all must be uploaded. */
export function refuseFiles(
  uses: readonly MediaUse[],
  numberId: string,
  { media, mode }: { media: MediaBook; mode: 'any' | 'uploaded' },
): Refusal | undefined {
  for (const { id, path } of uses) {
    if (id === undefined) continue;
    const found = media.find(id);
    const isFine = found ? found.number === numberId : mode === 'any' && !media.wasHere(id);
    if (!isFine) {
      return badParameter(`Param ${path}['id'] is not a valid whatsapp business account media attachment ID`);
    }
  }
  return undefined;
}

/** Why Meta would fail the message once it looks at its files: not what they should be, or not to be fetched. */
export function failFiles(
  uses: readonly MediaUse[],
  { media, brokenLinks }: { media: MediaBook; brokenLinks: BrokenLinks },
): GraphFailure | undefined {
  for (const { id, type, isVoice } of uses) {
    const found = id === undefined ? undefined : media.find(id);
    if (!found) continue;
    if (!isSendableAs(type, found.mimeType)) {
      return uploadError(`A file of type ${found.mimeType} cannot be sent as ${type}.`);
    }
    if (isVoice && bareMimeType(found.mimeType) !== 'audio/ogg') {
      return uploadError(`A voice message must be audio/ogg with opus, not ${found.mimeType}.`);
    }
  }
  if (brokenLinks.isEmpty) return undefined;
  const links = uses.flatMap(({ link }) => link ?? []);
  if (!brokenLinks.take(links)) return undefined;
  return uploadError('Downloading media from weblink failed with http code 404, status message Not Found');
}

function uploadError(details: string): GraphFailure {
  return { code: 131053, title: 'Media upload error', details };
}
