import type { BusinessNumber, MediaFile } from '@alur/bundle';
import { findMediaIds, forgetMediaId, type RedisClient, type UploadedMedia } from '@alur/store';
import type { MessageId } from '@alur/types';
import type { GraphFailure, LocalFailure } from '@alur/whatsapp';
import type { MediaUploads, UploadJob } from './media-uploads.ts';

// An upload can last longer than the lease of an attempt, so a message's files are at Meta before its attempt is claimed.

type Failure = GraphFailure | LocalFailure;

/** What a message's attempt takes along: the ids of its files by path, or why there are none. */
export interface MessageMedia {
  ids: ReadonlyMap<string, UsedMedia>;
  failure?: Failure;
}
interface UsedMedia extends UploadedMedia {
  sha256: string;
}

export const NO_MEDIA: MessageMedia = { ids: new Map() };

interface MediaOwner {
  mid: MessageId;
  shard: number;
  number: BusinessNumber;
  files: ReadonlyMap<string, MediaFile>;
  job: Pick<UploadJob, 'graph' | 'overrides'>;
}

/** `later`: files are on their way to Meta; the message waits for so long where it holds nothing. */
type Prepared = { kind: 'ready'; media: MessageMedia } | { kind: 'later'; ms: number };

export interface MediaDesk {
  /** Ids for the files that a message shows; begins to upload what Meta does not have. */
  prepare(paths: readonly string[], owner: MediaOwner): Promise<Prepared>;
  /** Whether a refusal may be for an id that Meta has lost: that is forgotten then, and the message may be tried again. */
  refused(
    failure: Failure,
    media: MessageMedia,
    owner: Pick<MediaOwner, 'shard' | 'number'>,
  ): Promise<boolean>;
}

/** A small file is at Meta within this; who began its upload waits for it in place. */
const IN_PLACE_MS = 1_000;
/** An id that is younger than this was good a moment ago, so another upload would change nothing. */
const FRESH_MS = 60_000;
// A parameter that Meta takes for wrong, which an unknown media id is, and media that it cannot use.
const REFUSED_CODES: ReadonlySet<number | string> = new Set([100, 131053]);

export function createMediaDesk(client: RedisClient, uploads: MediaUploads): MediaDesk {
  return {
    prepare: async (paths, owner) => {
      const found = paths.map((path) => owner.files.get(path));
      const files = found.filter((file) => file !== undefined);
      if (files.length < paths.length) {
        const failure: Failure = { class: 'permanent', code: 'media_missing', deadReason: 'media' };
        return { kind: 'ready', media: { ...NO_MEDIA, failure } };
      }
      let seen = await look(files, owner, { client, uploads });
      if (seen.kind === 'going' && seen.isNew) {
        await inTime(seen.done, IN_PLACE_MS);
        seen = await look(files, owner, { client, uploads });
      }
      return seen.kind === 'going' ? seen.later() : seen;
    },
    refused: async (failure, { ids }, { shard, number }) => {
      if (ids.size === 0 || !REFUSED_CODES.has(failure.code)) return false;
      const old = [...ids.values()].filter(({ atMs }) => Date.now() - atMs > FRESH_MS);
      for (const { sha256, ...media } of old) {
        // What came of a POST must not be lost over this; one that stays is refused again, and forgotten then.
        await forgetMediaId(client, { shard, number: number.id, sha256 }, media).catch(() => undefined);
      }
      return old.length > 0;
    },
  };
}

type Seen =
  | Extract<Prepared, { kind: 'ready' }>
  | { kind: 'going'; isNew: boolean; done: Promise<unknown>; later: () => Prepared };

/** The ids of all files, or how far their uploads are. Begins what nobody has begun. */
async function look(
  files: readonly MediaFile[],
  { mid, shard, number, job }: MediaOwner,
  { client, uploads }: { client: RedisClient; uploads: MediaUploads },
): Promise<Seen> {
  const hashes = [...new Set(files.map(({ sha256 }) => sha256))];
  const found = await findMediaIds(client, { shard, number: number.id }, hashes);
  const ids = new Map<string, UsedMedia>();
  const absent = new Map<string, MediaFile>();
  for (const file of files) {
    const media = found.get(file.sha256);
    if (media === undefined) absent.set(file.sha256, file);
    else ids.set(file.path, { ...media, sha256: file.sha256 });
  }
  if (absent.size === 0) return { kind: 'ready', media: { ids } };
  const asked = [...absent.values()].map((file) => uploads.ask(mid, { ...job, file, number, shard }));
  for (const each of asked) {
    if (each.kind === 'failed') return { kind: 'ready', media: { ...NO_MEDIA, failure: each.failure } };
  }
  const going = asked.filter((each) => each.kind === 'going');
  return {
    kind: 'going',
    isNew: going.some((each) => each.isNew),
    done: Promise.all(going.map((each) => each.done)),
    later: () => ({ kind: 'later', ms: Math.max(...going.map((each) => each.leftMs())) }),
  };
}

async function inTime(done: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([done, over]);
  clearTimeout(timer);
}
