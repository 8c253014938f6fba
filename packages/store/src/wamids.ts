import { hash, MessageId, type NumberId, StatusUpdate } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { shardKeys } from './keys.ts';
import { loadScript } from './script.ts';

// Meta promises our tag in statuses of success only, so a status without it is joined by its wamid. Small hashes a
// day and prefix keep Redis's compact form: about 45 bytes a message.

/** How long a wamid leads to its attempt: as long as the record is there, for people who ask by it. */
export const WAMID_KEEP_S = 8 * 86_400;
const EARLY_KEEP_S = 86_400;
const EARLY_MAX = 16;
const PREFIX_BITS = 14;
const DAY_MS = 86_400_000;
const CLOCKS_APART_MS = 3_600_000;

const findScript = loadScript('find-attempt');

export function shortWamid(number: NumberId, wamid: string): string {
  return Buffer.from(hash('wamid', number, wamid), 'hex')
    .subarray(0, 12)
    .toString('base64url');
}

/** The bucket that a wamid is kept in when it is learnt now. */
export function wamidsKey(shard: number, number: NumberId, wamid: string): string {
  return shardKeys(shard).wamids(dayOf(Date.now()), prefixOf(number, wamid));
}

// A failure is reported within two days. By the clocks of two processes, so the reader looks a little ahead of its own.
function wamidsKeys(shard: number, number: NumberId, wamid: string): string[] {
  const now = Date.now();
  const days = new Set([now + CLOCKS_APART_MS, now, now - DAY_MS].map(dayOf));
  return [...days].map((day) => shardKeys(shard).wamids(day, prefixOf(number, wamid)));
}

/** Every bucket that a wamid may be in, the newest first. */
export function wamidsKeysOf(shard: number, number: NumberId, wamid: string): string[] {
  const first = dayOf(Date.now() + CLOCKS_APART_MS);
  const count = (WAMID_KEEP_S * 1_000) / DAY_MS + 2;
  const prefix = prefixOf(number, wamid);
  return Array.from({ length: count }, (_, index) => shardKeys(shard).wamids(first - index, prefix));
}

function dayOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS);
}

function prefixOf(number: NumberId, wamid: string): number {
  return Number.parseInt(hash('wamid', number, wamid).slice(0, 4), 16) >> (16 - PREFIX_BITS);
}

export function earlyKey(shard: number, number: NumberId, wamid: string): string {
  return shardKeys(shard).early(hash('wamid', number, wamid));
}

/**
 * Which attempt a status without a tag is about. One that nobody knows yet waits a day for its message, which gets it
 * back from `finish`; undefined then.
 */
export async function findAttempt(
  client: RedisClient,
  shard: number,
  status: StatusUpdate,
): Promise<{ mid: MessageId; attempt: number } | undefined> {
  const { number, wamid } = status;
  const keyList = [...wamidsKeys(shard, number, wamid), earlyKey(shard, number, wamid)];
  const args = [shortWamid(number, wamid), JSON.stringify(status), EARLY_KEEP_S, EARLY_MAX];
  const found = z.string().parse(await findScript.run(client, keyList, args));
  return found === ''
    ? undefined
    : { mid: MessageId.parse(found.slice(0, 32)), attempt: Number(found.slice(32)) };
}

export function parseEarly(statuses: readonly string[]): StatusUpdate[] {
  return statuses.map((status) => StatusUpdate.parse(JSON.parse(status)));
}
