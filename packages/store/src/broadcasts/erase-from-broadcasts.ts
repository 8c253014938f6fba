import type { RedisClient } from '../connection.ts';
import { contactHashes, shardKeys } from '../keys.ts';
import { loadScript } from '../script.ts';
import { type BroadcastRef, tenantsBroadcasts } from './broadcast.ts';
import { readRows, shortHashes } from './create-broadcast.ts';
import { parseRecipient } from './recipient.ts';

const PART = 1_000;

const blankScript = loadScript('blank-recipients');

/**
 * Takes a contact (by the hashes of its ids) out of the recipients of all broadcasts of its tenant; what became of it stays, under its
 * place in the list. Whoever was not fed yet gets nothing. Reads every list, since none has an index of people. Returns how many rows went.
 */
export async function eraseFromBroadcasts(
  client: RedisClient,
  shard: number,
  tenant: string,
  hashes: readonly string[],
): Promise<number> {
  let erased = 0;
  for (const ref of await tenantsBroadcasts(client, shard, tenant)) {
    const indexes = await placesOf(client, ref, new Set(hashes));
    const keys = shardKeys(shard);
    const keyList = [keys.broadcast(ref.bid), keys.recipients(ref.bid), keys.addressed(ref.bid)];
    const args = [indexes.length, ...indexes, ...shortHashes(hashes)];
    await blankScript.run(client, keyList, args);
    erased += indexes.length;
  }
  return erased;
}

/** Where a contact, by the hashes of its ids, stands in the list of a broadcast. */
export async function placesOf(
  client: RedisClient,
  ref: BroadcastRef,
  wanted: Set<string>,
): Promise<number[]> {
  const found: number[] = [];
  for (let from = 0; ; from += PART) {
    const rows = await readRows(client, ref, from, PART);
    rows.forEach((row, place) => {
      const recipient = parseRecipient(row);
      if (recipient && contactHashes(ref.tenant, recipient).some((each) => wanted.has(each)))
        found.push(from + place);
    });
    if (rows.length < PART) return found;
  }
}
