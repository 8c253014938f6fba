import type { RedisClient } from '../connection.ts';
import { contactHashes, shardKeys, teamField } from '../keys.ts';
import { loadScript } from '../script.ts';
import type { BroadcastRef } from './broadcast.ts';
import { readRows, shortHashes } from './create-broadcast.ts';
import { parseRecipient } from './recipient.ts';

const PART = 500;

const removeScript = loadScript('remove-recipients');

/**
 * Takes the recipients of a draft from index `from` to its end, `till`, out again. False when others were added meanwhile: then those stay,
 * and so does what is left of these.
 */
export async function removeRecipients(
  client: RedisClient,
  ref: BroadcastRef,
  { from, till }: { from: number; till: number },
): Promise<boolean> {
  const keys = shardKeys(ref.shard);
  const keyList = [keys.broadcast(ref.bid), keys.recipients(ref.bid), keys.addressed(ref.bid)];
  const mark = teamField(ref.tenant, ref.team);
  for (let end = till; end > from;) {
    const start = Math.max(from, end - PART);
    const rows = await readRows(client, ref, start, end - start);
    const hashes = rows.flatMap((row) => shortHashes(contactHashes(ref.tenant, parseRecipient(row) ?? {})));
    if ((await removeScript.run(client, keyList, [mark, end, start, ...hashes])) !== 1) return false;
    end = start;
  }
  return true;
}
