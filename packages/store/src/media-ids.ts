import { randomUUID } from 'node:crypto';
import { hash, type NumberId } from '@alur/types';
import type { RedisClient } from './connection.ts';
import { shardKeys } from './keys.ts';
import { loadScript } from './script.ts';

// A file of a bundle becomes a media id once a number: Meta keeps it for 30 days, and an id belongs to its number.

/** Where the id of a file's bytes stands for a number. */
export interface MediaPlace {
  shard: number;
  number: NumberId;
  /** Of the file, hex. */
  sha256: string;
}

/** What Meta calls an uploaded file, and when it was uploaded (Unix ms). */
export interface UploadedMedia {
  id: string;
  atMs: number;
}

/** A day less than Meta keeps an upload. */
const KEEP_S = 29 * 86_400;
const heldScript = loadScript('held');

/** The ids of files that a number has uploaded and that Meta still has, by the files' hashes. One round trip. */
export async function findMediaIds(
  client: RedisClient,
  { shard, number }: Pick<MediaPlace, 'shard' | 'number'>,
  hashes: readonly string[],
): Promise<Map<string, UploadedMedia>> {
  const found = new Map<string, UploadedMedia>();
  if (hashes.length === 0) return found;
  const keys = hashes.map((sha256) => shardKeys(shard).mediaId(markOf({ number, sha256 })));
  const values = await client.mget(...keys);
  for (const [index, sha256] of hashes.entries()) {
    const media = parseMedia(values[index] ?? null);
    if (media !== undefined) found.set(sha256, media);
  }
  return found;
}

/** Remembers an upload for 29 days. */
export async function keepMediaId(
  client: RedisClient,
  place: MediaPlace,
  media: UploadedMedia,
): Promise<void> {
  await client.set(shardKeys(place.shard).mediaId(markOf(place)), valueOf(media), 'EX', KEEP_S);
}

/** Forgets an id that Meta has refused; not one that came in its place since. */
export async function forgetMediaId(
  client: RedisClient,
  place: MediaPlace,
  media: UploadedMedia,
): Promise<void> {
  await heldScript.run(client, [shardKeys(place.shard).mediaId(markOf(place))], [valueOf(media), 0]);
}

/** The right to upload a file for a number. It ends by itself unless it is renewed. */
export interface MediaLease {
  /** False when it has ended and may be another's. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/** Undefined while another has it. */
export async function takeMediaLease(
  client: RedisClient,
  place: MediaPlace,
  leaseMs: number,
): Promise<MediaLease | undefined> {
  const key = shardKeys(place.shard).mediaLease(markOf(place));
  const owner = randomUUID();
  const taken = await client.set(key, owner, 'PX', leaseMs, 'NX');
  if (taken === null) return undefined;
  return {
    renew: async () => (await heldScript.run(client, [key], [owner, leaseMs])) === 1,
    release: async () => void (await heldScript.run(client, [key], [owner, 0])),
  };
}

function markOf({ number, sha256 }: Pick<MediaPlace, 'number' | 'sha256'>): string {
  return hash('media', number, sha256);
}

function valueOf({ id, atMs }: UploadedMedia): string {
  return `${atMs} ${id}`;
}

function parseMedia(value: string | null): UploadedMedia | undefined {
  const [, at, id] = /^([0-9]+) (.+)$/.exec(value ?? '') ?? [];
  return at === undefined || id === undefined ? undefined : { id, atMs: Number(at) };
}
