import type { ConversationId } from '@alur/types';
import { changeNames, type ContactChange, handOver, type NameChange } from './change-names.ts';
import type { RedisClient } from '../connection.ts';
import { parseContact, readStored, type StoredContact } from '../conversation.ts';
import { followNames } from './follow-names.ts';
import { mergeConversations } from './merge-conversations.ts';
import { addMoved, currentIds, movedId, parseMoved, type MovedId } from './moved-ids.ts';
import {
  type ContactIds,
  ended,
  given,
  isFormerAt,
  led,
  type Name,
  type Names,
  newConversation,
  ownerAt,
  ownerNow,
  type Party,
  periodAt,
  type Place,
} from './names.ts';

/** A contact goes by other ids since `at` (Unix s); an id that `is` does not name is as it was. */
export interface ContactMove {
  at: number;
  was: ContactIds;
  is: ContactIds;
}

const TRIES_MAX = 20;

/**
 * A contact's conversation with the number is found by the new ids from now on, and what is written goes to them. The old phone number
 * finds it for what was said until `at` only: whoever has it next gets a conversation of their own. An old user id is never given to
 * anybody else and goes on leading here. Moves may come in any order and number. `onlyKnown`: does nothing where nobody is known by
 * the old ids. Returns the conversation.
 */
export async function moveContact(
  client: RedisClient,
  place: Place,
  move: ContactMove,
  { onlyKnown = false } = {},
): Promise<ConversationId | undefined> {
  let hasNumber = false;
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const was = await followNames(client, place, move.was);
    const is = await followNames(client, place, move.is);
    const [first, second] = partiesOf(was, is, move);
    if (onlyKnown && !first) return undefined;
    if (first && second) {
      await mergeConversations(client, place, { pair: [first, second], ids: move.is });
      continue;
    }
    const self = first ?? newConversation(move.at);
    const each = { was, is, self, move };
    if (!hasNumber && isFormersNumber(each)) {
      hasNumber = await takeNumber(client, place, each);
      continue;
    }
    if (await moveOnce(client, place, each)) return self.cid;
  }
  throw new Error('Cannot move a contact: its names change all the time; the call may be repeated');
}

interface Move {
  was: Names;
  is: Names;
  /** The conversation of who moves. */
  self: Party;
  move: ContactMove;
}

/** The conversations of who moves, each once. */
function partiesOf(was: Names, is: Names, { at }: ContactMove): Party[] {
  const found = [
    was.user_id && ownerNow(was.user_id),
    is.user_id && ownerNow(is.user_id),
    // Known by the old number only since: its next owner.
    was.wa_id && periodAt(was.wa_id, at).since <= at ? ownerAt(was.wa_id, at) : undefined,
    // Known by the new number before: its former owner.
    is.wa_id && (isSameNumber(was, is) || !isFormerAt(is.wa_id, at)) ? ownerAt(is.wa_id, at) : undefined,
  ].filter((party) => party !== undefined);
  return [...new Map(found.map((party) => [party.cid, party])).values()];
}

function isSameNumber(was: Names, is: Names): boolean {
  return was.wa_id !== undefined && was.wa_id.key === is.wa_id?.key;
}

function isFormersNumber({ is, self, move }: Move): boolean {
  const former = is.wa_id && ownerAt(is.wa_id, move.at);
  return former !== undefined && former.cid !== self.cid;
}

async function takeNumber(client: RedisClient, place: Place, { is, self, move }: Move): Promise<boolean> {
  const from = is.wa_id && ownerAt(is.wa_id, move.at)?.cid;
  if (!is.wa_id || move.is.waId === undefined || from === undefined) return true;
  return handOver(client, place, { name: is.wa_id, waId: move.is.waId, to: self, from, at: move.at });
}

/** False when something changed meanwhile. */
async function moveOnce(client: RedisClient, place: Place, { was, is, self, move }: Move): Promise<boolean> {
  const { at } = move;
  const names = new Map<string, NameChange>();
  const set = (name: Name | undefined, periodsOf: typeof led) =>
    name && names.set(name.key, [name, periodsOf(name, self, at)]);
  set(was.user_id, led);
  set(is.user_id, led);
  if (is.wa_id) set(was.wa_id, ended);
  set(is.wa_id, given);
  const change = await contactChange(client, place, { was, is, self, move });
  const hasNewNumber = is.wa_id !== undefined && !isSameNumber(was, is);
  return changeNames(client, place, {
    names: [...names.values()],
    contacts: [change],
    wishes: {
      until: at,
      was: { waId: move.was.waId ?? change.known.waId, userId: move.was.userId ?? change.known.userId },
      is: currentIds(move.is, change.moved),
      ended: hasNewNumber ? { waId: move.was.waId } : {},
    },
  });
}

async function contactChange(
  client: RedisClient,
  { shard, tenant }: Place,
  { is, self, move }: Move,
): Promise<ContactChange & { known: StoredContact }> {
  const stored = await readStored(client, shard, self.cid);
  const before = parseMoved(stored.moved);
  const known = parseContact(stored.contact, before);
  const moved = addMoved(before, endedIds(tenant, { is, known, move }));
  const { waId, userId, ...contact } = currentIds(known, moved);
  const news = currentIds(move.is, moved);
  // Whoever changes the number is given a new user id, which their next message tells. The old one is no proof of anything.
  const keepsUserId = move.is.waId === undefined || move.is.waId === move.was.waId || isKnown(before, move);
  const ids = { waId: waId ?? news.waId, userId: (keepsUserId ? userId : undefined) ?? news.userId };
  return { stored, contact: { ...contact, ...ids }, moved, known };
}

function isKnown(moved: readonly MovedId[], { was, at }: ContactMove): boolean {
  return moved.some((each) => each.kind === 'wa_id' && each.was === was.waId && each.at >= at);
}

function endedIds(
  tenant: string,
  { is, known, move }: Pick<Move, 'is' | 'move'> & { known: StoredContact },
): MovedId[] {
  const { at, was, is: now } = move;
  const list: MovedId[] = [];
  const end = (kind: MovedId['kind'], from: string | undefined, to: string | undefined) => {
    if (from !== undefined && from !== to) list.push(movedId(tenant, kind, { was: from, is: to, at }));
  };
  if (now.userId !== undefined) end('user_id', was.userId ?? known.userId, now.userId);
  if (now.waId !== undefined) end('wa_id', was.waId ?? known.waId, now.waId);
  // The new number may be another's already: moves come in any order.
  const until = is.wa_id && periodAt(is.wa_id, at).ended;
  if (until !== undefined && now.waId !== undefined)
    list.push(movedId(tenant, 'wa_id', { was: now.waId, is: undefined, at: until }));
  return list;
}
