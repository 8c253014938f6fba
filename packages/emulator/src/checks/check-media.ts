import { LIMITS } from '@alur/types';
import {
  type Check,
  all,
  anything,
  boolean,
  isMissing,
  isRecord,
  may,
  members,
  text,
  webAddress,
} from './check.ts';
import { badParameter, invalidParameter } from '../graph/refusal.ts';

const oneSource: Check = (value, path) => {
  if (!isRecord(value)) return undefined;
  const hasId = !isMissing(value['id']);
  const hasLink = !isMissing(value['link']);
  if (hasId !== hasLink) return undefined;
  return invalidParameter(
    hasId
      ? `Parameters 'id' and 'link' of '${path}' exclude each other; give one of them`
      : `Parameter 'id' or 'link' is mandatory for '${path}'`,
  );
};

// Ids of uploaded media are digits. The emulator stores no media, so every such id counts as uploaded.
const mediaId: Check = (value, path) =>
  typeof value === 'string' && /^[0-9]+$/.test(value)
    ? undefined
    : badParameter(`Param ${path} is not a valid whatsapp business account media attachment ID`);

const source = { id: may(mediaId), link: may(all(text(LIMITS.url), webAddress)) };
const caption = may(text(LIMITS.caption));

/** A media object as it stands in a header or a template parameter: its source, and what Meta ignores there. */
export const mediaSource: Check = all(
  oneSource,
  members({ ...source, caption: anything, filename: may(text(240)), provider: anything }),
);

/** The media message types, each with the members that it may have. */
export const MEDIA_FORMS: Record<string, Check> = {
  image: all(members({ ...source, caption }), oneSource),
  video: all(members({ ...source, caption }), oneSource),
  document: all(members({ ...source, caption, filename: may(text(240)) }), oneSource),
  audio: all(members({ ...source, voice: may(boolean) }), oneSource),
  sticker: all(members(source), oneSource),
};
