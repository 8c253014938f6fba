import { ConversationId, NumberId, type OptOutScope } from '@alur/types';
import type { RedisClient } from '../connection.ts';
import { parseContact, type StoredContact } from '../conversation.ts';
import { contactsKey, shardKeys, taggedKey } from '../keys.ts';
import { parseMoved } from '../names/moved-ids.ts';
import { readable } from './readable.ts';
import { readOptOut } from './opt-out.ts';

/** A contact of a team, with one of its numbers. */
export interface ListedContact {
  cid: ConversationId;
  number: NumberId;
  contact: StoredContact;
  /** Of the contact's newest message, Unix s; 0 when there was none. */
  lastMessageTime: number;
  optedOut?: OptOutScope | undefined;
  /** When its last event had a turn, Unix s; undefined when listed by a tag. */
  lastEventAt?: number | undefined;
}

export interface ContactsPage {
  contacts: ListedContact[];
  /** For the next page; missing on the last. */
  cursor?: string | undefined;
}

export interface ListedTeam {
  tenant: string;
  team: string;
  /** Only those who have it. */
  tag?: string | undefined;
}

interface Member {
  member: string;
  at?: number | undefined;
}

/**
 * A team's contacts, whoever had an event last first; those with a tag in no order. A page may hold fewer than `count`, and the last
 * may be empty. A contact whose next event comes meanwhile goes to the front, so is seen once or not at all.
 */
export async function listContacts(
  client: RedisClient,
  shard: number,
  team: ListedTeam,
  { cursor, count }: { cursor?: string | undefined; count: number },
): Promise<ContactsPage> {
  const members = await (team.tag === undefined
    ? byTime(client, shard, team, { cursor, count })
    : byTag(client, shard, { ...team, tag: team.tag }, { cursor, count }));
  const found = await Promise.all(members.map((member) => readListed(client, shard, team.tenant, member)));
  const last = members.at(-1);
  return {
    contacts: found.filter((each) => each !== undefined),
    ...(last !== undefined && members.length === count && { cursor: cursorOf(last) }),
  };
}

function cursorOf({ member, at }: Member): string {
  return at === undefined ? member : `${at}:${member}`;
}

/** Whether a text is a cursor of `listContacts`. */
export function isContactsCursor(text: string): boolean {
  return /^(\d{1,12}:)?[0-9a-f]{32}\d{1,32}$/.test(text);
}

interface Paging {
  cursor: string | undefined;
  count: number;
}

// Several may have the same second: what the cursor has seen of it is passed over.
async function byTime(
  client: RedisClient,
  shard: number,
  { tenant, team }: ListedTeam,
  { cursor, count }: Paging,
): Promise<Member[]> {
  const key = contactsKey(shardKeys(shard), tenant, team);
  const [from = '+inf', seen] = cursor?.includes(':') === true ? cursor.split(':') : [];
  const found: Member[] = [];
  for (let offset = 0; found.length < count; offset += count) {
    const flat = await client.zrevrangebyscore(key, from, '-inf', 'WITHSCORES', 'LIMIT', offset, count);
    if (flat.length === 0) break;
    for (let index = 0; index < flat.length; index += 2) {
      const [member = '', at = ''] = flat.slice(index, index + 2);
      if (seen === undefined || at !== from || member < seen) found.push({ member, at: Number(at) });
    }
  }
  return found.slice(0, count);
}

async function byTag(
  client: RedisClient,
  shard: number,
  { tenant, team, tag }: ListedTeam & { tag: string },
  { cursor, count }: Paging,
): Promise<Member[]> {
  const key = taggedKey(shardKeys(shard), tenant, team, tag);
  const from = cursor === undefined ? '-' : `(${cursor}`;
  const members = await client.zrangebylex(key, from, '+', 'LIMIT', 0, count);
  return members.map((member) => ({ member }));
}

/** undefined when the conversation is forgotten, has become part of another, or cannot be read. */
async function readListed(
  client: RedisClient,
  shard: number,
  tenant: string,
  { member, at }: Member,
): Promise<ListedContact | undefined> {
  const cid = ConversationId.parse(member.slice(0, 32));
  const key = shardKeys(shard).conversation(cid);
  const [contact, moved, last, into] = await client.hmget(key, 'contact', 'moved', 'last', 'into');
  if (into || !contact) return undefined;
  const known = readable(() => parseContact(contact, parseMoved(moved ?? '')));
  if (known === undefined) return undefined;
  const optedOut = await readOptOut(client, { shard, tenant }, known);
  return {
    cid,
    number: NumberId.parse(member.slice(32)),
    contact: known,
    lastMessageTime: Number(last ?? 0),
    ...(optedOut !== undefined && { optedOut }),
    ...(at !== undefined && { lastEventAt: at }),
  };
}
