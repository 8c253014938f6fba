import {
  findOptOut,
  parseRecipient,
  readRows,
  readTierRooms,
  type Broadcast,
  type BroadcastRef,
  type Recipient,
  type RedisClient,
  type SendingNumber,
} from '@alur/store';

const DAY_MS = 86_400_000;
const PART = 500;

/** How many get it, who does not and why, and when it will be over as things are. Times are Unix ms. */
export interface BroadcastForecast {
  recipients: number;
  optedOut: number;
  erased: number;
  /** To be written to. */
  toSend: number;
  tier: { limit: number; used: number };
  /** At once, by what is free in the tier now; within 24 hours. */
  now: number;
  within24h: number;
  perSecond: number;
  endsAtMs: number;
}

/** Who of a draft's recipients would be passed over. */
export async function countSkipped(
  client: RedisClient,
  ref: BroadcastRef,
  broadcast: Pick<Broadcast, 'total' | 'category'>,
): Promise<{ optedOut: number; erased: number }> {
  const skipped = { optedOut: 0, erased: 0 };
  for (let from = 0; from < broadcast.total; from += PART) {
    const rows = (await readRows(client, ref, from, PART)).map(parseRecipient);
    const known = rows.filter((each): each is Recipient => each !== undefined);
    skipped.erased += rows.length - known.length;
    skipped.optedOut += countTrue(await findOptOut(client, ref, known, broadcast.category));
  }
  return skipped;
}

/** How many of a chunk want no such message. */
export async function countOptedOut(
  client: RedisClient,
  where: { shard: number; tenant: string },
  recipients: readonly Recipient[],
  category: string | undefined,
): Promise<number> {
  return countTrue(await findOptOut(client, where, recipients, category));
}

function countTrue(list: readonly boolean[]): number {
  return list.filter(Boolean).length;
}

/** What will come of writing to so many, if the number does nothing else and every contact counts anew. */
export async function forecast(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
  given: { recipients: number; optedOut: number; erased: number; nowMs: number; perSecond?: number },
): Promise<BroadcastForecast> {
  const { nowMs, recipients, optedOut, erased } = given;
  const rooms = await readTierRooms(client, shard, number, nowMs);
  const { limit, used } = rooms;
  const toSend = Math.max(0, recipients - optedOut - erased);
  const perSecond = Math.min(number.throughput, given.perSecond ?? number.throughput);
  const within = (most: number) =>
    limit < 0 ? Math.min(toSend, perSecond * (DAY_MS / 1_000)) : Math.min(toSend, most);
  return {
    recipients,
    optedOut,
    erased,
    toSend,
    tier: { limit, used },
    now: limit < 0 ? toSend : Math.min(toSend, Math.max(0, limit - used)),
    within24h: within(limit),
    perSecond,
    endsAtMs: Math.max(await rooms.roomAtMs(toSend), nowMs + (toSend / perSecond) * 1_000),
  };
}
