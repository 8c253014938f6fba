import { Sender, readAs } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from '../connection.ts';
import {
  IDLE_CONVERSATION_S,
  parseContact,
  parseSession,
  readStored,
  type StoredContact,
  type StoredConversation,
} from '../conversation.ts';
import { findReady } from './find-ready.ts';
import { splitItem } from '../inbox-item.ts';
import { contactHashes, contactsKey, shardKeys, taggedKey } from '../keys.ts';
import { addMoved, currentIds, formatMoved, parseMoved, type MovedId } from './moved-ids.ts';
import { type ContactIds, formatPeriods, type Name, type Party, type Place, readEach } from './names.ts';
import { RUNNERS } from '../ready.ts';
import { loadScript } from '../script.ts';

// Each time somebody else changed one of the two in between.
const TRIES_MAX = 20;

const mergeScript = loadScript('merge-conversations');
const ItemSender = z.object({ from: Sender.pick({ waId: true, userId: true }) });

/**
 * Makes two conversations of one contact one, and returns it: the one that people have, else the older, with its session and the run
 * that waits in it. What waits in the other's inbox goes on here, by time; its messages go out as they are queued, and its own run and timer are over. Its tags,
 * wishes and names are joined. May be repeated.
 */
export async function mergeConversations(
  client: RedisClient,
  place: Place,
  { pair, ids }: { pair: readonly [Party, Party]; ids: ContactIds },
): Promise<Party> {
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const [one, other] = await Promise.all(pair.map(({ cid }) => readStored(client, place.shard, cid)));
    if (!one || !other) break;
    const born = Math.min(pair[0].born, pair[1].born);
    if (one.cid === other.cid) return { cid: one.cid, born };
    const isFirst = isOlder({ ...one, born: pair[0].born }, { ...other, born: pair[1].born });
    const [stays, goes] = isFirst ? [one, other] : [other, one];
    if (await mergeOnce(client, place, { stays, goes, ids, born })) return { cid: stays.cid, born };
  }
  throw new Error('Cannot make two conversations one: they change all the time; the call may be repeated');
}

// No flow answers for people who have a contact's other conversation. One that had no turn yet has nothing to go on with.
function isOlder(one: StoredConversation & Party, other: StoredConversation & Party): boolean {
  if (isWithPeople(one) !== isWithPeople(other)) return isWithPeople(one);
  if ((one.session === '') !== (other.session === '')) return one.session !== '';
  return one.born <= other.born;
}

function isWithPeople({ session }: StoredConversation): boolean {
  try {
    return parseSession(session).wait?.for === 'release';
  } catch {
    // Written by another version.
    return false;
  }
}

/** `drain`: they were made one before, and this is the entry of the one that went, in `ready`. */
export interface Merging {
  stays: StoredConversation;
  goes: StoredConversation;
  ids: ContactIds;
  born: number;
  drain?: string;
}

/** False when somebody else changed one of the two in between; then nothing was changed here. */
export async function mergeOnce(client: RedisClient, place: Place, merging: Merging): Promise<boolean> {
  const { stays, goes, ids } = merging;
  const { shard, tenant } = place;
  const keys = shardKeys(shard);
  const items = await client.lrange(keys.inbox(goes.cid), 0, -1);
  const entry = items.length > 0 ? (merging.drain ?? (await findReady(client, shard, goes.cid)) ?? '') : '';
  const moved = addMoved(parseMoved(stays.moved), parseMoved(goes.moved));
  const contacts = [parseContact(stays.contact, moved), parseContact(goes.contact, moved)] as const;
  const known = [ids, ...contacts, ...formerIds(moved), ...items.flatMap(senderOf)];
  const own = [currentIds(ids, moved), ...contacts];
  const names = await namesToMove(client, place, { known, merging });
  const keyList = keysToMerge(place, merging, { names, tags: contacts[1].tags });
  const args = [
    RUNNERS,
    stays.cid,
    goes.cid,
    place.number,
    entry,
    IDLE_CONVERSATION_S,
    [...new Set(own.flatMap((each) => contactHashes(tenant, each)))].join(' '),
    ...[stays.contact, stays.moved, goes.contact, goes.moved],
    JSON.stringify(joinContacts(...contacts)),
    ...[formatMoved(moved), merging.drain === undefined ? '' : '1', goes.version, names.length],
    ...names.flatMap(({ seen, value }) => [seen, value]),
  ];
  return (await mergeScript.run(client, keyList, args)) === 1;
}

/** What the script touches: both conversations, the names that move, and the indexes that list the contact. */
function keysToMerge(
  { shard, tenant, team }: Place,
  { stays, goes }: Merging,
  { names, tags }: { names: readonly Name[]; tags: readonly string[] },
): string[] {
  const keys = shardKeys(shard);
  return [
    keys.ready,
    keys.timers,
    keys.optOuts(tenant),
    keys.inbox(stays.cid),
    keys.conversation(stays.cid),
    keys.inbox(goes.cid),
    keys.conversation(goes.cid),
    keys.pair(stays.cid),
    keys.pair(goes.cid),
    ...names.map(({ key }) => key),
    ...tags.map((tag) => taggedKey(keys, tenant, team, tag)),
    keys.trace(stays.cid),
    keys.trace(goes.cid),
    contactsKey(keys, tenant, team),
  ];
}

/** The aliases that lead to the conversation that goes, with what they are from now on. */
async function namesToMove(
  client: RedisClient,
  place: Place,
  { known, merging }: { known: readonly ContactIds[]; merging: Merging },
): Promise<(Name & { value: string })[]> {
  const { stays, goes, born } = merging;
  return (await readEach(client, place, known)).flatMap((name) => {
    if (name.periods.every(({ cid }) => cid !== goes.cid)) return [];
    const periods = name.periods.map((each) =>
      each.cid === goes.cid ? { ...each, cid: stays.cid, born: Math.min(each.born, born) } : each,
    );
    return [{ ...name, value: formatPeriods(periods) }];
  });
}

function formerIds(moved: readonly MovedId[]): ContactIds[] {
  return moved.map(({ kind, was }) => (kind === 'wa_id' ? { waId: was } : { userId: was }));
}

function senderOf(item: string): ContactIds[] {
  try {
    const sent = readAs(ItemSender, JSON.parse(splitItem(item).json)).data;
    return sent ? [sent.from] : [];
  } catch {
    return [];
  }
}

function joinContacts(stays: StoredContact, goes: StoredContact): StoredContact {
  return {
    ...goes,
    ...Object.fromEntries(Object.entries(stays).filter(([, value]) => value !== undefined)),
    tags: [...new Set([...stays.tags, ...goes.tags])],
  };
}
