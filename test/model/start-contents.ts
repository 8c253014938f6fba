import type { SendingNumber } from '@alur/store';
import { tierLimit } from '../../packages/store/src/sending-number.ts';
import { shardKeys } from '../../packages/store/src/keys.ts';
import type { Configuration } from './configuration.ts';
import { canonical } from './contents.ts';
import { CONVERSATION_OF, SHARD, cidOf, eventOf, NOW } from './scenario.ts';

/** Redis before the first turn: the inboxes have their events, and limits stand where the configuration wants them. */
export function startContents({ turns, limits = {} }: Configuration, number: SendingNumber): string {
  const keys = shardKeys(SHARD);
  const lists: Record<string, string[]> = {};
  for (const names of turns) {
    const cid = cidOf(CONVERSATION_OF[names[0] ?? 'm1']);
    lists[keys.inbox(cid)] = [...(lists[keys.inbox(cid)] ?? []), `${eventOf(names.join())}{}`];
  }
  const hashes: Record<string, Record<string, string>> = {};
  if (limits.tier !== undefined) {
    const learnt = { tier_limit: String(limits.tier), tier_over: String(tierLimit(number)) };
    hashes[keys.number(number.id)] = learnt;
  }
  if (limits.pair !== undefined) {
    hashes[keys.pair(cidOf('c1'))] = { level: String(limits.pair), at: String(NOW) };
  }
  return canonical({ hashes, lists, sets: {}, strings: {}, expiring: {} });
}
