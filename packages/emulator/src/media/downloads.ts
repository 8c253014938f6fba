import { createHmac } from 'node:crypto';
import { type MediaBook, type StoredMedia } from './media-book.ts';

/** Where files are fetched; at Meta it is another host. */
export const DOWNLOAD_PATH = '/whatsapp_business/attachments/';

// Source: Meta, "Media": for how long an address is good.
const URL_LIFE_MS = 5 * 60_000;

/** Addresses of files that nobody can guess and that are over after 5 minutes. */
export interface Downloads {
  /** `base`: `http://host:port` of the emulator, as its caller knows it. */
  urlOf(id: string, base: string): string;
  /** The file that the query of an address stands for; undefined when it is wrong, over or without a file. */
  find(query: URLSearchParams): StoredMedia | undefined;
}

export interface DownloadDeps {
  media: MediaBook;
  key: string;
  nowMs: () => number;
}

export function createDownloads({ media, key, nowMs }: DownloadDeps): Downloads {
  const sign = (id: string, expires: string) =>
    createHmac('sha256', key).update(`${id} ${expires}`).digest('base64url').slice(0, 32);
  return {
    urlOf(id, base) {
      const ext = String(Math.floor((nowMs() + URL_LIFE_MS) / 1_000));
      const query = new URLSearchParams({ mid: id, source: 'getMedia', ext, hash: sign(id, ext) });
      return `${base}${DOWNLOAD_PATH}?${query.toString()}`;
    },
    find(query) {
      const [id, ext, hash] = ['mid', 'ext', 'hash'].map((name) => query.get(name) ?? '');
      if (!id || !ext || hash !== sign(id, ext)) return undefined;
      return Number(ext) * 1_000 < nowMs() ? undefined : media.find(id);
    },
  };
}
