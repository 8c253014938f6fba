import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { graphBaseUrl, type Bundle, type BusinessNumber } from '@alur/bundle';
import { createGraphClient, type MediaOutcome } from '@alur/whatsapp';

interface MediaWanted {
  bundle: Bundle;
  number: BusinessNumber;
  mediaId: string;
  /** As the webhook told it. */
  sha256?: string;
}

export type Fetched = Extract<MediaOutcome, { kind: 'ok' }>;

export interface MediaDownloads {
  /**
   * Fetches a file that a contact sent and lends it to `use`, checked, as a file that is gone afterwards. Undefined when as many as
   * may are under way.
   */
  fetch<T>(
    wanted: MediaWanted,
    use: (outcome: Exclude<MediaOutcome, Fetched> | (Fetched & { file: string })) => Promise<T>,
  ): Promise<T | undefined>;
}

/** Each may hold 100 MB on disk. */
const DOWNLOADS_AT_ONCE = 4;
/** Where there are several tenants: readers that are slow, or many, hold up their own tenant only. */
const DOWNLOADS_OF_TENANT = 2;
const FILE = /^alur-media-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Longer than a download and its reading may take together. */
const LEFT_MS = 900_000;

interface DownloadOptions {
  /** GRAPH_BASE_URL, where it is set. */
  graphBaseUrl: string | undefined;
  /** Where files are while they are checked and sent. */
  dir: string;
}

export function createMediaDownloads(options: DownloadOptions): MediaDownloads {
  const underWay: string[] = [];
  return {
    fetch: async ({ bundle, number, mediaId, sha256 }, use) => {
      if (!hasRoom(underWay, number.tenant, bundle)) return undefined;
      const file = join(options.dir, `alur-media-${randomUUID()}`);
      // Such calls are few, so none keeps connections for the next. Only made-up tokens may travel without encryption.
      const client = createGraphClient({
        baseUrl: graphBaseUrl(bundle, options.graphBaseUrl),
        allowHttp: bundle.demo,
      });
      underWay.push(number.tenant);
      try {
        const outcome = await client.fetchMedia({
          mediaId,
          number: number.id,
          token: number.accessToken,
          apiVersion: number.apiVersion,
          ...(sha256 !== undefined && { sha256 }),
          file,
        });
        return await use(outcome.kind === 'ok' ? { ...outcome, file } : outcome);
      } finally {
        client.close();
        underWay.splice(underWay.indexOf(number.tenant), 1);
        await rm(file, { force: true });
      }
    },
  };
}

function hasRoom(underWay: readonly string[], tenant: string, { tenants }: Bundle): boolean {
  const most = tenants.length > 1 ? DOWNLOADS_OF_TENANT : DOWNLOADS_AT_ONCE;
  return underWay.length < DOWNLOADS_AT_ONCE && underWay.filter((each) => each === tenant).length < most;
}

/** Removes what processes that were killed have left of files that contacts sent. Never rejects. */
export async function removeLeftDownloads(dir: string, nowMs: number): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  for (const name of names.filter((each) => FILE.test(each))) {
    const file = join(dir, name);
    const changed = await stat(file).catch(() => undefined);
    // One that cannot be removed is another user's, whose process removes it.
    if (changed !== undefined && nowMs - changed.mtimeMs > LEFT_MS)
      await rm(file, { force: true }).catch(() => undefined);
  }
}
