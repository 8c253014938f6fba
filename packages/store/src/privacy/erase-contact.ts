import { hash } from '@alur/types';
import { eraseFromBroadcasts } from '../broadcasts/erase-from-broadcasts.ts';
import type { RedisClient } from '../connection.ts';
import { eraseEmitted } from '../emitted.ts';
import { entryOf, flightKeys, ledgerKey, memberOf, shardKeys } from '../keys.ts';
import type { ContactIds } from '../names/names.ts';
import type { MessageData } from '../record.ts';
import { loadScript } from '../script.ts';
import type { SendingNumber } from '../sending-number.ts';
import { eraseUndelivered } from '../undelivered.ts';
import { contactMessages } from './contact-messages.ts';
import { eraseConversations } from './erase-conversation.ts';
import { eraseAside, eraseTexts } from './erase-texts.ts';
import { findContact, type FoundContact } from './find-contact.ts';
import { namesContact } from './names-contact.ts';
import { scanKeys } from './scan-keys.ts';

// What leads to the rest is kept until the rest is gone: hashes and conversations, by the contact's hash, in `erasing`. So whoever asks again
// after a crash finds all of it. Nothing in it names anybody.
const KEEP_S = 30 * 86_400;
const INDEXES = ['tagged:', 'contacts:'];

/** What was removed of a contact. */
export interface Erased {
  conversations: number;
  /** Ways to name the contact that led to them. */
  names: number;
  /** Events that waited for a turn. */
  events: number;
  /** Of any state; those that waited are not sent. */
  messages: number;
  /** Events that subscribers had not been told, or would not take. */
  emitted: number;
  /** Items that were set aside and name the contact. */
  aside: number;
  /** Places in the lists of broadcasts. */
  recipients: number;
  wishes: number;
}

/** Whose contact is erased: `numbers` are all of the tenant's. */
export interface Erasure {
  shard: number;
  tenant: string;
  numbers: readonly SendingNumber[];
  ids: ContactIds;
  /** Opt-outs hold a hash only, and keep the contact from being written to again. */
  keepsOptOut: boolean;
}

const beginScript = loadScript('begin-erasure');
const eraseScript = loadScript('erase-message');

/**
 * Removes all that is kept of a contact, with every number of a tenant, while services run. What the contact writes from then on opens a
 * new conversation. May be called again at any time, and goes on where a call that was cut off stopped. Looks at every key of the shard.
 */
export async function eraseContact(client: RedisClient, erasure: Erasure): Promise<Erased> {
  const { shard, tenant, ids, numbers } = erasure;
  const place = { shard, tenant, numbers: numbers.map(({ id }) => id) };
  const found = await findContact(client, place, ids, await begun(client, erasure));
  const mark = await begin(client, erasure, found);
  const names = namesContact(found.ids);
  // By what names the contact first: once its conversations are gone, nobody knows its former ids.
  const aside = await eraseNaming(client, erasure, names);
  const own = new Set<string>(found.cids);
  const conversations = await eraseConversations(client, shard, own);
  // What was under way may have left something before its conversation went.
  const recipients = await eraseFromBroadcasts(client, shard, tenant, found.hashes);
  const messages = await eraseMessages(client, erasure, found);
  await leaveIndexes(client, erasure, own);
  const again = await eraseConversations(client, shard, own);
  const emitted = await eraseTold(client, shard, found);
  const more = await eraseNaming(client, erasure, names);
  const wishes = erasure.keepsOptOut ? 0 : await forgetWishes(client, erasure, found);
  await client.del(...mark);
  return {
    conversations: own.size,
    names: conversations.names + again.names,
    events: conversations.events + again.events,
    messages,
    emitted,
    aside: aside + more,
    recipients,
    wishes,
  };
}

