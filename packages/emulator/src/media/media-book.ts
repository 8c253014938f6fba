import { createHash } from 'node:crypto';
import { type Ids } from '../ids.ts';

const DAY_MS = 86_400_000;
// Source: Meta, "Media": how long an uploaded file is kept, and one that a contact sent.
const UPLOADED_LIFE_MS = 30 * DAY_MS;
const INBOUND_LIFE_MS = 7 * DAY_MS;
// What a long run may cost in memory: beyond it the oldest file is forgotten.
const KEPT_BYTES_MAX = 512 * 1_048_576;

/** One file that was uploaded or that a contact sent. */
export interface StoredMedia {
  id: string;
  /** `phone_number_id` that it belongs to. */
  number: string;
  mimeType: string;
  bytes: Buffer;
  /** Base64, as webhooks and `GET /{media_id}` give it. */
  sha256: string;
  expiresMs: number;
}

interface GivenMedia {
  number: string;
  mimeType: string;
  bytes: Buffer;
}

/** Files by id, each for as long as Meta keeps it, by the emulator's clock. */
export interface MediaBook {
  addUpload(media: GivenMedia): StoredMedia;
  /** Keeps what a contact sends; its id and hash go into the webhook. */
  addInbound(media: GivenMedia): { id: string; sha256: string };
  /** Undefined when it was never there, was deleted or has expired. */
  find(id: string): StoredMedia | undefined;
  /** Whether the id was given to a file that is gone. */
  wasHere(id: string): boolean;
  delete(id: string): void;
}

export interface MediaBookDeps {
  ids: Pick<Ids, 'object'>;
  nowMs: () => number;
}

export function createMediaBook({ ids, nowMs }: MediaBookDeps): MediaBook {
  const byId = new Map<string, StoredMedia>();
  // Ids are small, so those of files that are gone are kept for good.
  const gone = new Set<string>();
  let keptBytes = 0;
  const remove = (id: string) => {
    keptBytes -= byId.get(id)?.bytes.length ?? 0;
    if (byId.delete(id)) gone.add(id);
  };
  const add = ({ number, mimeType, bytes }: GivenMedia, lifeMs: number): StoredMedia => {
    const sha256 = createHash('sha256').update(bytes).digest('base64');
    const media = { id: ids.object(), number, mimeType, bytes, sha256, expiresMs: nowMs() + lifeMs };
    byId.set(media.id, media);
    keptBytes += bytes.length;
    for (const [id] of byId) {
      if (keptBytes <= KEPT_BYTES_MAX || id === media.id) break;
      remove(id);
    }
    return media;
  };
  return {
    addUpload: (media) => add(media, UPLOADED_LIFE_MS),
    addInbound(media) {
      const { id, sha256 } = add(media, INBOUND_LIFE_MS);
      return { id, sha256 };
    },
    find(id) {
      const media = byId.get(id);
      if (media === undefined || media.expiresMs > nowMs()) return media;
      remove(id);
      return undefined;
    },
    wasHere: (id) => gone.has(id),
    delete: remove,
  };
}
