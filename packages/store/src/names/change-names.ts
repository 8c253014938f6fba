import type { ConversationId } from '@alur/types';
import type { RedisClient } from '../connection.ts';
import {
  IDLE_CONVERSATION_S,
  parseContact,
  readStored,
  type StoredContact,
  type StoredConversation,
} from '../conversation.ts';
import { contactHashes, shardKeys } from '../keys.ts';
import { addMoved, formatMoved, movedId, parseMoved, type MovedId } from './moved-ids.ts';
import {
  type ContactIds,
  formatPeriods,
  given,
  type Name,
  type Party,
  type Period,
  type Place,
} from './names.ts';
import { loadScript } from '../script.ts';

/** A name as it was read, and whose it shall be. */
export type NameChange = readonly [Name, readonly Period[]];

/** A conversation as it was read, and what is known of its contact from now on. */
export interface ContactChange {
  stored: StoredConversation;
  contact: StoredContact;
  moved: readonly MovedId[];
}

/** What becomes of a contact's wishes: those made until a time (Unix s) under some ids hold for others, and `ended` are another's then. */
export interface WishesMove {
  until: number;
  was: ContactIds;
  is: ContactIds;
  ended: ContactIds;
}

export interface NamesChange {
  names: readonly NameChange[];
  contacts?: readonly ContactChange[];
  wishes?: WishesMove;
}

const moveScript = loadScript('move-contact');

/** All of a change, or false and nothing when something is not as it was read. */
export async function changeNames(
  client: RedisClient,
  { shard, tenant }: Place,
  { names, contacts = [], wishes }: NamesChange,
): Promise<boolean> {
  const keys = shardKeys(shard);
  const keyList = [
    keys.optOuts(tenant),
    ...names.map(([{ key }]) => key),
    ...contacts.map(({ stored }) => keys.conversation(stored.cid)),
  ];
  const hashesOf = (ids: ContactIds = {}) => contactHashes(tenant, ids).join(' ');
  const args = [
    ...[names.length, contacts.length, IDLE_CONVERSATION_S, wishes?.until ?? 0],
    ...[hashesOf(wishes?.was), hashesOf(wishes?.is), hashesOf(wishes?.ended)],
    ...names.flatMap(([{ seen }, now]) => [seen, formatPeriods(now)]),
    ...contacts.flatMap(({ stored, contact, moved }) => [
      ...[stored.contact, stored.moved],
      ...[JSON.stringify(contact), formatMoved(moved), hashesOf(contact)],
    ]),
  ];
  return (await moveScript.run(client, keyList, args)) === 1;
}

/** A phone number that has a new owner since `at` (Unix s): its name, who has it, and who had it. */
export interface HandOver {
  name: Name;
  waId: string;
  to: Party;
  from: ConversationId;
  at: number;
  /** Other names to be changed with it. */
  more?: readonly NameChange[];
}

/** The former owner keeps the conversation and what else it is known by, but nothing goes to the number any more. */
export async function handOver(
  client: RedisClient,
  place: Place,
  { name, waId, to, from, at, more = [] }: HandOver,
): Promise<boolean> {
  const stored = await readStored(client, place.shard, from);
  const end = { was: waId, is: undefined, at: at - 1 };
  const moved = addMoved(parseMoved(stored.moved), [movedId(place.tenant, 'wa_id', end)]);
  const contact = parseContact(stored.contact, moved);
  return changeNames(client, place, {
    names: [...more, [name, given(name, to, at)]],
    contacts: [{ stored, contact, moved }],
    wishes: { until: at - 1, was: { waId }, is: { userId: contact.userId }, ended: { waId } },
  });
}