// What subscribers did not take may come back into the stream meanwhile, and go out of it again: so the one is looked through before and
// after the other.
async function eraseTold(
  client: RedisClient,
  shard: number,
  { cids, hashes }: FoundContact,
): Promise<number> {
  const before = await eraseUndelivered(client, shard, cids, hashes);
  const emitted = await eraseEmitted(client, shard, cids, hashes);
  return before + emitted + (await eraseUndelivered(client, shard, cids, hashes));
}

async function eraseNaming(
  client: RedisClient,
  erasure: Erasure,
  names: (text: string) => boolean,
): Promise<number> {
  await eraseTexts(client, erasure, names);
  return eraseAside(client, erasure, names);
}

function marks({ shard, tenant, ids }: Erasure): string[] {
  const { waId, userId } = ids;
  const all = [
    ...(waId === undefined ? [] : [hash('erasing', tenant, 'wa_id', waId)]),
    ...(userId === undefined ? [] : [hash('erasing', tenant, 'user_id', userId)]),
  ];
  return all.map(shardKeys(shard).erasing);
}

/** What an erasure that did not come to its end had found. */
async function begun(client: RedisClient, erasure: Erasure): Promise<{ hashes: string[]; cids: string[] }> {
  const known = { hashes: new Array<string>(), cids: new Array<string>() };
  for (const key of marks(erasure)) {
    for (const member of await client.smembers(key)) {
      (member.startsWith('h') ? known.hashes : known.cids).push(member.slice(1));
    }
  }
  return known;
}

async function begin(client: RedisClient, erasure: Erasure, found: FoundContact): Promise<string[]> {
  const keys = marks(erasure);
  const members = [...found.hashes.map((each) => `h${each}`), ...found.cids.map((cid) => `c${cid}`)];
  await beginScript.run(client, keys, [KEEP_S, ...members]);
  return keys;
}

async function eraseMessages(client: RedisClient, erasure: Erasure, found: FoundContact): Promise<number> {
  let erased = 0;
  for await (const { data } of contactMessages(client, erasure.shard, erasure.tenant, found)) {
    erased += (await eraseMessage(client, erasure, data)) ? 1 : 0;
  }
  return erased;
}

async function eraseMessage(
  client: RedisClient,
  { shard, tenant, numbers }: Erasure,
  data: MessageData,
): Promise<boolean> {
  const keys = shardKeys(shard);
  const number = numbers.find(({ id }) => id === data.number) ?? formerNumber(tenant, data);
  const keyList = [
    keys.message(data.mid),
    keys.chain(data.cid, data.class),
    ledgerKey(keys, number),
    ...flightKeys(keys, number),
    keys.dead,
  ];
  return (await eraseScript.run(client, keyList, [entryOf(data), data.class, data.number])) !== '';
}

/** A number that is the tenant's no more: its lists may still hold what it was to send. */
function formerNumber(tenant: string, { number: id }: MessageData): SendingNumber {
  return {
    id,
    tenant,
    throughput: 1,
    tier: 'unlimited',
    tierCounts: 'business_initiated',
    tierScope: 'number',
  };
}

/** Leaves the audiences of schedules and the lists of contacts. */
async function leaveIndexes(
  client: RedisClient,
  { shard, numbers }: Erasure,
  cids: ReadonlySet<string>,
): Promise<void> {
  const members = [...cids].flatMap((cid) => numbers.map(({ id }) => memberOf(cid, id)));
  if (members.length === 0) return;
  for (const prefix of INDEXES) {
    for await (const page of scanKeys(client, shard, prefix)) {
      for (const { key } of page) await client.zrem(key, ...members);
    }
  }
}

async function forgetWishes(
  client: RedisClient,
  { shard, tenant }: Erasure,
  { hashes }: FoundContact,
): Promise<number> {
  const fields = hashes.flatMap((each) => [each, `m:${each}`, `hold:${each}`, `to:${each}`]);
  return fields.length === 0 ? 0 : client.hdel(shardKeys(shard).optOuts(tenant), ...fields);
}
