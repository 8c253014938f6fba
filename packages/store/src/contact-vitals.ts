import type { ConversationId } from '@alur/types';
import type { RedisClient } from './connection.ts';
import { findConversation, isHandedOff } from './conversation.ts';
import { contactHashes, shardKeys } from './keys.ts';
import { WINDOW_MS } from './message-ref.ts';
import type { SendingNumber } from './sending-number.ts';
import type { ContactIds } from './names/names.ts';

/** What keeps a number from writing to a contact, or lets it. Times in Unix ms. */
export interface ContactVitals {
  /** Undefined: the contact has never written, nor been written to. */
  cid: ConversationId | undefined;
  /** Free-form messages go until then; undefined: the contact has not written, or Meta said that the window is closed. */
  windowUntilMs: number | undefined;
  /** People have the conversation. */
  isHandedOff: boolean;
  /** What the contact does not want to get. */
  optedOut: 'all' | 'marketing' | undefined;
  /** Meta lets no marketing through until then. */
  marketingHeldUntilMs: number | undefined;
  /** The number wrote to the contact so often that it has to wait until then. */
  pacedUntilMs: number | undefined;
}

/** Reads what is known of a contact at a number; changes nothing and makes nothing. */
export async function readContactVitals(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
  contact: ContactIds,
): Promise<ContactVitals> {
  const keys = shardKeys(shard);
  const cid = await findConversation(client, shard, number.id, contact);
  const heard = cid === undefined ? [] : await client.hmget(keys.conversation(cid), 'last', 'closed', 'who');
  const [last, closed, who] = heard;
  const ids = new Set([...contactHashes(number.tenant, contact), ...(who ?? '').split(' ').filter(Boolean)]);
  const isOpen = typeof last === 'string' && Number(last) > Number(closed ?? -1);
  return {
    cid,
    windowUntilMs: isOpen ? Number(last) * 1_000 + WINDOW_MS : undefined,
    isHandedOff: cid !== undefined && (await isHandedOff(client, shard, cid)),
    ...(await readWishes(client, keys.optOuts(number.tenant), [...ids])),
    pacedUntilMs: cid === undefined ? undefined : await readPace(client, keys.pair(cid)),
  };
}

/** As `opted_out` of lua/lib/wish.lua has it. */
async function readWishes(
  client: RedisClient,
  key: string,
  ids: readonly string[],
): Promise<Pick<ContactVitals, 'optedOut' | 'marketingHeldUntilMs'>> {
  let optedOut: ContactVitals['optedOut'];
  let heldUntilMs = 0;
  for (const id of ids) {
    const [all, marketing, held] = await client.hmget(key, id, `m:${id}`, `hold:${id}`);
    const wish = parseWish(all);
    const ofMarketing = parseWish(marketing);
    if (wish.change === 'out') optedOut = 'all';
    if (ofMarketing.change === 'out' && ofMarketing.atS >= wish.atS) optedOut ??= 'marketing';
    heldUntilMs = Math.max(heldUntilMs, Number(held ?? 0));
  }
  return { optedOut, marketingHeldUntilMs: heldUntilMs > Date.now() ? heldUntilMs : undefined };
}

function parseWish(stored: string | null | undefined): { change: string; atS: number } {
  const [change = 'in', at = '-1'] = (stored ?? 'in:-1:').split(':');
  return { change, atS: Number(at) };
}

// As lua/lib/limits.lua has it: one message of the pair is given back every six seconds.
const PAIR_EVERY_MS = 6_000;

async function readPace(client: RedisClient, key: string): Promise<number | undefined> {
  const [level, at, blockedUntil] = await client.hmget(key, 'level', 'at', 'blocked_until');
  const free = typeof level !== 'string' ? 0 : Number(at) + (1 - Number(level)) * PAIR_EVERY_MS;
  const until = Math.max(free, Number(blockedUntil ?? 0));
  return until > Date.now() ? until : undefined;
}
