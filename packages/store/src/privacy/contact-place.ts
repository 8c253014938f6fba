import type { NumberId } from '@alur/types';
import type { RedisClient } from '../connection.ts';
import { contactHashes } from '../keys.ts';
import { type ContactIds, knownBy, readNames } from '../names/names.ts';
import { readContact } from '../read-contact.ts';

/** Where a tenant's contacts are known: at its numbers. */
export interface ContactPlace {
  shard: number;
  tenant: string;
  numbers: readonly NumberId[];
}

// An id of one number may lead to another id, and that to a conversation with another number.
const ROUNDS_MAX = 3;

/**
 * All ids by which a tenant knows a contact who is named by one or two: those of its conversations with each of the numbers. Reads only
 * what the names lead to, so it costs little. The given ids come first.
 */
export async function knownIds(
  client: RedisClient,
  place: ContactPlace,
  ids: ContactIds,
): Promise<ContactIds[]> {
  let found: ContactIds[] = [ids];
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const asked = place.numbers.flatMap((number) => found.map((each) => ({ number, ids: each })));
    const known = await Promise.all(asked.map((each) => idsAt(client, place.shard, each)));
    const next = distinct([...found, ...known.flatMap((each) => each ?? [])]);
    if (next.length === found.length) break;
    found = next;
  }
  return found;
}

async function idsAt(
  client: RedisClient,
  shard: number,
  { number, ids }: { number: NumberId; ids: ContactIds },
): Promise<ContactIds | undefined> {
  const cid = knownBy(await readNames(client, { shard, number }, ids))?.cid;
  const known = cid && (await readContact(client, shard, cid));
  if (!known) return undefined;
  // A number that was left leads to its former owner until the next one is heard.
  const isTheirs = [known.waId === ids.waId, known.userId === ids.userId];
  const isNamed = [ids.waId !== undefined, ids.userId !== undefined];
  if (!isNamed.some((named, index) => named && isTheirs[index] === true)) return undefined;
  return { waId: known.waId, userId: known.userId };
}

/** How opt-outs and messages name a contact: each of its ids, hashed. */
export function hashesOf(tenant: string, all: readonly ContactIds[]): string[] {
  return [...new Set(all.flatMap((ids) => contactHashes(tenant, ids)))];
}

function distinct(all: readonly ContactIds[]): ContactIds[] {
  const byText = new Map(all.map((ids) => [JSON.stringify([ids.waId, ids.userId]), ids]));
  return [...byText.values()];
}
