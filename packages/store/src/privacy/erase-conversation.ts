import { z } from 'zod';
import type { RedisClient } from '../connection.ts';
import { shardKeys } from '../keys.ts';
import { findReady } from '../names/find-ready.ts';
import { formatPeriods, type Name, parseName, type Period } from '../names/names.ts';
import { RUNNERS } from '../ready.ts';
import { loadScript } from '../script.ts';
import { scanKeys } from './scan-keys.ts';

// Each time somebody else changed something in between.
const TRIES_MAX = 50;

const eraseScript = loadScript('erase-conversation');

/** What was removed with a conversation. */
export interface ErasedConversation {
  /** Events that waited for a turn. */
  events: number;
  names: number;
}

/** Forgets conversations of one contact, each in one step: what waits in it, its session, its timer, and the names that lead to it. */
export async function eraseConversations(
  client: RedisClient,
  shard: number,
  cids: ReadonlySet<string>,
): Promise<ErasedConversation> {
  const total = { events: 0, names: 0 };
  const names = await aliasesOf(client, shard, cids);
  for (const cid of cids) {
    const own = names
      .filter(({ periods }) => periods.some((period) => period.cid === cid))
      .map(({ key }) => key);
    const erased = await eraseConversation(client, { shard, cid }, { aliases: own, cids });
    total.events += erased.events;
    total.names += erased.names;
  }
  return total;
}

async function eraseConversation(
  client: RedisClient,
  { shard, cid }: { shard: number; cid: string },
  { aliases, cids }: { aliases: readonly string[]; cids: ReadonlySet<string> },
): Promise<ErasedConversation> {
  const keys = shardKeys(shard);
  const keyList = [keys.ready, keys.timers, keys.inbox(cid), keys.conversation(cid), keys.trace(cid)];
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const values = aliases.length === 0 ? [] : await client.mget([...aliases]);
    const changes = aliases.map((key, index) => {
      const name = parseName(key, values[index] ?? '');
      return [name.seen, withoutOwners(name, cids)] as const;
    });
    const entry = (await findReady(client, shard, cid)) ?? '';
    const args = [RUNNERS, cid, entry, ...changes.flat()];
    const events = z.number().parse(await eraseScript.run(client, [...keyList, ...aliases], args));
    if (events >= 0) return { events, names: changes.filter(([seen]) => seen !== '').length };
  }
  throw new Error('Cannot erase a conversation: it changes all the time; the call may be repeated');
}

/** A name as it is without some of its owners: '' where nobody is left. */
function withoutOwners({ seen, periods }: Name, cids: ReadonlySet<string>): string {
  if (!periods.some(({ cid }) => cid !== undefined && cids.has(cid))) return seen;
  const [now, ...past] = periods.map((period): Period =>
    period.cid !== undefined && cids.has(period.cid) ? { ...period, cid: undefined } : period,
  );
  const others = past.filter(({ cid }) => cid !== undefined);
  if (now === undefined || (now.cid === undefined && others.length === 0)) return '';
  return formatPeriods([now, ...others]);
}

/** The names that lead, or led, to one of the conversations. Looks at every name of the shard. */
async function aliasesOf(client: RedisClient, shard: number, cids: ReadonlySet<string>): Promise<Name[]> {
  const found: Name[] = [];
  for await (const page of scanKeys(client, shard, 'alias:')) {
    const keys = page.map(({ key }) => key);
    const values = await client.mget(keys);
    found.push(
      ...keys
        .map((key, index) => parseName(key, values[index] ?? ''))
        .filter(({ periods }) => periods.some(({ cid }) => cid !== undefined && cids.has(cid))),
    );
  }
  return found;
}
