import type { ConversationId } from '@alur/types';
import { changeNames, handOver, type WishesMove } from './change-names.ts';
import type { RedisClient } from '../connection.ts';
import { parseContact, readStored } from '../conversation.ts';
import { followed, followNames } from './follow-names.ts';
import { parseItem, splitItem } from '../inbox-item.ts';
import { shardKeys } from '../keys.ts';
import { mergeConversations } from './merge-conversations.ts';
import { currentIds, type MovedId, parseMoved } from './moved-ids.ts';
import { type ContactIds, knownBy, led, newConversation, ownerAt, type Place, readEach } from './names.ts';

const TRIES_MAX = 20;

/**
 * Both names of a contact came in one event at `at` (Unix s), and do not lead to one conversation yet: now they do. The two that they
 * lead to become one; or the number's is known to be of another user id, then the number has a new owner. Undefined: they lead to none.
 */
export async function settleNames(
  client: RedisClient,
  place: Place,
  { ids, at }: { ids: ContactIds; at: number },
): Promise<ConversationId | undefined> {
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const names = await followNames(client, place, ids);
    const { user_id: byUser, wa_id: byNumber } = names;
    if (!byUser || !byNumber || ids.waId === undefined) return undefined;
    const user = ownerAt(byUser, at);
    const number = ownerAt(byNumber, at);
    if (!number || number.cid === user?.cid) {
      const changes = new Map(followed(names).map((change) => [change[0].key, change]));
      if (user && !number) changes.set(byNumber.key, [byNumber, led(byNumber, user, at)]);
      if (await changeNames(client, place, { names: [...changes.values()], wishes: sharedBy(ids) }))
        return user?.cid;
    } else if (await isAnothers(client, place, number.cid, ids)) {
      const to = user ?? newConversation(at);
      const more = user ? [] : [[byUser, led(byUser, to, at)] as const];
      const handing = { name: byNumber, waId: ids.waId, to, from: number.cid, at, more };
      if (await handOver(client, place, handing)) return to.cid;
    } else if (user) {
      return (await mergeConversations(client, place, { pair: [user, number], ids })).cid;
    } else {
      const names = [[byUser, led(byUser, number, at)] as const];
      if (await changeNames(client, place, { names, wishes: sharedBy(ids) })) return number.cid;
    }
  }
  throw new Error('Cannot find a contact by its names: they change all the time; the call may be repeated');
}

/** What a contact wished under one of its ids holds for the other. */
function sharedBy(ids: ContactIds): WishesMove {
  return { until: Number.MAX_SAFE_INTEGER, was: ids, is: ids, ended: {} };
}

/** Whether a conversation is known to be of another user id: that is nobody's but one person's, a number is not. */
async function isAnothers(
  client: RedisClient,
  { shard }: Place,
  cid: ConversationId,
  { userId }: ContactIds,
): Promise<boolean> {
  const stored = await readStored(client, shard, cid);
  const moved = parseMoved(stored.moved);
  const known =
    parseContact(stored.contact, moved).userId ?? (await firstSender(client, shard, stored.cid, moved));
  return known !== undefined && userId !== undefined && known !== currentIds({ userId }, moved).userId;
}

/** Who wrote what waits first: nothing else is known of a contact before the first turn. */
async function firstSender(
  client: RedisClient,
  shard: number,
  cid: string,
  moved: readonly MovedId[],
): Promise<string | undefined> {
  const item = await client.lindex(shardKeys(shard).inbox(cid), 0);
  const event = item === null ? undefined : parseItem(splitItem(item));
  // Whoever changed the number since has been given another user id.
  const isBefore = moved.some(({ kind, at }) => kind === 'wa_id' && event !== undefined && event.at <= at);
  return isBefore ? undefined : event?.from.userId;
}

/** A message that Meta took, as it was addressed, and by which ids Meta knows who got it. */
export interface Answered {
  cid: ConversationId;
  to: ContactIds;
  answered: ContactIds;
  /** Unix s. */
  at: number;
}

/**
 * Notes by which other ids WhatsApp knows who was written to, so that whoever answers finds the conversation: a number may be written
 * in two ways (Brazil, Mexico, Argentina). Where the answer came first and made a conversation, the two become one. The cid that both
 * lead to; undefined when there was nothing to note.
 */
export async function noteAnswered(
  client: RedisClient,
  place: Place,
  { cid, to, answered, at }: Answered,
): Promise<ConversationId | undefined> {
  const ids = {
    waId: answered.waId === to.waId ? undefined : answered.waId,
    userId: answered.userId === to.userId ? undefined : answered.userId,
  };
  if (await areOne(client, place, { cid, to, ids })) return cid;
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const found = await followNames(client, place, ids);
    const names = [found.user_id, found.wa_id].filter((name) => name !== undefined);
    const owner = knownBy(await followNames(client, place, to));
    const stored = await readStored(client, place.shard, cid);
    const { cid: now } = stored;
    const moved = parseMoved(stored.moved);
    // The message's contact goes by other names since: what they are is known already.
    if (names.length === 0 || owner?.cid !== now) return undefined;
    const other = names.flatMap((name) => ownerAt(name, at) ?? []).find((party) => party.cid !== now);
    if (other) {
      const { userId } = parseContact(stored.contact, moved);
      const known = { userId: answered.userId ?? to.userId ?? userId };
      if (await isAnothers(client, place, other.cid, known)) return undefined;
      await mergeConversations(client, place, { pair: [owner, other], ids: { ...to, ...answered } });
      continue;
    }
    const open = names.filter((name) => ownerAt(name, at) === undefined);
    if (open.length === 0) return now;
    const changes = open.map((name) => [name, led(name, owner, at)] as const);
    const known = parseContact(stored.contact, moved);
    const more = { waId: known.waId ?? answered.waId ?? to.waId, userId: known.userId ?? answered.userId };
    const contacts = [{ stored, contact: { ...known, ...more }, moved }];
    const wishes = { ...sharedBy(to), is: answered };
    if (await changeNames(client, place, { names: changes, contacts, wishes })) return now;
  }
  throw new Error('Cannot note the ids of a contact: they change all the time; the call may be repeated');
}

/** Whether all names lead to the message's conversation, and are nobody else's, already: so it is after the first message. One call. */
async function areOne(
  client: RedisClient,
  place: Place,
  { cid, to, ids }: { cid: ConversationId; to: ContactIds; ids: ContactIds },
): Promise<boolean> {
  const names = await readEach(client, place, [to, ids]);
  return names.length > 0 && names.every(({ periods: [period] }) => period?.cid === cid);
}
