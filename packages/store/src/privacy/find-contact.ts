import { ConversationId, readAs } from '@alur/types';
import type { RedisClient } from '../connection.ts';
import { parseContact } from '../conversation.ts';
import { shardKeys } from '../keys.ts';
import { parseMoved } from '../names/moved-ids.ts';
import { type ContactIds, ownerNow, readNames } from '../names/names.ts';
import { hashesOf, knownIds, type ContactPlace } from './contact-place.ts';
import { scanKeys } from './scan-keys.ts';

/** Where a contact's data is. */
export interface FoundContact {
  /** All ids that its conversations know, those that have ended too. */
  ids: ContactIds[];
  /** Those that hold now, hashed: what messages, opt-outs and broadcasts have. */
  hashes: string[];
  /** Its conversations with all numbers, and those that have become part of them. */
  cids: ConversationId[];
}

interface SeenConversation {
  cid: ConversationId;
  who: readonly string[];
  into: string;
}

// A conversation tells another id, and that leads to another conversation.
const ROUNDS_MAX = 4;

/**
 * Finds all conversations of a contact: by the names that lead to them, by whom they say that they are with, and by what they have become
 * part of. Looks at every conversation of the shard. What is known already is added to.
 */
export async function findContact(
  client: RedisClient,
  place: ContactPlace,
  ids: ContactIds,
  known: { hashes: readonly string[]; cids: readonly string[] } = { hashes: [], cids: [] },
): Promise<FoundContact> {
  const hashes = new Set(known.hashes);
  const cids = new Set(known.cids);
  let named: ContactIds[] = [ids];
  let ended: ContactIds[] = [];
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const before = hashes.size + cids.size;
    named = (await Promise.all(named.map((each) => knownIds(client, place, each)))).flat();
    for (const cid of await ledTo(client, place, named)) cids.add(cid);
    for (const hash of hashesOf(place.tenant, named)) hashes.add(hash);
    await addSeen(client, place.shard, { cids, hashes });
    const read = await Promise.all([...cids].map((cid) => readIds(client, place.shard, cid)));
    named = [ids, ...read.flatMap((each) => each.now)];
    ended = read.flatMap((each) => each.ended);
    for (const hash of hashesOf(place.tenant, named)) hashes.add(hash);
    if (hashes.size + cids.size === before) break;
  }
  const own = [...cids].flatMap((cid) => readAs(ConversationId, cid).data ?? []);
  return { ids: [...named, ...ended], hashes: [...hashes], cids: own };
}

/** The conversations that the contact's names lead to: some have had no turn, and say nothing of it. */
async function ledTo(
  client: RedisClient,
  { shard, numbers }: ContactPlace,
  all: readonly ContactIds[],
): Promise<string[]> {
  const names = await Promise.all(
    numbers.flatMap((number) => all.map((ids) => readNames(client, { shard, number }, ids))),
  );
  return names.flatMap(({ user_id: byUser, wa_id: byNumber }) =>
    [byUser, byNumber].flatMap((name) => (name && ownerNow(name)?.cid) ?? []),
  );
}

/** Adds the conversations of the shard that are with one of `hashes`, and those that have become part of one of `cids`. */
async function addSeen(
  client: RedisClient,
  shard: number,
  { cids, hashes }: { cids: Set<string>; hashes: ReadonlySet<string> },
): Promise<void> {
  const merged = new Map<string, string>();
  for await (const page of scanKeys(client, shard, 'conv:')) {
    for (const { cid, who, into } of await readPage(client, page)) {
      if (who.some((each) => hashes.has(each))) cids.add(cid);
      if (into !== '') merged.set(cid, into);
    }
  }
  for (let size = -1; size !== cids.size;) {
    size = cids.size;
    for (const [cid, into] of merged) if (cids.has(into)) cids.add(cid);
  }
}

async function readPage(
  client: RedisClient,
  page: readonly { key: string; name: string }[],
): Promise<SeenConversation[]> {
  const read = page.map(async ({ key, name }): Promise<SeenConversation[]> => {
    const cid = readAs(ConversationId, name.slice('conv:'.length));
    if (!cid.success) return [];
    const [who, into] = await client.hmget(key, 'who', 'into');
    return [{ cid: cid.data, who: who?.split(' ') ?? [], into: into ?? '' }];
  });
  return (await Promise.all(read)).flat();
}

async function readIds(
  client: RedisClient,
  shard: number,
  cid: string,
): Promise<{ now: ContactIds[]; ended: ContactIds[] }> {
  const [contact, moved] = await client.hmget(shardKeys(shard).conversation(cid), 'contact', 'moved');
  try {
    const ended = parseMoved(moved ?? '');
    const { waId, userId } = parseContact(contact ?? '', ended);
    const was = ended.map(({ kind, was: id }): ContactIds =>
      kind === 'wa_id' ? { waId: id } : { userId: id },
    );
    return { now: waId === undefined && userId === undefined ? [] : [{ waId, userId }], ended: was };
  } catch {
    // Written by another version: found by its names all the same.
    return { now: [], ended: [] };
  }
}
