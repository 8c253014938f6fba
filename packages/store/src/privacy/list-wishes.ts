import { ConversationId, readAs } from '@alur/types';
import type { RedisClient } from '../connection.ts';
import { parseContact } from '../conversation.ts';
import { contactHashes, contactsKey, shardKeys } from '../keys.ts';
import { parseMoved } from '../names/moved-ids.ts';
import { parseWish, type StandingWish } from './read-wishes.ts';

/** One wish of a contact, as it is kept: under one of its ids. */
export interface KeptWish extends Required<StandingWish> {
  /** The id, where a conversation still tells which one it is. */
  waId?: string;
  userId?: string;
  /** The hashed id. */
  contact: string;
  scope: 'all' | 'marketing';
}

const PAGE = 500;

/**
 * All wishes of a tenant, in no order. The opt-outs know contacts by hashes only; the conversations of `teams` tell whose they are.
 * Each wish is there once, unless Redis moves its table meanwhile: then one may come twice.
 */
export async function* listWishes(
  client: RedisClient,
  { shard, tenant, teams }: { shard: number; tenant: string; teams: readonly string[] },
): AsyncGenerator<KeptWish> {
  const key = shardKeys(shard).optOuts(tenant);
  const named = new Set<string>();
  for (const team of teams) {
    for await (const page of namedContacts(client, shard, { tenant, team })) {
      const fresh = [...page].filter(([contact]) => !named.has(contact));
      if (fresh.length === 0) continue;
      const values = await client.hmget(key, ...fresh.flatMap(([contact]) => [contact, `m:${contact}`]));
      for (const [index, [contact, ids]] of fresh.entries()) {
        const wishes = [
          ...rowsOf(contact, 'all', values[2 * index]),
          ...rowsOf(contact, 'marketing', values[2 * index + 1]),
        ];
        if (wishes.length > 0) named.add(contact);
        for (const wish of wishes) yield { ...ids, ...wish };
      }
    }
  }
  yield* unnamed(client, key, named);
}

/** Contacts of a team by their hashed ids, a page at a time. */
async function* namedContacts(
  client: RedisClient,
  shard: number,
  { tenant, team }: { tenant: string; team: string },
): AsyncGenerator<Map<string, Pick<KeptWish, 'waId' | 'userId'>>> {
  const keys = shardKeys(shard);
  let cursor = '0';
  do {
    const [next, flat] = await client.zscan(contactsKey(keys, tenant, team), cursor, 'COUNT', PAGE);
    const cids = flat.flatMap((member, index) =>
      index % 2 === 0 ? (readAs(ConversationId, member.slice(0, 32)).data ?? []) : [],
    );
    const read = await Promise.all(
      cids.map((cid) => client.hmget(keys.conversation(cid), 'contact', 'moved')),
    );
    const ids = read.flatMap(([contact, moved]) => idsIn(contact ?? '', moved ?? ''));
    yield new Map(ids.flatMap((each) => contactHashes(tenant, each).map((hash) => [hash, each])));
    cursor = next;
  } while (cursor !== '0');
}

/** The ids of a conversation's contact, each by itself; those that have ended too, since a wish may be older. */
function idsIn(contact: string, moved: string): Pick<KeptWish, 'waId' | 'userId'>[] {
  try {
    const ended = parseMoved(moved);
    const { waId, userId } = parseContact(contact, ended);
    const was = ended.map(({ kind, was: id }) => (kind === 'wa_id' ? { waId: id } : { userId: id }));
    return [...(waId === undefined ? [] : [{ waId }]), ...(userId === undefined ? [] : [{ userId }]), ...was];
  } catch {
    // Written by another version: its wishes are listed by their hashes.
    return [];
  }
}

async function* unnamed(
  client: RedisClient,
  key: string,
  named: ReadonlySet<string>,
): AsyncGenerator<KeptWish> {
  let cursor = '0';
  do {
    const [next, flat] = await client.hscan(key, cursor, 'COUNT', PAGE);
    for (let index = 0; index < flat.length; index += 2) {
      const [, isMarketing, contact = ''] = /^(m:)?([0-9a-f]{32})$/.exec(flat[index] ?? '') ?? [];
      if (contact === '' || named.has(contact)) continue;
      yield* rowsOf(contact, isMarketing === undefined ? 'all' : 'marketing', flat[index + 1]);
    }
    cursor = next;
  } while (cursor !== '0');
}

function rowsOf(contact: string, scope: KeptWish['scope'], stored: string | null | undefined): KeptWish[] {
  const { change, atS, source } = parseWish(stored);
  return atS === undefined || source === undefined ? [] : [{ contact, scope, change, atS, source }];
}
