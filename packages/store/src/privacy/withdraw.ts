import { z } from 'zod';
import type { RedisClient } from '../connection.ts';
import { entryOf, flightKeys, ledgerKey, shardKeys } from '../keys.ts';
import { RECORD_KEEP_S, type MessageRef } from '../message-ref.ts';
import { loadScript } from '../script.ts';

/** What came of `withdraw`. */
const Withdrawn = z.enum(['withdrawn', 'gone', 'busy']);
type Withdrawn = z.infer<typeof Withdrawn>;

const withdrawScript = loadScript('withdraw');

/**
 * Takes a message that waits off the books, as if it had never been queued: the next of its chain may go, and `enqueue` takes the same
 * id anew. `gone`: there is none, or it is over. `busy`: an attempt is under way, or one was made that may have arrived; ask again later.
 */
export async function withdraw(client: RedisClient, ref: MessageRef): Promise<Withdrawn> {
  const keys = shardKeys(ref.shard);
  const { number } = ref;
  const keyList = [
    keys.message(ref.mid),
    keys.chain(ref.cid, ref.class),
    ledgerKey(keys, number),
    ...flightKeys(keys, number),
  ];
  const args = [entryOf(ref), ref.class, number.id, RECORD_KEEP_S];
  return Withdrawn.parse(await withdrawScript.run(client, keyList, args));
}
